"""The versions of the data that the main process keeps in service: the present one and, for a while, those before."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Self

from eild.errors import DataError, EildError, EnvironmentFailure
from eild.process import is_running
from eild.publication.manifest import choose_prefixes, load_publication
from eild.query.workers.keeper import ForkServerProcess
from eild.server.switch import ActiveRelease, forget_reports, read_reports, write_release

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from eild.config import Settings
    from eild.publication.manifest import Publication
    from eild.query.engine import QueryLimits
    from eild.server.queries import HostedQueries

STOP_SECONDS: Final = 8
"""How long running requests may take to finish after SIGTERM; longer where a query may run longer than five."""

_SWITCH_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.02
_MARGIN_SECONDS: Final = 5.0
_FINISH_SECONDS: Final = 3.0


def count_drain_seconds(limits: QueryLimits) -> float:
    """Return after how many seconds no query that has begun can still be running."""
    return 2 * limits.timeout + _MARGIN_SECONDS


def count_stop_seconds(settings: Settings) -> float:
    """Return how long running requests may take to finish."""
    return max(STOP_SECONDS, settings.timeout + _FINISH_SECONDS)


class Releases:
    """The version in service and how it is replaced; a context that holds what the versions need.

    :param prepare: makes the build directory of the next version; what it leaves on the stack lives as long as that
    :param limits: what queries may use
    :param elsewhere: whether another server answers queries, so that no query processes are needed
    :param public_url: where the public reaches the server; empty if the operator does not say so
    :param address: where the server listens
    :param host: returns the context of a fork server of the first version that the nursery makes; without it, that is a
        program of its own, like those of later versions
    """

    def __init__(  # noqa: PLR0913 - what versions need, by name
        self,
        prepare: Callable[[contextlib.ExitStack], Path],
        limits: QueryLimits,
        *,
        elsewhere: bool = False,
        public_url: str = "",
        address: str = "",
        host: Callable[[], HostedQueries] | None = None,
    ) -> None:
        self._prepare = prepare
        self._elsewhere = elsewhere
        self._public_url = public_url
        self._address = address
        self._limits = limits
        self._host = host
        self._lock = threading.Lock()
        self._all = contextlib.ExitStack()
        self._current = contextlib.ExitStack()
        self._release: ActiveRelease | None = None
        self._requests: SimpleQueue[None] = SimpleQueue()
        self.control = Path()
        """The directory in which the processes of the server find the version in service."""

    def __enter__(self) -> Self:
        """Open the first version.

        :raises DataError: if the data is missing or damaged
        :raises EnvironmentFailure: if the query processes do not come up
        """
        with contextlib.ExitStack() as stack:
            self.control = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eild-")))
            self._current, folder, queries, self.publication = self._open(self._host)
            stack.push(self._close_current)
            self._publish(ActiveRelease(1, folder, queries, hosted=queries is not None and self._host is not None))
            self._all = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close all versions."""
        self._all.close()

    def _close_current(self, *_: object) -> None:
        self._current.close()

    def _open(
        self, host: Callable[[], HostedQueries] | None = None
    ) -> tuple[contextlib.ExitStack, Path, Path | None, Publication]:
        """Make, check and load the next version; all of it is undone if that fails."""
        with contextlib.ExitStack() as stack:
            folder = self._prepare(stack)
            publication = load_publication(folder)
            address = None
            if not self._elsewhere:
                publication.check_dumps()
                if host is None:
                    keeper = stack.enter_context(self._make_fork_server(folder, publication))
                    keeper.keep_running()
                    address = keeper.address
                else:
                    address = stack.enter_context(host()).address
            return stack.pop_all(), folder, address, publication

    def _make_fork_server(self, folder: Path, publication: Publication) -> ForkServerProcess:
        prefixes, public_url = choose_prefixes(publication), self._public_url or self._address
        return ForkServerProcess(folder, prefixes, self._limits, public_url=public_url)

    def _publish(self, release: ActiveRelease) -> None:
        write_release(self.control, release)
        self._release = release

    def reload(self) -> Publication:
        """Activate the next version; if that fails, keep serving the previous one.

        :raises DataError: if the data is missing or damaged
        :raises EnvironmentFailure: if it cannot be loaded
        """
        with self._lock:
            before = self._release
            if before is None:
                raise EnvironmentFailure("the server is not running yet", hint="try again when it is ready")
            stack, folder, queries, publication = self._open()
            try:
                self._publish(ActiveRelease(before.generation + 1, folder, queries))
                self._await_switch(before.generation + 1)
            except (EildError, OSError):
                self._publish(replace(before, generation=before.generation + 2))
                self._retire(stack)
                raise
            former, self._current, self.publication = self._current, stack, publication
            self._retire(former)
        return publication

    def _retire(self, former: contextlib.ExitStack) -> None:
        """Close a version when none of its queries can still be running, or when the server ends."""
        once = threading.Lock()

        def close(*_: object) -> None:
            if once.acquire(blocking=False):
                former.close()

        timer = threading.Timer(count_drain_seconds(self._limits) + _MARGIN_SECONDS, close)
        timer.daemon = True
        timer.start()
        self._all.push(close)
        self._all.callback(timer.cancel)

    def _await_switch(self, generation: int) -> None:
        """Wait until every process of the server serves a generation.

        :raises DataError: if one cannot load it
        :raises EnvironmentFailure: if one does not answer
        """
        deadline = time.monotonic() + _SWITCH_SECONDS
        while time.monotonic() < deadline:
            reports = read_reports(self.control)
            forget_reports(self.control, [pid for pid in reports if not is_running(pid)])
            alive = {pid: report for pid, report in reports.items() if is_running(pid)}
            for _, problem in alive.values():
                if problem:
                    raise DataError(problem)
            if all(seen >= generation for seen, _ in alive.values()):
                return
            time.sleep(_POLL_SECONDS)
        message = f"the server processes did not load the new data within {_SWITCH_SECONDS:g} s"
        raise EnvironmentFailure(message, hint="try again when the load is lower")

    def request_reload(self) -> None:
        """Ask for a reload and return at once; safe in a handler of signals."""
        self._requests.put(None)

    def follow_requests(self) -> None:
        """Reload whenever that is asked for, in a thread of its own; say on standard error what came of it."""
        threading.Thread(target=self._follow_requests, name="eild-releases", daemon=True).start()

    def _follow_requests(self) -> None:
        while True:
            self._requests.get()
            try:
                publication = self.reload()
            except (EildError, OSError) as error:
                sys.stderr.write(f"eild: reload rejected, the server keeps serving the previous data: {error}\n")
            else:
                sys.stderr.write(f"eild: reloaded: {publication.title} {publication.version}\n")
