"""Tests of evaluating queries in processes of their own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from eild import media
from eild.errors import (
    BusyError,
    ClientGoneError,
    EildError,
    EnvironmentFailure,
    QueryError,
    QueryTimeoutError,
    ResultTooLargeError,
)
from eild.publication.on_disk import write_store
from eild.publication.stores import CURRENT
from eild.query.engine import QueryLimits, QueryRequest
from eild.query.workers.keeper import ForkServerProcess
from eild.query.workers.pool import PooledEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.publication.manifest import Publication

LIMITS = QueryLimits(timeout=0.5, result_bytes=1_000_000, memory=256)
YES = b'{"head":{},"boolean":true}'
JOIN = " ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(12))
E = "http://e.example/"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {JOIN} }}"


_LOOPS: list[asyncio.AbstractEventLoop] = []


@pytest.fixture(scope="module", autouse=True)
def _loop() -> Iterator[None]:
    """Run the loop that does the work of all engines, in a thread; a new one if tests of this module come back."""
    loop = asyncio.new_event_loop()
    _LOOPS.append(loop)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def make_engine(address: Path, limits: QueryLimits, workers: int) -> PooledEngine:
    """Return an engine that works in the loop of this module."""
    engine = PooledEngine(address, limits, workers)
    engine.attach(_LOOPS[-1])
    return engine


@pytest.fixture
def server(publication: Publication) -> Iterator[ForkServerProcess]:
    """Start a fork server over the small files."""
    with ForkServerProcess(publication.folder, {"ex": "http://example.org/"}, LIMITS) as process:
        process.keep_running()
        yield process


@pytest.fixture
def engine(server: ForkServerProcess) -> Iterator[PooledEngine]:
    """Return an engine with two query processes."""
    pooled = make_engine(server.address, LIMITS, 2)
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
    with pytest.raises(QueryTimeoutError, match=r"\(limit: 0\.5 s\)"):
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
    ("SELECT * {", QueryError, "is not closed"),
    (f"SELECT * {{ {JOIN} }}", ResultTooLargeError, "1000000 bytes"),
    (f"SELECT ({'STR(' * 3000}1{')' * 3000} AS ?x) {{}}", QueryError, "levels deep"),
    ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", QueryError, "cannot evaluate"),
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
        pooled = make_engine(process.address, limits, 1)
        with pytest.raises(QueryError, match="64 MiB"):
            ask(pooled, f"SELECT ?a1 {{ {JOIN} }} ORDER BY ?a1 ?b1 ?c1 ?a2")
        assert ask(pooled) == YES
        pooled.close()


def test_evaluate_queries_too_large_together_largest_ended(publication: Publication) -> None:
    """Where all queries together use too much memory the largest is ended, and the next one answered."""
    limits = QueryLimits(timeout=20, result_bytes=1_000_000, memory=2048, total_memory=64)
    with ForkServerProcess(publication.folder, {}, limits) as process:
        pooled = make_engine(process.address, limits, 1)
        with pytest.raises(QueryError, match="64 MiB"):
            ask(pooled, f"SELECT ?a1 {{ {JOIN} }} ORDER BY ?a1 ?b1 ?c1 ?a2")
        assert ask(pooled) == YES
        pooled.close()


def test_evaluate_abandoned_query_ended_early(publication: Publication) -> None:
    """A query for whose answer nobody waits is ended long before its deadline, and so is one that still queues."""
    limits = QueryLimits(timeout=60, result_bytes=1_000_000, memory=256)
    with ForkServerProcess(publication.folder, {}, limits) as process:
        pooled = make_engine(process.address, limits, 1)
        started = time.monotonic()
        for _ in range(2):
            request = QueryRequest(ENDLESS, media.JSON, media.TURTLE, is_abandoned=lambda: True)
            with pytest.raises(ClientGoneError):
                pooled.evaluate(request)
        assert time.monotonic() - started < 30
        assert pooled.count() == {"short": 0, "slow": 0, "waiting": 0, "idle": 0}
        assert process._child is not None
        await_idle(process._child.pid)
        pooled.close()


def await_idle(fork_server: int) -> None:
    """Wait until no query process computes any more."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        states = {_read_state(pid) for pid in list_children(fork_server)}
        if not states & {"R", "Z"}:
            return
        time.sleep(0.02)
    pytest.fail("a query process is still at work")


def _read_state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def test_submit_given_up_query_ended_at_once(publication: Publication) -> None:
    """A query that is given up, while it runs or waits, ends at once, and its slot is free."""
    limits = QueryLimits(timeout=60, result_bytes=1_000_000, memory=256)
    with ForkServerProcess(publication.folder, {}, limits) as process:
        pooled = make_engine(process.address, limits, 1)
        outcomes: list[object] = []
        settled = threading.Semaphore(0)

        def settle(outcome: object) -> None:
            outcomes.append(outcome)
            settled.release()

        def begin() -> None:
            requests = [QueryRequest(f"{ENDLESS} # {number}", media.JSON, media.TURTLE) for number in range(3)]
            ends = [pooled.submit(request, settle) for request in requests]
            for end in ends:
                _LOOPS[-1].call_later(0.6, end)

        _LOOPS[-1].call_soon_threadsafe(begin)
        for _ in range(3):
            assert settled.acquire(timeout=20)
        assert {type(outcome) for outcome in outcomes} == {ClientGoneError}
        assert ask(pooled) == YES
        pooled.close()


