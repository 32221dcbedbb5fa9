"""RDF/XML with the place of each triple: its property element, or the start tag of its node element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, parse

from eild.located.places import TextPlaces
from eild.rdf.rdfxml.reader import RdfXmlReader
from eild.rdf.rdfxml.xmlinput import XmlDecoder
from eild.rdf.reading import explaining

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from eild.errors import Location

_START_TAG: Final = re.compile(rb"""<[^\s>/]++(?:\s+[^\s=>/]++\s*=\s*(?:"[^"]*+"|'[^']*+'))*+\s*(/?)>""")


def read_placed(
    content: bytes, *, name: str, base: str = ""
) -> tuple[list[tuple[Quad, Location]], dict[str, str], str]:
    """Return the statements of a document, each with its place, the prefixes, and the text.

    :param content: the bytes of the document
    :param name: path in locations
    :param base: IRI that relative IRIs resolve against, unless the document says otherwise
    :raises DataError: if it is not well-formed
    """
    decoded = XmlDecoder(name).decode(content, final=True)
    reader = RdfXmlReader(name, base, charset="utf-8", keep_spans=True)
    with explaining(name):
        quads = list(parse(reader.feed(decoded, final=True), RdfFormat.N_TRIPLES))
    text = decoded.decode()
    spans = [_extend(decoded, start, end) for start, end in reader.spans]
    offsets = _count_characters(decoded, {point for span in spans for point in span})
    places = TextPlaces(text, name)
    found = [places.at(offsets[start], offsets[end] if end > start else None) for start, end in spans]
    return list(zip(quads, found, strict=True)), reader.prefixes, text


def _extend(content: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the extent of an element, given where it starts and where its end event is; no extent for a start tag."""
    if end < 0:
        return start, start
    tag = _START_TAG.match(content, start)
    if tag and tag[1]:
        return start, tag.end()
    finish = content.find(b">", end)
    return start, finish + 1 if finish >= 0 else end


def _count_characters(content: bytes, points: set[int]) -> dict[int, int]:
    """Return the offset in characters of each offset in bytes of UTF-8."""
    found: dict[int, int] = {}
    before = count = 0
    for point in sorted(points):
        count += len(content[before:point].decode("utf-8", "replace"))
        found[point] = count
        before = point
    return found
