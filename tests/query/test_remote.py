"""Tests of the remote engine against servers that fail in every way, each a few lines over a socket."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from eild import media
from eild.errors import BackendError, BackendTimeoutError, EildError, QueryError, ResultTooLargeError, UsageError
from eild.publication.addresses import split_url
from eild.query.engine import QueryLimits, QueryRequest
from eild.query.remote import RemoteEngine, build_row_check
from eild.query.text.query import read_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Behaviour = Callable[[socket.socket, bytes], None]

SELECT = "SELECT ?x { ?x ?y ?z }"
JSON = "application/sparql-results+json"
ROWS = json.dumps(
    {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "é\n"}}]}}
).encode()
EMPTY = b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'
TRIPLE = b"<http://e.org/s> <http://e.org/p> <http://e.org/o> .\n"


class Backend:
    """A server of one behaviour; it counts requests and keeps what it was sent."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.received: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/sparql"

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            content = b""
            while b"\r\n\r\n" not in content:
                content += connection.recv(65536)
            head, _, body = content.partition(b"\r\n\r\n")
            length = int(next(line for line in head.lower().split(b"\r\n") if b"content-length" in line).split(b":")[1])
            while len(body) < length:
                body += connection.recv(65536)
            self.received.append(head + b"\r\n\r\n" + body)
            self.behaviour(connection, body)

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        self._listener.close()


def reply(status: str, body: bytes, content_type: str = JSON, *fields: str) -> bytes:
    """Return an HTTP answer that closes the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def answer(status: str, body: bytes, content_type: str = JSON, *fields: str) -> Behaviour:
    """Return the behaviour that always answers the same."""
    return lambda connection, _: connection.sendall(reply(status, body, content_type, *fields))


def drip(content: bytes, seconds: float) -> Behaviour:
    """Return the behaviour that sends one byte at a time."""

    def behave(connection: socket.socket, _: bytes) -> None:
        for byte in content:
            connection.sendall(bytes([byte]))
            time.sleep(seconds)

    return behave


def stall(connection: socket.socket, _: bytes) -> None:
    """Send most of an answer and then nothing."""
    connection.sendall(reply("200 OK", ROWS)[:-5])
    time.sleep(20)


def begin_with(first: Behaviour, then: Behaviour) -> Behaviour:
    """Return the behaviour that is another one from the second request on."""
    rest = iter([first])

    def behave(connection: socket.socket, body: bytes) -> None:
        next(rest, then)(connection, body)

    return behave


def hang_up(connection: socket.socket, _: bytes) -> None:
    """Close the connection without a byte."""
    connection.close()


def flood(connection: socket.socket, _: bytes) -> None:
    """Send a result without end."""
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n\r\n".encode() + ROWS[:-4])
    while True:
        connection.sendall(b',{"x":{"type":"literal","value":"more"}}' * 1000)


@pytest.fixture
def backend() -> Iterator[Callable[[Behaviour], Backend]]:
    """Return a function that starts servers."""
    started: list[Backend] = []

    def start(behaviour: Behaviour) -> Backend:
        started.append(Backend(behaviour))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def make_engine(url: str, timeout: float = 10, size: int = 100_000) -> RemoteEngine:
    """Return an engine with a deadline that a busy machine keeps."""
    return RemoteEngine(url, QueryLimits(timeout, size, 0), {}, 4)


def ask(engine: RemoteEngine, query: str = SELECT, *, graph: bool = False) -> bytes:
    """Return the answer to a query in JSON or N-Triples."""
    request = QueryRequest(query, graph=media.N_TRIPLES) if graph else QueryRequest(query, results=media.JSON)
    try:
        return engine.evaluate(request).body
    finally:
        engine.close()


def test_remote_query_is_posted_as_form_with_graphs_and_without_the_password(
    backend: Callable[[Behaviour], Backend],
) -> None:
    """The request is the SPARQL 1.1 Protocol's; the answer is written anew; credentials are in their field alone."""
    server = backend(answer("200 OK", ROWS))
    engine = make_engine(server.url.replace("//", "//user:p%40ss@"))
    request = QueryRequest(SELECT, results=media.CSV, default_graphs=("http://e.org/g",), named_graphs=("urn:n",))
    assert engine.evaluate(request).body == 'x\r\n"é\n"\r\n'.encode()
    assert "user" not in engine.url
    (received,) = server.received
    assert received.startswith(b"POST /sparql HTTP/1.1\r\n")
    assert b"Authorization: Basic dXNlcjpwQHNz" in received
    assert b"default-graph-uri=http%3A%2F%2Fe.org%2Fg&named-graph-uri=urn%3An" in received
    assert b"application/x-www-form-urlencoded" in received
    engine.close()


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (ROWS + b"The SPARQL operation has been cancelled", SELECT),
        (ROWS[:-3], SELECT),
        (b"", SELECT),
        (b'{"head":{"vars":["x"]}}', SELECT),
        (b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"a\\\'b"}}]}}', SELECT),
        (b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"no iri"}}]}}', SELECT),
        (b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"\xff"}}]}}', SELECT),
        (b"[" * 50_000, SELECT),
        (b'{"head":{},"boolean":true}', SELECT),
        (EMPTY, "ASK { ?x ?y ?z }"),
        (b'{"head":{},"boolean":true', "ASK { ?x ?y ?z }"),
        (b'{"head":{},"boolean":true}The SPARQL operation has been cancelled', "ASK { ?x ?y ?z }"),
    ],
)
def test_remote_body_that_is_no_whole_result_is_502(
    body: bytes, query: str, backend: Callable[[Behaviour], Backend]
) -> None:
    """What does not parse to the end, or is of another kind, is no answer."""
    with pytest.raises(BackendError, match="did not return a complete result") as caught:
        ask(make_engine(backend(answer("200 OK", body)).url), query)
    assert caught.value.http_status == 502


