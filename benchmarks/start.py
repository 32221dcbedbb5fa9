"""How long commands and the server take to start, and how much memory the server takes when it rests.

``python -m benchmarks.start`` builds EILD's own data and prints a line for each; the quickest of several runs counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.load import describe_machine, run_eild
from eild.dumps import ensure_build

if TYPE_CHECKING:
    from collections.abc import Sequence

EILD: Final = (sys.executable, "-c", "from eild.cli import main; main()")
"""The command line."""
REST_SECONDS: Final = 3.0
"""How long the server rests before its memory is measured."""

_READY_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.01


def time_command(arguments: Sequence[str], rounds: int) -> float:
    """Return the seconds that a command takes in the quickest of several runs."""
    quickest = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        subprocess.run([*EILD, *arguments], check=True, capture_output=True)  # noqa: S603 - our own command
        quickest = min(quickest, time.perf_counter() - started)
    return quickest


def _ask(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sparql?query=ASK%20%7B%7D") as answer:
            answer.read()
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def time_server(folder: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds until a server answers its first query, and its memory at rest, both at best.

    :param folder: the build that it serves
    """
    quickest = smallest = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        with run_eild(folder) as server:
            while not _ask(server.port) and time.perf_counter() - started < _READY_SECONDS:
                time.sleep(_POLL_SECONDS)
            quickest = min(quickest, time.perf_counter() - started)
            time.sleep(REST_SECONDS)
            smallest = min(smallest, server.memory())
    return quickest, smallest


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default: 5)")
    parser.add_argument("--dist", type=Path, help="directory that 'eild build --out' wrote (default: the own data)")
    options = parser.parse_args(arguments)
    folder = (options.dist or ensure_build()).resolve()
    sys.stdout.write(f"{describe_machine()}\n")
    sys.stdout.write(f"{time_command(['--help'], options.rounds) * 1000:7.0f} ms  eild --help\n")
    query = ["query", "ASK {}", "--dist", str(folder)]
    sys.stdout.write(f"{time_command(query, options.rounds) * 1000:7.0f} ms  eild query 'ASK {{}}' --dist DIR\n")
    seconds, memory = time_server(folder, options.rounds)
    sys.stdout.write(f"{seconds:7.2f} s   eild serve --dist DIR, until the first answer\n")
    sys.stdout.write(f"{memory:7.0f} MiB eild serve, all processes at rest (proportional set size)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
