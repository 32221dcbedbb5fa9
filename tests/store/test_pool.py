"""Tests of evaluating queries in processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eild import media
from eild.errors import BusyError, EildError, EnvironmentFailure, QueryError, QueryTimeoutError, ResultTooLargeError
from eild.store.engine import QueryLimits, QueryRequest
from eild.store.keeper import ForkServerProcess
from eild.store.pool import PooledEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.store.publication import Publication

LIMITS = QueryLimits(timeout=0.5, result_bytes=1_000_000, memory=256)
YES = b'{"head":{},"boolean":true}'
JOIN = " ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(12))
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {JOIN} }}"


@pytest.fixture
def server(publication: Publication) -> Iterator[ForkServerProcess]:
    """Start a fork server over the small files."""
    with ForkServerProcess(publication.folder, {"ex": "http://example.org/"}, LIMITS) as process:
        process.keep_running()
        yield process


@pytest.fixture
def engine(server: ForkServerProcess) -> Iterator[PooledEngine]:
    """Return an engine with two query processes."""
    pooled = PooledEngine(server.address, LIMITS, 2)
    yield pooled
    pooled.close()


def ask(engine: PooledEngine, text: str = "ASK {}") -> bytes:
    """Return the answer to a query."""
    return engine.evaluate(QueryRequest(text, media.JSON, media.TURTLE)).body


def list_children(pid: int) -> list[int]:
    """Return the processes that a process has made, by Linux's own list."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def test_evaluate_query_answer_from_a_process(engine: PooledEngine) -> None:
    """An answer comes back whole, a large one too."""
    assert ask(engine) == YES
    body = ask(engine, f"SELECT * {{ {JOIN} }} LIMIT 200")
    assert 100_000 < len(body) < 1_000_000


def test_evaluate_endless_query_ended_at_deadline(engine: PooledEngine) -> None:
    """A query that does not end is ended at the deadline, told with limit and elapsed time; the next one runs."""
    started = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"the limit is 0\.5 s"):
        ask(engine, ENDLESS)
    assert 0.5 <= time.monotonic() - started < 5
    assert ask(engine) == YES


def test_evaluate_process_killed_query_answered_by_another(engine: PooledEngine, server: ForkServerProcess) -> None:
    """A query process that is killed from outside costs nobody an answer."""
    assert ask(engine) == YES
    assert server._child is not None
    for child in list_children(server._child.pid):
        os.kill(child, signal.SIGKILL)
    assert ask(engine) == YES


def test_evaluate_fork_server_killed_starts_again(engine: PooledEngine, server: ForkServerProcess) -> None:
    """A fork server that dies is started again."""
    assert server._child is not None
    engine.close()
    server._child.kill()
    deadline = time.monotonic() + 10
    answer = b""
    while answer != YES and time.monotonic() < deadline:
        try:
            answer = ask(engine)
        except EnvironmentFailure:
            time.sleep(0.05)
    assert answer == YES


FAILURES: list[tuple[str, type[EildError], str]] = [
    ("SELECT * {", QueryError, "never closed"),
    (f"SELECT * {{ {JOIN} }}", ResultTooLargeError, "1000000 bytes"),
    (f"SELECT {'(STR(' * 1}{'STR(' * 3000}1{')' * 3000}) AS ?x) {{}}", QueryError, "too complex"),
    ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", QueryError, "cannot be evaluated"),
]


@pytest.mark.parametrize(("text", "kind", "words"), FAILURES)
def test_evaluate_failing_query_told_and_next_answered(
    engine: PooledEngine, text: str, kind: type[EildError], words: str
) -> None:
    """A query that fails, or crashes its process, is told as what it is, and the next one is answered."""
    with pytest.raises(kind, match=words):
        ask(engine, text)
    assert ask(engine) == YES


def test_evaluate_memory_bomb_ends_its_process_alone(publication: Publication) -> None:
    """A query that needs more memory than its limit fails alone."""
    limits = QueryLimits(timeout=20, result_bytes=1_000_000, memory=64)
    with ForkServerProcess(publication.folder, {}, limits) as process:
        pooled = PooledEngine(process.address, limits, 1)
        with pytest.raises(QueryError, match="64 MiB"):
            ask(pooled, f"SELECT ?a1 {{ {JOIN} }} ORDER BY ?a1 ?b1 ?c1 ?a2")
        assert ask(pooled) == YES
        pooled.close()


def test_evaluate_service_opens_no_connection(engine: PooledEngine) -> None:
    """A query process cannot reach a listener on this machine, SILENT or not."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.3)
        target = f"<http://127.0.0.1:{canary.getsockname()[1]}/>"
        ask(engine, f"SELECT * {{ SERVICE SILENT {target} {{ ?s ?p ?o }} }}")
        with pytest.raises(QueryError):
            ask(engine, f"SELECT * {{ SERVICE {target} {{ ?s ?p ?o }} }}")
        with pytest.raises(TimeoutError):
            canary.accept()


def test_evaluate_all_processes_busy_refused(engine: PooledEngine) -> None:
    """Who waits as long as a query may run, and still finds every process busy, is told to come again."""
    slow = [threading.Thread(target=_swallow, args=(engine,)) for _ in range(6)]
    for thread in slow:
        thread.start()
    time.sleep(0.2)
    with pytest.raises((BusyError, QueryTimeoutError)):
        ask(engine, ENDLESS)
    for thread in slow:
        thread.join()
    assert ask(engine) == YES


def _swallow(engine: PooledEngine) -> None:
    try:
        ask(engine, ENDLESS)
    except EnvironmentFailure:
        return


def test_stop_fork_server_leaves_no_process(publication: Publication) -> None:
    """Stopping the fork server ends it and every query process, and removes its directory."""
    process = ForkServerProcess(publication.folder, {}, LIMITS)
    process.start()
    pooled = PooledEngine(process.address, LIMITS, 2)
    assert ask(pooled) == YES
    assert process._child is not None
    children = list_children(process._child.pid)
    process.stop()
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert children
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    assert not process.address.parent.exists()
    pooled.close()


def test_start_fork_server_damaged_build_environment_failure(publication: Publication) -> None:
    """A fork server that cannot load its build says so instead of hanging."""
    (publication.folder / publication.find_dump(".nt").name).write_text("broken", encoding="utf-8")
    with pytest.raises(EnvironmentFailure, match="exit code 3"):
        ForkServerProcess(publication.folder, {}, LIMITS).start()


def test_evaluate_no_fork_server_environment_failure(tmp_path: Path) -> None:
    """An engine whose fork server is away says so."""
    with pytest.raises(EnvironmentFailure, match="away"):
        ask(PooledEngine(tmp_path / "none", LIMITS, 1))
