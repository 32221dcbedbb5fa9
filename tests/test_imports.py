"""Tests of what programs import: nobody waits, or keeps memory, for libraries that what they do does not need."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from eild.publication.directory import write_build

if TYPE_CHECKING:
    from pathlib import Path

    from eild.dataset import BuiltDataset

GRAPH_LIBRARIES = ("rdflib", "pyshacl", "shacl")
WEB_LIBRARIES = ("flask", "httptools", "uvloop", "jinja2", "sqlite3")


def find_imported(script: str, libraries: tuple[str, ...], *arguments: str) -> set[str]:
    """Return those of some libraries that a program has imported at its end."""
    ending = f"\nimport sys\nprint('imported:', *({{*{libraries!r}}} & {{*sys.modules}}))"
    command = [sys.executable, "-c", script + ending, *arguments]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(shown.rpartition("imported:")[2].split())


def test_query_over_a_build_imports_what_answers_queries_alone(small: BuiltDataset, tmp_path: Path) -> None:
    """``eild query`` over a build makes no graph of RDFLib's, and serves nothing."""
    script = "from eild.cli import main\nmain(standalone_mode=False)"
    arguments = ("query", "ASK {}", "--dist", str(write_build(small, tmp_path / "build")))
    assert find_imported(script, (*GRAPH_LIBRARIES, *WEB_LIBRARIES), *arguments) == set()


@pytest.mark.parametrize(
    "module",
    ["eild.cli.serve", "eild.server.run", "eild.web.app", "eild.server.releases", "eild.query.workers.forkserver"],
)
def test_serving_imports_no_graph_library(module: str) -> None:
    """The processes of the server read RDF with the engine's own parser; RDFLib is for who builds and checks."""
    assert find_imported(f"import {module}", GRAPH_LIBRARIES) == set()


def test_query_processes_import_no_web_library() -> None:
    """The fork server, of which each query process is a copy, knows nothing of HTTP."""
    assert find_imported("import eild.query.workers.forkserver", WEB_LIBRARIES) == set()


def test_main_process_of_the_server_imports_no_engine_and_no_client() -> None:
    """The main process watches others: it evaluates no query and speaks no HTTP."""
    modules = "import eild.cli.serve, eild.server.releases, eild.server.processes, eild.server.run"
    libraries = ("eild.query.embedded", "eild.web", "httpcore", "http", "ssl", *WEB_LIBRARIES)
    assert find_imported(modules, libraries) == set()


def test_http_processes_import_a_client_only_to_ask_another_server() -> None:
    """A site that holds its data needs no HTTP client."""
    assert find_imported("import eild.server.worker", ("httpcore",)) == set()
