"""Tests of ``/sparql`` in this process."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import Graph

from eild import media
from eild.namespaces import SD
from eild.rdf.syntaxes import RDF_FORMATS

if TYPE_CHECKING:
    from flask.testing import FlaskClient

LABELS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?agent ?label { ?agent rdfs:label ?label FILTER(STRSTARTS(STR(?agent), "https://w3id.org/eild/id/agent/")) }
ORDER BY ?agent"""
BOARD = "CONSTRUCT { ?s ?p ?o } { VALUES ?s { <https://w3id.org/eild/id/agent/board> } ?s ?p ?o }"


def test_post_query_form_and_direct_same_as_get(client: FlaskClient) -> None:
    """A query has the same answer by GET, in a form, and sent directly."""
    by_get = client.get("/sparql", query_string={"query": LABELS})
    by_form = client.post("/sparql", data={"query": LABELS})
    direct = client.post("/sparql", data=LABELS.encode(), content_type="application/sparql-query; charset=utf-8")
    assert by_get.status_code == 200
    assert "https://w3id.org/eild/id/agent/board" in by_get.text
    assert by_get.data == by_form.data == direct.data


def test_post_query_not_cached(client: FlaskClient) -> None:
    """The answer to a POST is not kept by caches."""
    response = client.post("/sparql", data={"query": LABELS})
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_get_volatile_query_not_cached(client: FlaskClient) -> None:
    """An answer that differs each time has no tag."""
    response = client.get("/sparql", query_string={"query": "SELECT (NOW() AS ?now) {}"})
    assert response.status_code == 200
    assert "ETag" not in response.headers


@pytest.mark.parametrize("form", media.RESULT_FORMATS, ids=lambda form: form.name)
def test_get_format_parameter_wins_over_accept(client: FlaskClient, form: media.Format) -> None:
    """The parameter chooses the form whatever Accept says."""
    query = {"query": LABELS, "format": form.name}
    response = client.get("/sparql", query_string=query, headers={"Accept": "text/html"})
    assert response.headers["Content-Type"] == form.content_type


def test_get_csv_rows_as_written(client: FlaskClient) -> None:
    """CSV holds the names as header and a row for each solution."""
    rows = list(csv.reader(io.StringIO(client.get("/sparql", query_string={"query": LABELS, "format": "csv"}).text)))
    assert rows[0] == ["agent", "label"]
    assert ["https://w3id.org/eild/id/agent/board", "harbour board"] in rows


@pytest.mark.parametrize("form", media.GRAPH_FORMATS, ids=lambda form: form.name)
def test_get_construct_each_syntax_same_triples(client: FlaskClient, form: media.Format) -> None:
    """All six graph syntaxes hold the same triples."""
    response = client.get("/sparql", query_string={"query": BOARD}, headers={"Accept": form.media_type})
    assert response.headers["Content-Type"] == form.content_type
    found = {str(quad.triple) for quad in parse(response.data, RDF_FORMATS[form.name])}
    plain = client.get("/sparql", query_string={"query": BOARD, "format": "nt"})
    assert found == {str(quad.triple) for quad in parse(plain.data, RdfFormat.N_TRIPLES)}
    assert len(found) == 4


def test_get_page_shows_table_with_links_and_query(client: FlaskClient) -> None:
    """A browser gets a table whose resources are links by name, the query kept, and the other forms."""
    page = client.get("/sparql", query_string={"query": LABELS}, headers={"Accept": "text/html"}).text
    assert (
        '<a href="./doc/agent/board" title="https://w3id.org/eild/id/agent/board" lang="en">harbour board</a>' in page
    )
    assert "SELECT ?agent ?label" in page
    assert "format=csv" in page


def test_get_page_of_graph_shows_turtle(client: FlaskClient) -> None:
    """A browser gets a graph as a table, and as Turtle one click away."""
    asked = {"query": BOARD}
    table = client.get("/sparql", query_string=asked, headers={"Accept": "text/html"}).text
    assert "view=raw" in table
    page = client.get("/sparql", query_string={**asked, "view": "raw"}, headers={"Accept": "text/html"}).text
    assert "agent:board a eild:GovernmentBody" in page


def test_get_page_of_malformed_query_keeps_status(client: FlaskClient) -> None:
    """A browser gets the error as a page with line and column."""
    response = client.get("/sparql", query_string={"query": "SELECT * {"}, headers={"Accept": "text/html"})
    assert response.status_code == 400
    assert "Line 1, column 10" in response.text


DATASETS = [
    ({"default-graph-uri": "https://w3id.org/eild/graph/claims"}, "57"),
    ({"default-graph-uri": "https://w3id.org/eild/graph/nothing"}, "0"),
    ({"named-graph-uri": "https://w3id.org/eild/graph/claims"}, "0"),
]


@pytest.mark.parametrize(("graphs", "number"), DATASETS)
def test_get_protocol_dataset_counts(client: FlaskClient, graphs: dict[str, str], number: str) -> None:
    """The protocol chooses the dataset; a graph that does not exist is empty."""
    query = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv", **graphs}
    assert client.get("/sparql", query_string=query).text == f"n\r\n{number}\r\n"


