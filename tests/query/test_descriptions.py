"""Tests of descriptions that are read from the index: they are what the engine answers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QueryTriples, Store, Triple

from eild import media
from eild.errors import QueryError
from eild.query.descriptions import Describer
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest
from eild.query.text.query import read_query

BASE = "http://e.example/"
IRIS = ["http://e.example/a", "http://e.example/a/../b", "urn:x:y", "http://é.example/ü", "http://e.example/%7Ec"]
NAMES = st.sampled_from(IRIS).map(NamedNode)
NODES = st.one_of(NAMES, st.just(BlankNode("b")))
VALUES = st.one_of(NAMES, st.sampled_from([Literal("a"), Literal("a", language="en"), Literal(1)]))
MORE_VALUES = st.one_of(VALUES, VALUES, VALUES, st.just(BlankNode("b")), st.builds(Triple, NODES, NAMES, NODES))
GRAPHS = st.one_of(st.just(DefaultGraph()), st.just(NamedNode("http://e.example/graph")))
PROLOGUES = [
    "",
    "PREFIX e: <http://e.example/> ",
    "BASE <http://o.example/> # all\n",
    "VERSION '1.2' ",
    "PREFIX : <x#>\n",
]
ENDS = [
    "",
    " LIMIT 7",
    " LIMIT 0",
    " LIMIT 00",
    " OFFSET 1",
    " LIMIT 1 OFFSET 1",
    " OFFSET 0 LIMIT 5",
    " {}",
    " WHERE {}",
]
MORE_ENDS = [" ORDER BY ?x", " VALUES ?x {}", " HAVING(false)", " FROM <http://e.example/graph>", " FROM <a>", " # end"]
TERMS = st.sampled_from(
    [*[f"<{iri}>" for iri in IRIS], "<a>", "<>", "<http://nowhere.example/>", r"<http://e.example/\u0061>"]
)
QUERIES = st.builds(
    lambda prologue, terms, end: f"{prologue}DESCRIBE {' '.join(terms)}{end}",
    st.sampled_from(PROLOGUES),
    st.lists(TERMS, min_size=1, max_size=3),
    st.sampled_from([*ENDS, *MORE_ENDS]),
)


def make_store(quads: list[Quad]) -> Store:
    """Return a store of some statements."""
    store = Store()
    store.extend(quads)
    return store


@settings(deadline=None, max_examples=300)
@given(st.lists(st.builds(Quad, NODES, NAMES, MORE_VALUES, GRAPHS), max_size=12), st.lists(QUERIES, max_size=6))
def test_description_is_that_of_the_engine(quads: list[Quad], queries: list[str]) -> None:
    """Whatever the query and the data are, it is the same or left to the engine."""
    store, describer = make_store(quads), Describer(BASE)
    for text in queries:
        found = describer.describe(store, read_query(text))
        expected = store.query(text, base_iri=BASE)
        assert isinstance(expected, QueryTriples)
        assert found is None or set(found) == set(expected)


@pytest.mark.parametrize(
    "text",
    [
        "DESCRIBE <http://e.example/a>",
        "describe <http://e.example/a> limit 5",
        "PREFIX e: <http://e.example/> PREFIX : <#>\nDESCRIBE <http://e.example/a> <urn:x:y>",
        "# all\nDESCRIBE\n<http://e.example/a> # of it\nLIMIT 1000",
    ],
)
def test_description_without_blank_nodes_is_read_here(text: str) -> None:
    """That is so for an IRI that has statements and for one that has none."""
    subject = NamedNode("http://e.example/a")
    quads = [Quad(subject, NamedNode("urn:x:p"), Literal(1), graph) for graph in (DefaultGraph(), subject)]
    store = make_store(quads)
    describer = Describer(BASE)
    expected = [Triple(subject, NamedNode("urn:x:p"), Literal(1))]
    assert describer.describe(store, read_query(text)) == expected
    assert describer.describe(store, read_query(text.replace("/a", "/b"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "DESCRIBE <http://e.example/[>",
        "DESCRIBE <http://e.example/ü\ue000>",
        "PREFIX e: <http://[> DESCRIBE <http://e.example/a>",
        "BASE <http://[> DESCRIBE <http://e.example/a> LIMIT 5",
        "DESCRIBE <http://e.example/a> LIMIT 1.5",
        "DESCRIBE <http://e.example/a> LIMIT 1e1",
        "DESCRIBE e:a",
        "DESCRIBE <http://e.example/a> LIMIT",
    ],
)
def test_malformed_description_is_refused(text: str) -> None:
    """Also after queries that are like it but for a constant."""
    engine = EmbeddedEngine(Store(), base=BASE, prefixes={})
    fine = text.replace("[", "a").replace("\ue000", "").replace("1.5", "2").replace("1e1", "2")
    if fine != text:
        engine.evaluate(QueryRequest(fine, media.JSON, media.TURTLE))
    with pytest.raises(QueryError):
        engine.evaluate(QueryRequest(text, media.JSON, media.TURTLE))
