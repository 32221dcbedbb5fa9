"""Tests of the remote engine against real servers: Oxigraph's (from PyPI) and Virtuoso (the system's package).

A server that is not installed is a failure with the way to install it, never a skip.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Triple

from eild import media
from eild.documents.remote import RemoteDocuments
from eild.errors import BackendError, BackendTimeoutError, EildError, QueryError
from eild.query.engine import QueryLimits, QueryRequest
from eild.query.remote import RemoteEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 50
VIRTUOSO_ROWS = 200
MANY = "SELECT ?a ?b { ?a <http://example.org/value> ?x . ?b <http://example.org/value> ?y }"
CROSS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) } ORDER BY ?c"
EX = "http://example.org/"
GRAPH = f"{EX}g"
TURTLE = f"""@prefix ex: <{EX}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:thing a ex:Thing ; rdfs:label "thing \\"one\\""@en ; ex:part [ rdfs:label "part" ] ; ex:note "a\\\\b\\n\\u00e9" .
ex:other ex:about ex:thing .
{"".join(f"ex:n{number} ex:value {number} .{chr(10)}" for number in range(ROWS))}"""


def find_free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers HTTP."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            httpx.get(url, params={"query": "ASK {}"}, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not come up: {log.read_text(errors='replace')}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server."""
    process.kill()
    process.wait(20)


