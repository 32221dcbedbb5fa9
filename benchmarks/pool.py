"""What a query in a process of its own costs, beside the same query in this process.

Run ``python -m benchmarks.pool`` from the project's folder: it builds EILD's own data and prints microseconds per
query, for queries that come one after the other.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from eild import media
from eild.dumps import ensure_build
from eild.store.embedded import EmbeddedEngine
from eild.store.engine import QueryLimits, QueryRequest
from eild.store.keeper import ForkServerProcess
from eild.store.pool import PooledEngine
from eild.store.publication import load_publication
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from eild.store.engine import QueryEngine

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


def main() -> int:
    """Measure and print a line for each query."""
    folder = ensure_build()
    limits = QueryLimits(timeout=60, result_bytes=64 * 1024 * 1024, memory=512)
    embedded = EmbeddedEngine.load(load_publication(folder), prefixes=PREFIXES, result_bytes=limits.result_bytes)
    with ForkServerProcess(folder, PREFIXES, limits) as process:
        pooled = PooledEngine(process.address, limits, 2)
        sys.stdout.write("in process   in pool   difference  (microseconds)\n")
        for text, number in QUERIES.items():
            inside, outside = measure(embedded, text, number), measure(pooled, text, number)
            sys.stdout.write(f"{inside:10.1f}{outside:10.1f}{outside - inside:13.1f}  {text}\n")
        pooled.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
