"""Python clients against the real server: SPARQLWrapper, RDFLib's SPARQLStore and SPARQLConnector, and pandas."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import httpx
import pandas as pd
import pytest
from rdflib import Graph, Literal, URIRef, Variable
from rdflib.namespace import RDF, RDFS
from rdflib.plugins.stores.sparqlconnector import SPARQLConnector
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

BOARD = URIRef("https://w3id.org/eild/id/agent/board")
KIND = URIRef("https://w3id.org/eild/ontology#GovernmentBody")
SELECT = f"SELECT ?agent ?label {{ ?agent a <{KIND}> ; <{RDFS.label}> ?label }} ORDER BY ?label"
CONSTRUCT = f"CONSTRUCT {{ <{BOARD}> ?p ?o }} {{ <{BOARD}> ?p ?o }}"
DESCRIBE = f"DESCRIBE <{BOARD}>"
ASK = f"ASK {{ <{BOARD}> a <{KIND}> }}"
NOTHING = f"ASK {{ <{BOARD}> a <{BOARD}> }}"


def wrap(endpoint: str, query: str, form: str, **settings: Any) -> SPARQLWrapper:
    """Return a SPARQLWrapper that is ready to ask."""
    wrapper = SPARQLWrapper(endpoint, returnFormat=form)
    wrapper.setMethod(settings.get("method", GET))
    wrapper.setRequestMethod(settings.get("request", URLENCODED))
    wrapper.setOnlyConneg(settings.get("negotiated", False))
    wrapper.setQuery(query)
    if "graph" in settings:
        wrapper.addDefaultGraph(settings["graph"])
    return wrapper


def ask(endpoint: str, query: str, form: str, **settings: Any) -> Any:
    """Return what SPARQLWrapper understands of the answer."""
    return wrap(endpoint, query, form, **settings).query().convert()


@pytest.mark.parametrize("negotiated", [True, False])
@pytest.mark.parametrize(("method", "request_method"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
def test_sparqlwrapper_each_way_rows(endpoint: str, method: str, request_method: str, *, negotiated: bool) -> None:
    """SPARQLWrapper gets the rows by each of its ways, with and without the parameters that it adds."""
    answer = ask(endpoint, SELECT, JSON, method=method, request=request_method, negotiated=negotiated)
    rows = answer["results"]["bindings"]
    assert {"type": "uri", "value": str(BOARD)} in [row["agent"] for row in rows]


@pytest.mark.parametrize("negotiated", [True, False])
def test_sparqlwrapper_each_result_form_rows(endpoint: str, *, negotiated: bool) -> None:
    """XML, which is its default, CSV and TSV arrive as well."""
    document = ask(endpoint, SELECT, XML, negotiated=negotiated)
    assert str(BOARD) in document.toxml()
    for form in (CSV, TSV):
        assert str(BOARD) in ask(endpoint, SELECT, form, negotiated=negotiated).decode()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated, use Dataset instead:DeprecationWarning")
@pytest.mark.parametrize("negotiated", [True, False])
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize("form", [XML, RDFXML, TURTLE, N3, JSONLD])
def test_sparqlwrapper_each_graph_form_triples(endpoint: str, query: str, form: str, *, negotiated: bool) -> None:
    """A graph arrives in each form that SPARQLWrapper can ask for; it asks for RDF/XML as "xml"."""
    answer = ask(endpoint, query, form, negotiated=negotiated)
    form = TURTLE if form == N3 else form  # what is asked for as N3 comes as its part Turtle
    graph = Graph().parse(data=answer, format=form) if isinstance(answer, bytes) else answer
    assert (BOARD, RDF.type, KIND) in graph


def test_sparqlwrapper_boolean_and_dataset(endpoint: str) -> None:
    """A boolean arrives, and graphs that SPARQLWrapper names by the protocol make the dataset."""
    assert ask(endpoint, ASK, JSON) == {"head": {}, "boolean": True}
    assert ask(endpoint, NOTHING, JSON)["boolean"] is False
    elsewhere = ask(endpoint, ASK, JSON, graph="https://w3id.org/eild/graph/seed")
    assert elsewhere["boolean"] is False
    within = ask(endpoint, ASK, JSON, graph="https://w3id.org/eild/graph/entities", method=POST)
    assert within["boolean"] is True


def test_sparqlwrapper_malformed_query_reason(endpoint: str) -> None:
    """SPARQLWrapper raises its own error for a malformed query, and the reason is in it."""
    with pytest.raises(QueryBadFormed, match="is not closed"):
        wrap(endpoint, "SELECT * {", JSON).query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_sparqlstore_each_way_rows_and_patterns(endpoint: str, method: str, form: str) -> None:
    """RDFLib's store of a remote endpoint gives rows, triples by pattern and a size, by each method and form."""
    store = SPARQLStore(endpoint, method=method, returnFormat=form)
    graph = Graph(store)
    rows = [row.asdict() for row in graph.query(SELECT)]  # type: ignore[union-attr] # SELECT gives rows
    assert {"agent": BOARD, "label": Literal("harbour board", lang="en")} in [
        {**row, "label": Literal(str(row["label"]), lang="en")} for row in rows
    ]
    if form in {"xml", "json"}:  # CSV and TSV cannot carry what a pattern needs back
        assert (BOARD, RDF.type, KIND) in graph
        assert KIND in set(graph.objects(BOARD, RDF.type))
        assert len(graph) > 100


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_sparqlconnector_kinds_of_answers(endpoint: str, method: Any) -> None:
    """RDFLib's connector understands rows, booleans and graphs."""
    connector = SPARQLConnector(endpoint, method=method, returnFormat="xml")
    assert connector.query(SELECT).vars == [Variable("agent"), Variable("label")]
    assert connector.query(ASK).askAnswer is True
    assert connector.query(NOTHING).askAnswer is False


def test_rdflib_parse_endpoint_query_as_file(endpoint: str) -> None:
    """RDFLib reads a graph straight from the URL of a query."""
    graph = Graph().parse(f"{endpoint}?{urlencode({'query': CONSTRUCT})}")
    assert (BOARD, RDF.type, KIND) in graph


@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("tsv", "\t")])
def test_pandas_read_csv_from_url_data_frame(endpoint: str, form: str, separator: str) -> None:
    """Pandas reads rows straight from the URL of a query."""
    frame = pd.read_csv(f"{endpoint}?{urlencode({'query': SELECT, 'format': form})}", sep=separator)
    assert list(frame.columns) == (["agent", "label"] if form == "csv" else ["?agent", "?label"])
    first = frame.iloc[:, 0].tolist()
    assert (str(BOARD) if form == "csv" else f"<{BOARD}>") in first


def test_pandas_read_csv_compressed_numbers(endpoint: str) -> None:
    """Numbers in CSV arrive as numbers, and a compressed answer is unpacked on the way."""
    query = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n)"
    headers = {"Accept": "text/csv", "Accept-Encoding": "gzip"}
    response = httpx.post(endpoint, data={"query": query}, headers=headers, timeout=30)
    assert response.headers["Content-Encoding"] == "gzip"
    frame = pd.read_csv(io.StringIO(response.text))
    assert frame["n"].dtype.kind == "i"
    assert frame["n"].is_monotonic_decreasing