@pytest.fixture(scope="module")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the endpoint of Oxigraph's own server, which ends queries after one second."""
    program = shutil.which("oxigraph", path=Path(sys.executable).parent) or shutil.which("oxigraph")
    assert program, "the program 'oxigraph' is missing: pip install '.[dev]'"
    log = tmp_path_factory.mktemp("oxigraph") / "log"
    port = find_free_port()
    command = [program, "serve", "--bind", f"127.0.0.1:{port}", "--timeout-s", "1", "--union-default-graph"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        url = f"http://127.0.0.1:{port}/query"
        wait_until_it_answers(url, process, log)
        store = f"http://127.0.0.1:{port}/store"
        fields = {"Content-Type": "text/turtle"}
        httpx.post(store, params={"graph": GRAPH}, content=TURTLE, headers=fields, timeout=20).raise_for_status()
        yield url
    finally:
        end(process)


VIRTUOSO_SETTINGS = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 4000
ServerThreads = 10
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = {rows}
"""


@pytest.fixture(scope="module")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the endpoint of a Virtuoso, which cuts results, in a directory of its own and with no rights."""
    program, shell = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    assert program, "the program 'virtuoso-t' is missing: apt-get install virtuoso-opensource-7-bin"
    assert shell, "the program 'isql-vt' is missing: apt-get install virtuoso-opensource-7-bin"
    folder = tmp_path_factory.mktemp("virtuoso")
    sql, http = find_free_port(), find_free_port()
    settings = VIRTUOSO_SETTINGS.format(sql=sql, http=http, rows=VIRTUOSO_ROWS)
    (folder / "virtuoso.ini").write_text(settings, encoding="ascii")
    log = folder / "output"
    with log.open("wb") as output:
        command = [program, "+foreground", "+configfile", "virtuoso.ini"]
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
    try:
        url = f"http://127.0.0.1:{http}/sparql"
        wait_until_it_answers(url, process, log)
        (folder / "data.ttl").write_text(TURTLE, encoding="ascii")
        text = f"DB.DBA.TTLP(file_to_string('data.ttl'), '', '{GRAPH}');"
        shown = subprocess.run(
            [shell, f"127.0.0.1:{sql}", "dba", "dba", "VERBOSE=OFF", f"EXEC={text}"],
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert b"Error" not in shown.stderr + shown.stdout, shown
        yield url
    finally:
        end(process)


@pytest.fixture(params=["oxigraph_server", "virtuoso_server"])
def engine(request: pytest.FixtureRequest) -> Iterator[RemoteEngine]:
    """Return an engine in front of each of the servers."""
    engine = RemoteEngine(request.getfixturevalue(request.param), QueryLimits(20, 1_000_000, 0), {}, 4)
    yield engine
    engine.close()


def rows(engine: RemoteEngine, query: str, *graphs: str) -> list[dict[str, dict[str, str]]]:
    """Return the rows of an answer."""
    body = engine.evaluate(QueryRequest(query, results=media.JSON, default_graphs=graphs)).body
    return list(json.loads(body)["results"]["bindings"])


def test_server_rows_arrive_as_they_are(engine: RemoteEngine) -> None:
    """Quotes, backslashes, line ends and languages survive the way through both servers."""
    query = f"SELECT ?p ?o {{ <{EX}thing> ?p ?o FILTER(isLiteral(?o)) }} ORDER BY ?p"
    values = {row["p"]["value"].rpartition("/")[2]: row["o"] for row in rows(engine, query)}
    assert values["note"]["value"] == "a\\b\né"
    assert values["rdf-schema#label"] == {"type": "literal", "value": 'thing "one"', "xml:lang": "en"}


def test_server_numbers_and_graphs(engine: RemoteEngine) -> None:
    """Integers stay integers, and a graph named by the protocol is the default graph."""
    query = f"SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?sum) {{ ?x <{EX}value> ?v }}"
    for graphs in ((), (GRAPH,)):
        (row,) = rows(engine, query, *graphs)
        assert (row["n"]["value"], row["sum"]["value"]) == (str(ROWS), str(ROWS * (ROWS - 1) // 2))
    assert rows(engine, query, f"{EX}nothing")[0]["n"]["value"] == "0"


@pytest.mark.parametrize(("query", "expected"), [("ASK {}", True), ("ASK { ?s <x:nothing> ?o }", False)])
def test_server_truth_values(engine: RemoteEngine, query: str, expected: bool) -> None:
    """ASK answers yes and no, also where the server sends a table instead."""
    answer = engine.evaluate(QueryRequest(query, results=media.XML)).body
    assert f"<boolean>{str(expected).lower()}</boolean>".encode() in answer


def test_server_graph_is_whole(engine: RemoteEngine) -> None:
    """CONSTRUCT and DESCRIBE arrive as graphs in the form that was asked for."""
    query = f"CONSTRUCT {{ ?x <{EX}value> ?v }} WHERE {{ ?x <{EX}value> ?v }}"
    body = engine.evaluate(QueryRequest(query, graph=media.N_TRIPLES)).body
    assert body.count(b"\n") == ROWS
    described = engine.evaluate(QueryRequest(f"DESCRIBE <{EX}thing>", graph=media.TURTLE)).body
    assert b'thing \\"one\\"' in described


def test_server_syntax_error_is_400_with_what_the_server_says(engine: RemoteEngine) -> None:
    """The server's own words about a query are passed on, on one line."""
    with pytest.raises(QueryError, match=r"rejected the query: .*error") as caught:
        rows(engine, "SELECT oops")
    assert "\n" not in str(caught.value)


def test_server_documents_by_queries(engine: RemoteEngine) -> None:
    """Documents show what the server holds: own triples, blank nodes, names, links back."""
    documents = RemoteDocuments(engine)
    node = NamedNode(f"{EX}thing")
    assert documents.knows(node)
    assert not documents.knows(NamedNode(f"{EX}nothing"))
    assert any('"part"' in str(triple.object) for triple in documents.describe(node))
    assert [str(triple.subject) for triple in documents.incoming(node)] == [f"<{EX}other>"]
    documents.prepare([node, NamedNode(f"{EX}other")])
    label = documents.find_label(node)
    assert label is not None
    assert '"thing \\"one\\""@en' in str(label.object)
    assert not documents.is_described(NamedNode(f"{EX}other"))
    assert documents.size > ROWS


def test_virtuoso_cut_of_rows_and_graphs_is_502(virtuoso_server: str) -> None:
    """That server sends 200 with a part of the rows; here it becomes an error, with LIMIT an answer."""
    engine = RemoteEngine(virtuoso_server, QueryLimits(20, 1_000_000, 0), {}, 4)
    assert 0 < VIRTUOSO_ROWS < ROWS * ROWS
    with pytest.raises(BackendError, match=f"at most {VIRTUOSO_ROWS} rows"):
        rows(engine, MANY)
    assert len(rows(engine, f"{MANY} LIMIT {VIRTUOSO_ROWS - 1}")) == VIRTUOSO_ROWS - 1
    graph = MANY.replace("SELECT ?a ?b", f"CONSTRUCT {{ ?a <{EX}with> ?b }}")
    with pytest.raises(BackendError, match=f"at most {VIRTUOSO_ROWS} rows"):
        engine.evaluate(QueryRequest(graph, graph=media.N_TRIPLES))
    engine.close()


def test_oxigraph_cancelled_query_is_no_answer(oxigraph_server: str) -> None:
    """That server sends 200 and breaks off, or sends its apology within; here it becomes an error."""
    engine = RemoteEngine(oxigraph_server, QueryLimits(20, 50_000_000, 0), {}, 4)
    for query in (CROSS, CROSS.partition(" ORDER")[0]):
        with pytest.raises(EildError) as caught:
            rows(engine, query)
        assert isinstance(caught.value, BackendError | BackendTimeoutError) or caught.value.http_status == 422
    engine.close()


def test_server_slower_than_the_deadline_is_504(virtuoso_server: str) -> None:
    """The deadline is this site's, whatever the server's is."""
    engine = RemoteEngine(virtuoso_server, QueryLimits(1, 1_000_000, 0), {}, 4)
    with pytest.raises(BackendTimeoutError):
        rows(engine, CROSS)
    engine.close()


ANNOTATED = f"""PREFIX ex: <{EX}>
ex:boat ex:mast [ ex:wood ex:oak ] ~ ex:note {{| ex:source ex:log |}} ; ex:crew 2 {{| ex:source ex:list |}} .
ex:raft ex:crew 2 {{| ex:source ex:other |}} .
"""


def test_server_documents_include_annotations_if_it_knows_triple_terms(oxigraph_server: str) -> None:
    """A server of SPARQL 1.2 is asked for the annotations of the triples of a document, with the same blank nodes."""
    store, fields = oxigraph_server.replace("/query", "/store"), {"Content-Type": "text/turtle"}
    parameters = {"graph": f"{EX}annotated"}
    httpx.post(store, params=parameters, content=ANNOTATED, headers=fields, timeout=20).raise_for_status()
    engine = RemoteEngine(oxigraph_server, QueryLimits(20, 1_000_000, 0), {}, 4)
    try:
        triples = RemoteDocuments(engine).describe(NamedNode(f"{EX}boat"))
    finally:
        engine.close()
    assert len(triples) == len(set(triples)) == 7
    values = {str(triple.object) for triple in triples if isinstance(triple.object, NamedNode | Literal)}
    assert {f"<{EX}log>", f"<{EX}list>", f"<{EX}oak>"} < values
    terms = {triple.object for triple in triples if isinstance(triple.object, Triple)}
    assert terms == {triple for triple in triples if triple.subject == NamedNode(f"{EX}boat")}
