"""The request log: one JSON object per line, without anything that identifies the client.

Each line is one write at the end of the file, so that lines of several processes do not mix. A file is opened for
each line, so that it can be rotated. No request waits for its line, and none fails if it cannot be written.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import select
import stat
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from eild.errors import EnvironmentFailure

OFF: Final = "off"
"""The setting that wants no log."""
STANDARD_ERROR: Final = "-"
"""The setting that wants it on standard error."""

_STANDARD_ERROR: Final = 2
_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_MODE: Final = 0o640
_HASH_DIGITS: Final = 16
_PATH_BYTES: Final = 3000
_PATH_SHOWN: Final = 240
_METHOD_SHOWN: Final = 20


@dataclass(frozen=True)
class Record:
    """What a line says of a request, but for its time.

    :ivar method: as sent
    :ivar path: decoded, without what follows a question mark
    :ivar status: of the answer
    :ivar duration: milliseconds until the answer was made
    :ivar bytes: of the content of the answer as sent; None if it is not known before it is sent
    :ivar query_hash: see :func:`hash_query`; None if there is no query
    :ivar outcome: one of :data:`eild.exchange.metrics.OUTCOMES`
    """

    method: str
    path: str
    status: int
    duration: float
    bytes: int | None
    query_hash: str | None
    outcome: str


def hash_query(query: str) -> str:
    """Return what stands for a query in the log: the first sixteen digits of the SHA-256 of its text in UTF-8."""
    return hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]


def format_line(record: Record, time: datetime) -> bytes:
    """Return the line of a request in ASCII: JSON escapes all other characters.

    It has at most 4096 bytes, because a pipe takes no more at once (POSIX, ``PIPE_BUF`` on Linux).

    :param time: when it was answered, with a time zone
    """
    path = record.path
    if len(json.dumps(path)) > _PATH_BYTES:
        path = f"{path[:_PATH_SHOWN]}…"
    shown = asdict(record) | {"method": record.method[:_METHOD_SHOWN], "path": path}
    stamp = time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return json.dumps({"time": stamp, **shown}).encode("ascii") + b"\n"


def _can_write(descriptor: int) -> bool:
    """Return whether a write would not wait: a pipe may be full whose reader sleeps."""
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(0))


class RequestLog:
    """Destination of the lines.

    :param target: a path, :data:`STANDARD_ERROR` or :data:`OFF`
    """

    def __init__(self, target: str) -> None:
        self._target = target

    def check(self) -> None:
        """Check that lines can be written; this creates the file if it does not exist.

        :raises EnvironmentFailure: if they cannot
        """
        if self._target in {OFF, STANDARD_ERROR}:
            return
        hint = "set --log to a file in a writable directory, '-' for standard error, or 'off'"
        try:
            descriptor = os.open(self._target, _FLAGS, _MODE)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise EnvironmentFailure(f"cannot write the request log {self._target}: {why}", hint=hint) from error
        os.close(descriptor)

    def write(self, record: Record) -> None:
        """Write the line of a request; it is omitted if that would block."""
        if self._target == OFF:
            return
        with contextlib.suppress(OSError, ValueError):
            self._append(format_line(record, datetime.now(UTC)))

    def _append(self, line: bytes) -> None:
        if self._target == STANDARD_ERROR:
            if stat.S_ISREG(os.fstat(_STANDARD_ERROR).st_mode) or _can_write(_STANDARD_ERROR):
                os.write(_STANDARD_ERROR, line)
            return
        descriptor = os.open(self._target, _FLAGS, _MODE)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
