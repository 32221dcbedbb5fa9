"""The part of data that queries can see: the statements of the predicates that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

from eild.errors import ShapesError
from eild.located.statements import END, Statements, make_part, write_node
from eild.validation.grammar.patterns import read_plain
from eild.validation.grammar.queries import prefixes_of

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
        for found, obj in _find_patterns(shapes, holder):
            if found == {RDF.type} and obj is not None:
                classes.add(obj)
            else:
                predicates |= found
    if None in predicates:
        return data
    return _select(data, predicates, classes)


def _select(data: Statements, predicates: set[Node], classes: set[Node]) -> Statements:
    """Return the statements of some properties, and of instances of some classes."""
    written, instances = frozenset(map(write_node, predicates)), write_node(RDF.type)
    ends = {kind + END for kind in _with_subclasses(map(write_node, classes), data)}
    seen = (
        b"".join(
            line
            for line in part.iterate()
            if (terms := line.split(b" ", 2))[1] in written or (terms[1] == instances and terms[2] in ends)
        )
        for part in data.parts
    )
    return Statements(tuple(make_part("", lines) for lines in seen))


def _with_subclasses(classes: Iterable[bytes], data: Statements) -> set[bytes]:
    """Return classes with their subclasses."""
    lower: dict[bytes, list[bytes]] = {}
    for subclass, _, kind in data.with_predicate(write_node(RDFS.subClassOf)):
        lower.setdefault(kind, []).append(subclass)
    found = set(classes)
    waiting = list(found)
    while waiting:
        for kind in lower.get(waiting.pop(), ()):
            if kind not in found:
                found.add(kind)
                waiting.append(kind)
    return found


def _find_patterns(shapes: Graph, holder: Node) -> Iterator[tuple[set[Node | None], URIRef | None]]:
    """Yield the predicates of each triple pattern of a query, with its object if one predicate leads to an IRI.

    None among the predicates stands for any that there are.
    """
    for text in map(str, shapes.objects(holder, SH.select)):
        prefixes = prefixes_of(shapes, holder)
        if "PATH" in text or "shapesGraph" in text:
            yield {None}, None
        elif (plain := read_plain(text, dict(prefixes))) is not None:
            for found, obj in plain.patterns:
                yield {URIRef(predicate) for predicate in found}, URIRef(obj) if obj else None
        else:
            yield from _find_in_algebra(prefixes, text)


def _find_in_algebra(
    prefixes: tuple[tuple[str, str], ...], text: str
) -> Iterator[tuple[set[Node | None], URIRef | None]]:
    """Yield what :func:`_find_patterns` does of a query that only RDFLib's parser can read."""
    from eild.validation.grammar.algebra import iterate_parts, parse_query

    try:
        query = parse_query(prefixes, text)
    except ShapesError:  # the engine says what is wrong
        yield {None}, None
        return
    for part in iterate_parts(query.algebra):
        for row in part.triples if part.name in _OF_TRIPLES else ():
            for predicate, obj in zip(row[1::3], row[2::3], strict=True):
                is_counted = isinstance(predicate, URIRef) and isinstance(obj, URIRef)
                yield set(_read_path(predicate)), obj if is_counted else None


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
