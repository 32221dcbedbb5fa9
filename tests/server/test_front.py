"""Tests of connections: slow clients, floods, streams that break, and failures of the application."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from eild.server.desk import Desk
from eild.server.front import CONNECTIONS, allow_connections
from eild.server.keeping.cache import AnswerCache
from eild.server.sending import SLOWEST_BYTES, STALL_SECONDS, Clock, Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from eild.exchange.accounts import Accounts
    from eild.server.front import Front


class Transport:
    """A transport whose peer has taken some of what was sent.

    :param kept: bytes that it keeps
    """

    def __init__(self) -> None:
        self.kept = 0
        self.ends = socket.socketpair()

    def get_extra_info(self, _: str) -> socket.socket:
        """Return the socket."""
        return self.ends[0]

    def get_write_buffer_size(self) -> int:
        """Return how much is kept."""
        return self.kept

    def write(self, data: bytes) -> None:
        """Keep some more."""
        self.kept += len(data)


@pytest.fixture
def transport() -> Iterator[Transport]:
    """Return a transport."""
    made = Transport()
    yield made
    for end in made.ends:
        end.close()


def make_sender(transport: Any) -> Sender:
    """Return what sends by a transport."""
    return Sender(transport, Clock(0.0), lambda: None)


def test_is_stalled_slow_reader_after_stall(transport: Transport) -> None:
    """A client that takes next to nothing of its answer is found when the stall has lasted, not before."""
    sender = make_sender(transport)
    assert not sender.is_stalled(0)
    sender.write(b"", bytes(100_000))
    assert not sender.is_stalled(1)
    transport.kept -= 100
    assert not sender.is_stalled(STALL_SECONDS)
    assert sender.is_stalled(STALL_SECONDS + 2)


def test_is_stalled_steady_reader_never(transport: Transport) -> None:
    """A client on a slow line that takes what it can is left alone, however long it takes."""
    sender = make_sender(transport)
    sender.write(b"", bytes(2_000_000))
    for second in range(400):
        assert not sender.is_stalled(second)
        transport.kept -= SLOWEST_BYTES * 2


def test_is_read_what_the_system_keeps_counts(transport: Transport) -> None:
    """An answer that the system has taken and the peer has not is not read yet."""
    sender = make_sender(transport)
    sender.write(b"", b"x")
    transport.kept = 0
    transport.ends[0].send(b"x" * 1000)
    assert not sender.is_read()
    transport.ends[1].recv(1000)
    assert sender.is_read()


def make(application: Callable[..., Iterable[bytes]], accounts: Accounts) -> Callable[[Front], Desk]:
    """Return what makes a desk over an application."""
    return lambda front: Desk(application, bridge=front.bridge, cache=AnswerCache(0), accounts=accounts)


def stream(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Answer piece by piece; the path says how."""
    fields = [] if environ["PATH_INFO"] == "/unknown" else [("Content-Length", "3000000")]
    start("200 OK", fields)

    def give() -> Iterator[bytes]:
        for number in range(30):
            if number == 20 and environ["PATH_INFO"] == "/broken":
                raise ValueError("broken")
            yield b"%d" % (number % 10) * 100_000
            yield b""

    return give()


CONTENT = b"".join(b"%d" % (number % 10) * 100_000 for number in range(30))


@pytest.mark.parametrize("path", ["/known", "/unknown"])
def test_stream_whole_and_connection_goes_on(run: Callable[..., Any], accounts: Accounts, path: str) -> None:
    """Content that comes piece by piece arrives whole, with its length or in chunks, and the next request is read."""
    client = run(make(stream, accounts))
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)) as connection:
        for _ in range(2):
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.read() == CONTENT
            assert (answer.getheader("Transfer-Encoding") == "chunked") is (path == "/unknown")


def test_stream_head_has_its_length_and_no_content(run: Callable[..., Any], accounts: Accounts) -> None:
    """HEAD of something that would come piece by piece gets its fields, and the connection goes on."""

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        content = stream(environ, start)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else content

    client = run(make(application, accounts))
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)) as connection:
        for path, length in (("/known", "3000000"), ("/unknown", None)):
            connection.request("HEAD", path)
            answer = connection.getresponse()
            assert answer.read() == b""
            assert answer.getheader("Content-Length") == length
        connection.request("GET", "/known")
        assert connection.getresponse().read() == CONTENT


def test_stream_http_1_0_ends_with_the_connection(run: Callable[..., Any], accounts: Accounts) -> None:
    """A client that knows no chunks sees the end of content by that of the connection."""
    client = run(make(stream, accounts))
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as connection:
        connection.sendall(b"GET /unknown HTTP/1.0\r\n\r\n")
        content = b"".join(iter(lambda: connection.recv(65536), b""))
    assert content.endswith(b"\r\n\r\n" + CONTENT)


def test_stream_breaks_never_taken_for_whole(
    run: Callable[..., Any], accounts: Accounts, capfd: pytest.CaptureFixture[str]
) -> None:
    """Content that breaks off ends the connection before its length, and the failure is reported."""
    client = run(make(stream, accounts))
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        client.open("/broken")
    assert client.open("/known").data == CONTENT
    await_words(capfd, "ValueError: broken")


def await_words(capfd: pytest.CaptureFixture[str], words: str) -> None:
    """Wait until something is said on standard error."""
    said, deadline = "", time.monotonic() + 10
    while words not in said and time.monotonic() < deadline:
        said += capfd.readouterr().err
        time.sleep(0.01)
    assert words in said


