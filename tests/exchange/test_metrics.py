"""Tests of the numbers for Prometheus, and of what says whether the server is well."""

from __future__ import annotations

import json
import os
import re
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
from eild.exchange.metrics import OUTCOMES, Metrics, name_outcome
from eild.web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from eild.query.engine import QueryAnswer, QueryRequest
    from eild.web.frame.site import Site

SAMPLE = re.compile(r'[a-z_]+(?:\{[a-z]+="(?:[^"\\\n]|\\.)*"(?:,[a-z]+="(?:[^"\\\n]|\\.)*")*\})? [0-9.e+-]+')


def read_samples(text: str) -> dict[str, float]:
    """Return the samples of an exposition by name and labels, having checked each line."""
    samples = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            assert SAMPLE.fullmatch(line), line
            name, _, value = line.rpartition(" ")
            samples[name] = float(value)
    return samples


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
def test_metrics_failing_query_counted_by_outcome(site: Site, error: EildError, outcome: str) -> None:
    """A query that fails is counted under what became of it."""
    client = create_app(replace(site, engine=FailingEngine(error))).test_client()
    status = client.get("/sparql", query_string={"query": "ASK {}"}).status_code
    samples = read_samples(client.get("/metrics").text)
    assert samples[f'eild_queries_total{{outcome="{outcome}"}}'] == 1
    assert samples[f'eild_http_requests_total{{route="/sparql",method="GET",status="{status}"}}'] == 1


def test_metrics_answers_counted_by_route_status_and_duration(client: FlaskClient) -> None:
    """Requests are counted by the rule that they came by, and their durations in buckets that add up."""
    for name in ("one", "two", "three"):
        client.get(f"/doc/agent/{name}")
    first = client.get("/sparql", query_string={"query": "ASK {}"})
    client.get("/sparql", query_string={"query": "ASK {}"}, headers={"If-None-Match": first.headers["ETag"]})
    client.open("/", method="INVENTED")
    response = client.get("/metrics")
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    samples = read_samples(response.text)
    assert samples['eild_http_requests_total{route="/doc/<path:name>",method="GET",status="404"}'] == 3
    assert samples['eild_queries_total{outcome="ok"}'] == 1
    assert samples['eild_queries_total{outcome="not_modified"}'] == 1
    assert "INVENTED" not in response.text
    labels = 'route="/doc/<path:name>",status="404"'
    duration = "eild_http_request_duration_seconds"
    buckets = [value for name, value in samples.items() if name.startswith(f"{duration}_bucket{{{labels}")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == samples[f"{duration}_count{{{labels}}}"] == 3
    assert samples[f"{duration}_sum{{{labels}}}"] > 0
    assert samples["eild_http_requests_in_flight"] == 1
    assert 'eild_dataset_info{version="1.2.3"} 1' in response.text


def test_metrics_several_processes_summed(tmp_path: Path) -> None:
    """Counts of all processes are summed, those of dead ones too; gauges only of those that run."""
    mine = Metrics(tmp_path)
    mine.begin_request()
    mine.end_request("/", "GET", 200, 0.2)
    mine.watch(lambda: {"waiting": 2})
    mine.publish()
    shown = (tmp_path / f"{os.getpid()}.json").read_text(encoding="utf-8")
    (tmp_path / "1.json").write_text(shown, encoding="utf-8")
    (tmp_path / "99999999.json").write_text(shown, encoding="utf-8")
    (tmp_path / "7.json").write_text("torn", encoding="utf-8")
    samples = read_samples(mine.render('a"\\b').decode())
    assert samples['eild_http_requests_total{route="/",method="GET",status="200"}'] == 3
    assert samples["eild_http_process_starts_total"] == 3
    assert samples["eild_http_processes"] == 2
    assert samples['eild_query_places{state="waiting"}'] == 4
    assert samples['eild_dataset_info{version="a\\"\\\\b"}'] == 1


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
