"""Numbers about the server for Prometheus (text format 0.0.4).

Each HTTP process counts in memory, because a request must not wait for a file, and copies its numbers once a second to
files in the format of ``prometheus_client`` (https://prometheus.github.io/client_python/multiprocess/). The process
that answers ``/metrics`` has that library merge the files of all processes. The counters of a process outlive it; its
gauges do not.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from bisect import bisect_left
from collections import Counter
from functools import lru_cache, partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from eild import __version__
from eild.errors import BusyError, ClientGoneError, EnvironmentFailure, QueryTimeoutError, ResultTooLargeError
from eild.process import is_running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eild.errors import EildError

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
"""The content type of the text."""
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, inf)
"""Upper bounds of the buckets for durations, in seconds."""
OUTCOMES: Final = ("ok", "not_modified", "refused", "too_large", "timeout", "busy", "gone", "failed")
"""Outcomes of a query."""
CACHE: Final = ("hit", "shared", "miss", "passed")
"""Outcomes of looking up a request in the response cache."""
CUTS: Final = ("sends too slowly", "reads too slowly", "sends too much")
"""Reasons for closing a connection."""


class _Family(NamedTuple):
    """A family of series: its type, its help text, and the names of its labels."""

    kind: str
    text: str
    labels: tuple[str, ...] = ()


_DURATION: Final = "eild_http_request_duration_seconds"
_FAMILIES: Final = {
    "eild_http_requests": _Family("counter", "Requests by route, method and status.", ("route", "method", "status")),
    _DURATION: _Family("histogram", "Seconds until the answer was made, by route and status.", ("route", "status")),
    "eild_http_requests_in_flight": _Family("gauge", "Requests that are being answered."),
    "eild_http_processes": _Family("gauge", "HTTP processes that run."),
    "eild_http_process_starts": _Family("counter", "HTTP processes started; more than run mean restarts."),
    "eild_connections": _Family("gauge", "Open connections of clients."),
    "eild_connections_cut": _Family("counter", "Connections that were cut, by reason.", ("reason",)),
    "eild_queries": _Family("counter", "Queries by outcome.", ("outcome",)),
    "eild_cache_requests": _Family(
        "counter",
        "Requests answered from memory (hit), with an equal one (shared), or anew (miss, passed if never kept).",
        ("result",),
    ),
    "eild_cache_bytes": _Family("gauge", "Memory of the answers that are kept."),
    "eild_query_places": _Family(
        "gauge", "Queries that run in the short and the slow lane or wait, and idle processes.", ("state",)
    ),
    "eild_dataset_info": _Family("gauge", "The version of the dataset that is served.", ("version",)),
    "eild_program_info": _Family("gauge", "The version of the program.", ("version",)),
}
"""All families by name, in the order in which they are shown; the series of counters end in ``_total``."""


def name_outcome(error: EildError) -> str:
    """Return the outcome of a query that failed."""
    kinds = (
        (ResultTooLargeError, "too_large"),
        (QueryTimeoutError, "timeout"),
        (BusyError, "busy"),
        (ClientGoneError, "gone"),
        (EnvironmentFailure, "failed"),
    )
    return next((name for kind, name in kinds if isinstance(error, kind)), "refused")


@lru_cache(maxsize=1024)
def _key(name: str, *values: str, ending: str = "", bound: float | None = None) -> str:
    """Return the name of a series in the files, which also is its name in memory.

    :param name: the name of its family
    :param values: the values of its labels
    :param ending: the ending of the names of its samples; that of counters is ``_total``
    :param bound: the upper bound of a bucket
    """
    kind, text, labels = _FAMILIES[name]
    edge = {} if bound is None else {"le": floatToGoString(bound)}  # type: ignore[no-untyped-call]
    names, texts = [*labels, *edge], [*values, *edge.values()]
    return mmap_key(name, name + (ending or ("_total" if kind == "counter" else "")), names, texts, text)


@lru_cache(maxsize=1024)
def _name_series(
    route: str, method: str, status: int, outcome: str, cache: str
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return the series of responses to a route: what counts them, one for each bucket, and the sum of durations.

    :param outcome: of the query that they answer; empty if they answer none
    :param cache: outcome of looking up the request in the response cache; empty if it is counted elsewhere
    """
    code = str(status)
    buckets = tuple(_key(_DURATION, route, code, ending="_bucket", bound=bound) for bound in BUCKETS)
    numbers = [_key("eild_http_requests", route, method, code)]
    numbers += [_key("eild_queries", outcome)] if outcome else []
    numbers += [_key("eild_cache_requests", cache)] if cache else []
    return tuple(numbers), buckets, _key(_DURATION, route, code, ending="_sum")


