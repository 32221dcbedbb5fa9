"""Tests of counting and logging of answers, whichever way they were made."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from eild.errors import EildError, QueryTimeoutError, ResultTooLargeError
from eild.exchange.accounts import Accounts, name_status
from eild.exchange.answer import Note
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import RequestLog, hash_query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    ReadNumbers = Callable[[str | Metrics], Callable[..., float]]


@pytest.mark.parametrize(
    ("status", "failure", "outcome"),
    [
        (200, None, "ok"),
        (303, None, "ok"),
        (304, None, "not_modified"),
        (404, None, "refused"),
        (500, None, "failed"),
        (503, QueryTimeoutError("too slow"), "timeout"),
        (422, ResultTooLargeError("too large"), "too_large"),
    ],
)
def test_name_status_failure_says_more_than_status(status: int, failure: EildError | None, outcome: str) -> None:
    """The outcome is that of the failure if there was one, otherwise that of the status."""
    assert name_status(status, failure) == outcome


def test_enter_query_counted_and_logged(tmp_path: Path, read_numbers: ReadNumbers) -> None:
    """A query is counted by route and by outcome, and its line has the hash of its text."""
    metrics, path = Metrics(), tmp_path / "log"
    accounts = Accounts(metrics, RequestLog(str(path)))
    note = Note("/sparql", "ok", is_query=True, query="ASK {}")
    accounts.enter(note, method="GET", path="/sparql", status=200, size=5, started=time.perf_counter())
    numbers = read_numbers(metrics)
    assert numbers("eild_http_requests_total", route="/sparql", method="GET", status="200") == 1
    assert numbers("eild_queries_total", outcome="ok") == 1
    assert numbers("eild_http_requests_in_flight") == 0
    line = json.loads(path.read_text(encoding="utf-8"))
    assert (line["path"], line["bytes"], line["query_hash"]) == ("/sparql", 5, hash_query("ASK {}"))


def test_enter_request_in_flight_no_longer_counted_so(read_numbers: ReadNumbers) -> None:
    """A request that was counted when it came is no longer in flight; one that was not leaves the number alone."""
    metrics = Metrics()
    accounts = Accounts(metrics)
    metrics.begin_request()
    note = Note("/", "ok")
    accounts.enter(note, method="GET", path="/", status=200, size=0, started=0, in_flight=True)
    accounts.enter(note, method="GET", path="/", status=200, size=0, started=0)
    numbers = read_numbers(metrics)
    assert numbers("eild_http_requests_in_flight") == 0
    assert numbers("eild_http_requests_total", route="/", method="GET", status="200") == 2


def test_enter_invented_methods_make_one_series(read_numbers: ReadNumbers) -> None:
    """Methods that no route has are counted together, so that a client cannot make series without end."""
    metrics = Metrics()
    accounts = Accounts(metrics)
    for number in range(50):
        note = Note("none", "refused")
        accounts.enter(note, method=f"INVENTED-{number}", path="/", status=405, size=0, started=0)
    numbers = read_numbers(metrics)
    assert numbers("eild_http_requests_total", route="none", method="other", status="405") == 50
    assert b"INVENTED" not in metrics.render("1")
