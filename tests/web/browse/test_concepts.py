"""Tests of ``/concepts`` over a store on disk; those over files are with the other pages of a thesaurus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eild.documents import index
from eild.documents.index import StoreDocuments
from eild.publication.of_files import write_publication
from eild.publication.on_disk import write_store
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

THESAURUS = Path(__file__).parents[2] / "fixtures" / "sites" / "thesaurus.ttl"
BASE = "https://farm.example/"
PATHS = ("/concepts", f"/concepts?scheme={BASE}scheme", f"/concepts?scheme={BASE}scheme&letter=C&format=json")


@pytest.fixture
def stored(tmp_path: Path, open_site: Callable[..., Site]) -> FlaskClient:
    """Return a client of a site of a thesaurus in a store on disk."""
    site = open_site(write_store([THESAURUS], tmp_path / "store", base=BASE).folder)
    assert isinstance(site.documents, StoreDocuments)
    return create_app(site).test_client()


def read_main(client: FlaskClient, path: str) -> str:
    """Return what a page has between its header and its footer."""
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return response.text.partition("<main")[2].partition("<footer")[0] or response.text


def test_concepts_of_a_store_equal_those_of_files(
    stored: FlaskClient, tmp_path: Path, open_site: Callable[..., Site]
) -> None:
    """Trees, indexes and rows are the same, wherever the triples are."""
    (tmp_path / "build").mkdir()
    write_publication([THESAURUS], tmp_path / "build", base=BASE)
    files = create_app(open_site(tmp_path / "build")).test_client()
    for path in PATHS:
        own, other = (read_main(client, path) for client in (stored, files))
        assert "attle" in own or "scheme" in own
        assert own == other


def test_concepts_of_a_large_store_not_listed_in_part(stored: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that would not have all concepts is refused, and the navigation does not lead to it."""
    monkeypatch.setattr(index, "MOST_INCOMING", 5)
    monkeypatch.setattr(StoreDocuments, "most_incoming", 5)
    response = stored.get("/concepts")
    assert response.status_code == 404
    assert "too large" in response.get_json()["detail"]
    assert 'href="./concepts"' not in stored.get("/", headers={"Accept": "text/html"}).text
