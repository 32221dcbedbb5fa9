"""Tests of request bodies: whole, within the limit and in time, or refused."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest

from eild.errors import BodyTimeoutError, BodyTooLargeError, RequestError
from eild.exchange.body import prepare_request, read_body
from eild.server.connections import ConnectionGuard, Watch


def make_environ(**fields: Any) -> dict[str, Any]:
    """Return the environment of a request that keeps all rules, but for some fields."""
    return {"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost:8000", **fields}


class Dripping:
    """A body that comes byte by byte."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.given = 0

    def read(self, size: int) -> bytes:
        """Return that many bytes, slowly."""
        time.sleep(self.pause * size)
        self.given += size
        return b"x" * size


def test_read_body_shorter_than_stated_400() -> None:
    """A body that ends early is never taken for a whole one."""
    with pytest.raises(RequestError, match="ended after 6 of 60 bytes"):
        read_body(make_environ(CONTENT_LENGTH="60", **{"wsgi.input": io.BytesIO(b"ASK {}")}), 1000)


@pytest.mark.parametrize(
    "fields", [{"CONTENT_LENGTH": "1001"}, {"CONTENT_LENGTH": "9" * 40}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
)
def test_read_body_over_limit_413(fields: dict[str, str]) -> None:
    """A body over the limit is refused, one that says so unread."""
    stream = io.BytesIO(b"x" * 2000)
    with pytest.raises(BodyTooLargeError):
        read_body(make_environ(**fields, **{"wsgi.input": stream}), 1000)
    assert stream.tell() == (1001 if "HTTP_TRANSFER_ENCODING" in fields else 0)


def test_read_body_dripping_408_soon() -> None:
    """A body that drips is given up soon after its time, though each read waits for what it asked for."""
    stream = Dripping(0.02)
    start = time.monotonic()
    with pytest.raises(BodyTimeoutError):
        read_body(make_environ(CONTENT_LENGTH="100000", **{"wsgi.input": stream}), 1_000_000, seconds=0.5)
    assert time.monotonic() - start < 10
    assert stream.given < 2000


def test_read_body_broken_chunks_400() -> None:
    """Chunks that break, of which Granian gives nothing when asked for all, are never taken for a whole body."""
    guard = ConnectionGuard(1, Watch(1, 1), lambda *_: None)
    for content, limit, status in ((b"", 1000, 400), (b"x" * 2000, 1000, 413)):
        environ = make_environ(HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": io.BytesIO(content)})
        with pytest.raises(RequestError) as caught:
            read_body(environ, limit, guard=guard)
        assert caught.value.http_status == status


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 5000, 700_000])
def test_prepare_request_body_of_any_size_is_whole(size: int) -> None:
    """A body is put into memory whole, whatever its size."""
    body = bytes(range(256)) * (size // 256 + 1)
    environ = make_environ(
        REQUEST_METHOD="POST", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": io.BytesIO(body[:size])}
    )
    prepare_request(environ, 1_000_000)
    assert environ["wsgi.input"].read() == body[:size]
    assert environ["CONTENT_LENGTH"] == str(size)


def test_prepare_request_get_leaves_body_unread() -> None:
    """A body that comes with GET means nothing, and nobody waits for it."""
    stream = io.BytesIO(b"hello")
    prepare_request(make_environ(CONTENT_LENGTH="5", **{"wsgi.input": stream}), 1000)
    assert stream.tell() == 0
