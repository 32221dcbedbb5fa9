"""Fixtures of the fault tests: a server over a small file, its processes, and clients that keep asking."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx
import pytest

from eild.query.workers.fates import NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EILD = (sys.executable, "-c", "from eild.cli import main; main()")
"""The command line, run by the interpreter of the tests."""
NUMBER = "SELECT ?number {{ <http://example.org/a> <http://example.org/number> ?number . FILTER({key} = {key}) }}"
"""A query for the number that tells the versions of the file apart; the key makes each query a different one."""
CLIENTS = 4
MOST_REQUESTS = 1500
"""How many requests one client sends at most."""


def list_children(pid: int) -> list[int]:
    """Return the processes that a process has made, by Linux's own lists."""
    lists = [path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for text in lists for child in text.split()]


@dataclass
class FaultyServer:
    """A server that is about to suffer.

    :ivar process: its main process
    :ivar url: where it answers
    :ivar file: the file that it publishes
    :ivar errors: what it says on standard error
    """

    process: subprocess.Popen[str]
    url: str
    file: Path
    errors: Path

    def write_number(self, number: int) -> None:
        """Change the file."""
        self.file.write_text(f"<http://example.org/a> <http://example.org/number> {number} .\n", encoding="utf-8")

    def find_fork_server(self, former: int = 0) -> int:
        """Return the process that makes query processes, as soon as there is one: a child of the nursery.

        After a reload, it is a child of the main process.

        :param former: one that was killed, and may not have ended yet
        """
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            keepers = [self.process.pid, *list_children(self.process.pid)]
            for pid in [child for keeper in keepers for child in list_children(keeper)]:
                with contextlib.suppress(OSError):  # it has just ended
                    is_one = Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() == NAME
                    if is_one and pid != former:
                        return pid
            time.sleep(0.05)
        pytest.fail("there is no fork server")

    def list_query_processes(self) -> list[int]:
        """Return the query processes, spare ones too."""
        return list_children(self.find_fork_server())

    def reload(self) -> subprocess.CompletedProcess[str]:
        """Run ``eild reload``."""
        port = self.url.rstrip("/").rpartition(":")[2]
        return subprocess.run(
            [*EILD, "reload", "--port", port], capture_output=True, text=True, timeout=60, check=False
        )

    def stop(self) -> int:
        """End the server and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., FaultyServer]]:
    """Return a function that starts a server; it is ended after the test."""
    servers: list[FaultyServer] = []

    def start(*options: str) -> FaultyServer:
        file, errors = tmp_path / "data.ttl", tmp_path / "errors.txt"
        server = FaultyServer(subprocess.Popen([sys.executable, "-c", ""], text=True), "", file, errors)
        server.process.wait()
        server.write_number(0)
        with errors.open("w") as sink:
            server.process = subprocess.Popen(
                [*EILD, "serve", str(file), "--port", "0", *options], stdout=subprocess.PIPE, stderr=sink, text=True
            )
        servers.append(server)
        line = server.process.stdout.readline() if server.process.stdout else ""
        match = re.search(r"http://\S+/", line)
        if match is None:
            pytest.fail(f"the server did not start: {line} {errors.read_text(encoding='utf-8')}")
        server.url = match[0]
        return server

    yield start
    for server in servers:
        server.stop()
        if server.process.stdout:
            server.process.stdout.close()


@dataclass
class Load:
    """Clients that ask short queries, one after the other, until they are stopped or had enough.

    :ivar url: whom they ask
    :ivar answers: status, body, entity tag and version of each answer
    :ivar failures: what went wrong without an answer
    """

    url: str
    answers: list[tuple[int, str, str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the clients."""
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(CLIENTS)]

    def _ask(self, client_number: int) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            for number in range(MOST_REQUESTS):
                if self._enough.is_set():
                    return
                query = NUMBER.format(key=client_number * MOST_REQUESTS + number)
                try:
                    response = client.get("sparql", params={"query": query, "format": "csv"})
                except httpx.TransportError as error:
                    self.failures.append(repr(error))
                    if isinstance(error, httpx.ConnectError):
                        return
                    continue
                fields = response.headers
                version = fields.get("EILD-Dataset-Version", "")
                self.answers.append((response.status_code, response.text, fields.get("ETag", ""), version))

    def __enter__(self) -> Self:
        """Let the clients begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the clients."""
        self._enough.set()
        for thread in self._threads:
            thread.join(60)

    def await_answers(self, more: int) -> None:
        """Wait until some more answers have come, or the clients have had enough."""
        goal, deadline = len(self.answers) + more, time.monotonic() + 30
        while len(self.answers) < goal and time.monotonic() < deadline and any(t.is_alive() for t in self._threads):
            time.sleep(0.01)


@pytest.fixture
def load() -> type[Load]:
    """Return the class of the clients."""
    return Load
