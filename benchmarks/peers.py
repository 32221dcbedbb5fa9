"""Other servers, started over a build of ours as processes of their own: Oxigraph, rdflib-endpoint, Virtuoso.

Each function runs one until its context ends. :data:`ENDPOINTS` says where each answers queries. Needs, for the one
that is run, oxigraph or rdflib-endpoint (PyPI), or virtuoso-opensource-7-bin (Debian).
"""

from __future__ import annotations

import contextlib
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Final

from benchmarks.load import Server, find_port, require, run_program
from eild.store.publication import load_publication

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDPOINTS: Final = {"oxigraph": "/query", "rdflib-endpoint": "/", "virtuoso": "/sparql"}
"""Where each answers queries."""
GRAPH: Final = "urn:x-benchmark:default"
"""The graph that Virtuoso holds the dataset in: it has no default graph to load into, and queries all graphs."""

_STORE: Final = {".nt": ("/store?default", "application/n-triples"), ".nq": ("/store", "application/n-quads")}
_BUFFERS: Final = 85_000
_DIRTY_BUFFERS: Final = 62_500
_READY_SECONDS: Final = 60.0
_SETTINGS: Final = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
ServerThreads = 20
DirsAllowed = ., {dumps}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 16
KeepAliveTimeout = 60
MaxKeepAlives = 64
[SPARQL]
ResultSetMaxRows = 1000000
"""


def write_settings(sql: int, http: int, dumps: Path) -> str:
    """Return the settings of a Virtuoso.

    :param sql: the port that its shell uses
    :param http: the port that it answers queries at
    :param dumps: the directory that it may load from
    """
    return _SETTINGS.format(sql=sql, http=http, dumps=dumps, buffers=_BUFFERS, dirty=_DIRTY_BUFFERS)


@contextlib.contextmanager
def run_oxigraph(folder: Path, name: str = "oxigraph") -> Iterator[Server]:
    """Run Oxigraph's server with a build in memory, default graph and named graphs.

    :param folder: the build
    :param name: what it is called in tables
    """
    port = find_port()
    command = [require("oxigraph", "the package oxigraph from PyPI"), "serve", "--bind", f"127.0.0.1:{port}"]
    publication = load_publication(folder)
    with run_program(name, command, port) as server:
        for extension, (path, kind) in _STORE.items():
            fields = {"Content-Type": kind}
            url = f"http://127.0.0.1:{port}{path}"
            request = urllib.request.Request(url, publication.read_dump(extension), fields, method="POST")
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - the server that was just started
                answer.read()
        yield server


@contextlib.contextmanager
def run_rdflib_endpoint(folder: Path, name: str = "rdflib-endpoint") -> Iterator[Server]:
    """Run rdflib-endpoint with the default graph of a build.

    :param folder: the build
    :param name: what it is called in tables
    """
    port = find_port()
    dump = folder / load_publication(folder).find_dump(".nt").name
    program = require("rdflib-endpoint", "the package rdflib-endpoint[cli] from PyPI")
    command = [program, "serve", str(dump), "--host", "127.0.0.1", "--port", str(port)]
    with run_program(name, command, port) as server:
        yield server


def _run_sql(shell: str, port: int, text: str) -> str:
    """Have Virtuoso's shell run a statement; return what it says, empty if it is not connected."""
    command = [shell, f"127.0.0.1:{port}", "dba", "dba", "VERBOSE=OFF", f"EXEC={text}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - found on the path
    return done.stdout + done.stderr


def _load_virtuoso(shell: str, port: int, dump: Path) -> None:
    """Load N-Triples as soon as the server takes them.

    :raises RuntimeError: if it does not
    """
    text = f"DB.DBA.TTLP(file_open('{dump}'), '', '{GRAPH}', 255); checkpoint;"
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        said = _run_sql(shell, port, text)
        if "Error" not in said and "failed" not in said:
            return
        if time.monotonic() > deadline:
            message = f"Virtuoso did not load {dump}: {said.strip()[:500]}"
            raise RuntimeError(message)
        time.sleep(1)


@contextlib.contextmanager
def run_virtuoso(folder: Path, scratch: Path, name: str = "virtuoso") -> Iterator[Server]:
    """Run Virtuoso with the default graph of a build.

    :param folder: the build
    :param scratch: the directory for its database; made where it does not exist
    :param name: what it is called in tables
    """
    program = require("virtuoso-t", "the package virtuoso-opensource-7-bin")
    shell = require("isql-vt", "the package virtuoso-opensource-7-bin")
    sql, http = find_port(), find_port()
    scratch.mkdir(exist_ok=True)
    (scratch / "virtuoso.ini").write_text(write_settings(sql, http, folder.resolve()), encoding="ascii")
    command = [require("env", "coreutils"), "-C", str(scratch), program, "+foreground", "+configfile", "virtuoso.ini"]
    with run_program(name, command, http) as server:
        dump = (folder / load_publication(folder).find_dump(".nt").name).resolve()
        _load_virtuoso(shell, sql, dump)
        yield server
