"""One query has one result, whichever way it comes in: over HTTP, on the command line, from memory, disk or a backend.

The reference is the bare engine over the same statements.
"""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATA = """@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix ex: <https://ex.example/> .
ex:report prov:wasDerivedFrom ex:interview ; ex:from "Kiel" , "Riga" ; ex:fromage "brie" .
ex:interview ex:from "Oslo" .
"""
PROLOGUE = "PREFIX prov: <http://www.w3.org/ns/prov#>\nPREFIX ex: <https://ex.example/>\n"
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"

SELECTS = [
    "SELECT ?from WHERE { ?s ex:from ?from }",
    "SELECT * { ?from ex:from ?FROM }",
    "SELECT (?from AS ?fromWhere) { ex:interview ex:from ?from }",
    "SELECT ?s { { SELECT ?s ?from { ?s ex:from ?from } } FILTER(?from != 'from') }",
    "SELECT ?s { ?s ex:from ?o FILTER(STR(?o) != 'FROM <a> FROM <b>') } # from here, from there",
    "SELECT ?x { ?x ex:fromage ?o ; ex:from ?from FILTER NOT EXISTS { ?x ex:from 'from' } }",
]
GRAPHS = [
    "CONSTRUCT { ?s prov:wasDerivedFrom ?o } WHERE { ?s prov:wasDerivedFrom ?o }",
    "CONSTRUCT WHERE { ?from ex:from ?o ; prov:wasDerivedFrom ?x }",
    "DESCRIBE ?from WHERE { ?from prov:wasDerivedFrom ?from2 }",
    "DESCRIBE <https://ex.example/interview> # from, from",
]
CORRECTED = [
    ("SELECT ?x { ex:nowhere ex:from* ?x }", ["https://ex.example/nowhere"]),
    ("SELECT ?x { ex:interview ex:from|ex:from ?x }", ["Oslo", "Oslo"]),
    ("SELECT ?x { VALUES ?x { 30 '4' 7 } } ORDER BY DESC(?x) LIMIT 1", ["4"]),
    ("SELECT (MAX(?v) AS ?x) { VALUES ?v { 30 100 '4' 7 } FILTER(ISNUMERIC(?v)) }", ["100"]),
    ("SELECT (REPLACE('Kiel-1', '([A-Z])([a-z]+)-', '$2_$1') AS ?x) {}", ["iel_K1"]),
    ("SELECT ?x { ?s ex:from ?x FILTER(REGEX(?x, '^[A-Z-[KR]]')) }", ["Oslo"]),
    ("SELECT ?x { ?s ex:from ?x FILTER(true > (?x = 'Oslo')) }", ["Kiel", "Riga"]),
    ("SELECT (COUNT(*) AS ?n) (?n * 2 AS ?x) { ?s ex:from ?from }", ["3,6"]),
    ("SELECT ('2023-12-31'^^xsd:date + 'P1D'^^xsd:dayTimeDuration AS ?x) {}", ["2024-01-01"]),
    ("SELECT ?x { VALUES ?x { '' } }", ['""']),
    ("SELECT (xsd:integer(' 7 ') AS ?x) {}", ["7"]),
]
WAYS = ("get", "post-form", "post-direct", "again")
BEHIND = ("files", "store", "backend")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Turtle file with the letters "from" in names of properties."""
    path = tmp_path_factory.mktemp("ways") / "data.ttl"
    path.write_text(DATA, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bare(data: Path) -> Store:
    """Return the bare engine over the file."""
    store = Store()
    store.load(path=str(data), format=RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def urls(data: Path, command: tuple[str, ...], start_server: Callable[..., Any]) -> Iterator[dict[str, str]]:
    """Return the URLs of the endpoints over the file, a store on disk, and another endpoint."""
    store = data.parent / "store"
    subprocess.run([*command, "load", str(data), "--store", str(store)], check=True, capture_output=True, timeout=60)
    with ExitStack() as stack:
        servers: dict[str, str] = {}
        for behind in BEHIND:
            arguments = {"files": [str(data)], "store": ["--store", str(store)]}.get(behind)
            server = start_server(*(arguments or ["--store", servers["files"]]))
            stack.callback(server.stop)
            servers[behind] = f"{server.url}sparql"
        yield servers


def send(url: str, way: str, query: str, accept: str) -> str:
    """Return the body of the response to a query sent in one of the ways of the protocol."""
    if way == "post-form":
        response = httpx.post(url, data={"query": query}, headers={"Accept": accept})
    elif way == "post-direct":
        fields = {"Accept": accept, "Content-Type": "application/sparql-query"}
        response = httpx.post(url, content=query.encode(), headers=fields)
    else:
        response = httpx.get(url, params={"query": query}, headers={"Accept": accept})
    assert response.status_code == 200, response.text
    return response.text


def lines(text: str) -> list[str]:
    """Return the lines of a CSV or N-Triples document without their order and that of their cells."""
    return sorted(",".join(sorted(line.split(","))) for line in text.replace("\r", "").splitlines())


def evaluate(store: Store, query: str) -> list[str]:
    """Return the lines that the bare engine's result is written as."""
    result = store.query(query)
    form = RdfFormat.N_TRIPLES if query in with_prologue(GRAPHS) else QueryResultsFormat.CSV
    return lines(result.serialize(format=form).decode())  # type: ignore[arg-type, union-attr]


def with_prologue(queries: list[str]) -> list[str]:
    """Return queries with the prefixes that they use."""
    return [PROLOGUE + query for query in queries]


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("query", with_prologue(SELECTS + GRAPHS))
def test_query_letters_of_from_over_http_rows_of_engine(
    urls: dict[str, str], bare: Store, query: str, behind: str
) -> None:
    """The letters "from" in variables, names, strings and comments choose no dataset."""
    expected = evaluate(bare, query)
    assert len(expected) > (query not in with_prologue(GRAPHS)), "the header alone proves nothing"
    accept = "application/n-triples" if query in with_prologue(GRAPHS) else "text/csv"
    for way in WAYS:
        found = lines(send(urls[behind], way, query, accept))
        assert found == expected, way


@pytest.mark.parametrize("query", with_prologue(SELECTS + GRAPHS))
def test_query_letters_of_from_on_command_line_rows_of_engine(
    data: Path, bare: Store, command: tuple[str, ...], query: str
) -> None:
    """The same holds for ``eild query``."""
    form = "nt" if query in with_prologue(GRAPHS) else "csv"
    words = [*command, "query", query, str(data), "--format", form]
    result = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    assert lines(result.stdout) == evaluate(bare, query)


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize(("query", "rows"), CORRECTED)
def test_query_that_the_engine_gets_wrong_over_http_right(
    urls: dict[str, str], query: str, rows: list[str], behind: str
) -> None:
    """What the engine alone would get wrong is right in every way of the protocol, whatever holds the data."""
    for way in WAYS:
        found = send(urls[behind], way, PROLOGUE + XSD + query, "text/csv")
        assert sorted(found.splitlines()[1:]) == sorted(rows), way


@pytest.mark.parametrize(("query", "rows"), CORRECTED)
def test_query_that_the_engine_gets_wrong_on_command_line_right(
    data: Path, command: tuple[str, ...], query: str, rows: list[str]
) -> None:
    """The same holds for ``eild query``."""
    words = [*command, "query", PROLOGUE + XSD + query, str(data), "--format", "csv"]
    result = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    assert sorted(result.stdout.splitlines()[1:]) == sorted(rows)
