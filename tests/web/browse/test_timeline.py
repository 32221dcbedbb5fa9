"""Tests of the time line: page, table, files and query hold the same claims; bars lie where the days are."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from lxml import html

from eild.claims.chronology import list_moments, make_scale

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

PATH = "/timeline"


def read_page(client: FlaskClient, query: str = "") -> html.HtmlElement:
    """Return the page, parsed."""
    return html.fromstring(client.get(PATH + query, headers={"Accept": "text/html"}).text)


def test_show_dated_claims_in_order_undated_apart(own_client: FlaskClient, own_site: Site) -> None:
    """Every curated claim stands once: in the picture if the text gives a date, else in the list below it."""
    moments, undated = list_moments(own_site.claims.curated)
    page = read_page(own_client)
    shown = [link.get("href").rpartition("/")[2] for link in page.cssselect(".timeline .what a")]
    assert shown == [moment.claim.number for moment in moments]
    below = [link.get("href").rpartition("/")[2] for link in page.cssselect(".claims .what a")]
    assert below == [claim.number for claim in undated]


def test_show_bars_where_the_days_are(own_client: FlaskClient, own_site: Site) -> None:
    """A bar reaches from the earliest to the latest day, and a bound that is not given is a fade, not a bar."""
    moments, _ = list_moments(own_site.claims.curated)
    scale = make_scale(moments)
    rows = read_page(own_client).cssselect(".timeline li")
    for row, moment in zip(rows, moments, strict=True):
        whole = [event for event in moment.events if event.earliest and event.latest]
        bars = row.cssselect("rect.bar")
        assert [bar.get("x") for bar in bars] == [
            f"{scale.place(event.earliest)}%" for event in whole if event.earliest
        ]
        assert len(row.cssselect("svg.edge rect")) == len(moment.events) - len(whole)
        assert len(row.cssselect(".diamond")) == bool(moment.said)


def test_show_forms_and_query_same_claims(own_client: FlaskClient, own_site: Site) -> None:
    """Table, CSV, SVG and the answer of the query name the same claims."""
    moments, _ = list_moments(own_site.claims.curated)
    expected = {moment.claim.iri for moment in moments}
    assert {row["claim"] for row in csv.DictReader(io.StringIO(own_client.get(f"{PATH}?format=csv").text))} == expected
    picture = ET.fromstring(own_client.get(f"{PATH}?format=svg").data)  # noqa: S314 - made by the project itself
    links = [link.get("href") for link in picture.iter("{http://www.w3.org/2000/svg}a")]
    assert links == [moment.claim.iri for moment in moments]
    page = read_page(own_client)
    assert len(page.cssselect("tbody tr")) >= len(moments)
    query = next(
        link.get("href") for link in page.cssselect("a") if link.text_content() == "SPARQL query for this chart"
    )
    answer = own_client.get(f"/{query.lstrip('./')}&format=json").json
    assert answer is not None
    assert {row["claim"]["value"] for row in answer["results"]["bindings"]} == expected


def test_show_filter_only_chosen_claims(own_client: FlaskClient) -> None:
    """A filter leaves the claims of one stance, in the picture and below it."""
    page = read_page(own_client, "?stance=pledges-not")
    rows = page.cssselect(".timeline li") + page.cssselect(".claims > li")
    assert rows
    assert all("pledges-not" in row.get("class") for row in rows)


def test_show_nothing_dated_page_without_picture(own_client: FlaskClient, own_site: Site) -> None:
    """Where no chosen claim has a date the page says so and lists them."""
    _, undated = list_moments(own_site.claims.curated)
    speaker = next(
        claim.claimants[0].iri
        for claim in undated
        if all(other in undated for other in own_site.claims.curated if set(other.claimants) & set(claim.claimants))
    )
    page = read_page(own_client, f"?{urlencode({'speaker': speaker})}")
    assert "0 of" in " ".join(page.cssselect('[role="status"]')[0].text_content().split())


@pytest.mark.parametrize("query", ["?stance=hates", "?actor=urn:nobody"])
def test_show_unknown_value_refused(own_client: FlaskClient, query: str) -> None:
    """A value that no claim has is refused."""
    assert own_client.get(PATH + query).status_code == 400
