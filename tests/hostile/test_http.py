"""Hostile HTTP against a real server: each request is answered right or closed without harm, and the next one answered.

Everything goes over raw sockets, for no client library would send most of it.
"""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from eild.publication.directory import write_build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eild.dataset import BuiltDataset

ASK = b"/sparql?query=ASK%7B%7D"
TYPE = b"Content-Type: application/sparql-query\r\n"
TIMEOUT = 3
"""Seconds that the server lets a query run."""

ON_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells how a connection goes")

Address = tuple[str, int]


@pytest.fixture(scope="module")
def process(
    small: BuiltDataset, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[subprocess.Popen[str], Address]]:
    """Return a running server over the small dataset, and its address."""
    build = write_build(small, tmp_path_factory.mktemp("build") / "dist")
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0", "--dist", str(build)]
    command += ["--timeout", str(TIMEOUT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        found = re.search(r"http://\S+/", line)
        assert found, f"the server did not start: {line}"
        parts = urlsplit(found[0])
        yield running, (parts.hostname or "", parts.port or 0)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)


@pytest.fixture
def address(process: tuple[subprocess.Popen[str], Address]) -> Iterator[Address]:
    """Return the address of the server; after the test it runs and answers a healthy request."""
    running, where = process
    yield where
    assert running.poll() is None
    assert read_statuses(exchange(where, get(ASK))) == [200]


def get(target: bytes, fields: bytes = b"Host: x\r\n", method: bytes = b"GET", version: bytes = b"HTTP/1.1") -> bytes:
    """Return a request without a body that is the last on its connection."""
    return b"%b %b %b\r\n%bConnection: close\r\n\r\n" % (method, target, version, fields)


def post(body: bytes, fields: bytes, *, close: bool = True) -> bytes:
    """Return a request with a body, framed by the fields."""
    last = b"Connection: close\r\n" if close else b""
    return b"POST /sparql HTTP/1.1\r\nHost: x\r\n%b%b%b\r\n%b" % (TYPE, fields, last, body)


def connect(address: Address, timeout: float = 30, buffer: int = 0) -> socket.socket:
    """Return a connection to the server, with a small receive buffer if wanted."""
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.settimeout(timeout)
    client.connect(address)
    return client


def receive(client: socket.socket) -> bytes:
    """Return everything until the server closes; that it does is part of every answer here."""
    parts = []
    with contextlib.suppress(ConnectionError):  # a reset is a way to close, too
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)


def exchange(address: Address, request: bytes, *, half_close: bool = False) -> bytes:
    """Return what the server says to some bytes until it closes."""
    with connect(address) as client:
        with contextlib.suppress(ConnectionError):  # it may refuse before it has read everything
            client.sendall(request)
            if half_close:
                client.shutdown(socket.SHUT_WR)
        return receive(client)


