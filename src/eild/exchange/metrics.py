"""What the server has done, in numbers, for Prometheus (text format 0.0.4).

Each HTTP process counts for itself and writes its numbers to a file of its own in a folder that all of them share,
once a second and whenever it is asked. The answer of ``/metrics`` is the sum over the files, whichever process makes
it: other processes are at most a second late, and what a process counted stays counted after its end.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import threading
from bisect import bisect_left
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from eild import __version__
from eild.errors import BusyError, ClientGoneError, EnvironmentFailure, QueryTimeoutError, ResultTooLargeError
from eild.process import is_running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from eild.errors import EildError

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""The content type of the text."""
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, math.inf)
"""Upper bounds of the durations that are counted together, in seconds."""
OUTCOMES: Final = ("ok", "not_modified", "refused", "too_large", "timeout", "busy", "gone", "failed")
"""How a query can end."""
CACHE: Final = ("hit", "shared", "miss", "passed")
"""How a request can meet the cache of answers."""
CUTS: Final = ("sends too slowly", "reads too slowly", "sends too much")
"""Why a connection is cut."""

_HELP: Final = {
    "eild_http_requests_total": ("counter", "Requests by route, method and status."),
    "eild_http_request_duration_seconds": ("histogram", "Seconds until the answer was made, by route and status."),
    "eild_http_requests_in_flight": ("gauge", "Requests that are being answered."),
    "eild_http_processes": ("gauge", "HTTP processes that run."),
    "eild_http_process_starts_total": ("counter", "HTTP processes started; more than run mean restarts."),
    "eild_connections": ("gauge", "Open connections of clients."),
    "eild_connections_cut_total": ("counter", "Connections that were cut, by reason."),
    "eild_queries_total": ("counter", "Queries by outcome."),
    "eild_cache_requests_total": (
        "counter",
        "Requests answered from memory (hit), with an equal one (shared), or anew (miss, passed if never kept).",
    ),
    "eild_cache_bytes": ("gauge", "Memory of the answers that are kept."),
    "eild_query_places": ("gauge", "Queries that run in the short and the slow lane or wait, and idle processes."),
    "eild_dataset_info": ("gauge", "The version of the dataset that is served."),
    "eild_program_info": ("gauge", "The version of the program."),
}

Key = tuple[str, ...]
"""Name of a metric, then names and values of its labels in turn."""


def name_outcome(error: EildError) -> str:
    """Return how a query ended that failed."""
    kinds = (
        (ResultTooLargeError, "too_large"),
        (QueryTimeoutError, "timeout"),
        (BusyError, "busy"),
        (ClientGoneError, "gone"),
        (EnvironmentFailure, "failed"),
    )
    return next((name for kind, name in kinds if isinstance(error, kind)), "refused")


@lru_cache(maxsize=1024)
def _name_series(route: str, method: str, status: int) -> tuple[Key, tuple[Key, ...], Key]:
    """Return the series of answers to a route: their number, one for each bucket, and the sum of their durations."""
    labels = ("route", route, "status", str(status))
    name = "eild_http_request_duration_seconds"
    number = ("eild_http_requests_total", "route", route, "method", method, "status", str(status))
    return number, tuple((name, *labels, "le", f"{bound:g}") for bound in BUCKETS), (f"{name}_sum", *labels)