def test_post_query_of_a_mebibyte_each_way_answered(client: FlaskClient) -> None:
    """Federated clients send long lists of values; percent-encoding may triple them."""
    values = " ".join(f"<http://example.org/resource/{number}>" for number in range(29_000))
    query = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?s {{ {values} }} }}"
    assert 1_000_000 < len(query) < 1_048_576
    for sent in ({"data": {"query": query}}, {"data": query, "content_type": "application/sparql-query"}):
        response = client.post("/sparql?format=csv", **sent)
        assert (response.status_code, response.text) == (200, "n\r\n29000\r\n")


ERRORS: list[tuple[str, dict[str, str], int, str]] = [
    ("GET", {"query": "SELECT * {"}, 400, "is not closed"),
    ("GET", {"query": "SELECT * { ?s foo:bar ?o }"}, 400, "prefix foo:"),
    ("GET", {"query": ""}, 400, "empty"),
    ("GET", {"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}, 400, "SERVICE"),
    ("GET", {"query": "INSERT DATA { <http://a> <http://b> <http://c> }"}, 403, "read-only"),
    ("POST", {"update": "CLEAR ALL"}, 403, "updates are rejected"),
    ("POST", {"nothing": "x"}, 400, "no query"),
    ("GET", {"query": f"ASK {{}} # {'x' * 1_048_576}"}, 414, "at most 1048576 bytes"),
    ("POST", {"query": f"ASK {{}} # {'x' * 1_048_576}"}, 413, "at most 1048576 bytes"),
    ("POST", {"query": "x" * 4_200_000}, 413, "too large"),
    ("GET", {"query": "ASK {}", "format": "pdf"}, 400, "unknown format"),
    ("GET", {"query": "ASK {}", "format": "ttl"}, 400, "not available here"),
    ("GET", {"format": "csv"}, 400, "not available here"),
    ("GET", {"query": "ASK {}", "default-graph-uri": "x"}, 400, "must be an absolute IRI"),
    ("GET", {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"}, 422, "1000000 bytes"),
]


@pytest.mark.parametrize(("method", "parameters", "status", "words"), ERRORS)
def test_sparql_wrong_request_problem(
    client: FlaskClient, method: str, parameters: dict[str, str], status: int, words: str
) -> None:
    """Every wrong request has its status and a problem that says what is wrong and what to do."""
    where = {"query_string": parameters} if method == "GET" else {"data": parameters}
    response = client.open("/sparql", method=method, **where)  # type: ignore[arg-type] # one of two keywords
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert len(response.data) <= 2048
    assert response.json is not None
    assert words in response.json["detail"]
    assert response.headers["Cache-Control"] == "no-store"


def test_get_malformed_query_problem_has_line_and_column(client: FlaskClient) -> None:
    """The place of a syntax error is told in numbers."""
    response = client.get("/sparql", query_string={"query": "SELECT * {\n  ?s foo:bar ?o }"})
    assert response.json is not None
    assert (response.json["line"], response.json["column"]) == (2, 6)
    assert response.json["hint"].startswith("start the query with: PREFIX foo:")


def test_post_unknown_media_type_415_says_what_is_accepted(client: FlaskClient) -> None:
    """A body of another type is refused with the types that would do."""
    response = client.post("/sparql", data=b"ASK {}", content_type="text/plain")
    assert response.status_code == 415
    assert "application/sparql-query" in response.headers["Accept-Post"]


def test_get_repeated_query_400(client: FlaskClient) -> None:
    """Two queries in one request are refused."""
    assert client.get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D").status_code == 400


@pytest.mark.parametrize(("query", "status"), [("ASK {}", 304), ("ASK {", 400)])
def test_get_if_none_match_asterisk_only_for_answers(client: FlaskClient, query: str, status: int) -> None:
    """The asterisk matches any answer there is, and a malformed query has none."""
    response = client.get("/sparql", query_string={"query": query}, headers={"If-None-Match": "*"})
    assert response.status_code == status


def test_get_service_description_tells_what_is_there(client: FlaskClient) -> None:
    """The description lists the named graphs with their sizes and all result formats, and no federation."""
    graph = Graph().parse(data=client.get("/sparql").data, format="turtle")
    text = f"PREFIX sd: <{SD}> PREFIX void: <http://rdfs.org/ns/void#> "
    rows = graph.query(text + "SELECT ?n ?t { ?x sd:name ?n ; sd:graph/void:triples ?t } ORDER BY ?n")
    sizes = {str(row[0]): int(row[1]) for row in rows}  # type: ignore[index,arg-type] # rdflib's wide types
    query = {"query": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"}
    bindings = json.loads(client.get("/sparql", query_string=query).data)["results"]["bindings"]
    counted = {row["g"]["value"]: int(row["n"]["value"]) for row in bindings}
    assert {name: size for name, size in sizes.items() if size} == counted
    formats = graph.query(text + "SELECT (COUNT(?f) AS ?n) { ?s sd:resultFormat ?f }")
    assert [int(row[0]) for row in formats] == [10]  # type: ignore[index,arg-type] # rdflib's wide types
    assert "BasicFederatedQuery" not in client.get("/sparql").text


def test_get_default_graph_equals_turtle_dump(client: FlaskClient) -> None:
    """The default graph of the endpoint holds as many triples as the dump."""
    number = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) {?s ?p ?o}", "format": "csv"}).text
    dump = client.get("/dumps/eild-1.2.3.ttl").data
    assert int(number.split()[1]) == len(list(parse(dump, RdfFormat.TURTLE)))
