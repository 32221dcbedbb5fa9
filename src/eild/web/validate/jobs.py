"""What a server process and a validator say to each other: a job there, its outcome and report back.

Nothing here needs the libraries that validate: server processes only hand jobs on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

READY: Final = b"ready\n"
"""What a validator writes to standard output when it takes jobs."""
FRAGMENT: Final = "fragment"
"""The form of a report that is part of a page: HTML without a frame, with the sources in full."""

OUT_OF_MEMORY: Final = "memory"
"""The failure of a job that used up its memory."""
TOO_LARGE: Final = "too-large"
"""The failure of a job whose report is larger than the limit."""

_LARGEST_MESSAGE: Final = 1 << 31


@dataclass(frozen=True)
class Job:
    """What is to be validated, and how.

    :ivar data_syntax: syntax of the data; guessed if empty
    :ivar shapes_syntax: syntax of the shapes; guessed if empty
    :ivar own_shapes: whether the shapes are EILD's, and none come with the job
    :ivar form: one of the forms of reports, or :data:`FRAGMENT`
    :ivar timeout: seconds that it may take
    :ivar memory: mebibytes that it may use
    :ivar report_bytes: bytes that the report may have
    """

    data_syntax: str
    shapes_syntax: str
    own_shapes: bool
    form: str
    timeout: float
    memory: int
    report_bytes: int


def send_job(connection: Connection, job: Job, data: bytes, shapes: bytes) -> None:
    """Send a job to a validator."""
    for part in (json.dumps(asdict(job)).encode(), data, shapes):
        connection.send_bytes(part)


def receive_report(connection: Connection) -> tuple[dict[str, Any], bytes]:
    """Return what became of a job: its outcome, and the report if there is one.

    :raises EOFError: if the process ended without an answer
    """
    outcome: dict[str, Any] = json.loads(connection.recv_bytes())
    return outcome, connection.recv_bytes(_LARGEST_MESSAGE)
