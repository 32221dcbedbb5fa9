"""Tests of resources over HTTP: retired IRIs, pages of documents, what documents say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from eild.dataset import build_dataset
from eild.dumps import write_build
from eild.retired import COLUMNS
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from eild.web.site import Site

BASE = "https://w3id.org/eild/"
RETIRED = (
    f'{BASE}id/claim/900-002-9,2031-06-01,"The words were read wrongly, so nobody claims this.",',
    f"{BASE}id/agent/harbor-board,2031-06-01,Spelt as in the text.,{BASE}id/agent/board",
)


@pytest.fixture
def retiring(small_copy: Path, tmp_path: Path, open_site: Callable[[Path], Site]) -> FlaskClient:
    """Return a client of a site whose dataset has a withdrawn and a renamed resource."""
    table = "\n".join((",".join(COLUMNS), *RETIRED)) + "\n"
    (small_copy / "data" / "retired.csv").write_text(table, encoding="utf-8")
    folders = {name: small_copy / name for name in ("seeds", "data", "shapes")}
    return create_app(open_site(write_build(build_dataset(**folders), tmp_path / "dist"))).test_client()


@pytest.mark.parametrize(
    "path",
    [
        "/id/claim/900-002-9",
        "/doc/claim/900-002-9",
        "/doc/claim/900-002-9.ttl",
        f"/doc?iri={BASE}id/claim/900-002-9",
    ],
)
def test_get_withdrawn_resource_410_with_reason_and_day(retiring: FlaskClient, path: str) -> None:
    """What was withdrawn is gone, not unknown: the answer says since when and why, to programs and to people."""
    response = retiring.get(path)
    assert response.status_code == 410
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json is not None
    assert (response.json["status"], response.json["title"]) == (410, "Gone")
    assert "2031-06-01: The words were read wrongly, so nobody claims this." in response.json["detail"]
    page = retiring.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "The words were read wrongly" in page.text


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/id/agent/harbor-board", "/id/agent/board"),
        ("/id/agent/harbor-board?format=ttl", "/id/agent/board?format=ttl"),
        ("/doc/agent/harbor-board", "/doc/agent/board"),
        ("/doc/agent/harbor-board.jsonld", "/doc/agent/board.jsonld"),
        (f"/doc?iri={BASE}id/agent/harbor-board", "/doc/agent/board"),
        (f"/doc?iri={BASE}id/agent/harbor-board&format=nt", "/doc/agent/board.nt"),
    ],
)
def test_get_renamed_resource_301_to_present_name(retiring: FlaskClient, path: str, location: str) -> None:
    """What was renamed is at its new name for good, in the same form; the reference is relative."""
    response = retiring.get(path)
    assert response.status_code == 301
    assert not response.headers["Location"].startswith(("http", "/"))
    assert urljoin(path, response.headers["Location"]) == location
    present = retiring.get(location)
    if present.status_code == 303:
        present = retiring.get(urljoin(location, present.headers["Location"]))
    assert present.status_code == 200


def test_get_resource_never_published_404(retiring: FlaskClient) -> None:
    """What was never there is not gone."""
    assert retiring.get("/id/claim/900-002-8").status_code == 404
