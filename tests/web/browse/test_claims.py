"""Tests of the list of claims: facets count and choose what the data hold, in every form of the page."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from lxml import html

from eild.web.browse.claims import list_readers
from eild.web.browse.facets import build_facets

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site


def test_show_each_value_of_each_facet_as_many_claims_as_it_says(own_client: FlaskClient, own_site: Site) -> None:
    """Choosing a value shows as many claims as the facet counts."""
    for facet in build_facets(list_readers(own_site.claims), own_site.claims.curated, {}):
        assert facet.options
        for option in facet.options:
            query = urlencode({facet.name: option.value, "format": "json"})
            rows = own_client.get(f"/claims?{query}").json
            assert rows is not None
            assert len(rows) == option.count, (facet.name, option)


def test_show_page_and_csv_same_claims(own_client: FlaskClient, own_site: Site) -> None:
    """The page and its forms hold the same claims, relays only where asked for."""
    page = html.fromstring(own_client.get("/claims", headers={"Accept": "text/html"}).text)
    table = list(csv.DictReader(io.StringIO(own_client.get("/claims?format=csv").text)))
    assert len(page.cssselect(".claims > li")) == len(table) == len(own_site.claims.curated)
    whole = own_client.get("/claims?relays=yes&format=json").json
    assert whole is not None
    assert len(whole) == len(own_site.claims.claims)


def test_show_two_facets_both_hold(own_client: FlaskClient, own_site: Site) -> None:
    """Facets are combined: every claim shown has both values."""
    rows = own_client.get("/claims?stance=negates&contested=yes&format=json").json
    assert rows
    expected = [c.iri for c in own_site.claims.curated if c.stance.slug == "negates" and c.contested_by]
    assert [row["claim"] for row in rows] == expected


@pytest.mark.parametrize("query", ["stance=hates", "section=000-999", "certainty=sure"])
def test_show_value_of_no_claim_refused_with_values(own_client: FlaskClient, query: str) -> None:
    """A value that no claim has is refused with some that are there."""
    response = own_client.get(f"/claims?{query}", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.json is not None
    assert "use one of" in response.json["hint"]


def test_show_foreign_data_not_found(foreign: FlaskClient) -> None:
    """Data without claims have no such page."""
    assert foreign.get("/claims").status_code == 404
