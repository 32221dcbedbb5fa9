"""Fixtures of the tests with real clients: the endpoint of a running server, and the installed JavaScript clients."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def endpoint(site_url: str) -> str:
    """Return the URL of the running server's SPARQL endpoint."""
    return f"{site_url}sparql"


@pytest.fixture(scope="session")
def node(endpoint: str, install: Callable[[str], Path]) -> Iterator[Callable[..., Any]]:
    """Return a function that asks the endpoint with a JavaScript client and returns what the client understood."""
    clients = install(".node-test")
    process = subprocess.Popen(
        ["node", str(Path(__file__).parent / "ask.cjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CLIENTS": str(clients / "package.json")},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asking, answering = process.stdin, process.stdout

    def ask(client: str, query: str, **options: Any) -> Any:
        asking.write(json.dumps({"client": client, "endpoint": endpoint, "query": query, **options}) + "\n")
        asking.flush()
        return json.loads(answering.readline())

    yield ask
    asking.close()
    process.wait(timeout=30)
    answering.close()
