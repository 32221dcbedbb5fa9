"""Tests of what is known of connections, and which of them are cut."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING

import pytest

from eild.server.connections import SLOWEST_BYTES, STALL_SECONDS, ConnectionGuard, TcpState, Watch, read_state

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20.0
MOST = 1000


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return both ends of a connection: the client's and the server's."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(listener.getsockname())
        served, _ = listener.accept()
        with served:
            yield client, served


def fill(served: socket.socket) -> None:
    """Send until the kernel takes no more."""
    served.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        while served.send(b"x" * 65536):
            pass


def test_read_state_unread_answer_waits(pair: tuple[socket.socket, socket.socket]) -> None:
    """What a client has not taken waits; a listening socket or one of another kind is no connection."""
    _, served = pair
    state = read_state(served)
    assert state is not None
    assert state.open
    assert state.waiting == 0
    fill(served)
    state = read_state(served)
    assert state is not None
    assert state.waiting > 50_000
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = read_state(listener)
        assert found is not None
        assert not found.open
    with socket.socket(socket.AF_UNIX) as other:
        assert read_state(other) is None


def test_judge_slow_reader_cut_after_stall() -> None:
    """A client that takes next to nothing of its answer is cut when the stall has lasted, not before."""
    watch = Watch(PATIENCE, MOST)
    assert not watch.judge(1, TcpState(open=True, waiting=9000, acknowledged=0, received=0, silent=0), 0)
    assert not watch.judge(
        1, TcpState(open=True, waiting=9000, acknowledged=5, received=0, silent=9), STALL_SECONDS - 1
    )
    assert "reads" in watch.judge(
        1, TcpState(open=True, waiting=9000, acknowledged=15, received=0, silent=15), STALL_SECONDS + 1
    )


def test_judge_steady_reader_left_alone() -> None:
    """A client on a slow line that takes what it can is left alone, however long it takes."""
    watch = Watch(PATIENCE, MOST)
    for second in range(200):
        taken = second * SLOWEST_BYTES * 2
        assert not watch.judge(
            1, TcpState(open=True, waiting=9000, acknowledged=taken, received=0, silent=second), second
        )


def test_judge_silence_cut_after_patience() -> None:
    """A connection on which nothing was sent for longer than any answer takes is cut."""
    watch = Watch(PATIENCE, MOST)
    assert not watch.judge(1, TcpState(open=True, waiting=0, acknowledged=0, received=0, silent=PATIENCE - 1), 0)
    assert "sends" in watch.judge(1, TcpState(open=True, waiting=0, acknowledged=0, received=0, silent=PATIENCE + 1), 0)


def test_judge_flood_cut_unless_answered() -> None:
    """A client that sends more than any request has, without an answer, is cut; answers let it begin anew."""
    watch = Watch(PATIENCE, MOST)
    assert not watch.judge(1, TcpState(open=True, waiting=0, acknowledged=0, received=900, silent=1), 1)
    assert not watch.judge(1, TcpState(open=True, waiting=0, acknowledged=9, received=1900, silent=0), 2)
    assert not watch.judge(1, TcpState(open=True, waiting=0, acknowledged=9, received=2800, silent=1), 3)
    assert "much" in watch.judge(1, TcpState(open=True, waiting=0, acknowledged=9, received=2901, silent=2), 4)


def test_in_haste_nested_ends_with_the_last() -> None:
    """The guard looks often as long as anybody asks for it."""
    guard = ConnectionGuard(1, Watch(PATIENCE, MOST), lambda *_: None)
    with guard.in_haste():
        with guard.in_haste():
            assert guard._hasten.is_set()
        assert guard._hasten.is_set()
    assert not guard._hasten.is_set()


def test_forget_same_number_again_starts_anew() -> None:
    """The pace of a connection that has gone is not held against the next one."""
    watch = Watch(PATIENCE, MOST)
    watch.judge(1, TcpState(open=True, waiting=9000, acknowledged=0, received=0, silent=0), 0)
    watch.forget(set())
    assert not watch.judge(1, TcpState(open=True, waiting=9000, acknowledged=0, received=0, silent=0), 100)


def test_look_silent_connection_cut_and_reported(pair: tuple[socket.socket, socket.socket]) -> None:
    """The guard ends a connection of its port; the client sees it closed, and the reason is reported."""
    client, served = pair
    reports: list[tuple[str, int]] = []
    time.sleep(0.1)
    ConnectionGuard(
        served.getsockname()[1], Watch(0.01, MOST), lambda reason, number: reports.append((reason, number))
    ).look()
    client.settimeout(5)
    assert client.recv(1) == b""
    assert reports == [("sends too slowly", 0), ("", 1)]


def test_look_other_port_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    """Connections of the same process to other servers are none of the guard's."""
    client, served = pair
    time.sleep(0.1)
    ConnectionGuard(1, Watch(0.01, MOST), lambda *_: None).look()
    served.send(b"x")
    assert client.recv(1) == b"x"


def test_is_gone_only_when_no_connection_could_be_the_clients(pair: tuple[socket.socket, socket.socket]) -> None:
    """A client is gone when no connection from its address is left on which nothing was sent since its request."""
    client, served = pair
    guard = ConnectionGuard(served.getsockname()[1], Watch(PATIENCE, MOST), lambda *_: None)
    since = time.monotonic()
    assert not guard.is_gone("127.0.0.1", since)
    assert guard.is_gone("192.0.2.1", since - 1)
    client.close()
    served.close()
    time.sleep(0.3)
    assert guard.is_gone("127.0.0.1", since)
