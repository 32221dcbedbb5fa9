"""Tests of ``eild load`` where the disk is full: a real small file system, with a server over the store on it.

The file system is one of memory in a mount namespace of its own, which ends with the process that holds it: nothing
is mounted for anybody else and nothing stays. Where the system grants neither root nor anybody else such a namespace,
the same tests run with a limit on the size of files in its place, so that they always run.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EILD = [sys.executable, "-c", "from eild.cli import main; main()"]
BYTES = 8 * 1024 * 1024
FILE_BYTES = 100_000
"""The limit on the size of files where no file system can be mounted."""
COUNT = "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER({key} = {key}) }}"
HOLD = 'mount -t tmpfs -o size="$2" eild-test "$1" && echo held && exec cat'


@dataclass
class SmallDisk:
    """A file system that is soon full.

    :ivar folder: where it is, as the commands see it
    :ivar inside: what a command begins with to see it
    :ivar limited: what a command begins with that may write no large file, where no file system could be mounted
    """

    folder: Path
    inside: list[str]
    limited: list[str]

    def run(self, *arguments: str, limited: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command of EILD's to its end."""
        start = [*self.inside, *(self.limited if limited else ()), *EILD]
        return subprocess.run([*start, *arguments], capture_output=True, text=True, timeout=60, check=False)

    def fill(self) -> None:
        """Take all the room that is left, but for nothing."""
        code = (
            "import sys\nfile = open(sys.argv[1], 'wb', buffering=0)\n"
            "try:\n while True: file.write(bytes(4096))\nexcept OSError: pass"
        )
        if self.inside:
            subprocess.run([*self.inside, sys.executable, "-c", code, f"{self.folder}/ballast"], check=True, timeout=60)
        else:
            self.limited = ["prlimit", "--fsize=0", *self.limited[2:]]


def _hold_namespace(folder: Path) -> tuple[subprocess.Popen[str], list[str]] | None:
    """Mount the file system where only a process of its own sees it; nothing if the system grants that to nobody."""
    attempts: list[tuple[list[str], list[str]]] = [
        (["unshare", "--mount"], ["--mount"]),
        (["unshare", "--map-root-user", "--mount"], ["--user", "--preserve-credentials", "--mount"]),
    ]
    for make, enter in attempts:
        holder = subprocess.Popen(
            [*make, "sh", "-c", HOLD, "sh", str(folder), str(BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if holder.stdout and holder.stdout.readline() == "held\n":
            return holder, ["nsenter", "--target", str(holder.pid), *enter, f"--wd={folder}"]
        holder.communicate(timeout=20)
    return None


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Return a small disk; it ends with the test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    held = _hold_namespace(folder)
    if held is None:
        yield SmallDisk(folder, [], ["prlimit", f"--fsize={FILE_BYTES}"])
        return
    holder, inside = held
    yield SmallDisk(folder, inside, [])
    holder.communicate(timeout=20)  # the end of its input ends it, and with it the file system
    assert not list(folder.iterdir())


@pytest.fixture
def server(disk: SmallDisk, tmp_path: Path) -> Iterator[httpx.Client]:
    """Return a client of a server over a store of two triples on the disk."""
    file = tmp_path / "small.ttl"
    file.write_text("<http://e.org/a> <http://e.org/p> <http://e.org/b> , <http://e.org/c> .", encoding="utf-8")
    loaded = disk.run("load", str(file), "--store", f"{disk.folder}/shelf")
    assert loaded.returncode == 0, loaded.stderr
    process = subprocess.Popen(
        [*disk.inside, *EILD, "serve", "--port", "0", "--store", f"{disk.folder}/shelf"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert process.stdout is not None
    match = re.search(r"http://\S+/", process.stdout.readline())
    if match is None:
        pytest.fail(f"the server did not start: {process.communicate(timeout=20)[1]}")
    with httpx.Client(base_url=match[0], timeout=20) as client:
        yield client
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.parametrize("room", ["some", "none"])
def test_load_full_disk_old_store_whole_and_still_served(
    room: str, disk: SmallDisk, server: httpx.Client, tmp_path: Path
) -> None:
    """Whether room ends on the way or there is none: exit 6, one line with path and remedy, the old data go on."""
    large = tmp_path / "large.nt"
    lines = (f'<http://e.org/s{number}> <http://e.org/p{number % 9}> "{number:0>99}" .\n' for number in range(100_000))
    large.write_text("".join(lines), encoding="utf-8")
    if room == "none":
        disk.fill()
    done = disk.run("load", str(large), "--store", f"{disk.folder}/shelf", limited=True)
    assert done.returncode == 6, done.stderr
    assert f"{disk.folder}/shelf" in done.stderr
    assert "free disk space" in done.stderr
    assert "unchanged" in done.stderr
    assert done.stderr.count("\n") == 1
    for number in range(3):
        answer = server.get("/sparql", params={"query": COUNT.format(key=number), "format": "csv"})
        assert (answer.status_code, answer.text) == (200, "n\r\n2\r\n")
    names = subprocess.run(
        [*disk.inside, "ls", f"{disk.folder}/shelf"], capture_output=True, text=True, check=True, timeout=20
    ).stdout.split()
    assert len([name for name in names if name.startswith("generation-")]) == 1
