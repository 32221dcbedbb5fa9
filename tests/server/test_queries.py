"""Tests of the fork server that is a copy of the process that has loaded the data."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eild import media
from eild.config import Settings
from eild.errors import DataError
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.publication.of_files import write_publication
from eild.query import inside
from eild.query.cost.statistics import MOST_QUADS
from eild.query.engine import QueryLimits, QueryRequest
from eild.query.workers.pool import PooledEngine
from eild.server.queries import HostedQueries, QueryHost
from eild.server.switch import ActiveRelease
from eild.server.version import Version, load_version, serve_queries

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = QueryLimits(timeout=5, result_bytes=1_000_000, memory=256)


def run_and_exit(run: Callable[[], int]) -> None:
    """Run what a new process does, and end the process."""
    code = 1
    try:
        code = run()
    finally:
        os._exit(code)


def ask(address: Path) -> bytes:
    """Return the answer of a fork server; the thread of the loop ends before anything else is forked."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    engine = PooledEngine(address, LIMITS, 1)
    engine.attach(loop)
    try:
        return engine.evaluate(QueryRequest("SELECT ?o { ?s ?p ?o }", media.CSV)).body
    finally:
        engine.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def load(tmp_path: Path) -> Version:
    """Return a version that holds one statement."""
    file, folder = tmp_path / "data.nt", tmp_path / "build"
    file.write_text('<http://e/a> <http://e/b> "here" .\n', encoding="utf-8")
    folder.mkdir()
    write_publication([file], folder, base="http://e/")
    return load_version(ActiveRelease(1, folder, tmp_path / "queries"), Settings(), Accounts(Metrics()))


def host(version: Version) -> QueryHost:
    """Return the fork server of a version."""
    address = version.release.queries
    assert address is not None
    return QueryHost(address, lambda control, output: serve_queries(version, LIMITS, control, output))


@pytest.mark.parametrize("most", [MOST_QUADS, 0])
def test_host_answers_until_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """A copy answers from the store that was loaded, or loads one that is too large for all processes, until a stop."""
    monkeypatch.setattr(inside, "MOST_QUADS", most)
    version = load(tmp_path)
    assert (version.inside is None) == (most == 0)
    found = host(version)
    found.start(run_and_exit)
    assert found.await_ready()
    assert ask(tmp_path / "queries") == b"o\r\nhere\r\n"
    pid = found.pid
    found.stop()
    found.kill()
    assert not Path(f"/proc/{pid}").exists()
    assert not found.is_missing


def test_host_that_ends_is_missing_and_starts_again(tmp_path: Path) -> None:
    """One that was killed leaves its socket behind, and a new one takes its place."""
    found = host(load(tmp_path))
    found.start(run_and_exit)
    assert found.await_ready()
    os.kill(found.pid, 9)
    os.waitpid(found.pid, 0)
    found.note_end()
    assert found.is_missing
    found.start(run_and_exit)
    assert found.await_ready()
    assert ask(tmp_path / "queries") == b"o\r\nhere\r\n"
    found.stop()
    found.kill()


def test_host_that_cannot_serve_is_not_ready(tmp_path: Path) -> None:
    """Nobody waits for one that ends with an error."""

    def fail(_control: int, _output: int) -> int:
        raise DataError("the store is damaged")

    found = QueryHost(tmp_path / "queries", fail)
    found.start(run_and_exit)
    assert not found.await_ready()
    assert os.waitstatus_to_exitcode(os.waitpid(found.pid, 0)[1]) == 1


def test_host_that_does_not_hear_is_killed(tmp_path: Path) -> None:
    """One that goes on after a stop is killed."""

    def serve(_control: int, output: int) -> int:
        os.write(output, b"ready\n")
        time.sleep(60)
        return 0

    found = QueryHost(tmp_path / "queries", serve)
    found.start(run_and_exit)
    assert found.await_ready()
    found.stop()
    found.kill()
    assert not found.pid


def test_hosted_queries_left_stopped_and_folder_removed() -> None:
    """At its end the nursery is told, and nothing is left of it."""
    told: list[bool] = []
    with HostedQueries(lambda: told.append(True)) as hosted:
        folder = hosted.address.parent
        assert folder.is_dir()
        assert not told
    assert told == [True]
    assert not folder.exists()
