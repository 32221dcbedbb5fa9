"""Generated queries over small data: rows are the engine's own where it is right, and those of RDFLib where that is."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, reject, settings
from hypothesis import strategies as st
from pyoxigraph import (
    DefaultGraph,
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse_query_results,
)
from pyparsing import ParseException
from rdflib import Graph
from rdflib import Literal as RdflibLiteral
from rdflib.query import ResultRow

from eild import media
from eild.errors import QueryError
from eild.query.corrections.correct import Circumstances, correct_query
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest
from eild.query.text.guard import check_query_text
from eild.query.text.query import read_query

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT: Final = 65536
PROLOGUE: Final = "PREFIX e: <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
DATA: Final = """
@prefix e: <http://example.org/> .
e:a e:p e:b , e:c ; e:q e:b ; e:n 1 , 20 , 300 ; e:l "one"@en , "two" .
e:b e:p e:c ; e:q e:a ; e:n 7 ; e:l "45" , 45 ; e:t true , false .
e:c e:p e:a ; e:n 20 ; e:l "x y" , "a_b" .
e:g1 { e:a e:p e:b . e:b e:q e:c ; e:n 5 }
e:g2 { e:a e:p e:c . e:d e:p e:a }
"""
STORE: Final = Store()
STORE.load(DATA.encode(), RdfFormat.TRIG)
ENGINE: Final = EmbeddedEngine(STORE, base="http://example.org/", prefixes={})
RDFLIB: Final = Graph().parse(
    data="\n".join(f"{quad.triple} ." for quad in STORE if isinstance(quad.graph_name, DefaultGraph)), format="nt"
)

NODES: Final = st.sampled_from(["e:a", "e:b", "e:c", "e:d", "e:nowhere"])
VARIABLES: Final = st.sampled_from(["?x", "?y", "?z", "?from", "?limit"])
PREDICATES: Final = st.sampled_from(["e:p", "e:q", "e:n", "e:l", "e:t"])
VALUES: Final = st.sampled_from(["1", "20", "45", '"45"', '"two"', '"one"@en', "true", "e:b"])
PATHS: Final = st.recursive(
    st.sampled_from(["e:p", "e:q", "^e:p", "!e:p", "!(e:p|^e:q)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("/|"), inner).map(lambda parts: f"({parts[0]}{parts[1]}{parts[2]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda parts: f"({parts[0]}){parts[1]}"),
        inner.map(lambda part: f"^({part})"),
    ),
    max_leaves=3,
)
SUBJECTS: Final = st.one_of(VARIABLES, NODES)
PLAIN_TRIPLES: Final = st.one_of(
    st.tuples(SUBJECTS, PREDICATES, st.one_of(VARIABLES, VALUES, NODES)),
    st.tuples(VARIABLES, st.sampled_from(["?y", "?p"]), VARIABLES),
).map(lambda parts: f"{' '.join(parts)} .")
TRIPLES: Final = st.one_of(
    PLAIN_TRIPLES, st.tuples(SUBJECTS, PATHS, SUBJECTS).map(lambda parts: f"{' '.join(parts)} .")
)
EXPRESSIONS: Final = st.recursive(
    st.one_of(VARIABLES, VALUES),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["=", "!=", "<", ">", "<=", ">=", "&&", "||"]), inner).map(
            lambda parts: f"({parts[0]}{parts[1]}{parts[2]})"
        ),
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(st.sampled_from(["!", "BOUND", "ISNUMERIC", "STR", "DATATYPE", "ISLITERAL"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})" if parts[0] != "BOUND" else "BOUND(?x)"
        ),
        inner.map(lambda part: f"IF(BOUND(?x), {part}, 1)"),
        inner.map(lambda part: f"({part} IN (1, 20, ?y))"),
    ),
    max_leaves=4,
)


def make_groups(triples: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return groups of triple patterns, filters, and groups in groups."""
    simple = st.lists(triples, min_size=1, max_size=2).map(" ".join)

    def nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, st.sampled_from(["OPTIONAL", "MINUS"]), inner).map(
                lambda parts: f"{parts[0]} {parts[1]} {{ {parts[2]} }}"
            ),
            st.tuples(inner, inner).map(lambda parts: f"{{ {parts[0]} }} UNION {{ {parts[1]} }}"),
            st.tuples(inner, EXPRESSIONS).map(lambda parts: f"{parts[0]} FILTER({parts[1]})"),
            st.tuples(inner, EXPRESSIONS).map(lambda parts: f"{parts[0]} BIND({parts[1]} AS ?b)"),
            st.tuples(inner, VALUES, VALUES).map(lambda parts: f"{parts[0]} VALUES ?y {{ {parts[1]} {parts[2]} }}"),
            st.tuples(st.sampled_from(["?g", "e:g1", "e:nowhere"]), inner).map(
                lambda parts: f"GRAPH {parts[0]} {{ {parts[1]} }}"
            ),
            inner.map(lambda part: f"{{ SELECT ?x (COUNT(*) AS ?c) {{ {part} }} GROUP BY ?x }}"),
        )

    return st.recursive(simple, nest, max_leaves=3)


