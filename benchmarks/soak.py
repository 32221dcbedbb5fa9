"""A soak: mixed healthy and hostile traffic against a server, and what is left of it afterwards.

``python -m benchmarks.soak --minutes 10`` starts a server of its own on a free port of this machine, lets clients at it
for that long, and ends both. It prints memory (proportional set size of all processes of the server), descriptors and
processes: idle, at their peak, and after. The exit code is 1 if a healthy request was answered wrong, or if memory,
descriptors or processes did not come back. Answers that the server keeps, up to a limit, do not count: neither when it
is idle nor after. Needs Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_GROWTH: Final = 0.2
"""How much more memory than when idle there may be afterwards, as a share of it."""
FLOOR_MEMORY: Final = 32 * 1024
"""Kibibytes of growth that mean nothing: stacks of threads that still wait, arenas of the allocator."""
FLOOR_DESCRIPTORS: Final = 16
"""Descriptors of growth that mean nothing: connections to spare query processes."""
FLOOR_PROCESSES: Final = 8
"""Processes of growth that mean nothing: spare query processes."""
SETTLE_SECONDS: Final = 90.0
"""How long memory may take to come back: idle threads of the server live for half a minute."""

_QUERY_SECONDS: Final = 2
_CLIENT_SECONDS: Final = 30
_SAMPLE_SECONDS: Final = 0.5
_OK: Final = (200, 303, 304)
_BUSY: Final = 503
_FRESH: Final = 0.7

_JOIN: Final = " ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(12))
_ALL: Final = "SELECT * { ?s ?p ?o }"
HEALTHY: Final = (
    "/sparql?query=" + quote("ASK {}"),
    "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    "/sparql?format=csv&query=" + quote("SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY ?p"),
    "/sparql?format=xml&query=" + quote("SELECT * { ?s a ?type } ORDER BY ?s ?type LIMIT 500"),
    "/sparql?format=ttl&query=" + quote("CONSTRUCT { ?s a ?t } { ?s a ?t }"),
    "/sparql?format=json&query=" + quote("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2000"),
    "/",
    "/dumps/",
    "/health/ready",
)
"""Paths whose answers are the same each time."""
HOSTILE_QUERIES: Final = (
    f"SELECT (COUNT(*) AS ?n) {{ {_JOIN} }}",
    f"SELECT * {{ {_JOIN} }} ORDER BY ?a1 ?b2 ?c3",
    f"SELECT DISTINCT * {{ {_JOIN} }}",
    f"SELECT (GROUP_CONCAT(?c1) AS ?all) {{ {_JOIN} }}",
    f"SELECT * {{ {_JOIN} }}",
    "SELECT " + "(" * 5000,
    "ASK { " + "{ " * 3000 + "}" * 3001,
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "DROP ALL",
)
"""Queries that want all time, all memory, the network, or are none."""
HOSTILE_BYTES: Final = (
    b"\x00" * 2000,
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"x" * 5000,
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
    b"GET /dumps/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
)
"""Requests that are none, or never end."""


@dataclass(frozen=True)
class Usage:
    """What the processes of a server use.

    :ivar memory: kibibytes
    :ivar descriptors: open files and sockets
    :ivar processes: how many there are
    :ivar kept: kibibytes of answers in the response caches, a part of the memory, which only grow up to their limit
    """

    memory: int
    descriptors: int
    processes: int
    kept: int = 0

    def __str__(self) -> str:
        """Return a line."""
        kept = f", {self.kept / 1024:.1f} MiB of it answers that are kept" if self.kept else ""
        return f"{self.memory / 1024:8.1f} MiB {self.descriptors:6} descriptors {self.processes:4} processes{kept}"


def list_tree(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in task.read_text(encoding="ascii").split():
                yield from list_tree(int(child))


def measure(pid: int) -> Usage:
    """Return what a process and all below it use; a process that ends meanwhile uses nothing."""
    memory = descriptors = processes = 0
    for member in list_tree(pid):
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text(encoding="ascii")
            memory += sum(int(size) for size in re.findall(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE))
            descriptors += sum(1 for _ in Path(f"/proc/{member}/fd").iterdir())
            processes += 1
    return Usage(memory, descriptors, processes)


@dataclass
class Tally:
    """What came of the traffic.

    :ivar counts: how often what happened
    :ivar wrong: what healthy clients got that they should not have
    :ivar bodies: the first answer to each path, that all others must equal
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, name: str) -> None:
        """Count something that happened."""
        with self.lock:
            self.counts[name] += 1

    def compare(self, path: str, status: int, body: bytes) -> None:
        """Hold an answer against the first one to the same path; a server may say that it is busy."""
        with self.lock:
            if status == _BUSY:
                self.counts["healthy, told to come back"] += 1
            elif status not in _OK:
                self.wrong.append(f"{path[:80]}: status {status}: {body[:200]!r}")
            elif self.bodies.setdefault(path, body) != body:
                self.wrong.append(f"{path[:80]}: {len(body)} bytes, before {len(self.bodies[path])}")
            else:
                self.counts["healthy, answered"] += 1


