"""Fixtures of the catalogue's tests: a server over EILD's own dataset whose operator named a public URL."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pyoxigraph
import pytest
from rdflib import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Served:
    """A running server: where it is, and questions to it."""

    url: str
    client: httpx.Client

    def get(self, path: str, accept: str = "*/*") -> httpx.Response:
        """Return what a path or URL answers."""
        return self.client.get(path, headers={"Accept": accept})

    def read_catalog(self) -> Graph:
        """Return the catalogue, its literals as written."""
        quads = pyoxigraph.parse(self.get("/catalog.nt").content, pyoxigraph.RdfFormat.N_TRIPLES)
        content = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
        return Graph(bind_namespaces="none").parse(data=content or b"", format="nt")

    def select(self, query: str) -> list[dict[str, str]]:
        """Return the rows of a query."""
        response = self.client.post("/sparql", data={"query": query}, headers={"Accept": "application/json"})
        response.raise_for_status()
        rows: list[dict[str, Any]] = response.json()["results"]["bindings"]
        return [{name: value["value"] for name, value in row.items()} for row in rows]


@pytest.fixture(scope="session")
def served(own_build: Path) -> Iterator[Served]:
    """Return a running server over EILD's own dataset, whose public URL is where it is."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--dist", str(own_build), "--timeout", "30"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "EILD_PUBLIC_URL": url},
    )
    assert process.stdout is not None
    assert url in process.stdout.readline()
    with httpx.Client(base_url=url, timeout=60) as client:
        yield Served(url, client)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
