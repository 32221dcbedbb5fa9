"""Tests of swapping versions: in one process, in the main process, and the operator's socket."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eild.errors import DataError, EnvironmentFailure
from eild.publication.of_files import write_publication
from eild.query.engine import QueryLimits
from eild.server.operator import OperatorSocket, ask_reload, find_socket
from eild.server.releases import Releases
from eild.server.switch import ActiveRelease, LoadedRelease, Switch, read_release, read_reports, write_release

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Iterator

LIMITS = QueryLimits(timeout=5, result_bytes=1_000_000, memory=256)


class Versions:
    """Loads versions that answer with the name of their folder, and remembers which were closed."""

    def __init__(self) -> None:
        self.closed: list[str] = []
        self.answering = ""

    def make(self, release: ActiveRelease) -> LoadedRelease:
        """Load a version; the folder ``bad`` is none."""
        if release.folder.name == "bad":
            raise DataError("the build is damaged")
        name = release.folder.name
        return LoadedRelease(name, lambda: self.closed.append(name))  # type: ignore[arg-type] # its name tells it

    def use(self, desk: object) -> None:
        """Let a version answer."""
        self.answering = str(desk)


@pytest.fixture
def versions() -> Versions:
    """Return what loads versions."""
    return Versions()


@pytest.fixture
def switch(tmp_path: Path, versions: Versions) -> Switch:
    """Return a switch at the version ``one``."""
    write_release(tmp_path, ActiveRelease(1, Path("one"), Path("q1")))
    return Switch(tmp_path, versions.make, versions.use, 0.05)


def test_follow_next_release_answers_and_former_closed(tmp_path: Path, switch: Switch, versions: Versions) -> None:
    """New requests go to the next version; the former is closed only after its last queries."""
    assert versions.answering == "one"
    switch.follow(ActiveRelease(2, Path("two"), Path("q2")))
    assert versions.answering == "two"
    assert read_reports(tmp_path) == {os.getpid(): (2, "")}
    deadline = time.monotonic() + 10
    while not versions.closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert versions.closed == ["one"]


def test_start_first_version_loaded_before_used_unless_it_has_been_replaced(tmp_path: Path, versions: Versions) -> None:
    """A process takes the version that was loaded for all; one that is made after a reload loads the present one."""
    first = ActiveRelease(1, Path("one"), None)
    loaded = (first, versions.make(ActiveRelease(1, Path("shared"), None)))
    write_release(tmp_path, first)
    Switch(tmp_path, versions.make, versions.use, 0.05, loaded)
    assert versions.answering == "shared"
    write_release(tmp_path, ActiveRelease(2, Path("two"), None))
    Switch(tmp_path, versions.make, versions.use, 0.05, loaded)
    assert versions.answering == "two"


def test_follow_bad_release_reported_and_former_goes_on(tmp_path: Path, switch: Switch, versions: Versions) -> None:
    """What cannot be loaded is reported with its reason; taking it back needs no loading."""
    switch.follow(ActiveRelease(2, Path("bad"), Path("q2")))
    assert versions.answering == "one"
    assert read_reports(tmp_path) == {os.getpid(): (2, "the build is damaged")}
    switch.follow(ActiveRelease(3, Path("one"), Path("q1")))
    assert versions.answering == "one"
    assert read_reports(tmp_path) == {os.getpid(): (3, "")}
    assert not versions.closed


def test_start_file_changes_followed(tmp_path: Path, switch: Switch, versions: Versions) -> None:
    """The thread of the switch sees a new release by itself."""
    switch.start()
    write_release(tmp_path, ActiveRelease(2, Path("two"), None))
    assert read_release(tmp_path) == ActiveRelease(2, Path("two"), None)
    deadline = time.monotonic() + 10
    while versions.answering != "two" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert versions.answering == "two"


class Source:
    """A file that is published again and again.

    :param folder: where the file is
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "data.nt"
        self.folder = folder
        self.made = 0
        self.write("<http://e/a> <http://e/b> <http://e/c> .")

    def write(self, text: str) -> None:
        """Change the file."""
        self.file.write_text(text, encoding="utf-8")

    def prepare(self, _stack: contextlib.ExitStack) -> Path:
        """Build the next version."""
        self.made += 1
        folder = self.folder / f"build{self.made}"
        folder.mkdir()
        write_publication([self.file], folder, base="http://e/")
        return folder


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Return a file that can be published."""
    return Source(tmp_path)


@pytest.fixture
def releases(source: Source) -> Iterator[Releases]:
    """Return the versions of the file in service, the first one open."""
    with Releases(source.prepare, LIMITS) as opened:
        yield opened


def test_reload_new_data_next_generation_and_version(source: Source, releases: Releases) -> None:
    """A reload writes the next generation with another fork server."""
    first, version = read_release(releases.control), releases.publication.version
    source.write("<http://e/a> <http://e/b> <http://e/d> .")
    assert releases.reload().version != version
    second = read_release(releases.control)
    assert second.generation == first.generation + 1
    assert second.queries
    assert second.queries.exists()
    assert second.queries != first.queries
    assert first.queries
    assert first.queries.exists()  # queries of the former version may still run


def test_reload_damaged_data_refused_and_former_stays(source: Source, releases: Releases) -> None:
    """Data that cannot be parsed change nothing."""
    first, version = read_release(releases.control), releases.publication.version
    source.write("broken")
    with pytest.raises(DataError, match=r"data\.nt"):
        releases.reload()
    assert read_release(releases.control) == first
    assert releases.publication.version == version


def test_reload_process_cannot_load_taken_back(source: Source, releases: Releases, versions: Versions) -> None:
    """If one process of the server cannot load the new version, all go back to the former."""
    del source
    first = read_release(releases.control)
    former = first.folder

    def make(release: ActiveRelease) -> LoadedRelease:
        return versions.make(release if release.folder == former else ActiveRelease(0, Path("bad"), None))

    switch = Switch(releases.control, make, versions.use, 0.05)
    switch.start()
    with pytest.raises(DataError, match="the build is damaged"):
        releases.reload()
    taken_back = read_release(releases.control)
    assert taken_back.generation > first.generation
    assert (taken_back.folder, taken_back.queries) == (first.folder, first.queries)
    assert versions.answering == former.name


def test_exit_all_fork_servers_gone(source: Source) -> None:
    """When the server ends nothing stays of any version."""
    with Releases(source.prepare, LIMITS) as opened:
        first = read_release(opened.control)
        opened.reload()
        second = read_release(opened.control)
    for release in (first, second):
        assert release.queries
        assert not release.queries.parent.exists()
    assert not opened.control.exists()


def test_ask_reload_over_socket_version_or_reason(
    source: Source, releases: Releases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The operator is told the version in service, or why the former one goes on."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    path = find_socket("127.0.0.1", 8000)
    operator = OperatorSocket(path, lambda: releases.reload().version)
    operator.start()
    try:
        assert releases.publication.version in ask_reload(path)
        source.write("broken")
        with pytest.raises(DataError, match=r"previous data.*data\.nt"):
            ask_reload(path)
    finally:
        operator.close()
    with pytest.raises(EnvironmentFailure, match="no server listens"):
        ask_reload(path)
    assert not path.exists()


def test_find_socket_directory_of_others_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A directory that others can enter is not trusted."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / f"eild-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(EnvironmentFailure, match="private"):
        find_socket("127.0.0.1", 8000)


def test_write_release_readers_see_one_or_the_other(tmp_path: Path) -> None:
    """A reader in another thread never sees half a file."""
    write_release(tmp_path, ActiveRelease(0, Path("x" * 4000), None))
    enough = threading.Event()
    problems: list[str] = []

    def read() -> None:
        while not enough.is_set():
            try:
                read_release(tmp_path)
            except (OSError, json.JSONDecodeError) as error:
                problems.append(repr(error))

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(200):
        write_release(tmp_path, ActiveRelease(number, Path("x" * (number % 7) * 1000), None))
    enough.set()
    thread.join()
    assert not problems