def test_evaluate_query_of_any_size_reaches_its_process(engine: PooledEngine) -> None:
    """A query that is larger than what a socket takes at once arrives whole."""
    assert ask(engine, f"ASK {{}} # {'x' * 900_000}") == YES


def test_evaluate_long_queries_short_ones_answered(publication: Publication) -> None:
    """Long queries wait for each other in the slow lane; short ones keep their own slots."""
    limits = QueryLimits(timeout=3, result_bytes=1_000_000, memory=256)
    with ForkServerProcess(publication.folder, {}, limits) as process:
        pooled = make_engine(process.address, limits, 1)
        slow = [threading.Thread(target=_swallow, args=(pooled, f"{ENDLESS} # {number}")) for number in range(3)]
        for thread in slow:
            thread.start()
        assert [ask(pooled, f"ASK {{}} # {number}") for number in range(20)] == [YES] * 20
        for thread in slow:
            thread.join()
        assert ask(pooled) == YES
        pooled.close()


def test_evaluate_query_process_has_no_files_nor_sockets(engine: PooledEngine, server: ForkServerProcess) -> None:
    """A query process has its connection and its memory report open, and nothing else; spares are ready."""
    assert ask(engine) == YES
    assert server._child is not None
    deadline = time.monotonic() + 10
    while len(list_children(server._child.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    targets = [_read_open_files(pid) for pid in list_children(server._child.pid)]
    assert len(targets) == 3
    busy = [open_files for open_files in targets if "/dev/null" in open_files]
    assert len(busy) == 1
    assert sorted(re.sub(r"\d+", "N", name) for name in set(busy[0])) == [
        "/dev/null",
        "/proc/N/smaps_rollup",
        "socket:[N]",
    ]
    assert sum(name.startswith("socket") for name in busy[0]) == 1


def _write_large_store(folder: Path) -> Path:
    """Write a store of more tables than the engine opens at once, and return the folder to serve."""
    data = folder / "data.nq"
    lines = (f'<{E}s{n}> <{E}p> <{E}o{n}> <{E}g{n % 3}> .\n<{E}s{n}> <{E}p> "x{n}" .\n' for n in range(100))
    data.write_text("".join(lines), encoding="utf-8")
    write_store([data], folder / "store", base=E)
    generation = (folder / "store" / CURRENT).resolve()
    tables = generation / "store"
    for part in range(9):
        if len(list(tables.glob("*.sst"))) > 24:
            break
        store = Store(str(tables))
        store.bulk_extend(
            Quad(NamedNode(f"{E}{part}-{n}"), NamedNode(f"{E}p"), Literal(f"{part} {n}"), NamedNode(f"{E}g{part}"))
            for n in range(100)
        )
        del store
    assert len(list(tables.glob("*.sst"))) > 24
    return generation


def test_evaluate_store_of_many_tables_all_read(tmp_path: Path) -> None:
    """The engine opens few tables of a store at first, and the process may open the others, and nothing else."""
    generation = _write_large_store(tmp_path)
    with ForkServerProcess(generation, {}, LIMITS) as server:
        engine = make_engine(server.address, LIMITS, 1)
        ends = f"?s ?p <{E}o1>", f"<{E}s1> ?p ?o", f"?s <{E}p> 'x2'", "GRAPH ?g { ?s ?p '1 5' }"
        for pattern in (*ends, *(f"GRAPH ?g {{ {end} }}" for end in ends[:2]), f"GRAPH <{E}g1> {{ ?s ?p ?o }}"):
            assert ask(engine, f"ASK {{ {pattern} }}") == YES
        assert server._child is not None
        (process,) = [pid for pid in list_children(server._child.pid) if "/dev/null" in _read_open_files(pid)]
        (limit,) = re.findall(r"Max open files +(\d+)", Path(f"/proc/{process}/limits").read_text(encoding="utf-8"))
        assert int(limit) <= len(list((generation / "store").iterdir())) + 10
        engine.close()


def _read_open_files(pid: int) -> list[str]:
    return [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]


def test_evaluate_killed_while_at_work_begun_again_once(publication: Publication) -> None:
    """A query whose process is killed is begun again; when that is killed too the client is told to come again."""
    limits = QueryLimits(timeout=20, result_bytes=1_000_000, memory=256)
    with ForkServerProcess(publication.folder, {}, limits) as process:
        pooled = make_engine(process.address, limits, 2)
        assert process._child is not None
        enough = threading.Event()
        killer = threading.Thread(target=_kill_working, args=(process._child.pid, enough))
        killer.start()
        try:
            with pytest.raises(EnvironmentFailure, match="twice"):
                ask(pooled, ENDLESS)
        finally:
            enough.set()
            killer.join()
        assert ask(pooled) == YES
        pooled.close()


def _kill_working(fork_server: int, enough: threading.Event) -> None:
    """Kill query processes that compute, until it is enough."""
    while not enough.wait(0.2):
        for pid in list_children(fork_server):
            if _read_state(pid) == "R":
                os.kill(pid, signal.SIGKILL)


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


def _swallow(engine: PooledEngine, text: str = ENDLESS) -> None:
    try:
        ask(engine, text)
    except EnvironmentFailure:
        return


def test_stop_fork_server_leaves_no_process(publication: Publication) -> None:
    """Stopping the fork server ends it and every query process, and removes its directory."""
    process = ForkServerProcess(publication.folder, {}, LIMITS)
    process.start()
    pooled = make_engine(process.address, LIMITS, 2)
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
    with pytest.raises(EnvironmentFailure, match="unavailable"):
        ask(make_engine(tmp_path / "none", LIMITS, 1))