def _open_file(path: Path, room: int) -> MmapedDict:
    """Return a new file, which readers see when it is complete.

    Its blocks are written now: on a disk that is full later, a write to a mapped hole would end the process.
    """
    temporary = path.with_suffix(".new")
    temporary.write_bytes(bytes(room))
    file = MmapedDict(str(temporary))  # type: ignore[no-untyped-call]
    temporary.replace(path)
    return file


def _open_files(folder: Path) -> dict[str, MmapedDict]:
    """Return new files for the numbers of this process, by type of the family.

    :raises OSError: if they cannot be written
    """
    unique = f"{os.getpid()}-{time.time_ns()}"  # an earlier process may have had the same number
    return {
        "counter": _open_file(folder / f"counter_{unique}.db", 1 << 18),
        "histogram": _open_file(folder / f"histogram_{unique}.db", 1 << 20),
        "gauge": _open_file(folder / f"gauge_livesum_{os.getpid()}.db", 1 << 16),
    }


def _close_files(files: Mapping[str, MmapedDict]) -> None:
    for file in files.values():
        file.close()  # type: ignore[no-untyped-call]


def _read_files(folder: Path) -> dict[str, Metric]:
    """Return the numbers of all processes, summed, by family; gauges of the processes that run."""
    for path in folder.glob("gauge_livesum_*.db"):
        process = path.stem.rpartition("_")[2]
        if not is_running(int(process)):
            with contextlib.suppress(FileNotFoundError):  # another process has removed it
                mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]
    found = MultiProcessCollector.merge([str(path) for path in folder.glob("*.db")])  # type: ignore[no-untyped-call]
    return {family.name: family for family in found}


