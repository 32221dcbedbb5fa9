"""Tests of the catalogue's numbers: each is counted again by SPARQL, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.catalog.statistics import LINK_PROPERTIES
from eild.namespaces import DATASET_IRI, SD, VOID, VOID_EXT
from eild.terms import BASE

if TYPE_CHECKING:
    from rdflib import Graph, URIRef
    from rdflib.term import Node
    from tests.catalog.conftest import Served

Counts = dict[tuple[str, ...], int]

WHOLE = {
    VOID.triples: "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    VOID.entities: f'SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{BASE}")) }}',
    VOID.classes: "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
    VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    VOID.distinctSubjects: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    VOID.distinctObjects: "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
}


@pytest.fixture(scope="module")
def catalog(served: Served) -> Graph:
    """Return the catalogue as it is served."""
    return served.read_catalog()


def number(catalog: Graph, node: Node, name: URIRef) -> int:
    """Return the number that the catalogue gives."""
    return int(str(catalog.value(node, name)))


def partitions(catalog: Graph, node: Node, parts: URIRef, term: URIRef) -> dict[str, Node]:
    """Return the partitions of a dataset by the term that makes them."""
    found = {str(catalog.value(part, term)): part for part in catalog.objects(node, parts)}
    assert len(found) == len(list(catalog.objects(node, parts)))
    return found


def recount(served: Served, query: str, *names: str) -> Counts:
    """Return the numbers of a query by the values of its other variables."""
    return {tuple(row[name] for name in names): int(row["n"]) for row in served.select(query)}


@pytest.mark.parametrize("name", WHOLE, ids=lambda name: str(name).rpartition("#")[2])
def test_catalog_number_of_the_whole_is_that_of_a_query(served: Served, catalog: Graph, name: URIRef) -> None:
    """Triples, entities, classes, properties, subjects and objects are as many as a query finds."""
    assert number(catalog, DATASET_IRI, name) == recount(served, WHOLE[name])[()]


def test_catalog_classes_have_the_instances_and_triples_of_a_query(served: Served, catalog: Graph) -> None:
    """Each class has its partition, with as many instances, and triples about them, as a query finds."""
    parts = partitions(catalog, DATASET_IRI, VOID.classPartition, VOID["class"])
    entities = {(iri,): number(catalog, part, VOID.entities) for iri, part in parts.items()}
    assert entities == recount(served, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c", "c")
    triples = {(iri,): number(catalog, part, VOID.triples) for iri, part in parts.items()}
    assert triples == recount(served, "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c", "c")


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        (VOID.triples, "*"),
        (VOID.distinctSubjects, "DISTINCT ?s"),
        (VOID.distinctObjects, "DISTINCT ?o"),
    ],
    ids=["triples", "subjects", "objects"],
)
def test_catalog_properties_have_the_numbers_of_a_query(
    served: Served, catalog: Graph, name: URIRef, counted: str
) -> None:
    """Each property has its partition, in the whole and with each class, and the numbers that a query finds."""
    parts = partitions(catalog, DATASET_IRI, VOID.propertyPartition, VOID.property)
    found = {(iri,): number(catalog, part, name) for iri, part in parts.items()}
    assert found == recount(served, f"SELECT ?p (COUNT({counted}) AS ?n) {{ ?s ?p ?o }} GROUP BY ?p", "p")
    nested = {
        (kind, iri): number(catalog, part, name)
        for kind, whole in partitions(catalog, DATASET_IRI, VOID.classPartition, VOID["class"]).items()
        for iri, part in partitions(catalog, whole, VOID.propertyPartition, VOID.property).items()
    }
    query = f"SELECT ?c ?p (COUNT({counted}) AS ?n) {{ ?s a ?c ; ?p ?o }} GROUP BY ?c ?p"
    assert nested == recount(served, query, "c", "p")


@pytest.mark.parametrize(
    ("parts", "term", "values"),
    [
        (VOID.classPartition, VOID["class"], "?o a ?v"),
        (VOID_EXT.datatypePartition, VOID_EXT.datatype, "FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?v)"),
    ],
    ids=["class", "datatype"],
)
def test_catalog_values_have_the_numbers_of_a_query(
    served: Served, catalog: Graph, parts: URIRef, term: URIRef, values: str
) -> None:
    """Each property of each class has partitions by the class and the datatype of its values, as editors read them."""
    found = {
        (kind, iri, value): number(catalog, leaf, VOID.triples)
        for kind, whole in partitions(catalog, DATASET_IRI, VOID.classPartition, VOID["class"]).items()
        for iri, part in partitions(catalog, whole, VOID.propertyPartition, VOID.property).items()
        for value, leaf in partitions(catalog, part, parts, term).items()
    }
    query = f"SELECT ?c ?p ?v (COUNT(*) AS ?n) {{ ?s a ?c ; ?p ?o . {values} }} GROUP BY ?c ?p ?v"
    assert found == recount(served, query, "c", "p", "v")


def test_catalog_linksets_have_the_links_of_a_query(served: Served, catalog: Graph) -> None:
    """Each property that links to a dataset elsewhere has a linkset with as many links as a query finds."""
    found = {}
    for part in catalog.objects(DATASET_IRI, VOID.subset):
        target = catalog.value(part, VOID.objectsTarget)
        key = (str(catalog.value(target, VOID.uriSpace)), str(catalog.value(part, VOID.linkPredicate)))
        found[key] = number(catalog, part, VOID.triples)
        assert catalog.value(part, VOID.subjectsTarget) == DATASET_IRI
    properties = " ".join(f"<{iri}>" for iri in sorted(LINK_PROPERTIES))
    query = f"""SELECT ?space ?p (COUNT(*) AS ?n) {{
        VALUES ?p {{ {properties} }} ?s ?p ?o
        FILTER(CONTAINS(STR(?o), "://") && !STRSTARTS(STR(?o), "{BASE}"))
        FILTER(isIRI(?o) && NOT EXISTS {{ ?o ?any ?thing }})
        BIND(REPLACE(STR(?o), "^([a-z]+://[^/]+/).*$", "$1") AS ?space)
    }} GROUP BY ?space ?p"""
    assert found == recount(served, query, "space", "p")
    assert found


def test_catalog_graphs_have_the_triples_of_a_query(served: Served, catalog: Graph) -> None:
    """Each named graph is described, that of the catalogue too, with as many triples as a query finds."""
    found = {
        (str(catalog.value(named, SD.name)),): number(catalog, content, VOID.triples)
        for named in set(catalog.objects(None, SD.namedGraph))
        for content in catalog.objects(named, SD.graph)
    }
    assert found == recount(served, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", "g")
    assert (f"{BASE}graph/catalog",) in found
