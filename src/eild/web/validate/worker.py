"""Validation in processes of its own: data and shapes of strangers in, a report or a failure out.

A *validator* is a process that has everything loaded, EILD's shapes too, and copies itself for each job (``fork``). The
copy parses, validates and writes the report under a deadline and a memory limit that the kernel keeps, opens no
sockets, and reads no files but the program's own. It ends with its job, or when nobody waits for it any more. What a
job does cannot touch the process that answers requests.

Run as ``python -m eild.web.validate.worker SOCKET``; it ends when its standard input closes.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from eild.errors import DataError, EildError, IllFormedShapesError, ShapesError
from eild.process import bound_memory, die_with_peer
from eild.validation.formats import FORMATS, Sources
from eild.validation.formats.html import render_findings
from eild.validation.inputs import parse_input
from eild.validation.project import leave_out_own_notes, load_project_context, load_project_shapes
from eild.validation.shapes import build_shapes
from eild.validation.validate import validate
from eild.web.validate.jobs import FRAGMENT, OUT_OF_MEMORY, READY, TOO_LARGE, Job

if TYPE_CHECKING:
    from rdflib import Graph

    from eild.located import LocatedGraph
    from eild.validation.findings import Report
    from eild.validation.shapes import Shapes

DATA: Final = "data"
"""How locations name the data of a job."""
SHAPES: Final = "shapes"
"""How locations name the shapes of a job."""
_BACKLOG: Final = 16
_SHOWN: Final = 10
_SMALL_DATA: Final = b"<urn:x-warm:a> a <urn:x-warm:B> ."
_SMALL_SHAPES: Final = b"""@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:x-warm:S> sh:targetClass <urn:x-warm:B> ; sh:property [ sh:path <urn:x-warm:p> ; sh:minCount 1 ] ;
  sh:sparql [ sh:select "SELECT $this WHERE { $this a ?type }" ] ."""


class _Validator:
    """Holds what all jobs share."""

    def __init__(self) -> None:
        self._shapes: Shapes = load_project_shapes(for_others=True)
        self._context: Graph = load_project_context()
        parse_input(b"[]", name=DATA, syntax="jsonld")  # which loads what reads documents
        for engine in ("pyshacl", "fast", "exact"):
            small = parse_input(_SMALL_DATA, name=DATA, syntax="ttl")
            report = validate(small, build_shapes(_parse_shapes(_SMALL_SHAPES, "ttl")), engine=engine)
        for form in (*FORMATS, FRAGMENT):
            _write(report, form, Sources({DATA: "x"}, read_files=False))

    def run(self, job: Job, data: bytes, shapes: bytes) -> tuple[dict[str, Any], bytes]:
        """Do a job."""
        try:
            located = parse_input(data, name=DATA, syntax=job.data_syntax)
        except DataError as error:
            return _failure("data", error), b""
        try:
            own = None if job.own_shapes else _parse_shapes(shapes, job.shapes_syntax)
        except DataError as error:
            return _failure("shapes-syntax", error), b""
        try:
            applied = build_shapes(own) if own is not None else self._shapes
            report = validate(located, applied, context=self._context if job.own_shapes else None)
            report = leave_out_own_notes(report) if job.own_shapes else report
            texts = {DATA: data.decode("utf-8", "replace")}
            body = _write(report, job.form, Sources(texts, read_files=False)).encode("utf-8", "backslashreplace")
        except EildError as error:
            return _failure("shapes" if isinstance(error, ShapesError) else "form", error), b""
        if len(body) > job.report_bytes:
            return {"failure": TOO_LARGE, "message": f"the report has {len(body)} bytes"}, b""
        return {"failure": "", "conforms": report.conforms, "engine": report.engine}, body


def _parse_shapes(content: bytes, syntax: str) -> LocatedGraph:
    return parse_input(content, name=SHAPES, syntax=syntax)


def _write(report: Report, form: str, sources: Sources) -> str:
    if form == FRAGMENT:
        return render_findings(report, sources, shown=(DATA,))
    return FORMATS[form](report, sources)


def _failure(kind: str, error: EildError) -> dict[str, Any]:
    place = error.location
    return {
        "failure": kind,
        "message": error.message,
        "hint": error.hint,
        "path": place.path if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
        "faults": [str(fault) for fault in error.faults[:_SHOWN]] if isinstance(error, IllFormedShapesError) else [],
    }


def _forbid(roots: tuple[str, ...]) -> None:
    """Have each attempt of this process to use the network, or to read what is not the program's, fail."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(("socket.", "urllib.", "http.", "ftplib.")):
            message = f"network access is not allowed during validation: {event}"
            raise PermissionError(message)
        if event == "open" and isinstance(arguments[0], str) and not os.path.abspath(arguments[0]).startswith(roots):  # noqa: PTH100 - in a hook, without further calls
            message = f"file access is not allowed during validation: {arguments[0]}"
            raise PermissionError(message)

    sys.addaudithook(hook)


def _become_worker(validator: _Validator, taken: socket.socket) -> NoReturn:
    """Do the one job that comes over a connection, in a fresh copy of the validator; never returns."""
    try:
        for name in (signal.SIGALRM, signal.SIGIO, signal.SIGCHLD):
            signal.signal(name, signal.SIG_DFL)
        connection = Connection(os.dup(taken.fileno()))
        job = Job(**json.loads(connection.recv_bytes()))
        signal.setitimer(signal.ITIMER_REAL, job.timeout)
        data, shapes = connection.recv_bytes(), connection.recv_bytes()
        die_with_peer(taken, watch=True)
        bound_memory(job.memory)
        _forbid((sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(__file__)), "/dev/"))  # noqa: PTH120
        try:
            outcome, body = validator.run(job, data, shapes)
        except MemoryError:
            outcome, body = {"failure": OUT_OF_MEMORY}, b""
        die_with_peer(taken, watch=False)
        connection.send_bytes(json.dumps(outcome).encode())
        connection.send_bytes(body)
    except (OSError, EOFError, MemoryError, RecursionError, ValueError):
        os._exit(1)  # the other side sees the connection close
    finally:
        os._exit(0)


def serve(path: str) -> None:
    """Take jobs at a socket until standard input closes.

    :param path: where the socket is to be, in a folder of its own that only this user can open; it goes in the end
    """
    validator = _Validator()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(_BACKLOG)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system clears ended copies away
    gc.collect()
    gc.freeze()
    os.write(1, READY)
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(0, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if 0 in ready:
                shutil.rmtree(Path(path).parent, ignore_errors=True)
                return
            taken, _ = listener.accept()
            if os.fork() == 0:
                with suppress(OSError):
                    listener.close()
                _become_worker(validator, taken)
            taken.close()


if __name__ == "__main__":
    serve(sys.argv[1])
