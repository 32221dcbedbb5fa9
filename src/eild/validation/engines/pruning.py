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


def prune(data: Statements, shapes: Graph, roots: Iterable[Node], holders: Iterable[Node]) -> Statements:
    """Return the statements that queries and targets can see; all of them if that cannot be told.

    :param data: the data
    :param shapes: the shapes graph
    :param roots: the shapes that are applied to their targets
    :param holders: the nodes that have the queries
    """
    predicates: set[Any] = {RDFS.subClassOf}
    classes: set[Node] = set()
    for root in roots:
        if (root, SH.target, None) in shapes:
            return data
        predicates |= {*shapes.objects(root, SH.targetSubjectsOf), *shapes.objects(root, SH.targetObjectsOf)}
        classes |= {root, *shapes.objects(root, SH.targetClass)}
    for holder in holders:
        for subject, predicate, obj in _find_patterns(shapes, holder):
            if subject is None:
                return data
            if predicate == RDF.type and isinstance(obj, URIRef):
                classes.add(obj)
            else:
                predicates |= set(_read_path(predicate))
    if None in predicates:
        return data
    return _select(data, predicates, classes)


def _select(data: Statements, predicates: set[Node], classes: set[Node]) -> Statements:
    """Return the statements of some properties, and of instances of some classes."""
    written = frozenset(map(write_node, predicates))
    instances = write_node(RDF.type)
    found = [
        [line for line in part.iterate() if (term := line.split(b" ", 2)[1]) in written or term == instances]
        for part in data.parts
    ]
    if RDF.type not in predicates:
        kinds = _with_subclasses(map(write_node, classes), (line for lines in found for line in lines))
        found = [
            [line for line in lines if (terms := line.split(b" ", 2))[1] != instances or terms[2][:-3] in kinds]
            for lines in found
        ]
    return Statements(tuple(make_part("", b"".join(lines)) for lines in found))


def _with_subclasses(classes: Iterable[bytes], lines: Iterable[bytes]) -> set[bytes]:
    """Return classes with their subclasses."""
    subclass_of = write_node(RDFS.subClassOf)
    lower: dict[bytes, list[bytes]] = {}
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if predicate == subclass_of:
            lower.setdefault(rest[:-3], []).append(subject)
    found = set(classes)
    waiting = list(found)
    while waiting:
        for kind in lower.get(waiting.pop(), ()):
            if kind not in found:
                found.add(kind)
                waiting.append(kind)
    return found


def _find_patterns(shapes: Graph, holder: Node) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the triple patterns of a query; one without subject if it may see more than these tell."""
    for text in shapes.objects(holder, SH.select):
        if "PATH" in str(text) or "shapesGraph" in str(text):
            yield None, None, None
            continue
        try:
            query = parse_query(prefixes_of(shapes, holder), str(text))
        except ShapesError:  # the engine says what is wrong
            yield None, None, None
            continue
        for part in iterate_parts(query.algebra):
            for row in part.triples if part.name in _OF_TRIPLES else ():
                yield from zip(row[::3], row[1::3], row[2::3], strict=True)


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