def fail(_environ: WSGIEnvironment, _start: StartResponse) -> Iterable[bytes]:
    """Fail."""
    raise ValueError("the application is broken")


def test_application_fails_500_and_reported(
    run: Callable[..., Any], accounts: Accounts, capfd: pytest.CaptureFixture[str]
) -> None:
    """An application that fails is answered with 500, each time, and says why on standard error."""
    client = run(make(fail, accounts))
    assert [client.open("/").status_code for _ in range(2)] == [500, 500]
    await_words(capfd, "the application is broken")


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Answer with the path."""
    body = environ["PATH_INFO"].encode()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def test_pipeline_of_many_answered_in_order(run: Callable[..., Any], accounts: Accounts) -> None:
    """Thousands of requests that come at once are answered in their order, the last one too."""
    client = run(make(answer, accounts))
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as connection:
        connection.sendall(b"".join(b"GET /%04d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(2000)))
        content = b""
        while b"/1999" not in content:
            part = connection.recv(65536)
            assert part
            content += part
    places = [content.index(b"\r\n\r\n/%04d" % number) for number in range(2000)]
    assert places == sorted(places)


def test_stop_requests_sent_before_answered(run: Callable[..., Any], accounts: Accounts) -> None:
    """What was sent before the server stops is answered; idle connections are closed."""

    def slow(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        time.sleep(0.5)
        return answer(environ, start)

    fronts: list[Front] = []

    def keep(front: Front) -> Desk:
        fronts.append(front)
        return make(slow, accounts)(front)

    client = run(keep)
    with (
        socket.create_connection(("127.0.0.1", client.port), timeout=30) as asking,
        socket.create_connection(("127.0.0.1", client.port), timeout=30) as idle,
    ):
        asking.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        fronts[0].loop.call_soon_threadsafe(fronts[0].stop, 10)
        content = b"".join(iter(lambda: asking.recv(65536), b""))
        assert content.endswith(b"\r\n\r\n/a")
        assert b"Connection: close" in content
        assert idle.recv(1) == b""


def kept(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Answer with the path, for equal requests too."""
    body = environ["PATH_INFO"].encode()
    start("200 OK", [("Content-Length", str(len(body))), ("Cache-Control", "public, max-age=300")])
    return [body]


def make_keeping(accounts: Accounts, fronts: list[Front]) -> Callable[[Front], Desk]:
    """Return what makes a desk that keeps answers.

    :param fronts: gets the front of the desk
    """

    def make_one(front: Front) -> Desk:
        fronts.append(front)
        return Desk(kept, bridge=front.bridge, cache=AnswerCache(1_000_000), accounts=accounts)

    return make_one


def ask_raw(connection: socket.socket, request: bytes) -> bytes:
    """Return what comes first after a request."""
    connection.sendall(request)
    return connection.recv(65536)


def test_stop_answer_known_by_its_head_says_that_the_connection_closes(
    run: Callable[..., Any], accounts: Accounts
) -> None:
    """A client whose requests are answered from memory is told, too, so that it sends none to a closed connection."""
    fronts: list[Front] = []
    client = run(make_keeping(accounts, fronts))
    request = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as connection:
        assert all(b"Connection: close" not in ask_raw(connection, request) for _ in range(4))
        fronts[0].loop.call_soon_threadsafe(fronts[0].stop, 10)
        while not fronts[0].stopping:
            time.sleep(0.001)
        answered = ask_raw(connection, request)
        assert answered.endswith(b"\r\n\r\n/a")
        assert b"Connection: close" in answered
        assert connection.recv(1) == b""


def test_stop_connection_of_the_next_moment_answered(run: Callable[..., Any], accounts: Accounts) -> None:
    """Who connects just after the server was told to stop gets an answer, before the port is closed."""
    fronts: list[Front] = []
    client = run(make_keeping(accounts, fronts))
    fronts[0].loop.call_soon_threadsafe(fronts[0].stop, 10)
    while not fronts[0].stopping:
        time.sleep(0.001)
    time.sleep(0.02)
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as connection:
        answered = ask_raw(connection, b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered.endswith(b"\r\n\r\n/a")
        assert b"Connection: close" in answered


@pytest.mark.parametrize("end", [b"", b"GET /cut HTT", b"POST /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nxx"])
def test_pipeline_sent_to_its_end_answered(run: Callable[..., Any], accounts: Accounts, end: bytes) -> None:
    """Whoever sends many requests, and then that there are no more, gets all answers, and the end at once."""
    client = run(make_keeping(accounts, []))
    request = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as connection:
        assert ask_raw(connection, request)
        started = time.monotonic()
        connection.sendall(100 * request + end)
        connection.shutdown(socket.SHUT_WR)
        content = b"".join(iter(lambda: connection.recv(65536), b""))
    assert content.count(b"\r\n\r\n/a") == 100
    assert content.count(b"HTTP/1.1 ") == 100 + end.startswith(b"POST")
    assert time.monotonic() - started < 5


def test_descriptors_few_connections_leave_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections never take the descriptors of files and query processes, and a few are held in any case."""
    found = {}
    for number in (10, 100, 1024, 1_000_000):
        monkeypatch.setattr("eild.server.front.raise_descriptors", lambda _, number=number: number)
        found[number] = allow_connections()
    assert found == {10: 4, 100: 18, 1024: 480, 1_000_000: CONNECTIONS}
