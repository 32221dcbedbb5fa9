"""Tests of what a server process and a query process say to each other: all of it arrives, and only as what it is."""

from __future__ import annotations

import socket
import threading
import time
from hashlib import shake_256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild import media
from eild.errors import BodyTooLargeError, EildError, Location, QueryError, ResultTooLargeError
from eild.exchange.packing import unpack
from eild.query.engine import QueryAnswer, QueryRequest
from eild.query.workers import wire

FORMS = (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)


def await_outcome(reader: wire.OutcomeReader) -> tuple[QueryAnswer | EildError, bool]:
    """Return the next outcome, as soon as all of it has come."""
    while (found := reader.read()) is None:
        time.sleep(0.001)
    return found


@given(
    st.text(),
    st.sampled_from([None, *media.RESULT_FORMATS]),
    st.sampled_from([None, *media.GRAPH_FORMATS]),
    st.lists(st.sampled_from(["http://a.example/", "x:ü"])),
    st.lists(st.sampled_from(["http://b.example/"])),
)
def test_request_any_arrives_as_it_was_sent(
    text: str, rows: media.Format | None, graph: media.Format | None, default: list[str], named: list[str]
) -> None:
    """Text, forms and graphs arrive, whether the short head says it or the long one."""
    sent = QueryRequest(text, rows, graph, tuple(default), tuple(named))
    here, there = socket.socketpair()
    with here, there:
        here.sendall(wire.pack_request(sent))
        assert wire.receive_request(there) == sent


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize(
    "body",
    [b"", b"x", bytes(65_000), bytes(1_000_000), bytes(5_000_000), shake_256().digest(200_000)],
    ids=["empty", "byte", "small", "packed", "too large to pack", "not to be packed"],
)
def test_answer_any_size_arrives_whole(form: media.Format, body: bytes, *, last: bool) -> None:
    """Small answers and large ones arrive with their form, and whether the process takes another query."""
    here, there = socket.socketpair()
    with here, there:
        answer = QueryAnswer(form, body, seconds=0.25)
        sender = threading.Thread(target=lambda: wire.send_outcome(here, answer, last=last))
        sender.start()
        found, found_last = await_outcome(wire.OutcomeReader(there))
        sender.join()
    assert (found, found_last) == (answer, last)
    assert isinstance(found, QueryAnswer)
    assert found.seconds == 0.25
    assert (found.packed is not None) == (body == bytes(1_000_000))
    assert found.packed is None or unpack(found.packed) == body


def test_packed_answer_damaged_counts_as_the_end_of_the_process() -> None:
    """Content that nobody can unpack is no answer."""
    here, there = socket.socketpair()
    with here, there:
        wire.send_outcome(here, QueryAnswer(media.JSON, bytes(100_000)))
        message = there.recv(100_000)
        here.sendall(message[:-4] + b"\0\0\0\0")
        with pytest.raises(wire.ClosedError):
            await_outcome(wire.OutcomeReader(there))


@pytest.mark.parametrize("kind", [QueryError, ResultTooLargeError])
def test_failure_arrives_with_its_place(kind: type[EildError]) -> None:
    """A failure arrives as what it is, with hint and place; one that is not known arrives as a failure of the query."""
    here, there = socket.socketpair()
    with here, there:
        wire.send_outcome(here, kind("wrong", hint="mend it", location=Location("query", 2, 3)))
        wire.send_outcome(there, BodyTooLargeError("large"))
        found, last = await_outcome(wire.OutcomeReader(there))
        other, _ = await_outcome(wire.OutcomeReader(here))
    assert isinstance(found, EildError)
    assert (type(found), found.message, found.hint, last) == (kind, "wrong", "mend it", False)
    assert found.location == Location("query", 2, 3)
    assert isinstance(other, QueryError)


def test_other_side_gone_is_told() -> None:
    """Where nothing more comes, that is an error and no empty message."""
    here, there = socket.socketpair()
    with there:
        here.sendall(b"\0\0\0")
        here.close()
        with pytest.raises(wire.ClosedError):
            wire.receive_request(there)
        with pytest.raises(wire.ClosedError):
            wire.receive_request(there)


def test_outcome_in_pieces_whole_as_soon_as_the_last_has_come() -> None:
    """Wherever a connection breaks an answer apart, it is taken in piece by piece, and so is the next."""
    here, there = socket.socketpair()
    with here, there:
        answer = QueryAnswer(media.JSON, b"0123456789")
        wire.send_outcome(here, answer)
        content = there.recv(1000)
        reader = wire.OutcomeReader(there)
        for _ in range(2):
            for byte in content[:-1]:
                here.sendall(bytes([byte]))
                assert reader.read() is None
            here.sendall(content[-1:])
            assert reader.read() == (answer, False)
        assert reader.read() is None
        here.sendall(content[:-1])
        assert reader.read() is None
        here.close()
        with pytest.raises(wire.ClosedError):
            reader.read()
