"""Tests of sharing connections between the HTTP processes."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.server.desk import Desk
from eild.server.front import Front
from eild.server.keeping.cache import AnswerCache
from eild.server.shares import Shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def answer(_: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Answer any request."""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def test_share_more_than_another_ahead() -> None:
    """A process is ahead while another that takes connections has fewer."""
    shares = Shares(3)
    first, second = shares.open(0), shares.open(1)
    first.tell(5)
    assert not first.is_ahead  # nobody else is there
    second.tell(5)
    assert not first.is_ahead
    second.tell(4)
    assert first.is_ahead
    assert not second.is_ahead
    second.leave()
    assert not first.is_ahead


def test_shares_place_of_an_ended_process_given_again() -> None:
    """A process that takes the place of another begins with its place, and until then nobody waits for it."""
    shares = Shares(2)
    for pid in (11, 12):
        shares.give(pid, shares.find_place())
    first, second = shares.open(0), shares.open(1)
    first.tell(3)
    second.tell(0)
    assert first.is_ahead
    shares.take_back(12)
    assert not first.is_ahead
    assert shares.find_place() == 1


@contextlib.contextmanager
def run_fronts(listener: socket.socket, shares: Shares, number: int) -> Iterator[list[Front]]:
    """Run several fronts at one socket, each in a thread that has its loop."""
    fronts, threads = [], []
    for place in range(number):
        accounts = Accounts(Metrics())
        front = Front(listener, shares.open(place), accounts.metrics, 1000)
        stopped = front.start(Desk(answer, bridge=front.bridge, cache=AnswerCache(0), accounts=accounts))
        threads.append(threading.Thread(target=front.loop.run_until_complete, args=(stopped,)))
        fronts.append(front)
    for thread in threads:
        thread.start()
    try:
        yield fronts
    finally:
        for front, thread in zip(fronts, threads, strict=True):
            front.loop.call_soon_threadsafe(front.stop, 5)
            thread.join(30)
            front.close()


@pytest.mark.parametrize("number", [2, 3])
def test_fronts_connections_at_the_same_time_shared(number: int) -> None:
    """Of connections that come together, each process takes its share, and all are answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.settimeout(0)
        with run_fronts(listener, Shares(number), number) as fronts, contextlib.ExitStack() as stack:
            address = listener.getsockname()[1]
            clients = [http.client.HTTPConnection("127.0.0.1", address, timeout=30) for _ in range(8 * number)]
            for client in clients:
                stack.enter_context(contextlib.closing(client))
                client.connect()
            for client in clients:
                client.request("GET", "/")
            assert [client.getresponse().read() for client in clients] == [b"ok"] * len(clients)
            counts = [len(front._connections) for front in fronts]
            assert sum(counts) == len(clients)
            assert max(counts) - min(counts) <= 4, counts
