"""Fixtures of the tests that run the real commands."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import httpx
import pytest

from eild.publication.directory import write_build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from eild.dataset import BuiltDataset

EILD = (sys.executable, "-c", "from eild.cli import main; main()")
"""The command line, run by the interpreter of the tests."""


@dataclass
class RunningServer:
    """A server started by ``eild serve``: its process, its URL, the seconds until it was ready, and a client."""

    process: subprocess.Popen[str]
    url: str
    seconds: float
    client: httpx.Client

    @classmethod
    def start(cls, *arguments: str) -> Self:
        """Start ``eild serve`` on a free port and wait until it says that it is ready."""
        started = time.monotonic()
        process = subprocess.Popen(
            [*EILD, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.monotonic() - started
        match = re.search(r"http://\S+/", line)
        if match is None:
            _, errors = process.communicate(timeout=10)
            pytest.fail(f"the server did not start: {line} {errors}")
        return cls(process, match[0], seconds, httpx.Client(base_url=match[0], timeout=20))

    def stop(self) -> int:
        """End the server by SIGTERM and return its exit code."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture(scope="session")
def start_server() -> Callable[..., RunningServer]:
    """Return a function that starts a server; whoever calls it ends the server."""
    return RunningServer.start


@pytest.fixture(scope="session")
def command() -> tuple[str, ...]:
    """Return the words that start the command line."""
    return EILD


@pytest.fixture
def serve() -> Iterator[Callable[..., RunningServer]]:
    """Return a function that starts servers; they are ended after the test."""
    servers: list[RunningServer] = []

    def start(*arguments: str) -> RunningServer:
        servers.append(RunningServer.start(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def build(small: BuiltDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a build directory of the small dataset."""
    return write_build(small, tmp_path_factory.mktemp("build") / "dist")


@pytest.fixture(scope="module")
def server(build: Path) -> Iterator[RunningServer]:
    """Return a running server over the small dataset."""
    running = RunningServer.start("--dist", str(build), "--timeout", "2")
    yield running
    running.stop()


@pytest.fixture
def eild(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a command in an empty directory and returns what it wrote and its exit code."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*EILD, *arguments],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )

    return run