class Soak:
    """Clients of one server.

    :param address: where the server listens
    :param seed: of the order of the traffic
    """

    def __init__(self, address: tuple[str, int], seed: int) -> None:
        self._address = address
        self._seed = seed
        self._ending = threading.Event()
        self.tally = Tally()

    def ask_healthy(self, choose: random.Random) -> None:
        """Ask for something, and compare the answer with earlier ones."""
        path = choose.choice(HEALTHY)
        fresh = "query=" in path and choose.random() < _FRESH
        asked = f"{path}%20%23{choose.getrandbits(48)}" if fresh else path  # a comment: no answer is kept for it
        connection = http.client.HTTPConnection(*self._address, timeout=_CLIENT_SECONDS)
        try:
            connection.request("GET", asked)
            response = connection.getresponse()
            self.tally.compare(path, response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            self.tally.wrong.append(f"{path[:80]}: {error!r}")
        finally:
            connection.close()

    def ask_hostile(self, choose: random.Random) -> None:
        """Send a query that wants too much, and now and then leave before it is answered."""
        client = self._connect()
        with client, contextlib.suppress(OSError):
            query = quote(choose.choice(HOSTILE_QUERIES)).encode()
            client.sendall(b"GET /sparql?query=%b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % query)
            if choose.random() < 1 / 3:
                self._ending.wait(choose.random())
                self.tally.count("hostile, left early")
                return
            answer = client.recv(100)
            self.tally.count(f"hostile query, {answer[9:12].decode('latin-1') or 'closed'}")

    def send_garbage(self, choose: random.Random) -> None:
        """Send what is no request, or never ends, and stay a while."""
        with self._connect() as client, contextlib.suppress(OSError):
            client.settimeout(choose.random() * 2)
            client.sendall(choose.choice(HOSTILE_BYTES))
            answer = client.recv(100)
            self.tally.count(f"hostile bytes, {answer[9:12].decode('latin-1') or 'closed'}")
            return
        self.tally.count("hostile bytes, no answer")

    def hold_many(self, choose: random.Random) -> None:
        """Hold idle connections, half requests, and answers that nobody reads."""
        beginnings = (
            b"",
            b"GET / HTTP/1.1\r\nHo",
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nASK",
            b"GET /sparql?query=" + quote(_ALL).encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        )
        with contextlib.ExitStack() as stack:
            for _ in range(30):
                client = stack.enter_context(self._connect())
                with contextlib.suppress(OSError):
                    client.sendall(choose.choice(beginnings))
            self.tally.count("held 30 connections")
            self._ending.wait(3 + choose.random() * 3)

    def _connect(self) -> socket.socket:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        client.settimeout(_CLIENT_SECONDS)
        with contextlib.suppress(OSError):
            client.connect(self._address)
        return client

    def _repeat(self, act: Callable[[random.Random], None], number: int) -> None:
        choose = random.Random(self._seed + number)  # noqa: S311 - the same traffic each time, not secrets
        while not self._ending.is_set():
            act(choose)

    def run(self, seconds: float, *, hostile: bool, look: Callable[[], None]) -> None:
        """Let clients at the server.

        :param hostile: whether there are hostile ones among them
        :param look: called now and then meanwhile
        """
        acts = [self.ask_healthy, self.ask_healthy]
        if hostile:
            acts += [self.ask_hostile, self.ask_hostile, self.send_garbage, self.send_garbage, self.hold_many]
        self._ending.clear()
        threads = [
            threading.Thread(target=self._repeat, args=(act, number), daemon=True) for number, act in enumerate(acts)
        ]
        for thread in threads:
            thread.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(_SAMPLE_SECONDS)
            look()
        self._ending.set()
        for thread in threads:
            thread.join(_CLIENT_SECONDS + 10)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def judge(idle: Usage, after: Usage, wrong: list[str]) -> list[str]:
    """Return what is not as it should be, in sentences."""
    faults = [f"a healthy request was answered wrong: {what}" for what in wrong[:10]]
    before, now = idle.memory - idle.kept, after.memory - after.kept
    if now > before * (1 + MOST_GROWTH) + FLOOR_MEMORY:
        faults.append(f"memory did not come back: {before / 1024:.0f} MiB idle, {now / 1024:.0f} after")
    if after.descriptors > idle.descriptors + FLOOR_DESCRIPTORS:
        faults.append(f"descriptors leak: {idle.descriptors} idle, {after.descriptors} after")
    if after.processes > idle.processes + FLOOR_PROCESSES:
        faults.append(f"processes leak: {idle.processes} idle, {after.processes} after")
    return faults


def measure_kept(address: tuple[str, int]) -> int:
    """Return the kibibytes of answers that a server says its response caches keep."""
    connection = http.client.HTTPConnection(*address, timeout=_CLIENT_SECONDS)
    try:
        connection.request("GET", "/metrics")
        found = re.search(rb"^eild_cache_bytes ([0-9.e+]+)$", connection.getresponse().read(), re.MULTILINE)
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return int(float(found[1]) / 1024) if found else 0


def settle(pid: int, address: tuple[str, int], idle: Usage | None, seconds: float) -> Usage:
    """Return what a server uses once it has come to rest: as when idle, or when it has had its time."""
    until = time.monotonic() + seconds
    while True:
        time.sleep(_SAMPLE_SECONDS * 4)
        usage = replace(measure(pid), kept=measure_kept(address))
        if time.monotonic() >= until or (idle is not None and not judge(idle, usage, [])):
            return usage


def soak(pid: int, address: tuple[str, int], seconds: float, seed: int) -> int:
    """Run the soak against a server, print what it finds, and return the exit code."""
    clients = Soak(address, seed)
    clients.run(min(10.0, max(3.0, seconds / 10)), hostile=False, look=lambda: None)
    idle = settle(pid, address, None, 2)
    _say(f"idle   {idle}")
    peaks = [idle]
    clients.run(seconds, hostile=True, look=lambda: peaks.append(measure(pid)))
    peak = Usage(
        max(usage.memory for usage in peaks),
        max(usage.descriptors for usage in peaks),
        max(usage.processes for usage in peaks),
    )
    _say(f"peak   {peak}")
    after = settle(pid, address, idle, SETTLE_SECONDS)
    _say(f"after  {after}")
    for name, number in sorted(clients.tally.counts.items()):
        _say(f"{number:8} {name}")
    faults = judge(idle, after, clients.tally.wrong)
    for fault in faults:
        _say(f"FAULT  {fault}")
    return 1 if faults else 0


@contextlib.contextmanager
def run_server(dist: Path | None) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """Run a server on a free port, with a short deadline for queries, and yield it with its address."""
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0"]
    command += ["--timeout", str(_QUERY_SECONDS), *(["--dist", str(dist)] if dist else [])]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as server,  # noqa: S603 - our own
    ):
        line = server.stdout.readline() if server.stdout else ""
        found = re.search(r"http://\S+/", line)
        try:
            if found is None:
                errors.seek(0)
                sys.exit(f"the server did not start: {line}{errors.read()}")
            parts = urlsplit(found[0])
            yield server, (parts.hostname or "", parts.port or 0)
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(_CLIENT_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the traffic lasts (default: 10)")
    parser.add_argument("--dist", type=Path, help="directory that 'eild build --out' wrote (default: the own data)")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the traffic")
    options = parser.parse_args(arguments)
    with run_server(options.dist) as (server, address):
        code = soak(server.pid, address, options.minutes * 60, options.seed)
        server.send_signal(signal.SIGTERM)
        started = time.monotonic()
        ended = server.wait(_CLIENT_SECONDS)
        _say(f"SIGTERM: exit code {ended} after {time.monotonic() - started:.1f} s")
    return code or (1 if ended else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