@pytest.mark.parametrize("body", [TRIPLE + b"The SPARQL operation has been cancelled", TRIPLE[:-3], b"<html>"])
def test_remote_graph_that_breaks_off_is_502(body: bytes, backend: Callable[[Behaviour], Backend]) -> None:
    """So is a graph that does not parse to the end."""
    engine = make_engine(backend(answer("200 OK", body, "application/n-triples")).url)
    with pytest.raises(BackendError, match="did not return a complete result"):
        ask(engine, "CONSTRUCT WHERE { ?s ?p ?o }", graph=True)


RDF_XML = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">'
    b'<rdf:Description rdf:about="http://e.org/s"><e:p>\xc3\xa9</e:p></rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize("kind", ["application/rdf+xml", "application/rdf+xml; charset=UTF-8", "application/xml"])
@pytest.mark.parametrize("cut", [*range(0, len(RDF_XML), 29), len(RDF_XML) - 1])
def test_remote_rdf_xml_that_breaks_off_is_502(kind: str, cut: int, backend: Callable[[Behaviour], Backend]) -> None:
    """A document is whole only when its root has ended."""
    engine = make_engine(backend(answer("200 OK", RDF_XML[:cut], kind)).url)
    with pytest.raises(BackendError, match="complete result") as caught:
        ask(engine, "CONSTRUCT WHERE { ?s ?p ?o }", graph=True)
    assert caught.value.http_status == 502


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RDF_XML, "application/rdf+xml"),
        (RDF_XML + b"\n<!-- end -->\n", "application/rdf+xml"),
        (RDF_XML.decode().encode("iso-8859-1"), "application/rdf+xml; charset=ISO-8859-1"),
        (RDF_XML.decode().encode("utf-16"), "text/xml"),
        (b"\xef\xbb\xbf@prefix e: <http://e.org/> . e:s e:p '\xc3\xa9' .", "text/turtle"),
        (b'VERSION "1.2"\n<http://e.org/s> <http://e.org/p> "\xc3\xa9" .', "text/plain"),
    ],
)
def test_remote_graph_that_is_whole_is_an_answer(
    body: bytes, kind: str, backend: Callable[[Behaviour], Backend]
) -> None:
    """In every syntax and encoding that servers send."""
    engine = make_engine(backend(answer("200 OK", body, kind)).url)
    expected = '<http://e.org/s> <http://e.org/p> "é" .\n'.encode()
    assert ask(engine, "CONSTRUCT WHERE { ?s ?p ?o }", graph=True) == expected


