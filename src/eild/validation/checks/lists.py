"""Lists and property paths in shapes: well-formed and finite (SHACL, sections 1.2 and 2.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF, SH

from eild.errors import ShapesError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located import LocatedGraph

_STEPS: Final = (SH.inversePath, SH.alternativePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)
_FEWEST_MEMBERS: Final = 2


def check_list(located: LocatedGraph, head: Node) -> str:
    """Return what is wrong with an RDF list; an empty string for a well-formed one.

    :param head: the first cell, or ``rdf:nil``
    """
    graph = located.graph
    cell, seen = head, set[object]()
    while cell != RDF.nil:
        if cell in seen:
            return "it leads back to itself"
        seen.add(cell)
        if isinstance(cell, Literal):
            return "a literal is no list"
        firsts, rests = list(graph.objects(cell, RDF.first)), list(graph.objects(cell, RDF.rest))
        if len(firsts) != 1 or len(rests) != 1:
            if not firsts and not rests:
                return "it has no members and does not end" if cell != head else "this is no list"
            return f"a cell has {len(firsts)} rdf:first and {len(rests)} rdf:rest"
        cell = rests[0]
    if (RDF.nil, RDF.first, None) in graph or (RDF.nil, RDF.rest, None) in graph:
        return "rdf:nil has members"
    return ""


def check_paths(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield a fault for each ``sh:path`` that is no well-formed, finite path."""
    for shape, path in located.graph.subject_objects(SH.path):
        fault, node = _fault_of_path(located, path)
        if fault:
            place = located.subjects.get(node) or located.locate(shape, SH.path, path)
            if node == path:
                place = located.locate(shape, SH.path, path)
            hint = "write a property, ( one two ) for a sequence, or [ sh:inversePath property ] and the like"
            yield ShapesError(f"ill-formed sh:path: {fault}", location=place, hint=hint)


def _fault_of_path(located: LocatedGraph, path: Node) -> tuple[str, Node]:
    """Return what is wrong with a path and where, without recursion; an empty string if nothing is."""
    waiting: list[tuple[Node, frozenset[Node]]] = [(path, frozenset())]
    while waiting:
        node, above = waiting.pop()
        if isinstance(node, URIRef) and node != RDF.nil:
            continue
        if node in above:
            return "it leads back to itself", path
        fault, parts = _parts(located, node)
        if fault:
            return fault, node
        waiting.extend((part, above | {node}) for part in parts)
    return "", path


def _parts(located: LocatedGraph, node: Node) -> tuple[str, list[Node]]:
    """Return what is wrong with one node of a path, and the parts that it has."""
    graph = located.graph
    if isinstance(node, Literal):
        return "a literal is no path", []
    if node == RDF.nil:
        return "a sequence is empty", []
    if not isinstance(node, BNode):
        return "", []
    if (node, RDF.first, None) in graph:
        return _members(located, node)  # a step beside it has no effect: the W3C suite has such paths
    steps = [(step, value) for step in _STEPS for value in graph.objects(node, step)]
    if len(steps) != 1:
        found = len(steps) or "no"
        return f"a blank node has {found} path steps instead of one", []
    others = [predicate for predicate in graph.predicates(node) if predicate not in _STEPS]
    if others:
        return f"a path node also has {others[0].n3() if isinstance(others[0], URIRef) else others[0]}", []
    step, value = steps[0]
    return _members(located, value) if step == SH.alternativePath else ("", [value])


def _members(located: LocatedGraph, head: Node) -> tuple[str, list[Node]]:
    fault = check_list(located, head)
    if fault:
        return f"not a list: {fault}", []
    members = _items(located.graph, head)
    return ("", members) if len(members) >= _FEWEST_MEMBERS else ("a list in a path needs two members", [])


def _items(graph: Graph, head: Node) -> list[Node]:
    return list(graph.items(head))
