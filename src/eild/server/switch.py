"""From one version of the data to the next while requests are served, in each process of the server.

The main process writes which version is in service into a file (:func:`write_release`); a thread in each HTTP process
sees that, loads the version beside the old one and then hands new requests to it. A request is answered by the
version that was in service when it came, from the first byte to the last. Each process reports what it did in a file
of its own, named by its number.
"""

from __future__ import annotations

import gc
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.errors import EildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eild.server.desk import Desk

STATE: Final = "release.json"
"""Name of the file that says which version is in service."""

_REPORT: Final = ".report"
_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True)
class ActiveRelease:
    """A publication in service.

    :ivar generation: its number, which only grows
    :ivar folder: its build directory
    :ivar queries: socket of its fork server; None if a remote endpoint evaluates queries
    :ivar hosted: whether the nursery makes that fork server
    """

    generation: int
    folder: Path
    queries: Path | None
    hosted: bool = False


@dataclass(frozen=True)
class LoadedRelease:
    """The release in service, as one process has loaded it.

    :ivar desk: what answers its requests
    :ivar close: gives back what it holds
    """

    desk: Desk
    close: Callable[[], None]


def _write(path: Path, content: object) -> None:
    """Write a file so that a reader sees all of it or the one before."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(path)


def write_release(control: Path, release: ActiveRelease) -> None:
    """Say which version is in service."""
    _write(control / STATE, [release.generation, str(release.folder), str(release.queries or ""), release.hosted])


def read_release(control: Path) -> ActiveRelease:
    """Return the version in service."""
    generation, folder, queries, hosted = json.loads((control / STATE).read_text(encoding="utf-8"))
    return ActiveRelease(int(generation), Path(folder), Path(queries) if queries else None, bool(hosted))


def read_reports(control: Path) -> dict[int, tuple[int, str]]:
    """Return, by number of process, the generation that each has seen and why it cannot serve it, if it cannot."""
    reports = {}
    for path in control.glob(f"*{_REPORT}"):
        generation, problem = json.loads(path.read_text(encoding="utf-8"))
        reports[int(path.name.removesuffix(_REPORT))] = (int(generation), str(problem))
    return reports


def forget_reports(control: Path, pids: Iterable[int]) -> None:
    """Remove the reports of processes that have ended."""
    for pid in pids:
        (control / f"{pid}{_REPORT}").unlink(missing_ok=True)


class Switch:
    """Has the version in service answer requests.

    :param control: directory of the file that says which version that is
    :param make: loads a version
    :param use: takes each version that is to answer from now on
    :param drain: seconds after which no request of a former version runs any more
    :param first: the version that is in service already, and its generation
    """

    def __init__(
        self,
        control: Path,
        make: Callable[[ActiveRelease], LoadedRelease],
        use: Callable[[Desk], None],
        drain: float,
        first: tuple[ActiveRelease, LoadedRelease] | None = None,
    ) -> None:
        self._control = control
        self._make = make
        self._use = use
        self._drain = drain
        self._release = read_release(control)
        if first is not None and first[0] == self._release:
            self._version = first[1]
        else:
            self._version = make(self._release)
        use(self._version.desk)
        self._report()

    def start(self) -> None:
        """Follow the file, in a thread of its own."""
        threading.Thread(target=self._follow_forever, name="eild-switch", daemon=True).start()

    def _report(self, problem: str = "", *, generation: int | None = None) -> None:
        seen = self._release.generation if generation is None else generation
        _write(self._control / f"{os.getpid()}{_REPORT}", [seen, problem])

    def _follow_forever(self) -> None:
        seen = self._release.generation
        pause = threading.Event()
        while not pause.wait(_POLL_SECONDS):
            try:
                release = read_release(self._control)
            except (OSError, ValueError):
                return  # the server is going down: the directory is gone
            if release.generation != seen:
                seen = release.generation
                self.follow(release)

    def follow(self, release: ActiveRelease) -> None:
        """Serve a release from now on; if it cannot be loaded, report that and keep serving the previous one."""
        if release.queries and release.queries == self._release.queries:
            self._release = release  # the change to another version was taken back
            self._report()
            return
        try:
            version = self._make(release)
        except (EildError, OSError, MemoryError, ValueError, TypeError, LookupError, AttributeError) as error:
            self._report(str(error) or type(error).__name__, generation=release.generation)
            return
        former, self._version, self._release = self._version, version, release
        self._use(version.desk)
        self._report()
        timer = threading.Timer(self._drain, self._close, [former])
        timer.daemon = True
        timer.start()

    @staticmethod
    def _close(version: LoadedRelease) -> None:
        version.close()
        gc.collect()
