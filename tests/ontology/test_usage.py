"""Nothing is there for show: every class, property and concept is used by the data, or a reason is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, URIRef
from rdflib.namespace import SKOS

from eild.namespaces import EILD
from eild.terms import BASE, CLASSES, DERIVED_PROPERTIES, PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    from eild.located import LocatedGraph

CONCEPTS = BASE + "id/concept/"

UNUSED_TERMS: dict[str, str] = {
    **dict.fromkeys(DERIVED_PROPERTIES, "written by the build, never curated"),
}
"""Terms that the curated data may leave unused, with the reason."""

UNUSED_CONCEPTS: dict[str, str] = {
    "confidence/low": "the scale is published whole; the seed states only high confidence",
    "confidence/moderate": "the scale is published whole; the seed states only high confidence",
    "likelihood/likely": "the scale is published whole; the seed has no such words",
}
"""Concepts that the curated data may leave unused, with the reason."""


def _used_terms(data: LocatedGraph, core: LocatedGraph) -> set[str]:
    types = {s for t in data.graph.objects(None, RDF.type) for s in core.graph.transitive_objects(t, RDFS.subClassOf)}
    used = {str(node) for node in (*types, *data.graph.predicates())}
    return {iri.removeprefix(str(EILD)) for iri in used if iri.startswith(str(EILD))}


def _used_concepts(data: LocatedGraph) -> set[Node]:
    """Return the concepts that a record points to, and all that are broader than one of them."""
    graph = data.graph
    found: set[Node] = set()
    for _, predicate, obj in graph:
        if not str(predicate).startswith(str(SKOS)):
            found.update(above for above in graph.transitive_objects(obj, SKOS.broader) if above is not None)
    return found


def test_term_is_used_by_the_data(
    data: LocatedGraph, core: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Every class and property is used by the curated data, or the table says why not."""
    unused = {*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES} - _used_terms(data, core)
    no_offenders(
        [f"{core.locate(EILD[name])}: {name}" for name in unused - set(UNUSED_TERMS)],
        "Use the term, drop it from the model, or state the reason in UNUSED_TERMS.",
    )


def test_unused_term_table_holds_only_unused_terms(data: LocatedGraph, core: LocatedGraph) -> None:
    """No term that the table excuses is used after all, and each has a reason."""
    stale = set(UNUSED_TERMS) & _used_terms(data, core)
    assert not stale, f"used after all, to be taken out of UNUSED_TERMS: {sorted(stale)}"
    assert all(UNUSED_TERMS.values())


def test_concept_is_used_by_the_data(data: LocatedGraph, no_offenders: Callable[[list[str], str], None]) -> None:
    """Every concept is used by the curated data or broader than a used one, or the table says why not."""
    excused = {URIRef(CONCEPTS + slug) for slug in UNUSED_CONCEPTS}
    unused = set(data.graph.subjects(RDF.type, SKOS.Concept)) - _used_concepts(data) - excused
    no_offenders(
        [f"{data.locate(concept)}: {concept}" for concept in unused],
        "Point to the concept from the data, drop it, or state the reason in UNUSED_CONCEPTS.",
    )


def test_unused_concept_table_holds_only_unused_concepts(data: LocatedGraph) -> None:
    """No concept that the table excuses is used after all; each exists and has a reason."""
    used = _used_concepts(data)
    for slug, reason in UNUSED_CONCEPTS.items():
        concept = URIRef(CONCEPTS + slug)
        assert (concept, RDF.type, SKOS.Concept) in data.graph, f"no concept {concept}"
        assert concept not in used, f"used after all, to be taken out of UNUSED_CONCEPTS: {slug}"
        assert reason


def test_data_uses_only_terms_of_the_ontology(
    data: LocatedGraph, terms: list[URIRef], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each class and property in the namespace of EILD that the data use is declared, and none is derived."""
    derived = {EILD[name] for name in DERIVED_PROPERTIES}
    allowed = set(terms) - derived
    offenders = []
    for subject, predicate, obj in data.graph:
        used = {predicate, obj} if predicate == RDF.type else {predicate}
        wrong = [node for node in used if str(node).startswith(str(EILD)) and node not in allowed]
        offenders += [f"{data.locate(subject, predicate, obj)}: {node}" for node in wrong]
    no_offenders(offenders, "Correct the term; derived ones are written by the build only.")