@pytest.mark.parametrize("body", [RDF_XML + RDF_XML, RDF_XML + b"SPARQL operation has been cancelled", b"", b" \n"])
def test_remote_rdf_xml_with_more_or_less_than_a_root_is_502(
    body: bytes, backend: Callable[[Behaviour], Backend]
) -> None:
    """What follows the root is an error text, or another document."""
    engine = make_engine(backend(answer("200 OK", body, "application/rdf+xml")).url)
    with pytest.raises(BackendError, match="complete result"):
        ask(engine, "CONSTRUCT WHERE { ?s ?p ?o }", graph=True)


def test_remote_graph_is_written_anew(backend: Callable[[Behaviour], Backend]) -> None:
    """A graph is read in the syntax that the server names, each triple once."""
    server = backend(answer("200 OK", TRIPLE * 3, "text/turtle; charset=utf-8"))
    assert ask(make_engine(server.url), "CONSTRUCT WHERE { ?s ?p ?o }", graph=True) == TRIPLE


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (answer("200 OK", ROWS, "text/html"), BackendError),
        (answer("200 OK", EMPTY, JSON, "X-SQL-State: S1TAT"), BackendError),
        (answer("200 OK", ROWS, JSON, "X-SPARQL-MaxRows: 1"), BackendError),
        (answer("302 Found", b"", JSON, "Location: /sparql"), BackendError),
        (answer("500 Internal Server Error", b"stack trace", "text/plain"), BackendError),
        (answer("500 SPARQL Request Failed", b"Virtuoso S1T00 Error: Transaction timed out"), BackendTimeoutError),
        (answer("504 Gateway Timeout", b""), BackendTimeoutError),
        (answer("503 Service Unavailable", b"later"), BackendError),
        (answer("401 Unauthorized", b""), BackendError),
        (answer("400 Bad Request", b"syntax error at 'oops'", "text/plain"), QueryError),
        (lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), BackendError),
        (
            lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{}"),
            BackendError,
        ),
        (lambda connection, _: connection.sendall(b"\x00\x01 no HTTP\r\n\r\n"), BackendError),
        (hang_up, BackendError),
        (flood, ResultTooLargeError),
    ],
    ids=[
        *("wrong-type", "partial", "row-cut", "redirect", "500", "500-timed-out", "504", "503", "401", "400"),
        *("cut-length", "cut-chunk", "garbage", "closed", "flood"),
    ],
)
def test_remote_fault_is_its_own_failure(
    behaviour: Behaviour, kind: type[EildError], backend: Callable[[Behaviour], Backend]
) -> None:
    """Each way to fail has its status, and no request is sent more than twice."""
    server = backend(behaviour)
    with pytest.raises(kind) as caught:
        ask(make_engine(server.url))
    assert type(caught.value) is kind
    assert len(server.received) <= 2
    assert "\n" not in str(caught.value)


def test_remote_rows_below_the_servers_own_limit_are_an_answer(backend: Callable[[Behaviour], Backend]) -> None:
    """A server that says how many rows it sends at the most has sent all where there are fewer."""
    server = backend(answer("200 OK", ROWS, JSON, "X-SPARQL-MaxRows: 2"))
    assert json.loads(ask(make_engine(server.url))) == json.loads(ROWS)


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda *_: time.sleep(20),
        drip(reply("200 OK", ROWS), 0.3),
        drip(reply("200 OK", ROWS)[:40] + b"x" * 1000, 0.3),
        stall,
    ],
    ids=["silent", "dripping-all", "dripping-head", "stalling"],
)
def test_remote_slow_server_is_given_up_at_the_deadline(
    behaviour: Behaviour, backend: Callable[[Behaviour], Backend]
) -> None:
    """The deadline is that of the whole, however the server spreads its bytes."""
    started = time.monotonic()
    with pytest.raises(BackendTimeoutError, match=r"\(limit: 1 s\)") as caught:
        ask(make_engine(backend(behaviour).url, timeout=1))
    assert caught.value.http_status == 504
    assert 0.9 <= time.monotonic() - started < 8


