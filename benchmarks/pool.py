"""Where the time of a query goes: in this process, in a process of its own, and as a request of which no two are equal.

Run ``python -m benchmarks.pool`` from the project's folder: it builds EILD's own data and prints microseconds per
query, for queries that come one after the other. What a server takes to read a request and to send an answer comes on
top; ``python -m benchmarks.serve`` measures all of it.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from werkzeug.test import create_environ

from eild import media
from eild.config import Settings
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.publication.cache import ensure_build
from eild.publication.manifest import load_publication
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryLimits, QueryRequest
from eild.query.workers.keeper import ForkServerProcess
from eild.query.workers.pool import PooledEngine
from eild.server.cache import AnswerCache
from eild.server.layer import CacheLayer
from eild.server.run import MEBIBYTE
from eild.terms import PREFIXES
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries
from eild.web.frame.site import load_site

if TYPE_CHECKING:
    from pathlib import Path

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


def measure(engine: QueryEngine, text: str, number: int) -> float:
    """Return the microseconds that a query takes in the quickest of several rounds."""
    request = QueryRequest(text, media.JSON, media.TURTLE)
    quickest = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(number):
            engine.evaluate(request)
        quickest = min(quickest, (time.perf_counter() - started) / number)
    return quickest * 1e6


def measure_requests(layer: CacheLayer, text: str, number: int) -> float:
    """Return the microseconds that a query takes as a request in the quickest of several rounds; no two are equal."""
    quickest = float("inf")
    for round_number in range(ROUNDS):
        environs = [
            create_environ("/sparql", query_string={"query": f"{text} # {round_number} {index}"})
            for index in range(number)
        ]
        started = time.perf_counter()
        for environ in environs:
            for _ in layer(environ, lambda *_: lambda _: None):
                pass
        quickest = min(quickest, (time.perf_counter() - started) / number)
    return quickest * 1e6


def make_layer(folder: Path, engine: PooledEngine) -> CacheLayer:
    """Return what answers requests over a build, with a cache as each process of the server has."""
    settings = Settings()
    site = load_site(folder, settings, engine)
    cache = AnswerCache(settings.cache_memory * MEBIBYTE)
    queries = QuickQueries(site, list_common_fields(site))
    return CacheLayer(create_app(site), cache, Accounts(Metrics()), queries)


def main() -> int:
    """Measure and print a line for each query."""
    folder = ensure_build()
    limits = QueryLimits(timeout=60, result_bytes=64 * 1024 * 1024, memory=512)
    embedded = EmbeddedEngine.load(load_publication(folder), prefixes=PREFIXES, result_bytes=limits.result_bytes)
    with ForkServerProcess(folder, PREFIXES, limits) as process:
        pooled = PooledEngine(process.address, limits, 2)
        layer = make_layer(folder, pooled)
        sys.stdout.write("in process   in pool   as request  (microseconds)\n")
        for text, number in QUERIES.items():
            inside, outside = measure(embedded, text, number), measure(pooled, text, number)
            whole = measure_requests(layer, text, number)
            sys.stdout.write(f"{inside:10.1f}{outside:10.1f}{whole:13.1f}  {text}\n")
        pooled.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
