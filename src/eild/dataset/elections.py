"""Which elections a claim is about: directly, by what is nested in its propositions, or by the anchor of a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib.namespace import RDF

from eild.dataset.paths import list_propositions, list_reached
from eild.namespaces import EILD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node


def find_elections(graph: Graph) -> Iterator[tuple[Node, Node]]:
    """Yield each claim with each election that it is about; a relay has no propositions, hence no election.

    :param graph: the curated dataset
    """
    for claim in set(graph.subjects(EILD.hasProposition)):
        for proposition in list_propositions(graph, claim):
            for election in list_elections(graph, proposition):
                yield claim, election


def list_elections(graph: Graph, proposition: Node) -> set[Node]:
    """Return the elections that one proposition concerns, what is nested in it aside.

    They are its ``eild:election``, those among its targets and subjects or that these pertain to, and the anchors of
    its times.
    """
    ends = {*graph.objects(proposition, EILD.target), *graph.objects(proposition, EILD.about)}
    found = {*graph.objects(proposition, EILD.election), *ends}
    for end in ends:
        found |= list_reached(graph, end, EILD.pertainsTo)
    for time in graph.objects(proposition, EILD.eventTime):
        found |= set(graph.objects(time, EILD.relativeTo))
    return {node for node in found if (node, RDF.type, EILD.Election) in graph}
