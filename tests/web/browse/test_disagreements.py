"""Tests of the page of disagreements: its query finds the same claims, other forms hold the same rows."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import html

from eild.claims.disagreements import list_disagreements

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

PATH = "/disagreements"


def test_show_each_disagreement_query_finds_its_claims(own_client: FlaskClient, own_site: Site) -> None:
    """The query and the CSV behind each disagreement find exactly the claims that the page shows."""
    page = html.fromstring(own_client.get(PATH, headers={"Accept": "text/html"}).text)
    found = list_disagreements(own_site.claims)
    assert found
    for disagreement in found:
        section = page.cssselect(f'section[aria-labelledby="{disagreement.slug}"]')[0]
        links = [a.get("href") for a in section.cssselect(".counts a")]
        rows = list(csv.DictReader(io.StringIO(own_client.get(urljoin(PATH, links[1])).text)))
        assert {row["claim"] for row in rows} == {claim.iri for claim in disagreement.claims}
        assert own_client.get(urljoin(PATH, links[0]), headers={"Accept": "text/html"}).status_code == 200
        shown = [a.get("href") for a in section.cssselect(".what a")]
        assert len(shown) == len(disagreement.claims)


def test_show_as_csv_and_json_same_rows(own_client: FlaskClient, own_site: Site) -> None:
    """The machine forms hold one row for each claim of each disagreement."""
    total = sum(len(found.claims) for found in list_disagreements(own_site.claims))
    table = list(csv.DictReader(io.StringIO(own_client.get(f"{PATH}?format=csv").text)))
    content = own_client.get(PATH, headers={"Accept": "application/json"}).json
    assert content is not None
    assert len(table) == len(content) == total
    assert [row["claim"] for row in table] == [row["claim"] for row in content]


def test_show_foreign_data_not_found(foreign: FlaskClient) -> None:
    """Data without claims have no such page."""
    assert foreign.get(PATH).status_code == 404