HEADS: Final = st.sampled_from(
    [
        ("SELECT *", ""),
        ("SELECT DISTINCT ?x ?y", ""),
        ("SELECT ?x (COUNT(?y) AS ?n) (?n + 1 AS ?m)", "GROUP BY ?x"),
        ("SELECT ?x (MIN(?y) AS ?n) (MAX(?y) AS ?m)", "GROUP BY ?x"),
        ("SELECT ?x ?y", "ORDER BY ?y DESC(?x)"),
        ("ASK", ""),
    ]
)
QUERIES: Final = st.tuples(HEADS, make_groups(TRIPLES)).map(
    lambda parts: f"{PROLOGUE}{parts[0][0]} {{ {parts[1]} }} {parts[0][1]}"
)


def read_rows(results: QuerySolutions | QueryBoolean) -> object:
    """Return results of the engine in a form that can be compared."""
    if isinstance(results, QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return Counter(
        tuple(sorted((name, normalize(value)) for name, value in zip(names, row, strict=True) if value is not None))
        for row in results
    )


def normalize(term: Any) -> object:
    """Return a term in a form that is the same for all engines: numbers by value."""
    if isinstance(term, Literal):
        text, datatype, language = term.value, term.datatype.value, term.language or ""
    elif isinstance(term, RdflibLiteral):
        text, datatype, language = str(term), str(term.datatype or ""), term.language or ""
    else:
        return str(term).strip("<>")
    kind = datatype.rpartition("#")[2]
    if kind in {"integer", "decimal"}:
        return Decimal(text)
    return text, "" if kind in {"string", "langString"} else kind, language


def ask_here(text: str) -> object:
    """Return what EILD answers."""
    answer = ENGINE.evaluate(QueryRequest(check_query_text(text, LIMIT).text, media.JSON))
    return read_rows(parse_query_results(answer.body, QueryResultsFormat.JSON))


def ask_bare(text: str) -> object:
    """Return what the engine answers by itself, in no order; None if it refuses the query.

    Its order of mixed values is not one, which makes its sorting end the process.
    """
    try:
        return read_rows(STORE.query(text.partition(" ORDER BY ")[0], base_iri="http://example.org/"))  # type: ignore[arg-type] # no graphs
    except SyntaxError:
        return None


def is_rewritten(text: str) -> bool:
    """Return whether a query is rewritten because the engine would be wrong about it, its columns aside."""
    circumstances = Circumstances(
        ENGINE.learn,
        lambda: [str(name) for name in STORE.named_graphs()],
        lambda query, tokens: [f"<{query.resolve(token)}>" for token in tokens],
    )
    query = read_query(text.replace("SELECT *", "ASK"))
    return correct_query(query, circumstances) != query.text


def ask_rdflib(text: str) -> object:
    """Return what RDFLib answers; None if it fails."""
    try:
        result = RDFLIB.query(text)
        if result.type == "ASK":
            return bool(result.askAnswer)
        names = [str(name) for name in result.vars or ()]
        rows = [zip(names, row, strict=True) for row in result if isinstance(row, ResultRow)]
    except (ParseException, AttributeError, KeyError, NotImplementedError, RecursionError, TypeError, ValueError):
        return None
    return Counter(tuple(sorted((name, normalize(value)) for name, value in row if value is not None)) for row in rows)


RDFLIB_DIFFERS: Final = {
    r"AS \?m\)": "it has no value for a column that uses the name of an aggregate, and MIN and MAX of IRIs are strings",
    r"GROUP BY": "it has a group where there is no row",
    r"e:nowhere|e:d": "it has a zero-length path between variables begin at a term that the graph does not have",
    r"VALUES \?\w+ \{(?=[^}]* (\S+) (?:[^}]* )?\1 )": "it joins equal rows of VALUES once, where each counts",
    r"GRAPH": "only the default graph is compared",
    r"!\(|\^\(+!": "it fails on negated property sets of inverse paths",
    r"IF\(| IN ": "it fails on arguments that are not needed, and IN on an unbound one",
    r"ISNUMERIC\(+\?": "it has false for ISNUMERIC of an unbound variable, which is an error",
    r"[\w)\"][<>]": "the engine compares an IRI with itself, which SPARQL lets an engine do",
    r"(?=.*(?:\?[yp] \?|e:t)).*\)\+": "it takes false at the end of a repeated path for an end that is not given",
    r"\)[*?]": "it counts a path that ends where it begins twice, and fails on paths that repeat such paths",
}
"""Queries that are not compared with RDFLib, by what they have, and the reason."""


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(QUERIES)
def test_generated_query_rows_of_engine(text: str) -> None:
    """What is not rewritten has the engine's own rows, and what is refused has a place."""
    bare = ask_bare(text)
    refusal = None
    try:
        ours = ask_here(text)
    except QueryError as error:
        refusal = error
    if refusal is None:
        assert ours == bare or is_rewritten(text)
    else:
        assert refusal.location is not None
        assert bare is None or "has no variables" in refusal.message  # SELECT * without columns, of a rewritten path


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(QUERIES)
def test_generated_query_rows_of_rdflib(text: str) -> None:
    """Where RDFLib is right, too, rows are its own, whether the query was rewritten or not."""
    assume(not any(re.search(pattern, text) for pattern in RDFLIB_DIFFERS))
    assume(ask_bare(text) is not None)
    expected, ours = ask_rdflib(text), ask_here(text)
    if isinstance(ours, Counter):
        ours.pop((), None)  # RDFLib leaves out rows without any value
    if isinstance(expected, Counter):
        expected.pop((), None)
    assert expected is None or ours == expected


NAMES: Final = "?x ?y ?z ?from ?limit ?g ?b ?c ?p"
GRAPHS: Final = Store()
GRAPHS.load(
    b"""@prefix e: <http://example.org/> . e:a e:r e:b , e:a . e:b e:p e:a ; e:r e:c .
e:g1 { e:a e:p e:b , e:c , e:a . e:b e:p e:c ; e:q e:a . e:c e:q e:d }
e:g2 { e:b e:p e:a , 1 . e:c e:p e:d ; e:q e:b . e:d e:q e:d . e:f e:p e:b }""",
    RdfFormat.TRIG,
)
GRAPHS_ENGINE: Final = EmbeddedEngine(GRAPHS, base="http://example.org/", prefixes={})
GRAPH_ENDS: Final = st.sampled_from(["?x", "?y", "?z", "e:a", "e:b", "e:d", "e:f", "e:nowhere"])
GRAPH_PATHS: Final = st.sampled_from(
    ["e:p", "?p", "e:p+", "e:p*", "e:p?", "(e:p|e:q)+", "e:p/e:q*", "^(e:p+)", "(!e:q)+", "(^e:p)*", "(e:p?)+"]
)
GRAPH_TRIPLES: Final = st.tuples(GRAPH_ENDS, GRAPH_PATHS, GRAPH_ENDS).map(lambda parts: f"{' '.join(parts)} .")


def ask_graphs(text: str) -> Counter[object]:
    """Return the rows that EILD finds in graphs that paths go through."""
    found = GRAPHS_ENGINE.evaluate(QueryRequest(check_query_text(f"{PROLOGUE}{text}", LIMIT).text, media.JSON))
    rows = read_rows(parse_query_results(found.body, QueryResultsFormat.JSON))
    assert isinstance(rows, Counter)
    return rows


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(GRAPH_TRIPLES, max_size=1).map(" ".join), make_groups(GRAPH_TRIPLES))
@example("?x e:r ?y .", "?x e:p+ ?y .")
@example("", "e:f e:p* ?x . ?y e:p ?z .")
@example("", "?z e:p e:a , ?y FILTER NOT EXISTS { e:f e:p? ?x }")
def test_graph_with_a_variable_is_each_graph_by_itself(before: str, group: str) -> None:
    """GRAPH with a variable finds what it finds with the name of each graph (SPARQL 1.1 Query, section 18.6)."""
    before = before.replace("e:p", "e:r").replace("e:q", "e:r")
    try:
        found = ask_graphs(f"SELECT ?graph {NAMES} {{ {before} GRAPH ?graph {{ {group} }} }}")
        expected: Counter[object] = Counter()
        for name in GRAPHS.named_graphs():
            for row, number in ask_graphs(f"SELECT {NAMES} {{ {before} GRAPH {name} {{ {group} }} }}").items():
                assert isinstance(row, tuple)
                expected[tuple(sorted([*row, ("graph", normalize(name))]))] += number
    except QueryError:
        reject()
    assert found == expected


