"""Having things validated: starts a validator, hands jobs to it, and says what became of them.

The validator (:mod:`eild.web.validate.worker`) is started with the first job and shared by all that follow; one that
has ended is replaced. So many jobs run at the same time as the settings allow, and others wait a moment for their turn.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eild.errors import (
    BusyError,
    ClientGoneError,
    DataError,
    EildError,
    EnvironmentFailure,
    Location,
    QueryTimeoutError,
    ResultTooLargeError,
    ShapesError,
    UsageError,
)
from eild.web.validate.jobs import OUT_OF_MEMORY, READY, TOO_LARGE, Job, receive_report, send_job

if TYPE_CHECKING:
    from collections.abc import Callable

_TURN_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.1
_GRACE_SECONDS: Final = 2.0
_UNPROCESSABLE: Final = 422


class ValidationService:
    """Hands jobs to a validator.

    :param jobs: how many may run at the same time
    """

    def __init__(self, jobs: int) -> None:
        self._turns = threading.BoundedSemaphore(jobs)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._owner = os.getpid()

    def validate(
        self, job: Job, data: bytes, shapes: bytes, is_abandoned: Callable[[], bool] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Return what became of a job that found its end: the outcome, and the report.

        :param job: what to do
        :param data: the data
        :param shapes: the shapes; empty if they are EILD's
        :param is_abandoned: returns whether the client disconnected
        :raises DataError: if the data is not well-formed
        :raises ShapesError: if the shapes are not well-formed, ill-formed or cannot be applied; status 422 unless it is
            their syntax
        :raises QueryTimeoutError: if it took too long
        :raises ResultTooLargeError: if it used up its memory, or the report is too large
        :raises BusyError: if others are validating
        :raises EnvironmentFailure: if the validator fails
        """
        if not self._turns.acquire(timeout=_TURN_SECONDS):
            raise BusyError("the maximum number of validations is already running", hint="try again in a few seconds")
        try:
            outcome, body = self._run(job, data, shapes, is_abandoned)
        finally:
            self._turns.release()
        if outcome["failure"]:
            raise _explain(outcome, job)
        return outcome, body

    def _run(
        self, job: Job, data: bytes, shapes: bytes, is_abandoned: Callable[[], bool] | None
    ) -> tuple[dict[str, Any], bytes]:
        with self._connect() as connection:
            started = time.monotonic()  # what the first job waits until the validator is there is not its own time
            try:
                send_job(connection, job, data, shapes)
                while not connection.poll(_LOOK_SECONDS):
                    if is_abandoned is not None and is_abandoned():
                        raise ClientGoneError("the client disconnected")
                    if time.monotonic() - started > job.timeout + _GRACE_SECONDS:
                        break
                else:
                    return receive_report(connection)
            except (EOFError, ConnectionError) as error:
                elapsed = time.monotonic() - started
                if elapsed < job.timeout:
                    message = "the validation process crashed"
                    hint = "try smaller data, or shapes without deep nesting"
                    raise ResultTooLargeError(message, hint=hint) from error
        elapsed = time.monotonic() - started
        message = f"the validation timed out after {elapsed:.1f} s (limit: {job.timeout:g} s)"
        raise QueryTimeoutError(message, hint="send less data, or use the command 'eild validate'")

    def _connect(self) -> Connection:
        """Return a connection to the validator, which is started if there is none."""
        with self._lock:
            for _ in range(2):
                if self._process is None or self._process.poll() is not None:
                    self._start()
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                try:
                    connection.connect(f"{self._folder}/jobs")
                except OSError:
                    connection.close()
                    self.close()
                    continue
                return Connection(connection.detach())
        raise EnvironmentFailure("the validator does not respond", hint="try again in a few seconds")

    def _start(self) -> None:
        self.close()
        self._folder = tempfile.mkdtemp(prefix="eild-validator-")
        command = [sys.executable, "-m", "eild.web.validate.worker", f"{self._folder}/jobs"]
        process = subprocess.Popen(  # noqa: S603 - the interpreter itself, with a module of this program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._process = process
        if process.stdout is None or process.stdout.readline() != READY:
            self.close()
            raise EnvironmentFailure("the validator did not start", hint="see the server log")

    def close(self) -> None:
        """End the validator; jobs that run go on to their end or deadline."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(Path(self._folder), ignore_errors=True)


@cache
def get_service(jobs: int) -> ValidationService:
    """Return the service of this process, which ends with it.

    :param jobs: how many validations may run at the same time
    """
    service = ValidationService(jobs)
    atexit.register(service.close)
    return service


def _explain(outcome: dict[str, Any], job: Job) -> EildError:
    """Return the failure that an outcome tells."""
    kind = outcome["failure"]
    if kind == OUT_OF_MEMORY:
        message = f"the validation needs more than {job.memory} MiB of memory"
        return ResultTooLargeError(message, hint="send less data, or use the command 'eild validate'")
    if kind == TOO_LARGE:
        return ResultTooLargeError(f"{outcome['message']}, the limit is {job.report_bytes}", hint="send less data")
    place = Location(outcome["path"], outcome["line"], outcome["column"]) if outcome["path"] else None
    fault: EildError
    if kind == "data":
        fault = DataError(outcome["message"], location=place, hint=outcome["hint"])
    elif kind == "form":
        fault = UsageError(outcome["message"], hint=outcome["hint"])
    else:
        fault = ShapesError(outcome["message"], location=place, hint=outcome["hint"])
        fault.suggestions = tuple(outcome.get("faults", ()))
        if kind == "shapes":
            fault.http_status = _UNPROCESSABLE
    return fault
