"""Tests of ``eild load`` and of serving what it made, and of serving in front of another server, as real commands."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., subprocess.CompletedProcess[str]]

DATA = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:thing rdfs:label "thing"@en ; ex:part [ rdfs:label "part" ] .
ex:g { ex:thing ex:price 3 }
"""
COUNT = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a TriG file."""
    path = tmp_path / "data.trig"
    path.write_text(DATA, encoding="utf-8")
    return path


def test_load_then_serve_answers_queries_and_documents(
    eild: Run, serve: Callable[..., object], data: Path, tmp_path: Path
) -> None:
    """What was loaded is served by the same paths as files are; a load meanwhile disturbs nothing."""
    store = tmp_path / "shelf"
    loaded = eild("load", str(data), "--store", str(store), "--base", "http://example.org/")
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert "4 triples in the default graph: the merge of all graphs" in loaded.stdout
    client: httpx.Client = serve("--store", str(store)).client  # type: ignore[attr-defined]
    assert client.get("/sparql", params=COUNT).text == "n\r\n4\r\n"
    assert eild("load", str(data), "--store", str(store), "--no-union-default-graph").returncode == 0
    answer = client.get("/doc/thing", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    assert '"part"' in answer.text
    assert client.get("/sparql", params={**COUNT, "query": COUNT["query"] + " "}).text == "n\r\n4\r\n"
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("arguments", [["--base", "http://e.org/"], ["--no-union-default-graph"], ["data.trig"]])
def test_serve_store_with_what_was_decided_at_load_is_usage(eild: Run, tmp_path: Path, arguments: list[str]) -> None:
    """Base, default graph and files belong to the load."""
    done = eild("serve", "--port", "0", "--store", str(tmp_path), *arguments)
    assert done.returncode == 2
    assert "eild load" in done.stderr


def test_serve_missing_or_damaged_store_is_refused_on_one_line(eild: Run, data: Path, tmp_path: Path) -> None:
    """The line names the path and the remedy."""
    store = tmp_path / "shelf"
    missing = eild("serve", "--port", "0", "--store", str(store))
    assert eild("load", str(data), "--store", str(store)).returncode == 0
    table = next((store / "current" / "store").glob("*.sst"))
    table.write_bytes(table.read_bytes()[:-1])
    for done in (missing, eild("serve", "--port", "0", "--store", str(store))):
        assert done.returncode == 3
        assert str(store) in done.stderr
        assert "eild load" in done.stderr
        assert done.stderr.count("\n") == 1


def test_load_bad_file_names_line_and_exits_with_3(eild: Run, tmp_path: Path) -> None:
    """A file that does not parse is named with its line."""
    (tmp_path / "bad.nt").write_text("<http://e.org/s> oops", encoding="utf-8")
    done = eild("load", "bad.nt", "--store", "shelf")
    assert done.returncode == 3
    assert done.stderr.startswith("eild: bad.nt:1:")


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Return the URL and the process of a SPARQL server."""
    program = which("oxigraph", path=Path(sys.executable).parent) or which("oxigraph")
    assert program, "the program 'oxigraph' is missing: pip install '.[dev]'"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen([program, "serve", "--bind", place], stdout=output, stderr=output)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.post(f"http://{place}/store", content=DATA, headers={"Content-Type": "application/trig"}, timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.05)
    yield f"http://{place}/query", process
    process.kill()
    process.wait(20)


def test_serve_in_front_of_a_server_goes_on_when_that_goes_away(
    serve: Callable[..., object], eild: Run, data: Path, backend: tuple[str, subprocess.Popen[bytes]]
) -> None:
    """Queries go to the server, documents and dumps stay here; without it queries are 502 and health is degraded."""
    url, process = backend
    files: httpx.Client = serve(str(data), "--base", "http://example.org/", "--store", url).client  # type: ignore[attr-defined]
    alone: httpx.Client = serve("--base", "http://example.org/", "--store", url).client  # type: ignore[attr-defined]
    for client in (files, alone):
        answer = client.get("/sparql", params=COUNT)
        assert (answer.status_code, answer.text) == (200, "n\r\n3\r\n")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        assert client.get("/sparql", params={"query": "SELECT * { SERVICE <http://x/> {} }"}).status_code == 400
        assert '"thing"@en' in client.get("/doc/thing", headers={"Accept": "text/turtle"}).text
        assert client.get("/health/ready").status_code == 200
    process.kill()
    process.wait(20)
    for client in (files, alone):
        answer = client.get("/sparql", params=COUNT)
        assert answer.status_code == 502
        assert answer.headers["Retry-After"]
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
        assert client.get("/dumps/").status_code == 200
    assert files.get("/doc/thing", headers={"Accept": "text/turtle"}).status_code == 200
    assert alone.get("/doc/thing", headers={"Accept": "text/html"}).status_code == 502
    refused = eild("serve", "--port", "0", "--store", url)
    assert refused.returncode == 6
    assert refused.stderr.count("\n") == 1
