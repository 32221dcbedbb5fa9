"""Former versions over HTTP: dumps that are kept are served as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from eild.publication.directory import write_build
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eild.dataset import BuiltDataset
    from eild.web.frame.site import Site


@pytest.fixture
def kept(small: BuiltDataset, tmp_path: Path) -> Path:
    """Return a build directory with two versions."""
    write_build(small, tmp_path / "out")
    return write_build(replace(small, version="1.3.0", issued=date(2031, 7, 1)), tmp_path / "out")


def test_get_former_dump_has_its_own_date_ranges_and_codings(kept: Path, open_site: Callable[[Path], Site]) -> None:
    """A former version's dump is served as it was, never changes, and is listed with its version."""
    client = create_app(open_site(kept)).test_client()
    whole = (kept / "eild-1.2.3.nt").read_bytes()
    response = client.get("/dumps/eild-1.2.3.nt")
    assert (response.status_code, response.data) == (200, whole)
    assert response.headers["Last-Modified"].startswith("Sun, 01 Jun 2031")
    assert "immutable" in response.headers["Cache-Control"]
    part = client.get("/dumps/eild-1.2.3.nt", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, whole[5:10])
    coded = client.get("/dumps/eild-1.2.3.nt", headers={"Accept-Encoding": "gzip"})
    assert coded.data == (kept / "eild-1.2.3.nt.gz").read_bytes()
    since = {"If-Modified-Since": response.headers["Last-Modified"]}
    assert client.get("/dumps/eild-1.2.3.nt", headers=since).status_code == 304
    listing = client.get("/dumps/", headers={"Accept": "application/json"}).json
    assert listing is not None
    assert (listing["version"], [entry["version"] for entry in listing["former"]]) == ("1.3.0", ["1.2.3"])
    assert "Earlier version 1.2.3" in client.get("/dumps/").text


def test_get_latest_dump_leads_to_the_present_version(kept: Path, open_site: Callable[[Path], Site]) -> None:
    """Names without version lead to the present files, that of the nanopublications too."""
    client = create_app(open_site(kept)).test_client()
    for name, target in (("eild.ttl.gz", "eild-1.3.0.ttl.gz"), ("eild-nanopubs.trig", "eild-1.3.0-nanopubs.trig")):
        assert client.get(f"/dumps/latest/{name}").headers["Location"] == f"../{target}"
    assert client.get("/dumps/latest/eild-1.3.0.ttl").status_code == 404
