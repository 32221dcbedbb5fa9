"""Tests of judging which queries are cheap for sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from eild.query import cheap
from eild.query.cheap import Judge
from eild.query.text.outline import read_outline
from eild.query.text.query import read_query

if TYPE_CHECKING:
    from eild.query.text.outline import Outline

E = "http://e.example/"
P = f"PREFIX e: <{E}> "


def node(name: str) -> NamedNode:
    """Return a node."""
    return NamedNode(f"{E}{name}")


def make_store(size: int = 700) -> Store:
    """Return a store in which everything is of one type and has a label, and one resource leads to a blank node."""
    store = Store()
    for number in range(size):
        thing = node(f"t{number}")
        store.add(Quad(thing, node("type"), node("Thing"), DefaultGraph()))
        store.add(Quad(thing, node("label"), Literal(f"thing {number}"), DefaultGraph()))
        store.add(Quad(thing, node("next"), node(f"t{(number + 1) % size}"), node("graph")))
    store.add(Quad(node("open"), node("has"), BlankNode("b"), DefaultGraph()))
    return store


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Return what knows the store."""
    return Judge(make_store())


def outline(text: str) -> Outline | None:
    """Return the outline of a query."""
    return read_outline(read_query(text))


CHEAP = [
    f"SELECT ?p ?o {{ <{E}t1> ?p ?o }}",
    f"{P}SELECT * WHERE {{ e:t1 e:label ?l . OPTIONAL {{ ?s e:label ?l }} }} LIMIT 10",
    f"{P}SELECT ?s {{ ?s e:type e:Thing ; e:label ?l FILTER(?l != '7') }} LIMIT 20",
    f"{P}SELECT DISTINCT ?s {{ ?s e:label 'thing 1', 'x'@en FILTER(!BOUND(?z) || STR(?s) = \"a\") }} LIMIT 5",
    f"{P}ASK {{ ?s e:type ?t }}",
    f"{P}CONSTRUCT {{ ?s e:is ?t }} WHERE {{ ?s e:type ?t }} LIMIT 9",
    f"DESCRIBE <{E}t1> LIMIT 3",
    f"{P}SELECT ?x {{ e:t1 (!<x:1>)/^e:type ?x }} LIMIT 9",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER REGEX(?l, 'a.*b', 'i') }} LIMIT 9",
]
NOT_JUDGED = [
    f"{P}SELECT (COUNT(*) AS ?n) {{ ?s e:type ?t }}",
    f"{P}SELECT ?s {{ ?s e:type ?t }} ORDER BY ?s",
    f"{P}SELECT ?s {{ ?s e:type ?t }} GROUP BY ?s",
    f"{P}SELECT ?s {{ ?s e:next+ ?t }}",
    f"{P}SELECT ?s {{ ?s e:next* ?t }}",
    f"{P}SELECT ?s {{ ?s e:next|e:type ?t }}",
    f"{P}SELECT ?s {{ {{ SELECT ?s {{ ?s ?p ?o }} }} }}",
    f"{P}SELECT ?s {{ {{ ?s e:type ?t }} UNION {{ ?s e:label ?t }} }}",
    f"{P}SELECT ?s {{ ?s e:type ?t MINUS {{ ?s e:label ?t }} }}",
    f"{P}SELECT ?s {{ ?s e:type ?t FILTER EXISTS {{ ?s e:label ?t }} }}",
    f"{P}SELECT ?s {{ ?s e:type ?t FILTER(EXISTS {{ ?s e:label ?t }}) }}",
    f"{P}SELECT ?s {{ GRAPH ?g {{ ?s e:type ?t }} }}",
    f"{P}SELECT ?s FROM <{E}graph> {{ ?s e:type ?t }}",  # noqa: S608 - SPARQL
    f"{P}SELECT ?s {{ BIND(1 AS ?s) }}",
    f"{P}SELECT ?s {{ VALUES ?s {{ 1 2 3 }} ?s e:type ?t }}",
    f"{P}SELECT ?s {{ SERVICE <{E}> {{ ?s e:type ?t }} }}",
    f"{P}SELECT ?s {{ ?s e:type [] }}",
    f"{P}SELECT ?s {{ ?s e:type _:b }}",
    f"{P}SELECT ?s {{ ?s e:label '1'^^e:type }}",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER REGEX(?l, ?s) }}",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER(REPLACE(?l, 'a', 'b') = 'x') }}",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER(<{E}function>(?l)) }} # comment",
    f"{P}SELECT ?s {{ ?s f:type ?t }}",
    "BASE <http://e.example/> SELECT ?s { ?s <type> ?t }",
    f"{P}SELECT ?s {{ ?s e:type ?t",
    f"{P}INSERT DATA {{ e:a e:b e:c }}",
    "DESCRIBE ?x { ?x ?y ?z }",
    "",
]
COSTLY = [
    "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    f"{P}SELECT * {{ ?a e:type ?t . ?b e:type ?t }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:type ?t }}",
    f"{P}SELECT * {{ ?a e:type ?t }} LIMIT 100000",
    f"{P}SELECT * {{ ?a e:label ?l FILTER REGEX(?l, '(a{{1000}}){{1000}}') }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?l FILTER REGEX(?l, '{'a' * 200}') }} LIMIT 1",
    f"DESCRIBE <{E}open>",
]


