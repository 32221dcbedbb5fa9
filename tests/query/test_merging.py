"""Tests of the merge of graphs: each statement counts once, however many graphs of the dataset hold it."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from eild import media
from eild.errors import QueryError
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest
from eild.query.merging import ChosenDataset, find_dataset
from eild.query.text.query import read_query

BASE = "http://example.org/"
A, B, C = (NamedNode(f"{BASE}{name}") for name in "abc")
COUNT = "SELECT (COUNT(*) AS ?n)"
EVERY = "{ ?s ?p ?o }"


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    """Return an engine over three graphs: two that share a statement, and one that shares none."""
    store = Store()
    for graph, values in ((A, "12"), (B, "23"), (C, "4")):
        store.extend(Quad(A, B, Literal(value), graph) for value in values)
    return EmbeddedEngine(store, base=BASE, prefixes={})


def count(engine: EmbeddedEngine, text: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> str:
    """Return the one value of a query."""
    request = QueryRequest(text, results=media.CSV, default_graphs=default, named_graphs=named)
    return engine.evaluate(request).body.decode().split()[1]


CHOSEN = [
    ("FROM <a> FROM <b>", EVERY, "3"),
    ("FROM <a> FROM <a>", EVERY, "2"),
    ("FROM <a> FROM <c>", EVERY, "3"),
    ("FROM <a> FROM <b> FROM <c>", EVERY, "4"),
    ("from <a>#FROM <x>\nFrom <http://example.org/b>", EVERY, "3"),
    ("FROM :a FROM x:b", EVERY, "3"),
    ("FROM <a> FROM <b> FROM <nothing>", EVERY, "3"),
    ("FROM <a> FROM <b> FROM NAMED <b>", "{ ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }", "2"),
    ("FROM <a> FROM <b> FROM NAMED <b> FROM NAMED <nothing>", "{ GRAPH ?g {} }", "2"),
    ("FROM <a> FROM <c> FROM NAMED <b> FROM NAMED <nothing>", "{ GRAPH ?g {} }", "2"),
    ("FROM <a> FROM <b>", "{ GRAPH ?g { ?s ?p ?o } }", "0"),
    ("FROM NAMED <a> FROM NAMED <b>", EVERY, "0"),
    ("FROM NAMED <a> FROM NAMED <b>", "{ GRAPH ?g { ?s ?p ?o } }", "4"),
    ("FROM <a>", EVERY, "2"),
    ("", '{ ?s ?p ?o BIND("FROM <a> FROM <b>" AS ?x) }', "0"),
]


@pytest.mark.parametrize(("clauses", "pattern", "number"), CHOSEN)
def test_evaluate_graphs_named_by_query_each_statement_once(
    engine: EmbeddedEngine, clauses: str, pattern: str, number: str
) -> None:
    """FROM makes the merge of its graphs, FROM NAMED leaves graphs apart."""
    prologue = f"BASE <{BASE}> PREFIX : <{BASE}> PREFIX x: <> # FROM\n"
    assert count(engine, f"{prologue} {COUNT} {clauses} {pattern}") == number


def test_evaluate_graphs_named_by_request_each_statement_once(engine: EmbeddedEngine) -> None:
    """Graphs that the protocol names make the merge too."""
    assert count(engine, f"{COUNT} {EVERY}", (A.value, B.value)) == "3"
    assert count(engine, f"{COUNT} {EVERY}", (A.value, A.value)) == "2"
    pattern = "{ ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }"
    assert count(engine, f"{COUNT} {pattern}", (A.value, B.value), (C.value, A.value)) == "2"


def test_evaluate_construct_and_describe_of_merge(engine: EmbeddedEngine) -> None:
    """Graphs are made of the merge as rows are."""
    for head in ("CONSTRUCT { ?s ?p ?o }", f"DESCRIBE <{A.value}>"):
        text = f"{head} FROM <a> FROM <b> {EVERY}"
        body = engine.evaluate(QueryRequest(text, graph=media.N_TRIPLES)).body
        assert body.count(b"\n") == 3


@pytest.mark.parametrize("text", ["SELECT * FROM <a> FROM", "SELECT * FROM <a> FROM x:y { }", "FROM FROM"])
def test_evaluate_malformed_clauses_told_by_parser(engine: EmbeddedEngine, text: str) -> None:
    """Clauses that cannot be read are left to the parser, which says what is wrong."""
    assert find_dataset(read_query(text), BASE) is None or text.endswith("FROM")
    with pytest.raises(QueryError):
        engine.evaluate(QueryRequest(text, results=media.JSON))


def test_find_dataset_clauses_in_order_each_once() -> None:
    """Relative and prefixed names are resolved as the query says."""
    text = "PREFIX p: <http://p/> SELECT * FROM <a> FROM NAMED p:x FROM p:y FROM <a> WHERE { ?from ?s 'FROM <z>' }"
    assert find_dataset(read_query(text), BASE) == ChosenDataset(
        (A, NamedNode("http://p/y")), (NamedNode("http://p/x"),)
    )


def test_evaluate_merge_keeps_blank_nodes_apart_and_together() -> None:
    """A blank node that two graphs share stays one, and two stay two."""
    store = Store()
    one, two = BlankNode("one"), BlankNode("two")
    store.extend([Quad(one, A, C, A), Quad(one, A, C, B), Quad(two, A, C, B)])
    engine = EmbeddedEngine(store, base=BASE, prefixes={})
    assert count(engine, f"{COUNT} FROM <a> FROM <b> FROM NAMED <a> {EVERY}") == "2"
    assert count(engine, f"{COUNT} FROM <a> FROM <b> FROM NAMED <a> {{ ?s ?p ?o GRAPH ?g {{ ?s ?p ?o }} }}") == "1"