def read_statuses(answer: bytes) -> list[int]:
    """Return the statuses of the answers on a connection."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) [A-Z]", answer)]


HEADS: dict[str, tuple[bytes, set[int]]] = {
    "healthy": (get(ASK), {200}),
    "no host": (get(ASK, b""), {400}),
    "two hosts": (get(ASK, b"Host: a\r\nHost: b\r\n"), {400}),
    "the same host twice": (get(ASK, b"Host: a\r\nHost: a\r\n"), {400}),
    "a list of hosts": (get(ASK, b"Host: a, b\r\n"), {400}),
    "no host name": (get(ASK, b"Host: a b/\r\n"), {400}),
    "a host of other bytes": (get(ASK, b"Host: \xe9\xff\r\n"), {400}),
    "absolute form": (get(b"http://x" + ASK), {200}),
    "absolute form of elsewhere": (get(b"http://evil.example" + ASK), {200}),
    "absolute form of another scheme": (get(b"ftp://x/nothing"), {404}),
    "CONNECT": (get(b"example.org:443", method=b"CONNECT"), {501}),
    "CONNECT to a path": (get(b"/sparql", method=b"CONNECT"), {501}),
    "CONNECT bare": (b"CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", {501}),
    "OPTIONS asterisk": (get(b"*", method=b"OPTIONS"), {200, 204}),
    "GET asterisk": (get(b"*"), {400, 404}),
    "TRACE": (get(b"/", method=b"TRACE"), {405}),
    "a method of WebDAV": (get(b"/", method=b"PROPFIND"), {405}),
    "a method in small letters": (get(b"/", method=b"get"), {501}),
    "a method of 5,000 letters": (get(b"/", method=b"A" * 5000), {501}),
    "a method with a slash": (get(b"/", method=b"GE/T"), {400}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, {400}),
    "words": (b"hello\r\n\r\n", {400}),
    "zeros": (b"\x00" * 5000, {400}),
    "NUL in the path": (get(b"/a\x00b"), {400}),
    "NUL in a field": (get(b"/", b"Host: x\r\nX: a\x00b\r\n"), {400}),
    "NUL encoded": (get(b"/%00"), {404}),
    "lines encoded": (get(b"/a%0d%0aSet-Cookie:x=y"), {404}),
    "a broken escape": (get(b"/a%zz"), {400, 404}),
    "a path that is no UTF-8": (get(b"/doc/%ff%fe"), {400, 404}),
    "a path of raw bytes": (get(b"/doc/\xff\xe9"), {400}),
    "a space in the path": (get(b"/a b"), {400}),
    "a path upwards": (get(b"/dumps/../../../../etc/passwd"), {400, 404}),
    "a path upwards, encoded": (get(b"/dumps/..%2f..%2f..%2fetc%2fpasswd"), {400, 404}),
    "a path of another host": (get(b"//evil.example/"), {404}),
    "a folded field": (get(ASK, b"Host: x\r\nAccept: text/csv,\r\n application/json\r\n"), {400}),
    "a space before the colon": (get(ASK, b"Host : x\r\n"), {400}),
    "no colon": (get(ASK, b"Host: x\r\nnothing\r\n"), {400}),
    "no name": (get(ASK, b"Host: x\r\n: y\r\n"), {400}),
    "CR within a field": (get(ASK, b"Host: x\r\nX: a\rb\r\n"), {400}),
    "CR for lines": (get(ASK).replace(b"\r\n", b"\r"), {400}),
    "LF for lines": (get(ASK).replace(b"\r\n", b"\n"), {200, 400}),
    "empty lines first": (b"\r\n\r\n" + get(ASK), {200}),
    "HTTP/1.0": (get(ASK, b"", version=b"HTTP/1.0"), {200}),
    "HTTP/1.2": (get(ASK, version=b"HTTP/1.2"), {400, 505}),
    "HTTP/2.0 by name": (get(ASK, version=b"HTTP/2.0"), {400, 505}),
    "HTTP/0.9": (b"GET /\r\n\r\n", {400}),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", set()),
    "a field of 300 KB": (get(b"/", b"Host: x\r\nX: %b\r\n" % (b"a" * 300_000)), {431}),
    "a field of 5 MB": (get(b"/", b"Host: x\r\nX: %b\r\n" % (b"a" * 5_000_000)), {431}),
    "5,000 fields": (get(b"/", b"Host: x\r\n" + b"X: a\r\n" * 5000), {431}),
    "a path of 70 KB": (get(b"/" + b"a" * 70_000), {414}),
    "a URL of 5 MB": (get(b"/" + b"a" * 5_000_000), {414, 431}),
    "a query of 60 KB that is none": (get(b"/sparql?query=" + b"a" * 60_000), {400, 414}),
    "HEAD with a body": (get(ASK, b"Host: x\r\nContent-Length: 5\r\n", method=b"HEAD") + b"hello", {200}),
    "GET with a body": (get(ASK, b"Host: x\r\nContent-Length: 5\r\n") + b"hello", {200}),
    "fields for scripts": (
        get(ASK, b"Host: x\r\nProxy: http://e\r\nScript-Name: /e\r\nX-Forwarded-Host: e\r\n"),
        {200},
    ),
    "an offer of h2c": (get(ASK, b"Host: x\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"), {200}),
    "header injection": (get(b"/dumps/latest/x%0d%0aLocation:%20http://evil.example"), {404}),
}

BODIES: dict[str, tuple[bytes, set[int]]] = {
    "healthy": (post(b"ASK {}", b"Content-Length: 6\r\n"), {200}),
    "chunked": (post(b"3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"), {200}),
    "two lengths": (post(b"ASK {} ", b"Content-Length: 6\r\nContent-Length: 7\r\n"), {400}),
    "a negative length": (post(b"ASK {}", b"Content-Length: -1\r\n"), {400}),
    "a signed length": (post(b"ASK {}", b"Content-Length: +6\r\n"), {400}),
    "a length in words": (post(b"ASK {}", b"Content-Length: six\r\n"), {400}),
    "an endless length": (post(b"ASK {}", b"Content-Length: 99999999999999999999999\r\n"), {400, 413}),
    "a length over the limit": (post(b"ASK {}", b"Content-Length: 10000000\r\n"), {413}),
    "10 MB": (post(b"#" * 10_000_000, b"Content-Length: 10000000\r\n"), {413}),
    "10 MB in chunks": (post(b"FFFF\r\n%b\r\n" % (b"#" * 65535) * 160, b"Transfer-Encoding: chunked\r\n"), {413}),
    "no chunks at all": (post(b"ZZ\r\nASK {}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"), {400}),
    "a negative chunk": (post(b"-6\r\nASK {}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"), {400}),
    "a chunk of 2^68": (post(b"FFFFFFFFFFFFFFFFF\r\nASK {}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"), {400}),
    "a coding that is none": (post(b"ASK {}", b"Transfer-Encoding: gzip\r\n"), {400, 501}),
    "two codings": (post(b"6\r\nASK {}\r\n0\r\n\r\n", b"Transfer-Encoding: gzip, chunked\r\n"), {400, 501}),
    "chunked not last": (post(b"6\r\nASK {}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked, identity\r\n"), {400}),
    "nearly chunked": (post(b"6\r\nASK {}\r\n0\r\n\r\n", b"Transfer-Encoding: xchunked\r\n"), {400, 501}),
    "another expectation": (post(b"ASK {}", b"Content-Length: 6\r\nExpect: wonders\r\n"), {417}),
    "no media type": (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nConnection: close\r\n\r\nASK {}",
        {415},
    ),
    "an update": (get(b"/sparql?update=DROP%20ALL"), {403}),
}


@pytest.mark.parametrize("name", HEADS)
def test_head_hostile_answered_right(address: Address, name: str) -> None:
    """Each head is answered once, with a status that fits, or closed; the server stays well."""
    request, expected = HEADS[name]
    answer = exchange(address, request)
    assert len(read_statuses(answer)) <= 1
    assert set(read_statuses(answer)) <= expected
    assert expected == set() or read_statuses(answer), "closed without an answer"
    assert b"Traceback" not in answer
    assert not re.search(rb"^(?:Set-Cookie|Location):", answer, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize("name", BODIES)
def test_body_hostile_answered_right(address: Address, name: str) -> None:
    """Each body is answered once, with a status that fits; one that is refused is never evaluated."""
    request, expected = BODIES[name]
    answer = exchange(address, request)
    # An answer to a client that has not stopped sending may be lost with the connection.
    large = len(request) > 1_000_000
    assert set(read_statuses(answer)) <= expected
    assert len(read_statuses(answer)) == 1 or large
    assert b"Traceback" not in answer


@ON_LINUX
def test_body_shorter_than_stated_400(address: Address) -> None:
    """A query whose end was lost is not answered as if it were whole."""
    for request in (
        post(b"ASK {}", b"Content-Length: 60\r\n"),
        post(b"6\r\nASK {}\r\n", b"Transfer-Encoding: chunked\r\n"),
    ):
        answer = exchange(address, request, half_close=True)
        assert read_statuses(answer) in ([400], [])
        assert b'"boolean"' not in answer
    answer = exchange(address, post(b"6\r\nASK {}\r\nZZ\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"))
    assert read_statuses(answer) == [400]


@ON_LINUX
def test_endless_chunks_cut_off(address: Address) -> None:
    """A body in chunks that never ends is cut long before it fills the memory."""
    sent = 0
    with connect(address) as client, contextlib.suppress(ConnectionError):
        client.sendall(post(b"", b"Transfer-Encoding: chunked\r\n"))
        while sent < 2_000_000_000:
            client.sendall(b"10000\r\n%b\r\n" % (b"#" * 65536))
            sent += 65536
    assert 8_000_000 < sent < 2_000_000_000


def test_length_and_chunks_second_request_not_smuggled(address: Address) -> None:
    """Where a body has a length and chunks, what follows is not taken for a request of its own."""
    hidden = b"0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    for fields in (
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(hidden),
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n" % len(hidden),
    ):
        answer = exchange(address, post(hidden, fields, close=False))
        assert read_statuses(answer) in ([400], [])
        assert b"live" not in answer


@pytest.mark.parametrize(("length", "status"), [(10_000_000, 413), (2_000_000, 408)])
def test_refused_body_not_taken_for_next_request(address: Address, length: int, status: int) -> None:
    """The rest of a body that was refused, or has not come in time, is not answered as a request."""
    hidden = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = exchange(address, post(hidden, b"Content-Length: %d\r\n" % length, close=False))
    assert read_statuses(answer) in ([status], [])
    assert b"live" not in answer


def test_expect_100_continue_answered_before_body(address: Address) -> None:
    """A client that asks first is told to go on, and one whose body is too large is told so without sending it."""
    with connect(address) as client:
        client.sendall(post(b"", b"Content-Length: 6\r\nExpect: 100-continue\r\n"))
        assert client.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n")
        client.sendall(b"ASK {}")
        assert read_statuses(receive(client)) == [200]
    too_large = exchange(address, post(b"", b"Content-Length: 10000000\r\nExpect: 100-continue\r\n"))
    assert read_statuses(too_large) == [413]


def test_pipelined_requests_answered_in_order(address: Address) -> None:
    """Requests that do not wait for each other's answers get them in their order."""
    one = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"
    paths = [b"/health/live", ASK, b"/nothing", ASK]
    answer = exchange(address, b"".join(one % path for path in paths) + get(b"/health/live"))
    assert read_statuses(answer) == [200, 200, 404, 200, 200]


