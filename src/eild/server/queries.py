"""The fork servers of the versions that the nursery has loaded: copies of it, so that their data is in memory once.

The fork server of a version that is loaded later is a program of its own (:mod:`eild.query.workers.keeper`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from eild.process import close_descriptors, die_with_parent
from eild.query.workers.fates import FATES, READY, STOP
from eild.query.workers.keeper import SOCKET

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_STOP_SECONDS: Final = 3.0
_LOOK_SECONDS: Final = 0.01


class HostedQueries:
    """The fork server of a version, as the main process sees it; a context, at whose end it stops.

    :param stop: has the nursery stop it
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._private = Path(tempfile.mkdtemp(prefix="eild-"))

    @property
    def address(self) -> Path:
        """The socket to connect to."""
        return self._private / SOCKET

    def __enter__(self) -> Self:
        """Return it; the nursery starts it when it has loaded the version."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Have it stopped, and remove its private directory."""
        self._stop()
        shutil.rmtree(self._private, ignore_errors=True)


class QueryHost:
    """The fork server of a version, as the nursery sees it.

    :param address: its socket
    :param serve: serves, in a copy of this process, until a descriptor tells it to stop; writes to another one that it
        is ready (see :func:`eild.query.workers.forkserver.serve`)
    :ivar pid: its process; 0 if it does not run
    """

    def __init__(self, address: Path, serve: Callable[[int, int], int]) -> None:
        self._address = address
        self._serve = serve
        self._control = -1
        self._output = -1
        self._stopped = False
        self.pid = 0

    @property
    def is_missing(self) -> bool:
        """Whether it does not run, and should."""
        return not (self.pid or self._stopped)

    def start(self, run_and_exit: Callable[[Callable[[], int]], object]) -> None:
        """Make it.

        :param run_and_exit: runs what a new process does, and ends the process
        :raises OSError: if the system refuses
        """
        self._close()
        for path in (self._address, Path(f"{self._address}{FATES}")):
            path.unlink(missing_ok=True)
        (control, self._control), (self._output, output) = os.pipe(), os.pipe()
        try:
            self.pid = os.fork()
            if self.pid == 0:
                run_and_exit(lambda: self._run(control, output))
        finally:
            os.close(control)
            os.close(output)

    def _run(self, control: int, output: int) -> int:
        die_with_parent()
        os.setsid()  # signals of a terminal are for the main process
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        close_descriptors(control, output)
        return self._serve(control, output)

    def await_ready(self) -> bool:
        """Wait until it takes connections; tell whether it does, or has ended."""
        return os.read(self._output, len(READY)) == READY

    def note_end(self) -> None:
        """Take note that its process has ended."""
        self.pid = 0

    def stop(self) -> None:
        """Have it end, with all query processes, and do not start it again."""
        self._stopped = True
        if self._control >= 0:
            with contextlib.suppress(OSError):  # it may be dead already
                # Processes that were forked meanwhile hold the pipe too: closing is not enough.
                os.write(self._control, STOP)
        self._close()

    def kill(self) -> None:
        """Wait a moment until it has ended after a stop, and kill it if it has not."""
        until = time.monotonic() + _STOP_SECONDS
        while self.pid:
            if time.monotonic() >= until:
                os.kill(self.pid, signal.SIGKILL)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid = 0
            else:
                time.sleep(_LOOK_SECONDS)

    def _close(self) -> None:
        for descriptor in (self._control, self._output):
            if descriptor >= 0:
                os.close(descriptor)
        self._control = self._output = -1
