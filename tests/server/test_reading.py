"""Tests of reading requests: in whatever pieces they come, whole, within the limits and in time, or refused."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.exchange.answer import ALONE
from eild.server.reading import RequestReader, learn_head, name_field, recall_head

if TYPE_CHECKING:
    from collections.abc import Callable

GET = b"GET /a%20b?c=d HTTP/1.1\r\nHost: localhost:8000\r\nAccept: text/csv\r\nAccept: */*\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nASK {}"
CHUNKED = b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n"


def read(data: bytes, most: int = 1000, size: int = 0) -> tuple[RequestReader, bytes]:
    """Return what read a request, and the bytes that are left.

    :param size: of the pieces in which it comes; 0 for one
    """
    reader = RequestReader(most)
    rest = b""
    for place in range(0, len(data), size or len(data)):
        rest = reader.take(data[place : place + (size or len(data))])
        if reader.done:
            rest += data[place + (size or len(data)) :]
            break
    return reader, rest


@given(st.integers(1, 120), st.sampled_from([GET, POST, CHUNKED]))
def test_take_any_pieces_same_request(size: int, data: bytes) -> None:
    """Head and body are the same in whatever pieces they come."""
    whole, rest = read(data)
    reader, _ = read(data, size=size)
    assert whole.done
    assert reader.done
    assert (reader.environ, reader.body, reader.problem) == (whole.environ, whole.body, None)
    assert bytes(reader.head) == whole.head
    assert rest == b""


def test_take_environment_of_wsgi() -> None:
    """Path, parameters and fields stand where WSGI has them; repeated fields are joined."""
    reader, _ = read(GET)
    assert reader.environ == {
        "REQUEST_METHOD": "GET",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": "/a b",
        "QUERY_STRING": "c=d",
        "HTTP_HOST": "localhost:8000",
        "HTTP_ACCEPT": "text/csv, */*",
        "eild.sound": True,
    }
    assert reader.is_whole_head
    assert not reader.last


@pytest.mark.parametrize("data", [GET, POST])
def test_take_what_follows_is_left(data: bytes) -> None:
    """Bytes of the next request are given back."""
    reader, rest = read(data + GET)
    assert reader.done
    assert rest == GET


def test_take_after_chunks_nothing_is_read() -> None:
    """Where the request after one in chunks begins is not looked for: the connection is closed after it."""
    reader, _ = read(CHUNKED + GET)
    assert (reader.body, reader.last) == (b"ASK {}", True)


@pytest.mark.parametrize(
    ("data", "last"),
    [
        (GET, False),
        (GET.replace(b"Host", b"Connection: close\r\nHost"), True),
        (GET.replace(b"1.1", b"1.0"), True),
        (GET.replace(b"1.1", b"1.0").replace(b"Host", b"Connection: keep-alive\r\nHost"), False),
    ],
)
def test_take_last_as_client_and_version_say(data: bytes, *, last: bool) -> None:
    """The connection stays open as the client wants."""
    reader, _ = read(data)
    assert reader.done
    assert reader.last is last


REFUSED = [
    (b"\x16\x03\x01\x02\x00", 400, False),
    (b"hello\r\n\r\n", 400, False),
    (b"get / HTTP/1.1\r\n", 501, False),
    (b"GET / HTTP/1.1\nHost: x\n\n", 400, False),
    (b"GET /" + b"a" * 70_000, 414, False),
    (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 20_000, 431, False),
    (b"GET / HTTP/1.1\r\nX: " + b"a" * 300_000, 431, False),
    (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 200 + b"\r\n", 431, True),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, True),
    (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400, False),
    (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400, False),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400, True),
    (POST.replace(b": 6", b": 1001"), 413, True),
    (POST.replace(b": 6", b": " + b"9" * 17), 413, True),
    (POST.replace(b"Host", b"Expect: wonders\r\nHost"), 417, True),
    (CHUNKED.replace(b"3\r\n {}", b"ZZ\r\n {}"), 400, True),
    (CHUNKED.replace(b"3\r\nASK", b"7D0\r\n" + b"#" * 2000), 413, True),
]


@pytest.mark.parametrize(("data", "status", "has_head"), REFUSED)
def test_take_wrong_request_refused_and_the_last(data: bytes, status: int, *, has_head: bool) -> None:
    """What is wrong is told by its status and a hint, and nothing more is read of the connection."""
    reader, _ = read(data)
    assert reader.done
    assert reader.last
    assert reader.has_head is has_head
    assert reader.problem is not None
    assert (reader.problem.http_status, bool(reader.problem.hint)) == (status, True)


def test_break_off_and_time_out_told() -> None:
    """A body that ends early is never taken for a whole one, and one that does not come is told so."""
    ends: list[tuple[Callable[[RequestReader], None], int, str]] = [
        (RequestReader.break_off, 400, "ended after 3 of 6 bytes"),
        (partial(RequestReader.time_out, seconds=10), 408, "3 bytes received"),
    ]
    for end, status, words in ends:
        reader, _ = read(POST[:-3])
        assert not reader.done
        end(reader)
        assert reader.done
        assert reader.problem is not None
        assert reader.problem.http_status == status
        assert words in reader.problem.message


def test_waits_for_leave_only_before_the_body_of_a_sound_request() -> None:
    """A client that asks first is told to go on unless its body is refused, or there already."""
    asks = POST.replace(b"Host", b"Expect: 100-continue\r\nHost")
    assert read(asks[:-6])[0].waits_for_leave
    assert not read(asks[:-3])[0].waits_for_leave
    assert not read(asks)[0].waits_for_leave
    assert not read(asks[:-6], most=5)[0].waits_for_leave
    assert not read(asks[:-6].replace(b"1.1", b"1.0"))[0].waits_for_leave


def test_body_of_get_means_nothing() -> None:
    """A body that comes with GET is read and left out."""
    reader, rest = read(POST.replace(b"POST", b"GET") + b"next")
    assert (reader.body, rest, reader.is_whole_head) == (b"", b"next", False)


def test_name_field_underscores_left_out() -> None:
    """A field cannot pass for another, or for what the server says itself."""
    assert name_field(b"Content-Type") == "CONTENT_TYPE"
    assert name_field(b"x-forwarded-host") == "HTTP_X_FORWARDED_HOST"
    assert name_field(b"Content_Length") == ""
    assert name_field(b"REMOTE-ADDR") == "HTTP_REMOTE_ADDR"


LINE = "GET /sparql?query=ASK+%7B%7D HTTP/1.1\r\n"
SECTIONS = [
    "Host: x\r\n\r\n",
    "Host: x\r\nAccept: text/csv\r\naccept: */*\r\nAccept-Encoding: gzip\r\n\r\n",
    "Host: x\r\nIf-None-Match: *\r\nRange: bytes=0-1\r\nX: \xe9\r\n\r\n",
]


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing known of any header fields."""
    monkeypatch.setattr("eild.server.reading._sections", {})


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("section", SECTIONS)
def test_recall_head_same_environment_as_parsed(section: str) -> None:
    """A query whose header fields were read before has the environment that parsing it gives, and its own query."""
    head = (LINE + section).encode("latin-1")
    first, _ = read(head)
    assert first.is_whole_head
    assert recall_head(head) is None
    learn_head(head, first.environ)
    first.environ["eild.note"] = "what is left there later"
    for query in ("ASK+%7B%7D", "%", "a%2fb~*-._"):
        other = head.replace(b"ASK+%7B%7D", query.encode())
        expected = {**read(other)[0].environ, ALONE: query.encode()}
        found = recall_head(other)
        assert found == expected
        assert recall_head(other) is not found


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("section", SECTIONS)
def test_recall_head_nothing_else_taken(section: str) -> None:
    """All that differs by a byte beside the query is parsed, and so is a head that is not whole or not alone."""
    head = (LINE + section).encode("latin-1")
    learn_head(head, read(head)[0].environ)
    assert recall_head(head) is not None
    added = (b"\r\n", b"X", b"X: y\r\n")
    swapped = [(b"GET", b"HEAD"), (b"GET", b"get"), (b"1.1", b"1.0"), (b"1.1\r", b"1.1"), (b"/sparql", b"*")]
    swapped += [(b"/sparql", path) for path in (b"/sparql/", b"//sparql", b"http://x/sparql", b"/%73parql")]
    swapped += [(b"+", piece) for piece in (b" ", b"&", b"#", b"=", b"\xe9", b"\n", b"\r\n", b"<", b"+&format=csv")]
    others = [head[:size] for size in range(len(head))]
    others += [head[:place] + piece + head[place:] for place in (0, len(LINE), len(head)) for piece in added]
    others += [head.replace(old, new, 1) for old, new in swapped]
    assert not any(map(recall_head, [*others, head + head]))


@pytest.mark.usefixtures("forgotten")
def test_learn_head_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that never send the same fields twice take no more memory than others, nor do long fields."""
    monkeypatch.setattr("eild.server.reading._MOST_SECTIONS", 3)
    heads = [f"{LINE}Host: x\r\nX: {number}\r\n\r\n".encode() for number in range(10)]
    for head in heads:
        learn_head(head, read(head)[0].environ)
        assert recall_head(head) is not None
    assert sum(recall_head(head) is not None for head in heads) <= 3
    long = f"{LINE}Host: x\r\nX: {'a' * 3000}\r\n\r\n".encode()
    learn_head(long, read(long)[0].environ)
    assert recall_head(long) is None
