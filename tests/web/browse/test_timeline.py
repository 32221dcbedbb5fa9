"""Tests of the time line: page, table, files and query hold the same claims; bars lie where the days are."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from lxml import html

from eild.claims import Named
from eild.claims.chronology import list_moments, make_scale
from eild.web.browse.timelineoverview import MOST_LANES, build_overview

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


def test_show_begins_with_one_picture_that_leads_to_each_speaker(own_client: FlaskClient, own_site: Site) -> None:
    """The page begins with a lane for each speaker, whose text has number and dates, and which leads to an entry."""
    moments, _ = list_moments(own_site.claims.curated)
    page = read_page(own_client)
    (picture,) = page.cssselect("main .overview > svg")
    assert not picture.xpath("preceding::form[@class='filters']")
    title, text = (page.cssselect(f"#{name}")[0] for name in picture.get("aria-labelledby").split())
    speakers = {speaker for moment in moments for speaker in moment.claim.claimants}
    assert title.text_content() == f"Timeline of {len(moments)} claims by {len(speakers)} speakers"
    assert "has all dates as text" in text.text_content()
    lanes = picture.cssselect("a")
    assert len(lanes) == len(speakers) <= MOST_LANES
    for lane in lanes:
        (entry,) = page.cssselect(lane.get("href"))
        label, shown = lane.get("aria-label"), " ".join(lane.cssselect("text")[0].text_content().split())
        assert label.startswith(f"{shown} claim")
        (name,) = (
            speaker.text
            for speaker in speakers
            if label.startswith(f"{speaker.text} ") or label.endswith(f": {speaker.text}")
        )
        own = [moment for moment in moments if name in {speaker.text for speaker in moment.claim.claimants}]
        assert shown.endswith(f" {len(own)}")
        assert entry.cssselect(".what a")[0].get("href").endswith(f"/{own[0].claim.number}")
        assert f", {min(moment.start for moment in own)}" in label
        assert bool(lane.cssselect(".diamond")) == any(moment.said for moment in own)


def test_build_overview_many_speakers_those_with_most_claims(own_site: Site) -> None:
    """If more speakers than fit a screen have dated claims, those with the most are shown, in the order of time."""
    moments, _ = list_moments(own_site.claims.curated)
    claims = [
        replace(moment, claim=replace(moment.claim, claimants=(Named(f"speaker {number}", f"urn:{number}"),)))
        for number, moment in enumerate(moments)
        for _ in range(1 + number % 2)
    ]
    overview = build_overview(claims)
    assert overview.total == len(moments)
    assert len(overview.lanes) == MOST_LANES
    assert {lane.claims for lane in overview.lanes} == {2}
    assert [lane.first for lane in overview.lanes] == sorted(lane.first for lane in overview.lanes)


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
    assert not page.cssselect(".overview")
    assert "0 of" in " ".join(page.cssselect('[role="status"]')[0].text_content().split())


@pytest.mark.parametrize("query", ["?stance=hates", "?actor=urn:nobody"])
def test_show_unknown_value_refused(own_client: FlaskClient, query: str) -> None:
    """A value that no claim has is refused."""
    assert own_client.get(PATH + query).status_code == 400
