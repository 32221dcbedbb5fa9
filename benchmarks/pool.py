"""Where the time of a query goes: in this process, in a process of its own, and as a request of which no two are equal.

Run ``python -m benchmarks.pool`` from the project's folder: it builds EILD's own data and prints microseconds per
query, for queries that come one after the other. What a server takes to read a request and to send an answer comes on
top; ``python -m benchmarks.serve`` measures all of it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import uvloop
from werkzeug.test import create_environ

from eild import media
from eild.config import Settings
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.publication.cache import ensure_build
from eild.publication.manifest import load_publication
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryLimits, QueryRequest
from eild.query.inside import InsideEngine
from eild.query.workers.keeper import ForkServerProcess
from eild.query.workers.pool import PooledEngine
from eild.server.bridge import Bridge
from eild.server.desk import Desk
from eild.server.keeping.cache import AnswerCache
from eild.server.request import Request
from eild.server.version import MEBIBYTE
from eild.terms import PREFIXES
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries
from eild.web.frame.site import load_site

if TYPE_CHECKING:
    from pathlib import Path

    from eild.exchange.answer import Answer
    from eild.query.engine import QueryEngine

QUERIES: Final = {
    "ASK {}": 3000,
    "SELECT ?s { ?s a ?class } LIMIT 10": 3000,
    "SELECT ?class (COUNT(*) AS ?n) { ?s a ?class } GROUP BY ?class": 200,
    "SELECT * { ?s ?p ?o } LIMIT 5000": 50,
}
"""Queries and how often each is asked in a round."""
ROUNDS: Final = 5
"""How many rounds; the quickest counts."""


class Waiting:
    """Takes the answer to a request, as a connection does.

    :param answered: done when the answer is there
    """

    gone = False
    address = ""

    def __init__(self, answered: asyncio.Future[None]) -> None:
        self._answered = answered

    def send(self, answer: Answer, body: bytes) -> bool:  # noqa: ARG002 - the interface's own
        """Take a whole answer."""
        self._answered.set_result(None)
        return False


def measure(engine: QueryEngine, text: str, number: int) -> float:
    """Return the microseconds that a query takes in this process, in the quickest of several rounds."""
    request = QueryRequest(text, media.JSON, media.TURTLE)
    quickest = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(number):
            engine.evaluate(request)
        quickest = min(quickest, (time.perf_counter() - started) / number)
    return quickest * 1e6


async def submit(engine: PooledEngine, request: QueryRequest) -> None:
    """Have a query process answer a query, and wait for it in the loop."""
    answered = asyncio.get_running_loop().create_future()
    engine.submit(request, answered.set_result)
    await answered


async def take(desk: Desk, environ: dict[str, Any]) -> None:
    """Have a desk answer a request, and wait for it in the loop."""
    answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    desk.take(Request(environ, b"", b"", Waiting(answered), time.perf_counter()))
    await answered


async def measure_pool(engine: PooledEngine, text: str, number: int) -> float:
    """Return the microseconds that a query takes in a process of its own, in the quickest of several rounds."""
    request = QueryRequest(text, media.JSON, media.TURTLE)
    quickest = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(number):
            await submit(engine, request)
        quickest = min(quickest, (time.perf_counter() - started) / number)
    return quickest * 1e6


async def measure_requests(desk: Desk, text: str, number: int) -> float:
    """Return the microseconds that a query takes as a request in the quickest of several rounds; no two are equal."""
    quickest = float("inf")
    for round_number in range(ROUNDS):
        environs = [
            create_environ("/sparql", query_string={"query": f"{text} # {round_number} {index}"})
            for index in range(number)
        ]
        started = time.perf_counter()
        for environ in environs:
            await take(desk, environ)
        quickest = min(quickest, (time.perf_counter() - started) / number)
    return quickest * 1e6


def make_desk(folder: Path, engine: PooledEngine, loop: asyncio.AbstractEventLoop) -> Desk:
    """Return what answers requests over a build, with a cache as each process of the server has."""
    settings = Settings()
    site = load_site(folder, settings, engine)
    accounts = Accounts(Metrics())
    inside = InsideEngine.load(site.publication, prefixes=site.prefixes, result_bytes=settings.result_bytes)
    return Desk(
        create_app(site, accounts),
        bridge=Bridge(loop),
        cache=AnswerCache(settings.cache_memory * MEBIBYTE),
        accounts=accounts,
        quick=QuickQueries(site, list_common_fields(site), inside),
        processes=engine,
    )


def main() -> int:
    """Measure and print a line for each query."""
    folder = ensure_build()
    limits = QueryLimits(timeout=60, result_bytes=64 * 1024 * 1024, memory=512)
    embedded = EmbeddedEngine.load(load_publication(folder), prefixes=PREFIXES, result_bytes=limits.result_bytes)
    loop = uvloop.new_event_loop()
    with ForkServerProcess(folder, PREFIXES, limits) as process:
        pooled = PooledEngine(process.address, limits, 2)
        pooled.attach(loop)
        desk = make_desk(folder, pooled, loop)
        sys.stdout.write("in process   in pool   as request  (microseconds)\n")
        for text, number in QUERIES.items():
            inside = measure(embedded, text, number)
            outside = loop.run_until_complete(measure_pool(pooled, text, number))
            whole = loop.run_until_complete(measure_requests(desk, text, number))
            sys.stdout.write(f"{inside:10.1f}{outside:10.1f}{whole:13.1f}  {text}\n")
        pooled.close()
        loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
