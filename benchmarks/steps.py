"""Where the time of a small query goes that nobody asked before, and of one that repeats: each step, and all of them.

``python -m benchmarks.steps`` builds EILD's own data, measures steps one after the other in one thread and writes
``benchmarks/results/profile.md``. What the server takes to read a request and to send an answer comes on top, and so
does what requests that come at the same time cost each other; ``python -m benchmarks.serve`` measures all of it.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import uvloop

from benchmarks.load import describe_machine
from benchmarks.pool import make_desk, submit, take
from eild import media
from eild.exchange.metrics import Metrics
from eild.publication.cache import ensure_build
from eild.publication.manifest import load_publication
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryLimits, QueryRequest
from eild.query.text.query import read_query
from eild.query.workers.keeper import ForkServerProcess
from eild.query.workers.pool import PooledEngine
from eild.server.connection import Connection
from eild.server.desk import make_key
from eild.server.reading import RequestReader, learn_head, recall_head
from eild.server.sending import Clock
from eild.terms import PREFIXES
from eild.web.endpoint.protocol import decode_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eild.server.desk import Desk

RESULT: Final = Path(__file__).parent / "results" / "profile.md"
"""Where the table is written."""
QUERY: Final = "SELECT ?s { ?s a ?class } LIMIT 10"
"""The query, to which each request adds a comment of its own."""
NUMBER: Final = 1000
"""How often each step is done in a round."""
ROUNDS: Final = 5
"""How many rounds; the quickest counts."""


def measure(step: Callable[[int], object]) -> tuple[float, float]:
    """Return the microseconds that a step takes, and those of this process's processor time, in its quickest round.

    :param step: does it; given a number that it never had before
    """
    found = []
    for number in range(ROUNDS):
        started, used = time.perf_counter(), time.process_time()
        for index in range(number * NUMBER, (number + 1) * NUMBER):
            step(index)
        found.append((time.perf_counter() - started, time.process_time() - used))
    wall, own = min(found)
    return wall / NUMBER * 1e6, own / NUMBER * 1e6


def repeat(desk: Desk, loop: asyncio.AbstractEventLoop, head: bytes, peer: socket.socket) -> Callable[[int], object]:
    """Return what answers a request whose bytes have come before, over a connection."""
    owner: Any = SimpleNamespace(
        loop=loop,
        desk=desk,
        metrics=Metrics(),
        clock=Clock(0.0),
        most_body=0,
        stopping=False,
        enter=lambda _: None,
        leave=lambda _: None,
    )
    about = {"socket": peer, "peername": ("127.0.0.1", 1)}
    transport: Any = SimpleNamespace(write=lambda _: None, is_closing=lambda: False, get_extra_info=about.get)
    connection = Connection(owner)
    connection.connection_made(transport)  # its client takes everything at no cost
    for _ in range(4):
        connection.data_received(head)
    if desk.recall(head) is None:
        message = "the answer is not kept"
        raise RuntimeError(message)
    return lambda _: connection.data_received(head)


def read_head(head: bytes) -> dict[str, Any]:
    """Return the environment of a request."""
    reader = RequestReader(0)
    reader.take(head)
    return reader.environ


def list_steps(
    embedded: EmbeddedEngine, pooled: PooledEngine, folder: Path, loop: asyncio.AbstractEventLoop, peer: socket.socket
) -> Mapping[str, Callable[[int], object]]:
    """Return the steps by name; the last two are those of a request that repeats.

    :param peer: a socket of no client
    """
    desk = make_desk(folder, pooled, loop)
    encoded = [quote(f"{QUERY} # {number}", safe="").encode() for number in range(ROUNDS * NUMBER)]
    heads = [b"GET /sparql?query=%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % part for part in encoded]
    environs, requests = ([read_head(head) for head in heads] for _ in range(2))
    learn_head(heads[0], environs[0])

    def ask(number: int) -> QueryRequest:
        return QueryRequest(f"{QUERY} # {number}", media.JSON)

    return {
        "parse the head of a request": lambda number: read_head(heads[number]),
        "read a head whose fields were parsed before": lambda number: recall_head(heads[number]),
        "find what the answer depends on": lambda number: make_key(environs[number]),
        "decode the query": lambda number: decode_query(encoded[number]),
        "read the query": lambda number: read_query(f"{QUERY} # {number}"),
        "evaluate and serialize in this process": lambda number: embedded.evaluate(ask(number)),
        "the same in a process of its own": lambda number: loop.run_until_complete(submit(pooled, ask(number))),
        "the whole request but for its head": lambda number: loop.run_until_complete(take(desk, requests[number])),
        "find the answer to bytes that came before": lambda _: desk.recall(heads[0]),
        "the whole of a request that repeats, but for the kernel": repeat(desk, loop, heads[0], peer),
    }


def main() -> int:
    """Measure, print and write the table; return the exit code."""
    folder, machine = ensure_build(), describe_machine()
    limits = QueryLimits(timeout=60, result_bytes=64 * 1024 * 1024, memory=512)
    embedded = EmbeddedEngine.load(load_publication(folder), prefixes=PREFIXES, result_bytes=limits.result_bytes)
    lines = ["| step | µs | of these µs CPU of the HTTP process |", "|---|---:|---:|"]
    loop = uvloop.new_event_loop()
    peer, other = socket.socketpair()
    with peer, other, ForkServerProcess(folder, PREFIXES, limits) as process:
        pooled = PooledEngine(process.address, limits, 2)
        pooled.attach(loop)
        for name, step in list_steps(embedded, pooled, folder, loop, peer).items():
            wall, own = measure(step)
            lines.append(f"| {name} | {wall:.1f} | {own:.1f} |")
        pooled.close()
        loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    head = "# Where the time of a small query goes\n\nMade by `python -m benchmarks.steps`, for `"
    text = "\n".join([f"{head}{QUERY}`, no two alike.\n\n{machine}.\n", *lines, ""])
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
