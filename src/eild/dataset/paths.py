"""Paths through the curated facts that several derivations follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib.namespace import RDF

from eild.namespaces import EILD

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node, URIRef

NESTING: Final = (EILD.content, EILD.purpose, EILD.because, EILD.about, EILD.target)
"""The properties by which a proposition may hold another one."""


def list_reached(graph: Graph, start: Node, predicate: URIRef) -> set[Node]:
    """Return everything that one or more steps of a property lead to."""
    found: set[Node] = set()
    waiting = [start]
    while waiting:
        following = set(graph.objects(waiting.pop(), predicate)) - found
        found |= following
        waiting += following
    return found


def list_propositions(graph: Graph, claim: Node) -> set[Node]:
    """Return the propositions of a claim and all that are nested in them."""
    found: set[Node] = set()
    waiting = list(graph.objects(claim, EILD.hasProposition))
    while waiting:
        proposition = waiting.pop()
        if proposition in found or (proposition, RDF.type, EILD.Proposition) not in graph:
            continue
        found.add(proposition)
        waiting += [inner for predicate in NESTING for inner in graph.objects(proposition, predicate)]
    return found
