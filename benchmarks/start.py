"""How long commands and the server take to start, and how much memory the server takes when it rests.

Our modules are compiled before, as they are by pip for whoever installs them, also where Python keeps no bytecode.

``python -m benchmarks.start`` builds EILD's own data and prints a line for each: the medians of several runs.
``python -m benchmarks.serve`` measures the same beside everything else.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import eild
from benchmarks.load import describe_machine, run_eild
from eild.publication.cache import ensure_build

if TYPE_CHECKING:
    from collections.abc import Sequence

EILD: Final = (sys.executable, "-c", "from eild.cli import main; main()")
"""The command line."""
REST_SECONDS: Final = 3.0
"""How long the server rests before its memory is measured."""
ROUNDS: Final = 10
"""How often each command is run."""
SERVER_ROUNDS: Final = 5
"""How often the server is started."""

_READY_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.01


@dataclass(frozen=True)
class Start:
    """What starting takes: the medians of several runs.

    :ivar help: milliseconds of ``eild --help``
    :ivar query: milliseconds of ``eild query 'ASK {}'``
    :ivar answer: seconds from the start of ``eild serve`` until its first answer to a query
    :ivar memory: mebibytes of all its processes at rest, before it was asked anything else
    """

    help: float
    query: float
    answer: float
    memory: float


def time_command(arguments: Sequence[str], rounds: int) -> float:
    """Return the seconds that a command takes: the median of several runs."""
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        subprocess.run([*EILD, *arguments], check=True, capture_output=True)  # noqa: S603 - our own command
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def _ask(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sparql?query=ASK%20%7B%7D") as answer:
            answer.read()
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def time_server(folder: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds until a server answers its first query, and its mebibytes at rest: medians of several runs.

    :param folder: the build that it serves
    """
    seconds, memory = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        with run_eild(folder) as server:
            while not _ask(server.port) and time.perf_counter() - started < _READY_SECONDS:
                time.sleep(_POLL_SECONDS)
            seconds.append(time.perf_counter() - started)
            time.sleep(REST_SECONDS)
            memory.append(server.memory())
    return statistics.median(seconds), statistics.median(memory)


def measure_start(folder: Path, dist: Path | None, rounds: int = ROUNDS, server_rounds: int = SERVER_ROUNDS) -> Start:
    """Return what starting takes.

    :param folder: the build that the server has
    :param dist: the build that ``eild query`` asks; its own data, as it finds them itself, if not given
    :param rounds: runs of each command
    :param server_rounds: starts of the server
    """
    compileall.compile_dir(Path(eild.__file__).parent, quiet=2)
    options = ["--dist", str(dist)] if dist else []
    shown, asked = time_command(["--help"], rounds), time_command(["query", "ASK {}", *options], rounds)
    answer, memory = time_server(folder, server_rounds)
    return Start(round(shown * 1000, 1), round(asked * 1000, 1), round(answer, 3), round(memory, 1))


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"runs of each command (default: {ROUNDS})")
    parser.add_argument("--starts", type=int, default=SERVER_ROUNDS, help=f"of the server (default: {SERVER_ROUNDS})")
    parser.add_argument("--dist", type=Path, help="directory that 'eild build --out' wrote (default: the own data)")
    options = parser.parse_args(arguments)
    sys.stdout.write(f"{describe_machine()}\n")
    folder = (options.dist or ensure_build()).resolve()
    found = measure_start(folder, options.dist, options.rounds, options.starts)
    sys.stdout.write(f"{found.help:7.0f} ms  eild --help\n")
    sys.stdout.write(f"{found.query:7.0f} ms  eild query 'ASK {{}}'\n")
    sys.stdout.write(f"{found.answer:7.2f} s   eild serve --dist DIR, until the first answer\n")
    sys.stdout.write(f"{found.memory:7.0f} MiB eild serve, all processes at rest (proportional set size)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
