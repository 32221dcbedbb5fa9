"""Tests of what is made ahead of the first request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eild.publication.of_files import write_publication
from eild.web import warming

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.web.frame.site import Site

THESAURUS = Path(__file__).parents[1] / "fixtures" / "sites" / "thesaurus.ttl"


@pytest.fixture
def farm(tmp_path: Path, open_site: Callable[..., Site]) -> Site:
    """Return the site of a thesaurus."""
    write_publication([THESAURUS], tmp_path, base="https://farm.example/")
    return open_site(tmp_path)


def test_warming_large_data_has_lists_and_index(farm: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes of schemes, members of large classes and the search index are there before anybody asks."""
    monkeypatch.setattr(warming, "MANY", 5)
    thread = warming.start_warming(farm)
    assert thread is not None
    thread.join()
    schemes = {key[1] for key in farm.indexes if key[0] == "index"}
    assert schemes == {"", "https://farm.example/scheme", "https://farm.example/tools"}
    assert [key[0] for key in farm.orders] == ["http://www.w3.org/2004/02/skos/core#Concept"]
    assert farm.search_index.get(60).size


def test_warming_small_data_waits_for_requests(farm: Site) -> None:
    """Small data has everything in no time, so that nothing is made that nobody needs."""
    assert warming.start_warming(farm) is None
    assert not farm.indexes
