"""Tests of requests and their answers, which may come later and by another thread."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import pytest

from eild.server.crew import Crew
from eild.server.reception import Exchange, Reception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIEnvironment


class Recorder:
    """Takes answers as the server does: the first alone."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""
        self.answered = threading.Event()

    def response_bytes(self, status: int, _: Sequence[tuple[str, str]], body: bytes) -> None:
        """Take a whole answer."""
        if not self.answered.is_set():
            self.status, self.body = status, body
            self.answered.set()

    def response_iter(self, status: int, fields: Sequence[tuple[str, str]], body: Any) -> None:
        """Take an answer piece by piece."""
        pieces = []
        with contextlib.suppress(StopIteration):
            while True:
                pieces.append(body.__next__())
        body.close()
        self.response_bytes(status, fields, b"".join(pieces))


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the path."""
    start_response("200 OK", [])
    return [environ["PATH_INFO"].encode()]


def stream(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the path, byte by byte."""
    start_response("206 Partial Content", [])
    return (bytes([byte]) for byte in environ["PATH_INFO"].encode())


def make_reception(receive: Callable[[Exchange], None]) -> Reception:
    """Return a reception with the application for bodies and for what is handed over."""
    return Reception(receive, application, Crew(8, idle=0.1))


class Stream:
    """Content that notes whether it was closed."""

    def __init__(self) -> None:
        self.pieces = [b"a", b"b"]
        self.closed = False

    def __iter__(self) -> Stream:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece."""
        if not self.pieces:
            raise StopIteration
        return self.pieces.pop(0)

    def close(self) -> None:
        """Note it."""
        self.closed = True


def test_answer_stream_sent_piece_by_piece_and_closed() -> None:
    """Content that is no list goes out as it comes, and is closed."""
    recorder, content = Recorder(), Stream()

    def answer(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return content

    Exchange(recorder, {}, Crew(1)).answer(answer)
    assert (recorder.status, recorder.body, content.closed) == (200, b"ab", True)


def test_reception_body_answered_before_the_call_returns() -> None:
    """A request with a body never reaches what answers at once: its body could not be read any more."""
    recorder = Recorder()

    def receive(_: Exchange) -> None:
        pytest.fail("it has a body")

    reception = make_reception(receive)
    for field in ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
        recorder = Recorder()
        reception(recorder, {"PATH_INFO": "/x", field: "1"})
        assert (recorder.status, recorder.body) == (200, b"/x")


def test_reception_deferred_answered_by_another_thread() -> None:
    """What is handed over is answered, though the call has returned."""
    reception = make_reception(lambda exchange: exchange.defer(stream))
    recorder = Recorder()
    reception(recorder, {"PATH_INFO": "/later"})
    assert recorder.answered.wait(10)
    assert (recorder.status, recorder.body) == (206, b"/later")


def test_reception_from_many_threads_one_at_a_time_and_none_lost() -> None:
    """However many bring requests, one answers at a time, and every request is answered."""
    inside = threading.Lock()
    together = []

    def receive(exchange: Exchange) -> None:
        together.append(inside.acquire(blocking=False))
        exchange.send("200 OK", [], exchange.environ["PATH_INFO"].encode())
        inside.release()

    reception = make_reception(receive)
    recorders = {f"/{number}": Recorder() for number in range(400)}

    def bring(paths: list[str]) -> None:
        for path in paths:
            reception(recorders[path], {"PATH_INFO": path})

    paths = list(recorders)
    threads = [threading.Thread(target=bring, args=(paths[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(recorder.answered.wait(10) for recorder in recorders.values())
    assert all(recorder.body == path.encode() for path, recorder in recorders.items())
    assert all(together)


def test_reception_one_fails_500_and_the_others_answered() -> None:
    """A fault costs its own request alone."""

    def receive(exchange: Exchange) -> None:
        if exchange.environ["PATH_INFO"] == "/bad":
            raise ValueError
        exchange.send("200 OK", [], b"")

    reception = make_reception(receive)
    bad, good = Recorder(), Recorder()
    with pytest.raises(ValueError, match=r"^$"):
        reception(bad, {"PATH_INFO": "/bad"})
    reception(good, {"PATH_INFO": "/good"})
    assert (bad.status, good.status) == (500, 200)


def test_defer_application_fails_500(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application that fails before it has begun to answer is answered for, and the fault is reported."""
    told = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: told.set())

    def fail(_: WSGIEnvironment, __: StartResponse) -> Iterable[bytes]:
        raise ValueError

    reception = make_reception(lambda exchange: exchange.defer(fail))
    recorder = Recorder()
    reception(recorder, {"PATH_INFO": "/"})
    assert recorder.answered.wait(10)
    assert recorder.status == 500
    assert told.wait(10)
