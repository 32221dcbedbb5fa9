"""One client that asks small queries while others send such that want all time and memory.

``python -m benchmarks.serve --groups bombs`` runs it. The load generator keeps as many connections busy as
:data:`CONNECTIONS` says, asking the next expensive query as soon as the last was answered or refused; none is like
another, so that no answer can be kept. Meanwhile one client asks point queries, all different, one after the other.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.load import Requests, find_percentile, parse_report, run_generator
from benchmarks.queries import write_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.load import Server
    from benchmarks.queries import Kind

CONNECTIONS: Final = 12
"""How many send expensive queries."""

_JOIN: Final = " ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(6)) + " FILTER(?c1 != 'NUMBER')"
BOMBS: Final = (
    f"SELECT (COUNT(*) AS ?n) {{ {_JOIN} }}",
    f"SELECT * {{ {_JOIN} }} ORDER BY ?a1 ?b2 ?c3",
    f"SELECT DISTINCT * {{ {_JOIN} }}",
    f"SELECT (GROUP_CONCAT(?c1) AS ?all) {{ {_JOIN} }}",
    f"SELECT * {{ {_JOIN} }}",
)
"""The expensive queries, in which NUMBER stands for a number that differs in each request."""

_FIELDS: Final = {"Accept": "application/sparql-results+json"}
_CLIENT_SECONDS: Final = 60
_FIRST: Final = 1_000_000
_OK: Final = 200


@dataclass(frozen=True)
class Healthy:
    """What the client of small queries got.

    :ivar seconds: how long it asked
    :ivar answered: how many were answered
    :ivar failed: how many were refused or not answered
    :ivar median: milliseconds that half of the answered took at most
    :ivar slowest: milliseconds that 99 of 100 took at most
    :ivar longest: milliseconds of the one that took longest
    :ivar bombs: how many expensive queries came to an end meanwhile, by an answer or a refusal
    """

    seconds: float
    answered: int
    failed: int
    median: float
    slowest: float
    longest: float
    bombs: int


def summarize(times: Sequence[float | None], seconds: float, bombs: int) -> Healthy:
    """Return what came of queries from the milliseconds of each, nothing for those that were not answered.

    :param seconds: how long they were asked
    :param bombs: how many expensive queries came to an end meanwhile
    """
    found = [value for value in times if value is not None] or [float("inf")]
    answered = len(times) - times.count(None)
    median, slowest, longest = (round(find_percentile(found, share), 3) for share in (0.5, 0.99, 1))
    return Healthy(seconds, answered, times.count(None), median, slowest, longest, bombs)


def ask_in_turn(server: Server, kind: Kind, endpoint: str, seconds: float) -> list[float | None]:
    """Ask different queries one after the other; return the milliseconds of each, nothing for one that failed."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_CLIENT_SECONDS)
    times: list[float | None] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        path = write_path(endpoint, kind.fill(len(times), _FIRST + len(times)))
        started = time.perf_counter()
        try:
            connection.request("GET", path, headers=_FIELDS)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            times.append(None)
            continue
        times.append((time.perf_counter() - started) * 1000 if answer.status == _OK else None)
    connection.close()
    return times


def measure_alone(server: Server, kind: Kind, endpoint: str, seconds: float) -> Healthy:
    """Return what the client of small queries gets when it is the only one."""
    return summarize(ask_in_turn(server, kind, endpoint, seconds), seconds, 0)


def measure_under_bombs(server: Server, kind: Kind, endpoint: str, seconds: int) -> Healthy:
    """Return what the client of small queries gets while others send expensive ones without pause.

    :param kind: its queries
    :param endpoint: the path at which the server answers queries
    """
    paths = [write_path(endpoint, text) for text in BOMBS]
    with run_generator(server, Requests(paths, _FIELDS, connections=CONNECTIONS), seconds + 1) as process:
        time.sleep(1)  # until all of them are at it
        times = ask_in_turn(server, kind, endpoint, seconds)
        text, _ = process.communicate()
    load = parse_report(text, 0)
    return summarize(times, seconds, round(load.rate * (seconds + 1)) + load.failures)
