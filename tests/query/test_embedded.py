"""Tests of evaluating queries in this process."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import NamedNode, Quad, Store
from rdflib import Dataset, Graph
from rdflib.compare import isomorphic

from eild import media
from eild.errors import NotAcceptableError, QueryError, ResultTooLargeError, UsageError
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest

if TYPE_CHECKING:
    from eild.publication.manifest import Publication

ALL = "SELECT * { ?s ?p ?o }"
GRAPH = "http://example.org/graph"
SPARQL = "{http://www.w3.org/2005/sparql-results#}"


def ask(engine: EmbeddedEngine, text: str, **graphs: Any) -> list[dict[str, str]]:
    """Return the rows of a query as values by name."""
    answer = engine.evaluate(QueryRequest(text, media.JSON, media.TURTLE, **graphs))
    content: dict[str, Any] = json.loads(answer.body)
    return [{name: cell["value"] for name, cell in row.items()} for row in content["results"]["bindings"]]


def count(engine: EmbeddedEngine, text: str, **graphs: tuple[str, ...]) -> int:
    """Return the number of rows of a query."""
    return len(ask(engine, text, **graphs))


def test_evaluate_default_graph_each_triple_once(engine: EmbeddedEngine) -> None:
    """A triple that stands in two graphs counts once in the merged default graph."""
    assert count(engine, ALL) == 8
    assert count(engine, "SELECT * { ?s <http://example.org/price> ?o }") == 1


def test_evaluate_named_graphs_listed_with_empty_one(engine: EmbeddedEngine) -> None:
    """All named graphs are there, the empty one too."""
    assert {row["g"] for row in ask(engine, "SELECT ?g { GRAPH ?g {} }")} == {GRAPH, "http://example.org/empty"}


DATASETS: list[tuple[str, dict[str, tuple[str, ...]], int]] = [
    ("SELECT * FROM <http://example.org/graph> { ?s ?p ?o }", {}, 2),
    ("SELECT * FROM <http://nowhere/> { ?s ?p ?o }", {}, 0),
    ("SELECT * FROM NAMED <http://example.org/graph> { ?s ?p ?o }", {}, 0),
    ("SELECT * FROM NAMED <http://example.org/graph> { GRAPH ?g { ?s ?p ?o } }", {}, 2),
    (ALL, {"default_graphs": (GRAPH,)}, 2),
    (ALL, {"default_graphs": ("http://nowhere/",)}, 0),
    (ALL, {"named_graphs": (GRAPH,)}, 0),
    ("SELECT * { GRAPH ?g { ?s ?p ?o } }", {"named_graphs": (GRAPH,)}, 2),
    ("SELECT * { GRAPH ?g { ?s ?p ?o } }", {"default_graphs": (GRAPH,)}, 0),
    ("SELECT * FROM <http://example.org/graph> { ?s ?p ?o }", {"default_graphs": ("http://nowhere/",)}, 0),
]


@pytest.mark.parametrize(("text", "graphs", "rows"), DATASETS)
def test_evaluate_chosen_dataset_rows(
    engine: EmbeddedEngine, text: str, graphs: dict[str, tuple[str, ...]], rows: int
) -> None:
    """FROM and the protocol choose the dataset, the protocol wins, and a graph that does not exist is empty."""
    assert count(engine, text, **graphs) == rows


def test_evaluate_blank_node_same_in_default_and_named_graph(engine: EmbeddedEngine) -> None:
    """A blank node of a named graph is the same node in the merge."""
    text = f"SELECT * {{ ?b <http://example.org/about> ?a . GRAPH <{GRAPH}> {{ ?b ?p ?a }} }}"
    assert count(engine, text) == 1


def test_evaluate_odd_graph_iri_usage_error(engine: EmbeddedEngine) -> None:
    """A graph that is named by no IRI is refused."""
    with pytest.raises(UsageError, match="graph IRI"):
        ask(engine, ALL, default_graphs=("not an iri",))


def test_evaluate_select_all_result_syntaxes_agree(engine: EmbeddedEngine) -> None:
    """JSON, XML, CSV and TSV hold the same rows."""
    text = "SELECT ?label { ?x <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?label"
    bodies = {form: engine.evaluate(QueryRequest(text, form)).body for form in media.RESULT_FORMATS}
    rows = [row["label"]["value"] for row in json.loads(bodies[media.JSON])["results"]["bindings"]]
    tree = ET.fromstring(bodies[media.XML])  # noqa: S314 - our own answer
    assert rows in (["part", "Thing A"], ["Thing A", "part"])
    assert [item.text for item in tree.iter(f"{SPARQL}literal")] == rows
    assert [row[0] for row in csv.reader(io.StringIO(bodies[media.CSV].decode()))] == ["label", *rows]
    assert bodies[media.TSV].decode().splitlines()[0] == "?label"
    assert len(bodies[media.TSV].decode().splitlines()) == 3


@pytest.mark.parametrize(
    ("form", "body"),
    [(media.JSON, b'{"head":{},"boolean":true}'), (media.CSV, b"true"), (media.TSV, b"true")],
)
def test_evaluate_ask_body(engine: EmbeddedEngine, form: media.Format, body: bytes) -> None:
    """ASK answers true or false in every result syntax."""
    assert engine.evaluate(QueryRequest("ASK { ?s ?p ?o }", form)).body == body


PARSERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml", "trig": "trig", "nq": "nquads"}


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", media.GRAPH_FORMATS, ids=lambda form: form.name)
def test_evaluate_construct_every_graph_syntax_same_graph(engine: EmbeddedEngine, form: media.Format) -> None:
    """CONSTRUCT gives the same graph in all six syntaxes, in the default graph where there are several."""
    text = "CONSTRUCT { ?s ?p ?o . ?s ?p ?o } { ?s ?p ?o }"
    expected = Graph().parse(data=engine.evaluate(QueryRequest(text, None, media.N_TRIPLES)).body, format="nt")
    dataset = Dataset()
    dataset.parse(data=engine.evaluate(QueryRequest(text, None, form)).body, format=PARSERS[form.name])
    found = Graph()
    for subject, predicate, value, _ in dataset.quads():
        found.add((subject, predicate, value))
    assert len(expected) == 8
    assert isomorphic(found, expected)


def test_evaluate_construct_each_triple_once(engine: EmbeddedEngine) -> None:
    """A graph is a set: a triple that is made twice is written once."""
    text = "CONSTRUCT { <http://e/a> <http://e/b> <http://e/c> } { ?s ?p ?o }"
    assert engine.evaluate(QueryRequest(text, None, media.N_TRIPLES)).body.count(b"\n") == 1


def test_evaluate_carriage_return_survives_xml(engine: EmbeddedEngine) -> None:
    """A carriage return in a literal is still one after XML parsing."""
    text = r'SELECT ("a\rb\nc" AS ?x) {}'
    tree = ET.fromstring(engine.evaluate(QueryRequest(text, media.XML)).body)  # noqa: S314 - our own answer
    assert [item.text for item in tree.iter(f"{SPARQL}literal")] == ["a\rb\nc"]


@pytest.mark.parametrize("character", [r"\u0001", r"\u000B", r"\uFFFE", r"\uFFFF", r"\b"])
def test_evaluate_character_forbidden_in_xml_not_acceptable(engine: EmbeddedEngine, character: str) -> None:
    """A character that XML 1.0 cannot carry makes 406 instead of an ill-formed answer; JSON carries it."""
    text = f'SELECT ("{character}" AS ?x) {{}}'
    with pytest.raises(NotAcceptableError, match=r"U\+"):
        engine.evaluate(QueryRequest(text, media.XML))
    assert json.loads(engine.evaluate(QueryRequest(text, media.JSON)).body)
    graph = f'CONSTRUCT {{ <http://e/a> <http://e/b> "{character}" }} {{}}'
    with pytest.raises(NotAcceptableError, match=r"U\+"):
        engine.evaluate(QueryRequest(graph, None, media.RDF_XML))


def test_evaluate_large_result_refused_whole(engine: EmbeddedEngine) -> None:
    """A result over the limit is refused, never cut."""
    with pytest.raises(ResultTooLargeError, match="100000 bytes"):
        ask(engine, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }")


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        (ALL, QueryRequest(ALL, None, media.TURTLE)),
        ("CONSTRUCT", QueryRequest("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", media.JSON, None)),
    ],
)
def test_evaluate_no_form_for_kind_not_acceptable(engine: EmbeddedEngine, text: str, request_: QueryRequest) -> None:
    """A query whose kind of answer the client does not take is refused with what there is."""
    assert text in request_.text
    with pytest.raises(NotAcceptableError) as caught:
        engine.evaluate(request_)
    assert caught.value.suggestions


def test_evaluate_relative_iri_resolves_against_base(engine: EmbeddedEngine) -> None:
    """Relative IRIs in queries resolve against the base of the data."""
    assert count(engine, "SELECT * { <a> a ?class }") == 1


def test_evaluate_service_without_guard_query_error(publication: Publication) -> None:
    """Even without the scan a federated query is an expected failure, not a crash."""
    engine = EmbeddedEngine.load(publication, prefixes={})
    with pytest.raises(QueryError, match="cannot evaluate"):
        ask(engine, "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("SELECT * { ?s ?p ?o }", "s,p,o"),
        ("SELECT * { ?thing a ?class OPTIONAL { ?thing ?b ?a } FILTER(?z = 1) }", "thing,class,b,a"),
        ("SELECT DISTINCT * { { SELECT ?z ?y { ?z ?x ?y } } GRAPH ?g {} }", "z,y,g"),
        ("SELECT ?b ?a { ?a ?b ?c }", "b,a"),
    ],
)
def test_evaluate_select_star_columns_in_order_of_appearance(engine: EmbeddedEngine, text: str, header: str) -> None:
    """The columns of SELECT * stand as the query names the variables, in CSV as in JSON."""
    assert engine.evaluate(QueryRequest(text, media.CSV)).body.decode().splitlines()[0] == header
    content = json.loads(engine.evaluate(QueryRequest(text, media.JSON)).body)
    assert content["head"]["vars"] == header.split(",")


def test_evaluate_csv_empty_value_of_only_column_keeps_its_line(engine: EmbeddedEngine) -> None:
    """An unbound or empty value that is all of a row is written in quotation marks, for blank lines are skipped."""
    one = engine.evaluate(QueryRequest('SELECT ?x { VALUES ?x { "a" "" UNDEF } }', media.CSV)).body
    assert one == b'x\r\na\r\n""\r\n""\r\n'
    two = engine.evaluate(QueryRequest("SELECT ?x ?y { VALUES (?x ?y) { (UNDEF UNDEF) } }", media.CSV)).body
    assert two == b"x,y\r\n,\r\n"


@pytest.mark.parametrize(
    ("namespace", "local"),
    [("http://n.example/GO_", "0001"), ("urn:n:", "a"), ("http://n.example/v1.", "x"), ("http://n.example/x", "y-1")],
)
def test_evaluate_turtle_uses_prefix_whatever_its_namespace_ends_with(namespace: str, local: str) -> None:
    """A prefix abbreviates also where its namespace ends with a letter, a colon, a full stop or a line below."""
    node = NamedNode(namespace + local)
    store = Store()
    store.add(Quad(node, node, node))
    prefixes = {"n": namespace, "other": "http://other.example/", "wide": "http://n.example/"}
    engine = EmbeddedEngine(store, base="http://b.example/", prefixes=prefixes)
    text = engine.evaluate(QueryRequest("CONSTRUCT WHERE { ?s ?p ?o }", None, media.TURTLE)).body.decode()
    assert f"n:{local} n:{local} n:{local} ." in text
    assert "other" not in text
