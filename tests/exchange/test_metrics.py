"""Tests of the numbers for Prometheus, and of what says whether the server is well."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from eild.errors import (
    BusyError,
    ClientGoneError,
    EildError,
    EnvironmentFailure,
    QueryError,
    QueryTimeoutError,
    ResultTooLargeError,
)
from eild.exchange.metrics import BUCKETS, OUTCOMES, Metrics, name_outcome
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from eild.query.engine import QueryAnswer, QueryRequest
    from eild.web.frame.site import Site

    ReadNumbers = Callable[[str | Metrics], Callable[..., float]]


class FailingEngine:
    """An engine that is away."""

    def __init__(self, error: EildError) -> None:
        self.error = error

    def evaluate(self, request: QueryRequest) -> QueryAnswer:  # noqa: ARG002 - the protocol's own
        """Fail."""
        raise self.error

    def close(self) -> None:
        """Do nothing."""


FAILURES = [
    (QueryError("x"), "refused"),
    (ResultTooLargeError("x"), "too_large"),
    (QueryTimeoutError("x"), "timeout"),
    (BusyError("x"), "busy"),
    (ClientGoneError("x"), "gone"),
    (EnvironmentFailure("x"), "failed"),
]


@pytest.mark.parametrize(("error", "outcome"), FAILURES)
def test_name_outcome_each_failure_named(error: EildError, outcome: str) -> None:
    """Each way to fail has its name, and a series from the beginning."""
    assert name_outcome(error) == outcome
    assert outcome in OUTCOMES


@pytest.mark.parametrize(("error", "outcome"), FAILURES)
def test_metrics_failing_query_counted_by_outcome(
    site: Site, error: EildError, outcome: str, read_numbers: ReadNumbers
) -> None:
    """A query that fails is counted under what became of it."""
    client = create_app(replace(site, engine=FailingEngine(error))).test_client()
    status = client.get("/sparql", query_string={"query": "ASK {}"}).status_code
    numbers = read_numbers(client.get("/metrics").text)
    assert numbers("eild_queries_total", outcome=outcome) == 1
    assert numbers("eild_http_requests_total", route="/sparql", method="GET", status=str(status)) == 1


def test_metrics_answers_counted_by_route_status_and_duration(client: FlaskClient, read_numbers: ReadNumbers) -> None:
    """Requests are counted by the rule that they came by, and their durations in buckets that add up."""
    for name in ("one", "two", "three"):
        client.get(f"/doc/agent/{name}")
    first = client.get("/sparql", query_string={"query": "ASK {}"})
    client.get("/sparql", query_string={"query": "ASK {}"}, headers={"If-None-Match": first.headers["ETag"]})
    client.open("/", method="INVENTED")
    response = client.get("/metrics")
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    numbers = read_numbers(response.text)
    assert numbers("eild_http_requests_total", route="/doc/<path:name>", method="GET", status="404") == 3
    assert numbers("eild_queries_total", outcome="ok") == 1
    assert numbers("eild_queries_total", outcome="not_modified") == 1
    assert "INVENTED" not in response.text
    labels = {"route": "/doc/<path:name>", "status": "404"}
    name = "eild_http_request_duration_seconds"
    buckets = [numbers(f"{name}_bucket", **labels, le=str(bound).replace("inf", "+Inf")) for bound in BUCKETS]
    assert buckets == sorted(buckets)
    assert buckets[-1] == numbers(f"{name}_count", **labels) == 3
    assert numbers(f"{name}_sum", **labels) > 0
    assert numbers("eild_http_requests_in_flight") == 1
    assert numbers("eild_dataset_info", version="1.2.3") == 1


def test_metrics_every_family_has_help_and_type_before_it_has_a_sample(client: FlaskClient) -> None:
    """What can be counted is listed from the beginning, in the order of the table."""
    text = client.get("/metrics").text
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert list(kinds)[:3] == [
        "eild_http_requests_total",
        "eild_http_request_duration_seconds",
        "eild_http_requests_in_flight",
    ]
    assert kinds["eild_cache_bytes"] == "gauge"
    assert len(kinds) == 13
    assert {name for name, _ in re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE)} == set(kinds)


PROCESS = """
import sys
from pathlib import Path
from eild.exchange.metrics import Metrics
metrics = Metrics(Path(sys.argv[1]))
metrics.begin_request()
metrics.count_request("/", "GET", 200, 0.2)
metrics.watch(lambda: {"waiting": 2})
metrics.publish()
print("ready", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def run_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a process that counts; it ends with the context."""
    command = [sys.executable, "-c", PROCESS, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_metrics_several_processes_summed(tmp_path: Path, read_numbers: ReadNumbers) -> None:
    """Counts of all processes are summed, those of dead ones too; gauges only of those that run."""
    with run_process(tmp_path), run_process(tmp_path) as second, contextlib.closing(Metrics(tmp_path)) as mine:
        mine.count_request("/", "GET", 200, 3.0, in_flight=True)
        for alive in (3, 2):
            numbers = read_numbers(mine.render('a"\\b\n').decode())
            assert numbers("eild_http_requests_total", route="/", method="GET", status="200") == 3
            assert numbers("eild_http_request_duration_seconds_count", route="/", status="200") == 3
            assert numbers("eild_http_request_duration_seconds_bucket", route="/", status="200", le="0.25") == 2
            assert numbers("eild_http_request_duration_seconds_sum", route="/", status="200") == pytest.approx(3.4)
            assert numbers("eild_http_process_starts_total") == 3
            assert numbers("eild_http_processes") == alive
            assert numbers("eild_http_requests_in_flight") == alive - 2
            assert numbers("eild_query_places", state="waiting") == 2 * (alive - 1)
            assert numbers("eild_dataset_info", version='a"\\b\n') == 1
            second.kill()
            second.wait()


def test_metrics_process_with_the_number_of_a_dead_one_loses_nothing(tmp_path: Path, read_numbers: ReadNumbers) -> None:
    """The system gives numbers of processes again; what the first one counted stays."""
    for _ in range(2):
        with contextlib.closing(Metrics(tmp_path)) as metrics:
            metrics.count_request("/", "GET", 200, 0.1)
            numbers = read_numbers(metrics)
    assert numbers("eild_http_requests_total", route="/", method="GET", status="200") == 2
    assert numbers("eild_http_processes") == 1


def test_metrics_many_threads_lose_no_count(tmp_path: Path, read_numbers: ReadNumbers) -> None:
    """Counting and publishing at the same time, by many threads, is exact, also for more series than fit at first."""

    def count(number: int) -> None:
        for step in range(200):
            metrics.begin_request()
            metrics.count_request(f"/route{step}", "GET", 200 + number, 0.01, in_flight=True)
            metrics.count_cache("hit")
            if step % 50 == 0:
                metrics.publish()

    with contextlib.closing(Metrics(tmp_path)) as metrics:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(count, range(8)))
        numbers = read_numbers(metrics)
    assert numbers("eild_cache_requests_total", result="hit") == 1600
    assert numbers("eild_http_requests_in_flight") == 0
    for number in range(8):
        labels = {"route": f"/route{number}", "status": str(200 + number)}
        assert numbers("eild_http_requests_total", **labels, method="GET") == 1
        assert numbers("eild_http_request_duration_seconds_count", **labels) == 1


def test_metrics_folder_gone_serves_on(tmp_path: Path) -> None:
    """Numbers that cannot be shown to others end nothing."""
    metrics = Metrics(tmp_path / "gone")
    metrics.publish()
    assert b"eild_program_info" in metrics.render("1")


def test_ready_engine_away_degraded_says_why(site: Site) -> None:
    """A server that answers no query says so, and why; that it lives is another question."""
    client = create_app(
        replace(site, engine=FailingEngine(EnvironmentFailure("it is away", hint="wait")))
    ).test_client()
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert json.loads(response.text) == {"status": "degraded", "version": "1.2.3", "why": "it is away", "hint": "wait"}
    assert int(response.headers["Retry-After"]) > 0
    assert client.get("/health/live").status_code == 200
