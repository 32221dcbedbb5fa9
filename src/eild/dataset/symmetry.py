"""The second direction of symmetric statements, so that a query may ask for either one.

Curators state a symmetric relation once. The build adds the other direction to the module graph of the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib.namespace import OWL, RDF

from eild.namespaces import CITO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph
    from rdflib.term import Node


def list_symmetric(vocabulary: Graph) -> set[Node]:
    """Return the properties that hold in both directions: those of the ontology, and ``cito:disagreesWith``.

    CiTO does not declare ``disagreesWith`` symmetric, but the editor's view of two claims has no direction.

    :param vocabulary: the ontology
    """
    return {CITO.disagreesWith, *vocabulary.subjects(RDF.type, OWL.SymmetricProperty)}


def complete_symmetric(graphs: Iterable[Graph], properties: Iterable[Node]) -> None:
    """Add the missing direction of each symmetric statement to the graph that holds the other.

    :param graphs: the module graphs to complete
    :param properties: the symmetric properties
    """
    wanted = tuple(properties)
    for graph in graphs:
        for predicate in wanted:
            for subject, other in list(graph.subject_objects(predicate)):
                graph.add((other, predicate, subject))
