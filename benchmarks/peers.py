"""Other servers, started as processes of their own: Oxigraph, rdflib-endpoint and Virtuoso over a build of ours, nginx.

Each function runs one until its context ends. :data:`ENDPOINTS` says where each answers queries. Needs, for the one
that is run, oxigraph or rdflib-endpoint[cli] (PyPI), or virtuoso-opensource-7-bin or nginx (Debian).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Final

from benchmarks.load import Server, find_port, require, run_program
from eild.publication.manifest import load_publication

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OXIGRAPH: Final = "oxigraph memory"
"""Oxigraph's server with all data in memory, in tables."""
OXIGRAPH_DISK: Final = "oxigraph disk"
"""Oxigraph's server over a store on disk, in tables."""
RDFLIB_ENDPOINT: Final = "rdflib-endpoint"
"""RDFLib's server, in tables."""
VIRTUOSO: Final = "virtuoso"
"""Virtuoso, in tables."""
NGINX: Final = "nginx"
"""The server of files, in tables."""
ENDPOINTS: Final = {OXIGRAPH: "/query", OXIGRAPH_DISK: "/query", RDFLIB_ENDPOINT: "/", VIRTUOSO: "/sparql"}
"""Where each answers queries."""
GRAPH: Final = "urn:x-benchmark:default"
"""The graph that Virtuoso holds the dataset in: it has no default graph to load into, and queries all graphs."""

_STORE: Final = {".nt": ("/store?default", "application/n-triples"), ".nq": ("/store", "application/n-quads")}
"""The dumps that make the same dataset as ours, default graph and named graphs, and where a store takes them."""
_OXIGRAPH_PACKAGE: Final = "the package oxigraph from PyPI"
_VIRTUOSO_PACKAGE: Final = "the package virtuoso-opensource-7-bin"
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
_NGINX: Final = """daemon off;{user}
worker_processes {workers};
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
{content}
}}
"""
_FILES: Final = """  sendfile on; tcp_nopush on; etag on; open_file_cache max=100;
  default_type application/octet-stream;
  server {{ listen 127.0.0.1:{port} reuseport; location /dumps/ {{ alias {root}/; }} }}"""


def write_settings(sql: int, http: int, dumps: Path) -> str:
    """Return the settings of a Virtuoso.

    :param sql: the port that its shell uses
    :param http: the port that it answers queries at
    :param dumps: the directory that it may load from
    """
    return _SETTINGS.format(sql=sql, http=http, dumps=dumps, buffers=_BUFFERS, dirty=_DIRTY_BUFFERS)


def write_nginx_settings(folder: Path, content: str, *, workers: str = "auto") -> str:
    """Return the settings of an nginx that runs as anybody and writes to one directory.

    :param folder: for what it writes
    :param content: what its ``http`` block holds besides
    :param workers: how many processes answer
    """
    user = "\nuser root;" if os.geteuid() == 0 else ""  # else its processes may not read what root made
    return _NGINX.format(folder=folder, content=content, workers=workers, user=user)


def run_nginx(
    folder: Path, content: str, port: int, *, name: str = NGINX, workers: str = "auto"
) -> contextlib.AbstractContextManager[Server]:
    """Run nginx until the context ends.

    :param folder: for its settings and what it writes; exists
    :param content: what its ``http`` block holds besides
    :param port: where that has it listen
    """
    path = folder / "nginx.conf"
    path.write_text(write_nginx_settings(folder, content, workers=workers), encoding="utf-8")
    return run_program(name, [require("nginx", "the package nginx"), "-c", str(path)], port)


def run_files(folder: Path, root: Path) -> contextlib.AbstractContextManager[Server]:
    """Run nginx over the files of a directory, at ``/dumps/``, until the context ends.

    :param folder: for what it writes; exists
    :param root: the directory
    """
    port = find_port()
    return run_nginx(folder, _FILES.format(port=port, root=root.resolve()), port)


@contextlib.contextmanager
def run_oxigraph(folder: Path, *options: str, name: str = OXIGRAPH) -> Iterator[Server]:
    """Run Oxigraph's server with a build in memory, default graph and named graphs.

    :param folder: the build
    :param options: further ones of the server's
    :param name: what it is called in tables
    """
    port = find_port()
    command = [require("oxigraph", _OXIGRAPH_PACKAGE), "serve", "--bind", f"127.0.0.1:{port}", *options]
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
def run_oxigraph_disk(folder: Path, scratch: Path, name: str = OXIGRAPH_DISK) -> Iterator[Server]:
    """Run Oxigraph's server over a store on disk that holds a build and was optimized, read-only.

    :param folder: the build
    :param scratch: the directory for the store
    :param name: what it is called in tables
    """
    program, port = require("oxigraph", _OXIGRAPH_PACKAGE), find_port()
    publication = load_publication(folder)
    files = [folder / publication.find_dump(extension).name for extension in _STORE]
    command = [program, "load", "--location", str(scratch), "--file", *map(str, files)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the program that is compared
    subprocess.run([program, "optimize", "--location", str(scratch)], check=True, capture_output=True)  # noqa: S603
    command = [program, "serve-read-only", "--location", str(scratch), "--bind", f"127.0.0.1:{port}"]
    with run_program(name, command, port) as server:
        yield server


@contextlib.contextmanager
def run_rdflib_endpoint(folder: Path, name: str = RDFLIB_ENDPOINT) -> Iterator[Server]:
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
def run_virtuoso(folder: Path, scratch: Path, name: str = VIRTUOSO) -> Iterator[Server]:
    """Run Virtuoso with the default graph of a build.

    :param folder: the build
    :param scratch: the directory for its database; made where it does not exist
    :param name: what it is called in tables
    """
    program = require("virtuoso-t", _VIRTUOSO_PACKAGE)
    shell = require("isql-vt", _VIRTUOSO_PACKAGE)
    sql, http = find_port(), find_port()
    scratch.mkdir(exist_ok=True)
    (scratch / "virtuoso.ini").write_text(write_settings(sql, http, folder.resolve()), encoding="ascii")
    command = [require("env", "coreutils"), "-C", str(scratch), program, "+foreground", "+configfile", "virtuoso.ini"]
    with run_program(name, command, http) as server:
        dump = (folder / load_publication(folder).find_dump(".nt").name).resolve()
        _load_virtuoso(shell, sql, dump)
        yield server
