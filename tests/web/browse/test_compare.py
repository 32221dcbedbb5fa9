"""Tests of the comparison of sources: the page, its other forms and its query hold the same claims."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

import pytest
from lxml import html

from eild.terms import BASE
from eild.web.browse.compare import SUBJECTS

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from lxml.html import HtmlElement

    from eild.web.frame.site import Site

PATH = "/compare"
PEOPLE = {"Accept": "text/html"}


def open_page(client: FlaskClient, path: str) -> HtmlElement:
    """Return a page as a tree."""
    answer = client.get(path, headers=PEOPLE)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def list_suggested(client: FlaskClient) -> list[str]:
    """Return the addresses that the page offers where nothing is chosen."""
    return [urljoin(PATH, a.get("href", "")) for a in open_page(client, PATH).cssselect(".doors a")]


def test_compare_nothing_chosen_offers_what_several_speak_on(own_client: FlaskClient) -> None:
    """Without a choice the page offers some of each kind, and each of them has several sources."""
    suggested = list_suggested(own_client)
    assert {path.partition("?")[2].partition("=")[0] for path in suggested} == set(SUBJECTS)
    for path in suggested:
        assert len(open_page(own_client, path).cssselect(".matrix tbody tr")) > 1, path


def test_compare_query_and_forms_find_the_claims_of_the_page(own_client: FlaskClient) -> None:
    """The matrix, the JSON, the CSV and the answer of the query hold exactly the same claims."""
    for path in list_suggested(own_client)[::4]:
        page = open_page(own_client, path)
        shown = {a.get("href", "").rpartition("/")[2] for a in page.cssselect(".matrix td li a")}
        table = list(csv.DictReader(io.StringIO(own_client.get(f"{path}&format=csv").text)))
        rows = own_client.get(path, headers={"Accept": "application/json"}).json
        assert rows is not None
        assert [row["claim"] for row in rows] == [row["claim"] for row in table]
        query = next(a.get("href", "") for a in page.cssselect('p[role="status"] a') if a.text == "SPARQL query")
        answer = own_client.get(f"{urljoin(PATH, query)}&format=csv")
        assert answer.status_code == 200
        found = csv.DictReader(io.StringIO(answer.text))
        assert shown == {row["claim"].rpartition("/")[2] for row in table}
        assert shown == {row["claim"].rpartition("/")[2] for row in found}, path


def test_compare_each_claim_stands_under_its_source_and_stance(own_client: FlaskClient, own_site: Site) -> None:
    """A cell holds claims of its row's source with a stance of its column, each named by its neutral proposition."""
    for path in list_suggested(own_client)[::5]:
        page = open_page(own_client, path)
        for row in page.cssselect(".matrix tbody tr"):
            source = " ".join(str(row.cssselect("th a")[0].xpath("string()")).split())
            for cell in row.cssselect("td"):
                for link in cell.cssselect("li a"):
                    claim = own_site.claims.claims[f"{BASE}id/claim/{link.get('href', '').rpartition('/')[2]}"]
                    assert source in {" ".join(item.text.split()) for item in claim.claimants}
                    assert claim.stance.text in cell.get("data-h", "").split(", ")
                    assert link.text == "; ".join(part.named.text for part in claim.propositions)


def test_compare_two_subjects_both_hold(own_client: FlaskClient, own_site: Site) -> None:
    """Who asks for an actor and an election gets claims that name both."""
    iri = "https://w3id.org/eild/id/"
    claim = next(
        claim
        for claim in own_site.claims.curated
        if any(part.slots.get("election") and part.slots.get("actor") for part in claim.propositions)
    )
    part = next(part for part in claim.propositions if part.slots.get("election") and part.slots.get("actor"))
    asked = {"actor": part.slots["actor"][0].iri, "election": part.slots["election"][0].iri}
    assert all(value.startswith(iri) for value in asked.values())
    rows = own_client.get(f"{PATH}?{urlencode({**asked, 'format': 'json'})}").json
    assert rows is not None
    assert claim.iri in {row["claim"] for row in rows}
    for row in rows:
        found = own_site.claims.claims[row["claim"]]
        assert all(found.is_about(value) for value in asked.values())


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_compare_unknown_value_refused(own_client: FlaskClient, name: str) -> None:
    """What no claim names is refused with what would do."""
    answer = own_client.get(PATH, query_string={name: "https://w3id.org/eild/id/thing/nothing"})
    assert answer.status_code == 400
    assert answer.json is not None
    assert "https://" in answer.json["hint"]


def test_compare_foreign_data_not_found(foreign: FlaskClient) -> None:
    """Data without claims have nothing to compare."""
    assert foreign.get(PATH).status_code == 404


def test_compare_election_finds_claims_about_it_by_content_and_time(own_client: FlaskClient) -> None:
    """An election is compared on all claims about it, also where an intention or a time names it."""
    election = "https://w3id.org/eild/id/event/2024-united-states-elections"
    rows = own_client.get(f"{PATH}?{urlencode({'election': election})}", headers={"Accept": "application/json"}).json
    assert rows is not None
    assert {"000-022-9", "000-024-1", "000-036-2", "000-037-1"} <= {row["claim"].rpartition("/")[2] for row in rows}
