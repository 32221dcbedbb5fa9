"""The fork server as a child process, which is restarted if it dies."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from eild.errors import EnvironmentFailure
from eild.query.workers.fates import FATES, READY, STOP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from eild.query.engine import QueryLimits

SOCKET: Final = "queries"
"""Name of the fork server's socket in its private directory."""

_STOP_SECONDS: Final = 3.0
_REST_SECONDS: Final = 0.2


class ForkServerProcess:
    """The fork server of one publication, as a child process that is started again if it dies.

    :param folder: the build directory
    :param prefixes: prefixes for Turtle results and hints
    :param limits: limits of a query
    :param public_url: start of the URLs in the catalogue; empty for the base
    """

    def __init__(self, folder: Path, prefixes: Mapping[str, str], limits: QueryLimits, *, public_url: str = "") -> None:
        self._folder = folder
        self._prefixes = prefixes
        self._limits = limits
        self._public_url = public_url
        self._private = Path(tempfile.mkdtemp(prefix="eild-"))
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Path:
        """The socket to connect to."""
        return self._private / SOCKET

    def _command(self) -> list[str]:
        limits = self._limits
        return [
            *(sys.executable, "-m", "eild.query.workers.forkserver"),
            *("--folder", str(self._folder), "--socket", str(self.address), "--timeout", str(limits.timeout)),
            *("--result-bytes", str(limits.result_bytes), "--memory", str(limits.memory)),
            *("--total-memory", str(limits.total_memory), "--public-url", self._public_url),
        ]

    def start(self) -> None:
        """Start the fork server and wait until it takes connections.

        :raises EnvironmentFailure: if it does not start; the reason is on standard error
        """
        try:
            self._spawn()
        except (EnvironmentFailure, OSError):
            self.stop()
            raise

    def _spawn(self) -> None:
        for path in (self.address, Path(f"{self.address}{FATES}")):
            path.unlink(missing_ok=True)
        self._close_pipes()
        child = subprocess.Popen(  # noqa: S603 - our own module, with our own arguments
            self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._child = child
        if child.stdin:
            with contextlib.suppress(BrokenPipeError):  # it died already: the missing line below says so
                child.stdin.write(json.dumps(dict(self._prefixes)).encode() + b"\n")
                child.stdin.flush()
        line = child.stdout.readline() if child.stdout else b""
        if line != READY:
            code = child.wait()
            message = f"the query process did not start (exit code {code})"
            raise EnvironmentFailure(message, hint="the previous line states the reason")

    def keep_running(self) -> None:
        """Restart the fork server whenever it dies, in a thread that ends with :meth:`stop`."""
        threading.Thread(target=self._keep_running, name="eild-forkserver-keeper", daemon=True).start()

    def _keep_running(self) -> None:
        while self._child is not None and not self._stopping.is_set():
            self._child.wait()
            if self._stopping.wait(_REST_SECONDS):
                return
            with self._lock, contextlib.suppress(EnvironmentFailure, OSError):
                if not self._stopping.is_set():
                    self._spawn()

    def stop(self) -> None:
        """Terminate the fork server and all query processes, and remove its private directory."""
        self._stopping.set()
        with self._lock:  # one that is being started again is ended when it is there
            self._end()

    def _end(self) -> None:
        if self._child and self._child.stdin and not self._child.stdin.closed:
            with contextlib.suppress(OSError):  # it may be dead already
                # Processes that were forked meanwhile hold the pipe too: closing is not enough.
                os.write(self._child.stdin.fileno(), STOP)
        self._close_pipes()
        child = self._child
        if child is not None:
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self._private, ignore_errors=True)

    def _close_pipes(self) -> None:
        """Close the pipes to the fork server, which terminates it."""
        for pipe in (self._child.stdin, self._child.stdout) if self._child else ():
            if pipe:
                pipe.close()

    def __enter__(self) -> Self:
        """Start and return the fork server."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop the fork server."""
        self.stop()
