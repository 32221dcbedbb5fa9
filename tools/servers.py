"""Start ``eild`` from a checkout, as a command or as a server, and ask the server over HTTP without a library between.

The command is started by its public entry point alone, so that modules may move between two recordings.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COMMAND: Final = (sys.executable, "-c", "from eild.cli import main; main()")
HOST: Final = "127.0.0.1"
SECONDS: Final = 300
"""Seconds after which a command or an answer is taken for one that never comes."""

_READY: Final = re.compile(r"http://\S+:(\d+)/")


@dataclass(frozen=True)
class Checkout:
    """A checkout of EILD whose behaviour is recorded.

    :ivar root: its top folder
    :ivar work: an empty folder in which its commands run
    :ivar environment: environment of its commands; None for one without settings and with its own sources first
    """

    root: Path
    work: Path
    environment: Mapping[str, str] | None = None

    def make_environment(self) -> dict[str, str]:
        """Return the environment of its commands."""
        if self.environment is not None:
            return dict(self.environment)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("EILD_", "PYTHON"))}
        return {**kept, "PYTHONPATH": str(self.root / "src"), "COLUMNS": "100", "TZ": "UTC"}

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run ``eild`` with some arguments.

        :raises subprocess.TimeoutExpired: if it does not end
        """
        return subprocess.run(  # noqa: S603 - the project's own command
            [*COMMAND, *arguments],
            cwd=self.work,
            env=self.make_environment(),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )

    @contextmanager
    def serve(self, *arguments: str, port: int) -> Iterator[Client]:
        """Run ``eild serve`` with one HTTP process for as long as the context lasts.

        :param port: port to listen on; 0 for a free one
        :raises RuntimeError: if it does not start
        """
        command = [*COMMAND, "serve", *arguments, "--host", HOST, "--port", str(port), "--workers", "1"]
        process = subprocess.Popen(  # noqa: S603 - likewise
            command,
            cwd=self.work,
            env=self.make_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None  # noqa: S101 - for the type checker
            assert process.stderr is not None  # noqa: S101
            ready = _READY.search(process.stdout.readline())
            if not ready:
                message = f"the server did not start: {process.stderr.read()}"
                raise RuntimeError(message)
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield Client(int(ready[1]), process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=SECONDS)


@dataclass(frozen=True)
class Reply:
    """An answer as it came.

    :ivar status: the status code
    :ivar fields: header fields in the order in which they came
    :ivar body: the body, with any content coding
    """

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def get(self, name: str) -> str:
        """Return the value of the first field of a name; an empty string if there is none."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")


class Client:
    """A connection to a server, which sends the given header fields and no others but Host and Content-Length."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid
        self._connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)

    def ask(self, method: str, target: str, fields: Mapping[str, str], body: bytes = b"") -> Reply:
        """Send a request and return the answer; a connection that the server closed is opened anew once.

        :param target: path and query string, percent-encoded
        """
        try:
            return self._ask(method, target, fields, body)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()
            return self._ask(method, target, fields, body)

    def _ask(self, method: str, target: str, fields: Mapping[str, str], body: bytes) -> Reply:
        self._connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in fields.items():
            self._connection.putheader(name, value)
        if body or method == "POST":
            self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders(body)
        response = self._connection.getresponse()
        content = response.read()
        return Reply(response.status, tuple(response.getheaders()), content)
