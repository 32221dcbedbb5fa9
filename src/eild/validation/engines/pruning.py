"""The part of data that queries can see: the statements of the predicates that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

from eild.errors import ShapesError
from eild.located.statements import Statements, make_part, write_node
from eild.validation.grammar.queries import iterate_parts, parse_query, prefixes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

_OF_TRIPLES: Final = frozenset({"BGP", "TriplesBlock"})
"""Parts of RDFLib's algebra with triple patterns; the second one before EXISTS is evaluated."""
_ALWAYS: Final = (RDF.type, RDFS.subClassOf)


def prune(data: Statements, shapes: Graph, roots: Iterable[Node], holders: Iterable[Node]) -> Statements:
    """Return the statements that queries and targets can see; all of them if that cannot be told.

    :param data: the data
    :param shapes: the shapes graph
    :param roots: the shapes that are applied to their targets
    :param holders: the nodes that have the queries
    """
    wanted: set[Node] = set(_ALWAYS)
    for root in roots:
        if (root, SH.target, None) in shapes:
            return data
        wanted |= {*shapes.objects(root, SH.targetSubjectsOf), *shapes.objects(root, SH.targetObjectsOf)}
    for holder in holders:
        found = _find_predicates(shapes, holder)
        if found is None:
            return data
        wanted |= found
    written = frozenset(map(write_node, wanted))
    parts = (b"".join(line for line in part.iterate() if line.split(b" ", 2)[1] in written) for part in data.parts)
    return Statements(tuple(make_part("", lines) for lines in parts))


def _find_predicates(shapes: Graph, holder: Node) -> set[Node] | None:
    """Return the predicates that a query names; None if it may see others."""
    found: set[Node] = set()
    for text in shapes.objects(holder, SH.select):
        if "PATH" in str(text) or "shapesGraph" in str(text):
            return None
        try:
            query = parse_query(prefixes_of(shapes, holder), str(text))
        except ShapesError:  # the engine says what is wrong
            return None
        for part in iterate_parts(query.algebra):
            rows = part.triples if part.name in _OF_TRIPLES else ()
            paths = [path for row in rows for path in row[1::3]]
            read = {one for path in paths for one in _read_path(path)}
            if None in read:
                return None
            found |= {one for one in read if one is not None}
    return found


def _read_path(path: Any) -> Iterator[Node | None]:  # noqa: ANN401 - RDFLib's paths have no common type
    """Yield the properties of a path; None for what may be any."""
    if isinstance(path, URIRef):
        yield path
    elif isinstance(path, InvPath):
        yield from _read_path(path.arg)
    elif isinstance(path, SequencePath | AlternativePath):
        for inner in path.args:
            yield from _read_path(inner)
    elif isinstance(path, MulPath) and not path.zero:
        yield from _read_path(path.path)
    else:
        yield None
