"""What editors for SPARQL ask an endpoint before one types: examples, prefixes, and which class has which property.

The questions have the form in which the editor of the SIB Swiss Institute of Bioinformatics (``sparql-editor``, MIT)
and its companion ``sparql-llm`` put them: by GET with a parameter ``ac`` of their own, first to the default graph and,
where that has no row, to the service description, which the editor reads with Comunica as a file of RDF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from eild.facts.examples import load_examples
from eild.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?example ?question ?text
WHERE {
  ?example a sh:SPARQLExecutable ; rdfs:comment ?question ; sh:select|sh:ask|sh:construct|sh:describe ?text .
}
ORDER BY ?example"""
DECLARATIONS = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?name ?start WHERE { [] sh:prefix ?name ; sh:namespace ?start } ORDER BY ?name"""
PARTITIONS = """PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?class ?property ?of ?datatype
WHERE {
  ?part void:class ?class ; void:propertyPartition ?inner .
  ?inner void:property ?property .
  OPTIONAL {
    { ?inner void:classPartition [ void:class ?of ] }
    UNION
    { ?inner void-ext:datatypePartition [ void-ext:datatype ?datatype ] }
  }
}"""
GRAPH_PARTITIONS = """PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX void: <http://rdfs.org/ns/void#>
SELECT DISTINCT ?class
WHERE { ?dataset sd:defaultGraph/void:classPartition/void:class ?class }"""
RECOUNT = "SELECT DISTINCT ?class ?property ?of { ?s a ?class ; ?property ?value . ?value a ?of }"
RECOUNT_DATATYPES = """SELECT DISTINCT ?class ?property ?datatype
{ ?s a ?class ; ?property ?value FILTER(isLiteral(?value)) BIND(DATATYPE(?value) AS ?datatype) }"""


def ask(endpoint: str, query: str) -> list[dict[str, str]]:
    """Return the rows of a query that is sent as the editors send it."""
    answer = httpx.get(
        endpoint, params={"ac": "1", "query": query}, headers={"Accept": "application/sparql-results+json"}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    rows = answer.json()["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def test_editor_examples_are_the_competency_queries(endpoint: str) -> None:
    """Every query of the project comes with its question, in the order of their numbers."""
    rows = ask(endpoint, EXAMPLES)
    examples = load_examples()
    assert [row["example"] for row in rows] == [f"{BASE}queries/{example.name}" for example in examples]
    assert [row["question"] for row in rows] == [example.comments["question"] for example in examples]
    assert [row["text"] for row in rows] == [example.text for example in examples]


def test_editor_examples_run_as_they_are(endpoint: str) -> None:
    """What is offered is answered, without a prefix added."""
    for row in ask(endpoint, EXAMPLES):
        answer = httpx.post(endpoint, data={"query": row["text"]}, timeout=30)
        assert answer.status_code == 200, row["example"]


def test_editor_example_has_a_document_at_its_iri(endpoint: str, site_url: str) -> None:
    """An example can be cited: its IRI leads to what it is."""
    path = ask(endpoint, EXAMPLES)[0]["example"].removeprefix(BASE)
    answer = httpx.get(f"{site_url}{path}", headers={"Accept": "text/turtle"}, follow_redirects=True, timeout=30)
    assert answer.status_code == 200
    assert "sh:SPARQLSelectExecutable" in answer.text
    assert answer.history[0].status_code == 303


def test_editor_prefixes_are_those_of_the_project(endpoint: str) -> None:
    """Each prefix is declared once."""
    rows = ask(endpoint, DECLARATIONS)
    assert {row["name"]: row["start"] for row in rows} == PREFIXES
    assert len(rows) == len(PREFIXES)


@pytest.mark.parametrize("query", [PARTITIONS, GRAPH_PARTITIONS])
def test_editor_partitions_are_not_in_the_default_graph(endpoint: str, query: str) -> None:
    """The data do not describe themselves among themselves: editors then turn to the service description."""
    assert ask(endpoint, query) == []


def test_editor_partitions_of_the_service_description_are_those_of_the_data(
    endpoint: str, node: Callable[..., Any]
) -> None:
    """Read by Comunica as a file, the description says which class has which property with what values: what is so."""
    rows = node("comunica", PARTITIONS, type="file")
    assert len(rows) > 50
    said = {(row["class"], row["property"], row["of"]) for row in rows if row.get("of")}
    typed = {(row["class"], row["property"], row["datatype"]) for row in rows if row.get("datatype")}
    assert said == {(row["class"], row["property"], row["of"]) for row in ask(endpoint, RECOUNT)}
    assert typed == {(row["class"], row["property"], row["datatype"]) for row in ask(endpoint, RECOUNT_DATATYPES)}


def test_editor_partitions_belong_to_the_default_graph(endpoint: str, node: Callable[..., Any]) -> None:
    """The description says whose partitions they are: those of the graph that queries without a dataset ask."""
    rows = node("comunica", GRAPH_PARTITIONS, type="file")
    assert {row["class"] for row in rows} == {
        row["class"] for row in ask(endpoint, "SELECT DISTINCT ?class { [] a ?class }")
    }
