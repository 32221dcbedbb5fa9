"""RDF lists in shapes: whether one is a SHACL list (SHACL, section 1.2), and its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import Literal
from rdflib.namespace import RDF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node


def list_fault(graph: Graph, head: Node) -> str:
    """Return what is wrong with an RDF list; an empty string for a well-formed one.

    :param graph: the graph that holds the cells
    :param head: the first cell, or ``rdf:nil``
    """
    cell, seen = head, set[object]()
    while cell != RDF.nil:
        if cell in seen:
            return "it leads back to itself"
        seen.add(cell)
        if isinstance(cell, Literal):
            return "a literal is not an RDF list"
        firsts, rests = list(graph.objects(cell, RDF.first)), list(graph.objects(cell, RDF.rest))
        if len(firsts) != 1 or len(rests) != 1:
            if not firsts and not rests:
                return "it has no members and does not end" if cell != head else "this is not an RDF list"
            return f"a cell has {len(firsts)} rdf:first and {len(rests)} rdf:rest"
        cell = rests[0]
    if (RDF.nil, RDF.first, None) in graph or (RDF.nil, RDF.rest, None) in graph:
        return "rdf:nil has members"
    return ""


def list_cells(graph: Graph, head: Node) -> Iterator[Node]:
    """Yield the cells of a well-formed list, in order."""
    cell: Node | None = head
    while cell is not None and cell != RDF.nil:
        yield cell
        cell = graph.value(cell, RDF.rest)
