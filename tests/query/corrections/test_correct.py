"""Tests of which queries are rewritten: those that meet what the engine gets wrong, and no others."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
from pyoxigraph import RdfFormat, Store

from eild import media
from eild.errors import QueryError
from eild.query.corrections.correct import Circumstances, correct_query, find_pieces
from eild.query.corrections.corrector import Corrector
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest
from eild.query.text.query import read_query
from eild.rdf.kinds import learn_kinds

PROLOGUE: Final = "PREFIX e: <http://e.example/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
DATA: Final = """@prefix e: <http://e.example/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:a e:name "a"@en , "b" ; e:size 1 , 2.5 ; e:day "2024-01-01"^^xsd:date ; e:flag true ; e:any 1 , "x" .
e:b e:when "2024-01-01T00:00:00"^^xsd:dateTime , "2024-01-01T00:00:00Z"^^xsd:dateTime ; e:huge 98765432109876543210 .
e:b e:see e:a ; e:long "P1D"^^xsd:duration .
e:g1 { e:a e:name "c" }
"""
STORE: Final = Store()
STORE.load(DATA.encode(), RdfFormat.TRIG)


def describe(*, known: bool = True) -> Circumstances:
    """Return the circumstances of queries over the data."""
    return Circumstances(
        lambda: learn_kinds(STORE) if known else None,
        lambda: [str(name) for name in STORE.named_graphs()],
        lambda query, tokens: [f"<{query.resolve(token)}>" for token in tokens],
    )


def correct(text: str, *, known: bool = True) -> str:
    """Return the text that is evaluated for a query over the data."""
    return correct_query(read_query(PROLOGUE + text), describe(known=known)).removeprefix(PROLOGUE)


def rows(store: Store, text: str) -> list[dict[str, str]]:
    """Return the rows of a query, values by names."""
    engine = EmbeddedEngine(store, base="http://e.example/", prefixes={})
    content = json.loads(engine.evaluate(QueryRequest(PROLOGUE + text, media.JSON)).body)
    return [{name: cell["value"] for name, cell in row.items()} for row in content["results"]["bindings"]]


UNTOUCHED: Final = [
    "SELECT ?x { ?s e:name ?x } ORDER BY ?x",
    "SELECT ?x { ?s e:size ?x } ORDER BY DESC(?x) LIMIT 1",
    "SELECT ?x { ?s e:day ?x } ORDER BY ?x",
    "SELECT ?s { ?s e:see ?x } ORDER BY ?s ?x",
    "SELECT (MIN(?x) AS ?m) { ?s e:size ?x }",
    "SELECT ?s (COUNT(?x) AS ?n) { ?s ?p ?x } GROUP BY ?s ORDER BY DESC(?n) STR(?s)",
    "SELECT ?x { ?s e:size ?x FILTER(?x > 1 && ?x <= 3) }",
    "SELECT ?x { ?s e:name ?x FILTER(?x > 'a' && ?x != 'c' && ?s = e:a) }",
    "SELECT ?x { ?s e:name ?x FILTER(REGEX(?x, '^some words$')) }",
    "SELECT ?x { ?s e:see*/e:name ?x }",
    "SELECT ?x { e:a ^e:see+ ?x . ?x !e:size ?y }",
    "SELECT ?g { GRAPH ?g { ?s ?p ?o OPTIONAL { ?s e:size ?x } FILTER(?o != 'x') } }",
    "SELECT ?g { GRAPH ?g {} }",
    "SELECT (xsd:integer(?x) AS ?y) { ?s e:size ?x }",
    "SELECT ?x (?x AS ?y) { ?s e:size ?x }",
    "SELECT (SUM(?x) AS ?y) (AVG(?x) AS ?z) { ?s e:size ?x } ORDER BY SUM(?x)",
    "CONSTRUCT { ?s e:is ?x } { ?s e:name ?x }",
    "DESCRIBE * { ?s e:name 'a' }",
    "ASK { ?s ?p ?o }",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_correct_query_that_the_engine_is_right_about_stays(text: str) -> None:
    """What the data and the query show to be right is evaluated as it was given."""
    assert correct(text) == text


TOUCHED: Final = [
    "SELECT ?x { ?s e:any ?x } ORDER BY ?x",
    "SELECT ?x { ?s e:when ?x } ORDER BY ?x",
    "SELECT ?x { ?s e:long ?x } ORDER BY ?x",
    "SELECT ?x { ?s e:huge ?x } ORDER BY ?x",
    "SELECT ?x { ?s ?p ?x } ORDER BY ?x",
    "SELECT ?x { ?s e:size ?y BIND(IF(?y > 1, ?y, 'x') AS ?x) } ORDER BY ?x",
    "SELECT ?x { { ?s e:size ?x } UNION { ?s e:name ?x } } ORDER BY ?x",
    "SELECT ?x { { SELECT ?x { ?s e:any ?x } } } ORDER BY ?x",
    "SELECT (MAX(?x) AS ?m) { ?s e:any ?x }",
    "SELECT ?x { ?s e:flag ?x FILTER(?x >= false) }",
    "SELECT ?x { ?s e:huge ?x FILTER(?x > 1) }",
    "SELECT ?x { ?s e:huge ?x FILTER(?x = 98765432109876543211) }",
    "SELECT (SUM(?x) AS ?y) { ?s e:huge ?x }",
    "SELECT (AVG(?x * 3000000000) AS ?y) { ?s e:size ?x }",
    "SELECT (SUM(xsd:integer(?x)) AS ?y) { ?s e:name ?x }",
    "SELECT (xsd:double(?x) AS ?y) { ?s e:huge ?x }",
    "SELECT (?x + ?y AS ?z) { ?s e:day ?x ; e:long ?y }",
    "SELECT ?x { ?s e:name ?x FILTER(REGEX(?x, 'a.c')) }",
    "SELECT ?x { ?s e:name ?x FILTER(REGEX(?x, ?s)) }",
    "SELECT (xsd:integer(?x) AS ?y) { ?s e:name ?x }",
    "SELECT ?x { ?s e:see|e:name ?x }",
    "SELECT ?x { ?x e:see* e:a }",
    "SELECT ?g { GRAPH ?g { ?s ?p ?o FILTER(BOUND(?g)) } }",
    "SELECT ?g { GRAPH ?g { ?s ?p ?o OPTIONAL { ?g ?q ?x } } }",
    "SELECT * { ?s ?p ?o }",
]


@pytest.mark.parametrize("text", TOUCHED)
def test_correct_query_that_the_engine_may_be_wrong_about_rewritten(text: str) -> None:
    """What may meet a fault of the engine is rewritten, and is still a query that it takes."""
    found = correct(text)
    assert found != text
    rows(STORE, text)


@pytest.mark.parametrize("text", ["SELECT ?x { ?s e:name ?x } ORDER BY ?x", "SELECT (MIN(?x) AS ?m) { ?s e:size ?x }"])
def test_correct_query_over_data_that_are_not_known_rewritten(text: str) -> None:
    """Where nothing is known of the data, their values may be of any kind."""
    assert correct(text, known=False) != text


CONSTANTS: Final = {
    "7": ("7", "0.5", "3000000000", "98765432109876543211"),
    "'t'": ("'t'", '"a.c"', "'.*'", "'''a'''"),
    "<http://e.example/t>": tuple(f"<http://e.example/{name}>" for name in ("a", "g1", "huge", "name", "none", "see")),
}
SHARED: Final = [
    "SELECT ?x { ?s e:size ?x FILTER(?x > 7) } LIMIT 7",
    "SELECT ?x { ?s e:name ?x FILTER(?x != 7) }",
    "SELECT ?x { ?s e:huge ?x FILTER(?x = 7 || ?x + 7 > 7) }",
    "SELECT ?x { ?s e:name ?x FILTER(REGEX(?x, 't')) }",
    "SELECT (REPLACE(?y, 'b', 't') AS ?x) { ?s e:name ?y FILTER(?y >= 't') }",
    "SELECT ?x { ?s <http://e.example/t> ?x } ORDER BY ?x LIMIT 7",
    "SELECT (MAX(?x) AS ?m) (SUM(?x * 7) AS ?n) { ?s <http://e.example/t> ?x }",
    "SELECT * { <http://e.example/t> ?p ?x # 't'\n FILTER(?x < 't'^^xsd:integer) }",
    "SELECT ?x { ?x e:see|e:name <http://e.example/t> FILTER(?x != 't') }",
    "SELECT ?x { <http://e.example/t> e:see* <http://e.example/a> ; e:see ?x }",
    "SELECT ?x { GRAPH <http://e.example/t> { VALUES ?x { 7 't' } } }",
    "SELECT ?x { GRAPH ?g { ?s ?p ?x FILTER(BOUND(?g) && ?x = 't') } }",
    "SELECT (<http://e.example/t>(7) AS ?x) (xsd:integer('t') AS ?y) { ?s ?p 7 }",
    "SELECT (-7 + 7 AS ?x) (ABS(7) IN (7, 't') AS ?y) {}",
]


@pytest.mark.parametrize("text", SHARED)
def test_corrector_same_text_as_for_the_query_alone(text: str) -> None:
    """What is known of one query is taken for others only as far as their constants let it, in whatever order."""
    texts = [text]
    for sign, others in CONSTANTS.items():
        if sign in text:
            texts = [one.replace(sign, other, number) for one in texts for other in others for number in (1, 9)]
    corrector = Corrector(describe())
    for one in (*texts, *reversed(texts)):
        query = read_query(PROLOGUE + one)
        assert query.structure is not None
        assert any(query.key)
        try:
            expected = correct_query(query, describe())
        except QueryError as error:
            with pytest.raises(QueryError, match=re.escape(error.message)):
                corrector.correct(query)
        else:
            assert corrector.correct(query) == expected


def test_corrector_looks_at_a_structure_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries whose constants are of the same kinds are not corrected one by one."""
    looked = []

    def look(*given: Any) -> list[str | int] | None:
        looked.append(given)
        return find_pieces(*given)

    monkeypatch.setattr("eild.query.corrections.corrector.find_pieces", look)
    corrector = Corrector(describe())
    for number in range(20):
        for text in (f"SELECT * {{ ?s e:size ?x FILTER(?x > {number}) }}", f"SELECT * {{ e:a ?p ?x }} #{number}"):
            query = read_query(PROLOGUE + text)
            assert corrector.correct(query) == correct_query(query, describe())
    assert len(looked) == 2


