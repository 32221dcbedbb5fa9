"""Reading RDF/XML and JSON-LD with the places of their triples, as exactly as these syntaxes allow."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

import pyoxigraph

from eild.errors import DataError, Location
from eild.located import jsonld, rdfxml
from eild.located.alignment import Mentions, align
from eild.located.graph import LARGEST_TEXT
from eild.located.nodes import Nodes, UnsupportedTermError
from eild.located.places import TextPlaces
from eild.located.reading import parse_strictly

if TYPE_CHECKING:
    from eild.located.graph import LocatedGraph


def parse_document(content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None = None) -> LocatedGraph:
    """Parse RDF/XML or JSON-LD; fetch nothing.

    A triple stands at its property element (RDF/XML) or its value (JSON-LD) where this can be told, else where its
    subject is described, else where the triple before it stands.

    :param content: the bytes of the document
    :param syntax: RDF/XML or JSON-LD
    :param name: what locations show as path
    :param base: IRI that relative IRIs resolve against
    :raises DataError: if the content is not well-formed
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    is_json = syntax == pyoxigraph.RdfFormat.JSON_LD
    mentions = Mentions() if is_json else _find_in_xml(content, name=name, base=base or "")
    text = content.decode("utf-8", "replace")
    too_deep = jsonld.find_too_deep(text) if is_json else -1
    if too_deep >= 0:
        message = f"objects and arrays are more than {jsonld.DEEPEST} levels deep"
        raise DataError(message, location=TextPlaces(text, name).at(too_deep), hint="give nested resources an @id")
    quads, prefixes = parse_strictly(content, syntax, name=name, base=base)
    nodes = Nodes()
    try:
        triples = [nodes.triple(quad) for quad in quads]
    except UnsupportedTermError as error:
        raise DataError(f"cannot read this as RDF 1.1: {error}", location=Location(name)) from error
    if is_json:
        mentions = jsonld.find_mentions(text, base=base or "")
    located = align(triples, mentions, _places(text, mentions, None if is_json else content, name), name)
    if len(text) <= LARGEST_TEXT:
        located.texts[name] = text
    for prefix, namespace in prefixes.items():
        located.graph.bind(prefix, namespace, replace=True)
    return located


def _find_in_xml(content: bytes, *, name: str, base: str) -> Mentions:
    """Walk over RDF/XML before it is parsed: Oxigraph's parser does not mind a document that breaks off."""
    try:
        return rdfxml.find_mentions(content, base=base)
    except expat.ExpatError as error:
        message = f"syntax error: {expat.ErrorString(error.code)}"
        raise DataError(message, location=Location(name, error.lineno, error.offset + 1)) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise DataError(f"cannot read the document: {error}", location=Location(name)) from error


def _places(text: str, mentions: Mentions, content: bytes | None, name: str) -> dict[int, Location]:
    """Return the location of each mention by the offset where it starts; offsets are of bytes if these are given."""
    spans = {span for found in mentions.properties.values() for span in found} | set(mentions.resources.values())
    points = sorted({point for span in spans for point in span})
    characters: dict[int, int] = {}
    if content is None:
        characters = {point: point for point in points}
    else:
        before = count = 0
        for point in points:
            count += len(content[before:point].decode("utf-8", "replace"))
            characters[point] = count
            before = point
    places = TextPlaces(text, name)
    return {
        start: places.at(characters[start], characters[end] if end > start else None) for start, end in sorted(spans)
    }
