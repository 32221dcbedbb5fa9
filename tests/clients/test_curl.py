"""curl against the real server, as documentation shows it and as scripts use it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ASK = "ASK { ?s ?p ?o }"


def curl(*arguments: str) -> str:
    """Return what curl writes; fails where curl does."""
    command = ["curl", "--silent", "--show-error", "--max-time", "30", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


WAYS = {
    "url": ["-G", "--data-urlencode", f"query={ASK}"],
    "form": ["--data-urlencode", f"query={ASK}"],
    "direct": ["-H", "Content-Type: application/sparql-query", "--data-binary", ASK],
    "redirected": ["-L", "--post301", "--data-urlencode", f"query={ASK}"],
}


@pytest.mark.parametrize("way", WAYS)
def test_curl_each_way_boolean(endpoint: str, way: str) -> None:
    """In the URL, as a form and directly curl gets the answer, and after a redirection too."""
    target = f"{endpoint}/" if way == "redirected" else endpoint
    assert json.loads(curl(*WAYS[way], target))["boolean"] is True


def test_curl_query_from_file_saved_by_name(endpoint: str, tmp_path: Path) -> None:
    """A query from a file goes as it is, and the answer is saved under the name that the server gives."""
    (tmp_path / "q.rq").write_text("# everything\nSELECT ?s ?p ?o { ?s ?p ?o }\n", encoding="utf-8")
    curl(
        *("-OJ", "--output-dir", str(tmp_path), "-G", "--data-urlencode", f"query@{tmp_path}/q.rq"),
        *("-d", "format=csv", "-d", "download=1", endpoint),
    )
    assert (tmp_path / "answer.csv").read_text(encoding="utf-8").startswith("s,p,o\n")


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_curl_compressed_saves_bytes(endpoint: str, coding: str, tmp_path: Path) -> None:
    """A coded answer is smaller than the plain one."""
    query = ("-G", "--data-urlencode", "query=SELECT * { ?s ?p ?o }", endpoint)
    plain = int(curl("-o", str(tmp_path / "plain"), "-w", "%{size_download}", *query))
    header = f"Accept-Encoding: {coding}"
    coded = int(curl("-o", str(tmp_path / "coded"), "-w", "%{size_download}", "-H", header, *query))
    assert coded < plain / 5


def test_curl_etag_saved_and_compared(endpoint: str, tmp_path: Path) -> None:
    """Curl's own handling of entity tags spares the second transfer."""
    common = ("-G", "--data-urlencode", f"query={ASK}", "-w", "%{http_code}", "-o", str(tmp_path / "answer"))
    assert curl("--etag-save", str(tmp_path / "tag"), *common, endpoint) == "200"
    assert curl("--etag-compare", str(tmp_path / "tag"), *common, endpoint) == "304"


def test_curl_fail_with_body_shows_place(endpoint: str) -> None:
    """A script that stops at errors still shows line, column and hint."""
    command = ["curl", "-sS", "--fail-with-body", "-G", "--data-urlencode", "query=ASK {", endpoint]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 22
    assert json.loads(run.stdout)["line"] == 1


def test_curl_identifier_followed_to_turtle(site_url: str) -> None:
    """An identifier leads to its document in the form asked for."""
    text = curl("-L", "-H", "Accept: text/turtle", f"{site_url}id/agent/board")
    assert "agent:board a eild:GovernmentBody" in text