def test_corrector_keeps_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries whose structures are all different, or whose rewriting is long, take no more memory than others."""
    monkeypatch.setattr("eild.query.corrections.corrector._REMEMBERED", 3)
    corrector = Corrector(describe())
    for number in range(10):
        corrector.correct(read_query(f"{PROLOGUE}SELECT * {{ ?s e:size ?x{number} }}"))
        assert 0 < len(corrector._known) <= 3
    before = dict(corrector._known)
    names = " ".join(f"?{'x' * 100}{number}" for number in range(50))
    long = read_query(f"{PROLOGUE}SELECT * {{ ?s e:size {names.replace(' ', ' . ?s e:size ')} }}")
    assert corrector.correct(long) == correct_query(long, describe())
    assert corrector._known == before


REFUSED: Final = [
    ("SELECT ?x { ?s e:name ?x FILTER(REGEX(?x, '(?i)a')) }", "no meaning in XPath"),
    ("SELECT (REPLACE('a', 'a?', 'b') AS ?x) {}", "must not match an empty text"),
    ("SELECT (COUNT(?s) + RAND() AS ?n) (?n * 2 AS ?m) { ?s ?p ?o }", "different each time"),
    ("SELECT (COUNT(DISTINCT *) AS ?n) { ?s (e:see|e:name)/e:size ?o }", "distinct solutions"),
    ("SELECT * { e:a (e:see|e:name)/e:size 1 }", "no variables"),
    ("SELECT ?o { (1 2) e:see|e:name ?o }", "together with a list"),
    ("SELECT ?o { <<e:a e:b e:c>> e:see|e:name ?o }", "together with a list"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_correct_query_without_a_right_text_refused(text: str, reason: str) -> None:
    """What cannot be evaluated rightly is refused with the reason and the place."""
    with pytest.raises(QueryError, match=reason) as caught:
        correct(text)
    assert caught.value.location is not None
    assert caught.value.location.column > len(PROLOGUE) - 40


def test_graph_over_too_many_graphs_refused() -> None:
    """A pattern that has to be evaluated in each graph by itself is refused where there are too many."""
    store = Store()
    store.load(
        "".join(f"<http://e/g{n}> {{ <http://e/s> <http://e/p> {n} }}\n" for n in range(200)).encode(), RdfFormat.TRIG
    )
    with pytest.raises(QueryError, match="each of 200 graphs"):
        rows(store, "SELECT ?g ?x { GRAPH ?g { VALUES ?x { 1 } } }")
    assert len(rows(store, "SELECT ?g ?x { GRAPH ?g { ?s ?p ?x } VALUES ?x { 1 2 } }")) == 2


def test_graph_without_iri_refused_where_it_had_to_be_named() -> None:
    """A graph that a blank node names cannot be named by a query."""
    store = Store()
    store.load(b"_:g { <http://e/s> <http://e/p> 1 }", RdfFormat.TRIG)
    with pytest.raises(QueryError, match="no IRI"):
        rows(store, "SELECT ?g ?x { GRAPH ?g { VALUES ?x { 1 } } }")


def test_rewritten_text_bounded() -> None:
    """Expressions that would be repeated beyond all bounds are refused."""
    text = "?s"
    for _ in range(40):
        text = f"ABS({text} + ABS({text.count('+')}))"
    with pytest.raises(QueryError, match=r"too long|levels deep"):
        correct(f"SELECT ({text} AS ?x) {{ ?s ?p ?o }}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SELECT ?x { _:n e:see|e:name ?x . _:n e:size 1 }", 2),
        ("SELECT ?x { [ e:size 1 ] e:see|e:name ?x }", 2),
        ("SELECT * { [] e:see|e:see ?x }", 2),
        ("SELECT * { ?s e:see ?x . FILTER EXISTS { ?x (e:name|e:size)/e:nothing? ?y } }", 1),
        ("SELECT ?x { e:b e:see ?y ; e:see|^e:see ?x , ?z . }", 1),
        ("SELECT ?x { e:none (e:see?)|e:see ?x }", 1),
        ("SELECT ?x { e:none ^(e:see*) ?x . OPTIONAL { ?x e:name ?n } }", 1),
        ("SELECT ?x { { SELECT * { e:b (e:see/e:name)|(e:see/e:name) ?x } } }", 4),
        ("SELECT ?x { VALUES ?x { e:none } e:none e:see* ?x }", 1),
        ("SELECT ?x { GRAPH e:g1 { e:none e:see* ?x } }", 1),
        ("SELECT ?x { GRAPH e:g1 { e:none (e:see?)+ ?x } }", 1),
        ("SELECT ?x { GRAPH e:no-graph { e:none (e:see?)+ ?x } }", 0),
        ("SELECT ?x { e:none (e:name|e:see?)+ ?x }", 1),
        ("SELECT ?x { ?x (^(e:see*))+ e:none }", 1),
        ("SELECT ?x { e:none (e:see?/e:name?)+ ?x }", 0),
        ("SELECT ?x { MINUS { e:none e:see* ?x } VALUES ?x { e:none e:a } }", 2),
        ("SELECT ?x { VALUES ?x { e:none e:a } MINUS { e:none e:see* ?x } }", 1),
    ],
)
def test_paths_in_all_places_have_their_rows(text: str, number: int) -> None:
    """Alternatives and zero-length paths are right with blank nodes, lists of objects, and groups of all kinds."""
    assert len(rows(STORE, text)) == number