class Metrics:
    """The numbers of one HTTP process.

    :param folder: where the processes of the server leave their numbers; none where there is one process
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()
        self._gauges: dict[Key, Callable[[], float]] = {}
        self._in_flight = 0
        self._connections = 0
        for outcome in OUTCOMES:
            self._counts["eild_queries_total", "outcome", outcome] = 0
        for result in CACHE:
            self._counts["eild_cache_requests_total", "result", result] = 0
        for reason in CUTS:
            self._counts["eild_connections_cut_total", "reason", reason] = 0
        self._counts["eild_http_process_starts_total",] = 1

    def begin_request(self) -> None:
        """Count a request that has come."""
        with self._lock:
            self._in_flight += 1

    def end_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that is answered.

        :param route: the rule that it came by, so that there are not as many as paths
        """
        with self._lock:
            self._in_flight -= 1
            self._count_request(route, method, status, seconds)

    def _count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer; the caller holds the lock."""
        request, buckets, total = _name_series(route, method, status)
        counts = self._counts
        counts[request] += 1
        counts[buckets[bisect_left(BUCKETS, seconds)]] += 1
        counts[total] += seconds  # type: ignore[assignment] # counts may be fractions

    def drop_request(self) -> None:
        """Take back that a request has come: it is counted by :meth:`count_request`, or comes to another."""
        with self._lock:
            self._in_flight -= 1

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered at once, so that it was never seen in flight."""
        with self._lock:
            self._count_request(route, method, status, seconds)

    def count_cache(self, how: str) -> None:
        """Count how a request met the cache of answers, one of :data:`CACHE`."""
        with self._lock:
            self._counts["eild_cache_requests_total", "result", how] += 1

    def watch_cache(self, measure: Callable[[], float]) -> None:
        """Show the memory of the answers that are kept.

        :param measure: returns it in bytes
        """
        self._gauges["eild_cache_bytes",] = measure

    def count_query(self, outcome: str) -> None:
        """Count a query by its outcome, one of :data:`OUTCOMES`."""
        with self._lock:
            self._counts["eild_queries_total", "outcome", outcome] += 1

    def report_connections(self, reason: str, number: int) -> None:
        """Count a connection that was cut for a reason, or note how many are open where there is none.

        Called once a second, so it also shows the numbers to the other processes.
        """
        with self._lock:
            if reason:
                self._counts["eild_connections_cut_total", "reason", reason] += 1
            else:
                self._connections = number
        if not reason:
            self.publish()

    def watch(self, places: Callable[[], Mapping[str, float]]) -> None:
        """Show numbers of the query engine.

        :param places: returns how many queries run and wait, by name
        """
        for name in places():
            self._gauges["eild_query_places", "state", name] = lambda name=name: places().get(name, 0)  # type: ignore[misc]

    def _snapshot(self) -> dict[str, list[list[object]]]:
        with self._lock:
            counts = dict(self._counts)
            gauges: dict[Key, float] = {
                ("eild_http_requests_in_flight",): self._in_flight,
                ("eild_connections",): self._connections,
                ("eild_http_processes",): 1,
            }
        gauges |= {key: read() for key, read in self._gauges.items()}
        return {
            "counts": [[list(key), value] for key, value in counts.items()],
            "gauges": [[list(key), value] for key, value in gauges.items()],
        }

    def publish(self) -> None:
        """Show the numbers of this process to the others."""
        if self._folder is None:
            return
        path = self._folder / f"{os.getpid()}.json"
        temporary = path.with_suffix(f".{threading.get_ident()}")
        with contextlib.suppress(OSError):  # a full disk must not end the service
            temporary.write_text(json.dumps(self._snapshot()), encoding="utf-8")
            temporary.replace(path)

    def _read_all(self) -> Iterable[tuple[bool, dict[str, list[list[object]]]]]:
        """Yield the numbers of each process that ever was, and whether it runs."""
        if self._folder is None:
            yield True, self._snapshot()
            return
        self.publish()
        for path in sorted(self._folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                yield is_running(int(path.stem)), json.loads(path.read_text(encoding="utf-8"))

    def collect(self) -> dict[Key, float]:
        """Return the numbers of all processes, summed; gauges of those that run."""
        found: Counter[Key] = Counter()
        for running, snapshot in self._read_all():
            for part in ("counts", "gauges") if running else ("counts",):
                for key, value in snapshot[part]:
                    found[tuple(key)] += value  # type: ignore[arg-type,operator] # as written by publish
        return dict(found)

    def render(self, version: str) -> bytes:
        """Return the text that Prometheus reads.

        :param version: the version of the dataset
        """
        found = self.collect()
        found["eild_dataset_info", "version", version] = 1
        found["eild_program_info", "version", __version__] = 1
        lines = []
        for name, (kind, text) in _HELP.items():
            lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
            samples = {key: value for key, value in found.items() if key[0] == name}
            if kind == "histogram":
                lines += _render_histogram(name, samples, found)
            else:
                lines += [_render(key, value) for key, value in sorted(samples.items())]
        return ("\n".join(lines) + "\n").encode()


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _render(key: Key, value: float) -> str:
    labels = ",".join(f'{name}="{_escape(text)}"' for name, text in zip(key[1::2], key[2::2], strict=True))
    number = f"{value:.6f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
    return f"{key[0]}{{{labels}}} {number}" if labels else f"{key[0]} {number}"


def _render_histogram(name: str, samples: Mapping[Key, float], found: Mapping[Key, float]) -> list[str]:
    """Return buckets that each hold those before, then sum and count."""
    lines = []
    for labels in sorted({key[1:-2] for key in samples}):
        total = 0.0
        for bound in BUCKETS:
            total += samples.get((name, *labels, "le", f"{bound:g}"), 0)
            shown = "+Inf" if bound == math.inf else f"{bound:g}"
            lines.append(_render((f"{name}_bucket", *labels, "le", shown), total))
        lines.append(_render((f"{name}_sum", *labels), found.get((f"{name}_sum", *labels), 0)))
        lines.append(_render((f"{name}_count", *labels), total))
    return lines