def test_refusals_of_the_front_are_problem_documents(address: Address) -> None:
    """Refusals say what is wrong and what to do, by Accept, and close the connection."""
    answer = exchange(address, b"GET / HTTP/1.1\r\nHost: a, b\r\nAccept: text/plain\r\n\r\n")
    assert b"content-type: text/plain" in answer.lower()
    assert b"send one Host field" in answer
    answer = exchange(address, get(ASK, b"Host: x\r\nX: %b\r\n" % (b"a" * 70_000)))
    assert b"application/problem+json" in answer
    assert b"the limit is" in answer


def test_thousand_idle_connections_lock_nobody_out(address: Address) -> None:
    """Neither connections on which nothing comes nor bodies that never arrive keep others from their answers."""
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(connect(address))
        for _ in range(200):
            client = stack.enter_context(connect(address))
            client.sendall(post(b"ASK", b"Content-Length: 100\r\n"))
        started = time.monotonic()
        for _ in range(10):
            assert read_statuses(exchange(address, get(ASK))) == [200]
        assert time.monotonic() - started < 20


def wait_idle(address: Address) -> bytes:
    """Send nothing."""
    with connect(address, 60) as client:
        return receive(client)


def wait_half_head(address: Address) -> bytes:
    """Send half a head, and nothing more."""
    with connect(address, 60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHo")
        return receive(client)


def drip(address: Address, first: bytes, drop: bytes) -> bytes:
    """Send a drop each half second until the server has enough of it."""
    with connect(address, 0.5) as client:
        client.sendall(first)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                client.sendall(drop)
                return client.recv(1000)
            except TimeoutError:
                continue
            except ConnectionError:
                return b""
    pytest.fail("the server took drops for a minute")


def drip_head(address: Address) -> bytes:
    """Send a letter of a head at a time."""
    return drip(address, b"GET / HTTP/1.1\r\nX: ", b"a")


def drip_body(address: Address) -> bytes:
    """Send a letter of a body at a time."""
    return drip(address, post(b"", b"Content-Length: 5000\r\n"), b"#")


def drip_chunks(address: Address) -> bytes:
    """Send a chunk of one letter at a time."""
    return drip(address, post(b"", b"Transfer-Encoding: chunked\r\n"), b"1\r\n#\r\n")


def wait_half_body(address: Address) -> bytes:
    """Send half a body, and nothing more."""
    with connect(address, 60) as client:
        client.sendall(post(b"ASK", b"Content-Length: 6\r\n"))
        return receive(client)


def read_slowly(address: Address) -> bytes:
    """Take a large answer a letter at a time, and return what is left once the server has had enough of it."""
    query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 60000")
    with connect(address, 60, buffer=4096) as client:
        client.sendall(get(b"/sparql?query=" + query.encode()))
        assert read_statuses(client.recv(1000)) == [200]
        deadline = time.monotonic() + 60
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < deadline:
                client.recv(1)
                client.send(b"")
                time.sleep(0.5)
                if client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    return b""
                if client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) != b"\x01":
                    return b""
            pytest.fail("the server fed a slow reader for a minute")
    return b""