EILD: Final = (sys.executable, "-c", "from eild.cli import main; main()")


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Serve the data from a file, from a store on disk, and through another server; return the endpoints."""
    folder = tmp_path_factory.mktemp("comparison")
    data = folder / "data.trig"
    data.write_text(DATA, encoding="utf-8")
    options = ("--no-union-default-graph", "--base", "http://example.org/")
    load = [*EILD, "load", str(data), "--store", str(folder / "store"), *options]
    subprocess.run(load, check=True, capture_output=True, timeout=60)
    found: list[str] = []
    with contextlib.ExitStack() as stack:
        for arguments in ([*options, str(data)], ["--store", str(folder / "store")], ["--store"]):
            command = [*EILD, "serve", "--port", "0", *arguments, *(found[:1] if arguments == ["--store"] else [])]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.terminate)
            assert process.stdout is not None
            match = re.search(r"http://\S+/", process.stdout.readline())
            assert match is not None
            found.append(f"{match[0]}sparql")
        yield found


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(QUERIES)
def test_generated_query_same_rows_whichever_way(endpoints: list[str], text: str) -> None:
    """Over HTTP in all ways of the protocol, from memory, disk and through another server, rows are the same."""
    try:
        expected = ask_here(text)
    except QueryError:
        expected = None
    fields = {"Accept": media.JSON.media_type}
    direct = {**fields, "Content-Type": "application/sparql-query"}
    for url in endpoints:
        for response in (
            httpx.get(url, params={"query": text}, headers=fields),
            httpx.get(url, params={"query": text}, headers=fields),
            httpx.post(url, data={"query": text}, headers=fields),
            httpx.post(url, content=text.encode(), headers=direct),
        ):
            assert response.status_code == (400 if expected is None else 200), response.text
            if expected is not None:
                assert read_rows(parse_query_results(response.content, QueryResultsFormat.JSON)) == expected
