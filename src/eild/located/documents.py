"""Reading RDF/XML and JSON-LD with the places of their triples, as exactly as these syntaxes allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph

from eild.errors import DataError
from eild.located import jsonld, rdfxml
from eild.located.alignment import align
from eild.located.graph import LARGEST_TEXT, LocatedGraph
from eild.located.nodes import Nodes
from eild.located.places import TextPlaces
from eild.rdf.reading import read_bytes

if TYPE_CHECKING:
    from eild.errors import Location
    from eild.located.alignment import Mentions


_HINTS = (
    ("@type must be the first key", "write an array of objects, each with its @type, in place of a map of types"),
    ("@container value combination", "leave @set out: a value is the same with and without it"),
)
"""What to do about JSON-LD that the parser does not support, by a part of what it says."""

_FETCHING = "remote context"
"""What the parser's message has in it if a document refers to a remote context."""


def parse_document(content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None = None) -> LocatedGraph:
    """Parse RDF/XML or JSON-LD; fetch nothing.

    A triple of RDF/XML stands at its property element, or at the start tag of the node element whose name or attribute
    it is. A triple of JSON-LD stands at its value where this can be told, otherwise where its subject is described,
    or where the value stands that leads to it.

    :param content: the bytes of the document
    :param syntax: RDF/XML or JSON-LD
    :param name: what locations show as path
    :param base: IRI that relative IRIs resolve against
    :raises DataError: if the content is not well-formed
    """
    if syntax == pyoxigraph.RdfFormat.RDF_XML:
        return _parse_xml(content, name=name, base=base or "")
    content = content.removeprefix(b"\xef\xbb\xbf")
    text = content.decode("utf-8", "replace")
    too_deep = jsonld.find_too_deep(text)
    if too_deep >= 0:
        message = f"objects and arrays must be nested at most {jsonld.DEEPEST} levels deep"
        raise DataError(
            message,
            location=TextPlaces(text, name).at(too_deep),
            hint="give nested resources an @id, and list them at the top level",
        )
    try:
        quads, prefixes = read_bytes(content, syntax, name=name, base=base)
    except DataError as error:
        remote = jsonld.find_remote_context(text) if _FETCHING in error.message else None
        if remote is None:
            raise _with_place(error, text, name, base) from error
        iri, offset = remote
        message = f"the remote context <{iri}> is not fetched"
        hint = "write the context into the document, or convert the document to Turtle or N-Triples"
        raise DataError(message, location=TextPlaces(text, name).at(offset), hint=hint) from error
    mentions = jsonld.find_mentions(text, base=base or "")
    invalid = jsonld.find_invalid_name(mentions)
    if invalid is not None:
        message = f"invalid IRI {invalid[0]!r}"
        hint = "encode the characters that an IRI cannot have, such as spaces as %20"
        raise DataError(message, location=TextPlaces(text, name).at(*invalid[1]), hint=hint)
    nodes = Nodes(rdf_1_2=True)
    triples = [nodes.triple(quad) for quad in quads]
    return _finish(align(triples, mentions, _places(text, mentions, name), name), text, prefixes, name)


def _with_place(error: DataError, text: str, name: str, base: str | None) -> DataError:
    """Return an error of JSON-LD with the place of the value at fault, if its parser did not tell."""
    if error.location is not None and error.location.line:
        return error

    def fails(beginning: str) -> bool:
        try:
            read_bytes(beginning.encode(), pyoxigraph.RdfFormat.JSON_LD, name=name, base=base)
        except DataError as found:
            return found.message == error.message
        return False

    hint = next((hint for part, hint in _HINTS if part in error.message), error.hint)
    extent = jsonld.find_fault(text, fails)
    location = error.location if extent is None else TextPlaces(text, name).at(*extent)
    return DataError(error.message, location=location, hint=hint)


def _parse_xml(content: bytes, *, name: str, base: str) -> LocatedGraph:
    placed, prefixes, text = rdfxml.read_placed(content, name=name, base=base)
    located, nodes = LocatedGraph(), Nodes(rdf_1_2=True)
    for quad, place in placed:
        located.add(nodes.triple(quad), place)
    return _finish(located, text, prefixes, name)


def _finish(located: LocatedGraph, text: str, prefixes: dict[str, str], name: str) -> LocatedGraph:
    """Keep the text and the prefixes with the triples."""
    if len(text) <= LARGEST_TEXT:
        located.texts[name] = text
    for prefix, namespace in prefixes.items():
        located.graph.bind(prefix, namespace, replace=True)
    return located


def _places(text: str, mentions: Mentions, name: str) -> dict[int, Location]:
    """Return the location of each mention by the offset where it starts."""
    spans = {mention.span for found in mentions.properties.values() for mention in found}
    spans |= set(mentions.resources.values())
    places = TextPlaces(text, name)
    return {start: places.at(start, end if end > start else None) for start, end in sorted(spans)}