SLOW: dict[Callable[[Address], bytes], set[int]] = {
    wait_idle: set(),
    wait_half_head: {408},
    drip_head: {408},
    drip_body: {408},
    drip_chunks: {408},
    wait_half_body: {400, 408},
    read_slowly: set(),
}


@ON_LINUX
def test_slow_clients_cut_off_while_others_are_answered(address: Address) -> None:
    """Whoever sends or reads a byte at a time loses the connection, and meanwhile everybody else is answered."""
    with ThreadPoolExecutor(len(SLOW)) as pool:
        clients = {name: pool.submit(name, address) for name in SLOW}
        done = threading.Event()
        while not done.wait(1):
            assert read_statuses(exchange(address, get(ASK))) == [200]
            if all(client.done() for client in clients.values()):
                done.set()
        for name, client in clients.items():
            assert set(read_statuses(client.result())) <= SLOW[name], name
    assert 408 in read_statuses(clients[drip_body].result())
    numbers = exchange(address, get(b"/metrics")).decode()
    assert int(re.search(r'cut_total\{reason="sends too slowly"\} (\d+)', numbers)[1]) >= 1  # type: ignore[index]
    assert int(re.search(r'cut_total\{reason="reads too slowly"\} (\d+)', numbers)[1]) >= 1  # type: ignore[index]


JOIN = " ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(12))


@ON_LINUX
def test_client_that_left_its_query_ends(address: Address) -> None:
    """A query whose client has gone is ended before its deadline."""
    with connect(address) as client:
        query = quote(f"SELECT (COUNT(*) AS ?n) {{ {JOIN} }}")
        client.sendall(get(b"/sparql?query=" + query.encode()))
        time.sleep(0.2)
    deadline = time.monotonic() + 20
    numbers = ""
    while 'outcome="gone"} 1' not in numbers:
        assert time.monotonic() < deadline, "the query of a client that left went on"
        numbers = exchange(address, get(b"/metrics")).decode()
        time.sleep(0.1)
    assert 'outcome="timeout"} 0' in numbers