class _Report(Collector):
    """The families in the order of the table, also those without a sample.

    :param found: the families that have samples, by name
    """

    def __init__(self, found: Mapping[str, Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        for name, family in _FAMILIES.items():
            yield self._found.get(name) or Metric(name, family.text, family.kind)


class Metrics:
    """The numbers of one HTTP process.

    :param folder: directory in which all processes of the server share their numbers; None if there is one process
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._files: dict[str, MmapedDict] = {}
        self._publishing = threading.Lock()
        self._lock = threading.Lock()
        self._counters: Counter[str] = Counter()
        self._durations: Counter[str] = Counter()
        self._gauges: dict[str, Callable[[], float]] = {}
        self._caches: dict[str, Callable[[], float]] = {}
        self._places: dict[str, Callable[[], Mapping[str, float]]] = {}
        self._in_flight = 0
        self._connections = 0
        named = {"eild_queries": OUTCOMES, "eild_cache_requests": CACHE, "eild_connections_cut": CUTS}
        for name, values in named.items():
            self._counters.update({_key(name, value): 0 for value in values})
        self._counters[_key("eild_http_process_starts")] = 1

    def begin_request(self) -> None:
        """Count a request that has arrived."""
        with self._lock:
            self._in_flight += 1

    def drop_request(self) -> None:
        """Undo :meth:`begin_request`: :meth:`count_request` counts the request, or another process answers it."""
        with self._lock:
            self._in_flight -= 1

    def count_request(  # noqa: PLR0913 - what is counted, by name
        self,
        route: str,
        method: str,
        status: int,
        seconds: float,
        times: int = 1,
        *,
        outcome: str = "",
        cache: str = "",
        in_flight: bool = False,
    ) -> None:
        """Count a request that was answered, or several equal ones.

        :param route: the rule that matched its path, so that there are fewer series than paths
        :param times: how many
        :param outcome: outcome of the query that it asked, one of :data:`OUTCOMES`; empty if it asked none
        :param cache: outcome of looking it up in the response cache, one of :data:`CACHE`; empty if counted already
        :param in_flight: whether it was counted by :meth:`begin_request`
        """
        numbers, buckets, total = _name_series(route, method, status, outcome, cache)
        counters, durations = self._counters, self._durations
        bucket = buckets[bisect_left(BUCKETS, seconds)]
        with self._lock:
            if in_flight:
                self._in_flight -= 1
            for number in numbers:
                counters[number] += times
            if total not in durations:
                durations.update(dict.fromkeys(buckets, 0))  # a histogram has all its buckets
            durations[bucket] += times
            durations[total] += seconds * times  # type: ignore[assignment] # counts may be fractions

    def count_cache(self, how: str, times: int = 1) -> None:
        """Count the outcome of looking up requests in the response cache, one of :data:`CACHE`."""
        with self._lock:
            self._counters[_key("eild_cache_requests", how)] += times

    def watch_cache(self, measure: Callable[[], float], site: str = "") -> None:
        """Show the memory of the response caches.

        :param measure: returns it in bytes
        :param site: which site has the cache; its former one is forgotten
        """
        self._caches[site] = measure
        self._gauges[_key("eild_cache_bytes")] = lambda: sum(measure() for measure in tuple(self._caches.values()))

    def report_connections(self, reason: str, number: int) -> None:
        """Count a connection that was closed for a reason; without a reason, note the number of open connections.

        The latter happens once a second, and also shows all numbers to the other processes.
        """
        with self._lock:
            if reason:
                self._counters[_key("eild_connections_cut", reason)] += 1
            else:
                self._connections = number
        if not reason:
            self.publish()

    def watch(self, places: Callable[[], Mapping[str, float]], site: str = "") -> None:
        """Show numbers of the query engines.

        :param places: returns the numbers of running and waiting queries, by name
        :param site: which site has the engine; its former one is forgotten
        """
        self._places[site] = places
        for name in places():
            self._gauges[_key("eild_query_places", name)] = partial(self._count_places, name)

    def _count_places(self, name: str) -> float:
        return sum(places().get(name, 0) for places in tuple(self._places.values()))

    def _read(self) -> dict[str, dict[str, float]]:
        """Return the numbers of this process by type of the family and name of the series."""
        gauges = {key: measure() for key, measure in self._gauges.items()}
        with self._lock:
            gauges[_key("eild_http_requests_in_flight")] = self._in_flight
            gauges[_key("eild_connections")] = self._connections
            gauges[_key("eild_http_processes")] = 1
            return {"counter": dict(self._counters), "histogram": dict(self._durations), "gauge": gauges}

    def _write(self, files: Mapping[str, MmapedDict]) -> None:
        for kind, numbers in self._read().items():
            for key, value in numbers.items():
                files[kind].write_value(key, value, 0.0)  # type: ignore[no-untyped-call]

    def publish(self) -> None:
        """Show the numbers of this process to the others, if there are any."""
        if self._folder is None:
            return
        with self._publishing, contextlib.suppress(OSError):  # a full disk must not end the service
            self._files = self._files or _open_files(self._folder)
            self._write(self._files)

    def close(self) -> None:
        """Close the files; the numbers in them stay."""
        with self._publishing:
            _close_files(self._files)
            self._files = {}

    def _collect(self) -> dict[str, Metric]:
        """Return the numbers of all processes by family."""
        if self._folder is not None:
            self.publish()
            return _read_files(self._folder)
        with tempfile.TemporaryDirectory(prefix="eild-") as folder:
            files = _open_files(Path(folder))
            self._write(files)
            _close_files(files)
            return _read_files(Path(folder))

    def render(self, version: str) -> bytes:
        """Return the text that Prometheus reads.

        :param version: the version of the dataset
        """
        found = self._collect()
        for name, value in (("eild_dataset_info", version), ("eild_program_info", __version__)):
            family = GaugeMetricFamily(name, _FAMILIES[name].text, labels=_FAMILIES[name].labels)
            family.add_metric([value], 1)
            found[name] = family
        return generate_latest(_Report(found))
