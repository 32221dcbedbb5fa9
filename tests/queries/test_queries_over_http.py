"""The published queries as users run them: over HTTP, from a real server over the published data."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from eild.resources import resource_files

if TYPE_CHECKING:
    from pathlib import Path

QUERIES: Final = resource_files("queries", "*.rq")
FLOOR: Final = 95
"""Minimum number of queries: fewer mean that a filter or a move has left some out."""
ACCEPT: Final = {".csv": "text/csv", ".json": "application/sparql-results+json", ".nt": "application/n-triples"}
WAYS: Final = ("get", "form", "direct")

each_query = pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)


def _find_expected(path: Path) -> Path:
    """Return the file with the expected result of a query."""
    (found,) = [item for item in (path.parent / "expected").iterdir() if item.stem == path.stem]
    return found


def _send(url: str, way: str, query: str, accept: str) -> httpx.Response:
    """Send a query in one of the three ways of the SPARQL 1.1 Protocol, section 2.1."""
    if way == "get":
        return httpx.get(url, params={"query": query}, headers={"Accept": accept}, timeout=60)
    if way == "form":
        return httpx.post(url, data={"query": query}, headers={"Accept": accept}, timeout=60)
    fields = {"Accept": accept, "Content-Type": "application/sparql-query"}
    return httpx.post(url, content=query.encode(), headers=fields, timeout=60)


def test_queries_over_http_are_all_found() -> None:
    """No filter makes the collection shrink unseen."""
    assert len(QUERIES) >= FLOOR


@each_query
def test_query_over_http_result_as_expected(path: Path, own_site_url: str) -> None:
    """Each published query has its expected rows, truth value or graph, in each way of the protocol."""
    expected = _find_expected(path)
    for way in WAYS:
        response = _send(f"{own_site_url}sparql", way, path.read_text(encoding="utf-8"), ACCEPT[expected.suffix])
        assert response.status_code == httpx.codes.OK, response.text
        if expected.suffix == ".json":
            assert response.json()["boolean"] is ("true" in expected.read_text(encoding="utf-8"))
        elif expected.suffix == ".nt":
            lines = expected.read_text(encoding="utf-8").splitlines()
            assert Counter(response.text.splitlines()) == Counter(lines)
        else:
            assert response.text.replace("\r\n", "\n") == expected.read_text(encoding="utf-8"), way