@pytest.mark.parametrize("text", CHEAP)
def test_is_cheap_little_work_taken(judge: Judge, text: str) -> None:
    """Look-ups, small joins and scans with a limit are cheap, and stay so when they are asked again."""
    assert judge.is_cheap(read_query(text))
    assert judge.is_cheap(read_query(text))


@pytest.mark.parametrize("text", NOT_JUDGED)
def test_is_cheap_beyond_the_grammar_refused(judge: Judge, text: str) -> None:
    """What is not understood to the last sign is not cheap, and nor is what would make new terms or sort."""
    assert outline(text) is None
    assert not judge.is_cheap(read_query(text))


@pytest.mark.parametrize("text", COSTLY)
def test_is_cheap_much_work_refused(judge: Judge, text: str) -> None:
    """What is understood and may be much work is not cheap."""
    assert not judge.is_cheap(read_query(text))


def test_is_cheap_constants_of_other_size_judged_anew() -> None:
    """Queries that differ in constants alone share a verdict only where as much is known of the constants."""
    store = make_store(5)
    store.extend(Quad(node("hub"), node("to"), node(f"n{number}"), DefaultGraph()) for number in range(2000))
    judge = Judge(store)
    assert judge.is_cheap(read_query(f"SELECT * {{ <{E}t1> ?p ?o }}"))
    assert not judge.is_cheap(read_query(f"SELECT * {{ <{E}hub> ?p ?o }}"))
    assert judge.is_cheap(read_query(f"SELECT * {{ <{E}hub> ?p ?o }} LIMIT 10"))
    assert not judge.is_cheap(read_query(f"SELECT * {{ <{E}hub> ?p ?o }} LIMIT 5000"))
    assert not judge.is_cheap(read_query(f"DESCRIBE <{E}hub>"))


def test_is_cheap_store_too_large_nothing_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large store nothing is known, and no query over it is cheap for sure."""
    monkeypatch.setattr(cheap, "MOST_QUADS", 10)
    judge = Judge(make_store(5))
    assert not judge.works
    assert not judge.is_cheap(read_query("ASK { ?s ?p ?o }"))


def test_is_cheap_many_texts_memory_bounded(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of queries does not grow with their number."""
    monkeypatch.setattr(cheap, "_REMEMBERED", 20)
    assert all(judge.is_cheap(read_query(f"ASK {{ <{E}t1> ?v{number} ?o }}")) for number in range(100))
    assert len(judge._outlines) <= 20
    assert len(judge._verdicts) <= 20


NAMES = st.sampled_from(["?a", "?b", "?c", f"<{E}t1>", f"<{E}Thing>"])
PREDICATES = st.sampled_from(["?p", f"<{E}type>", f"<{E}label>", f"<{E}has>"])
TRIPLES = st.lists(st.tuples(NAMES, PREDICATES, NAMES), min_size=1, max_size=4)
SMALL = make_store(12)
SMALL_JUDGE = Judge(SMALL)


@settings(max_examples=150, deadline=None)
@given(TRIPLES)
def test_bound_any_pattern_no_set_has_more_solutions(triples: list[tuple[str, str, str]]) -> None:
    """However triple patterns are joined, they have no more solutions than the bound says."""
    body = " . ".join(" ".join(triple) for triple in triples)
    text = f"SELECT * {{ {body} }}"
    found = outline(text)
    assert found is not None
    query = read_query(text)
    constants = [query.sources[token] for token in query.places]
    sizes = [SMALL_JUDGE._measure(constant) for constant in constants]
    _, _, rows = SMALL_JUDGE._bound(found.patterns, sizes)
    solutions = SMALL.query(text)
    assert isinstance(solutions, QuerySolutions)
    number = 0
    for _ in solutions:
        number += 1
        if number > rows or number > 20_000:
            break
    assert number <= rows or number > 20_000