def test_remote_server_away_is_502_and_the_message_holds_no_password() -> None:
    """Nothing listens there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(BackendError, match="no connection") as caught:
        ask(make_engine(f"http://user:secret@127.0.0.1:{port}/sparql"))
    assert "secret" not in str(caught.value)


def test_remote_connection_that_ends_before_a_byte_is_tried_once_more(
    backend: Callable[[Behaviour], Backend],
) -> None:
    """A query changes nothing, so a second try is safe; a server that was restarted loses no query."""
    server = backend(begin_with(hang_up, answer("200 OK", ROWS)))
    assert json.loads(ask(make_engine(server.url))) == json.loads(ROWS)
    assert len(server.received) == 2


def test_remote_server_that_asks_to_wait_is_asked_once_more(backend: Callable[[Behaviour], Backend]) -> None:
    """503 with a Retry-After within the deadline is followed once."""
    busy = answer("503 Service Unavailable", b"", JSON, "Retry-After: 1")
    server = backend(begin_with(busy, answer("200 OK", ROWS)))
    assert json.loads(ask(make_engine(server.url))) == json.loads(ROWS)


def test_remote_virtuoso_that_cuts_a_graph_is_found_out(backend: Callable[[Behaviour], Backend]) -> None:
    """That server says of rows that it cut them, not of graphs: the rows of a graph are asked for too."""

    def behave(connection: socket.socket, body: bytes) -> None:
        if body.startswith(b"query=CONSTRUCT"):
            connection.sendall(reply("200 OK", TRIPLE, "application/n-triples", "Server: Virtuoso/07.20"))
        else:
            connection.sendall(reply("200 OK", ROWS, JSON, "Server: Virtuoso/07.20", "X-SPARQL-MaxRows: 1"))

    server = backend(behave)
    with pytest.raises(BackendError, match="at most 1 rows"):
        ask(make_engine(server.url), "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", graph=True)
    assert server.received[1].endswith(b"query=SELECT+%2A+WHERE+%7B+%3Fs+%3Fp+%3Fo+%7D")


@pytest.mark.parametrize(
    ("query", "form", "check"),
    [
        ("CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o } LIMIT 3", "CONSTRUCT", "SELECT * WHERE { ?s ?p ?o } LIMIT 3"),
        (
            "PREFIX e: <x:>\nconstruct WHERE { ?s e:p '{' }",
            "CONSTRUCT",
            "PREFIX e: <x:>\nSELECT * WHERE { ?s e:p '{' }",
        ),
        ("CONSTRUCT { ?s ?p '}' } FROM <x:g> { ?s ?p ?o }", "CONSTRUCT", "SELECT * FROM <x:g> { ?s ?p ?o }"),
        ("DESCRIBE ?s { ?s a ?c }", "DESCRIBE", "SELECT * { ?s a ?c }"),
        ("DESCRIBE <x:a> ?s WHERE { ?s a ?c }", "DESCRIBE", "SELECT * WHERE { ?s a ?c }"),
        ("DESCRIBE <x:a> <x:b>", "DESCRIBE", ""),
    ],
)
def test_row_check_asks_for_the_rows_of_a_graph(query: str, form: str, check: str) -> None:
    """The template gives way to all variables, strings and nesting respected."""
    found = read_query(query)
    assert found.structure is not None
    assert found.structure.form == form
    assert build_row_check(found) == check


@pytest.mark.parametrize("url", ["ftp://e.org/", "http://", "http://e.org:port/", "http://é.org/", "http://e.org/#f"])
def test_remote_url_that_is_none_is_refused(url: str) -> None:
    """The operator hears it before anything starts."""
    with pytest.raises(UsageError, match="must be an http or https URL"):
        split_url(url)


def test_remote_text_that_is_no_query_is_not_sent(backend: Callable[[Behaviour], Backend]) -> None:
    """An update or nonsense never reaches the server."""
    server = backend(answer("200 OK", ROWS))
    for text in ("DROP ALL", "nonsense", ""):
        with pytest.raises(QueryError):
            ask(make_engine(server.url), text)
    assert not server.received
