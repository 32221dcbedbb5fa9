"""Tests of the list of entities: everything that claims name, and other data by class."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from lxml import html

from eild.documents.descriptions import PAGE_SIZE
from eild.web.browse.entitycatalog import list_entities

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site


def get_page(client: FlaskClient, **query: object) -> html.HtmlElement:
    """Return the page, parsed."""
    response = client.get("/entities", query_string=query, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return html.fromstring(response.text)


def get_rows(client: FlaskClient, **query: object) -> list[dict[str, str]]:
    """Return the rows of the JSON form."""
    response = client.get("/entities", query_string={**query, "format": "json"})
    assert response.status_code == 200
    rows: list[dict[str, str]] = response.get_json()
    return rows


def test_list_entities_counts_equal_those_of_the_claims(own_site: Site) -> None:
    """Each entity is counted as the claims name it, each once, and none is a record of the model itself."""
    entities = list_entities(own_site)
    assert len({entity.named.iri for entity in entities}) == len(entities)
    for entity in entities:
        assert not any(f"/id/{kind}/" in entity.named.iri for kind in ("claim", "proposition", "evidence", "sentence"))
        own = [
            claim
            for claim in own_site.claims.claims.values()
            if not claim.is_relay and any(speaker.iri == entity.named.iri for speaker in claim.claimants)
        ]
        assert entity.by == len(own)
    named = {speaker.iri for claim in own_site.claims.curated for speaker in claim.claimants}
    assert named <= {entity.named.iri for entity in entities}


def test_get_entities_page_and_forms_list_all(own_client: FlaskClient, own_site: Site) -> None:
    """The page, the JSON and the CSV list every entity."""
    entities = list_entities(own_site)
    assert len(get_page(own_client).cssselect("ul.entries li")) == len(entities)
    assert len(get_rows(own_client)) == len(entities)
    rows = list(csv.DictReader(io.StringIO(own_client.get("/entities?format=csv").text)))
    assert {row["entity"] for row in rows} == {entity.named.iri for entity in entities}


@pytest.mark.parametrize("facet", ["kind", "letter", "section"])
def test_get_entities_filter_chooses_as_many_as_it_says(own_client: FlaskClient, facet: str) -> None:
    """Each value of a facet chooses as many entities as stand behind it."""
    for option in get_page(own_client).cssselect(f"select#{facet} option[value]"):
        if value := option.get("value"):
            rows = get_rows(own_client, **{facet: value})
            assert f"({len(rows)})" in option.text_content()


def test_get_entities_filters_combine_and_stay_in_forms(own_client: FlaskClient) -> None:
    """Two filters choose what has both, and the links to other forms keep them."""
    kind = next(row for row in get_rows(own_client) if row["name"] == "Spamouflage")["kind"]
    page = get_page(own_client, letter="S")
    value = next(o.get("value") for o in page.cssselect("select#kind option") if kind in o.text_content())
    both = get_page(own_client, letter="S", kind=value)
    names = [link.text_content() for link in both.cssselect("ul.entries a")]
    assert "Spamouflage" in names
    assert all(name.upper().startswith("S") for name in names)
    forms = [link.get("href") for link in both.cssselect("link[rel=alternate][type='text/csv']")]
    assert any("letter=S" in form and "kind=" in form for form in forms)


def test_get_entities_unknown_value_refused(own_client: FlaskClient) -> None:
    """A value that no entity has is refused with some that are."""
    response = own_client.get("/entities?letter=%C2%A7")
    assert response.status_code == 400
    assert "use one of" in response.text


def test_get_entities_foreign_by_class(foreign: FlaskClient) -> None:
    """Other data are listed by class with counts, and each class with its resources; those without one as well."""
    page = get_page(foreign)
    entries = [" ".join(item.text_content().split()) for item in page.cssselect("ul.entries li")]
    assert entries == ["ex:Animal 1", "Without a class 5"]
    members = get_page(foreign, kind="http://example.org/Animal")
    assert [link.text_content() for link in members.cssselect("ul.entries a")] == ["cat <b>&</b>"]
    rows = get_rows(foreign, kind="none")
    assert {row["name"] for row in rows} >= {"fish", "mouse", "café"}


def test_get_entities_foreign_pages(publish: Callable[..., FlaskClient]) -> None:
    """Classes with many resources are paged: every resource stands on one page, and the last says that it is."""
    lines = [f"<http://example.org/n{number}> a <http://example.org/N> ." for number in range(2 * PAGE_SIZE + 5)]
    client = publish("many.ttl", "\n".join(lines))
    seen = []
    for number in (1, 2, 3):
        page = get_page(client, kind="http://example.org/N", page=number)
        seen += [link.text_content() for link in page.cssselect("ul.entries a")]
        assert bool(page.cssselect("a[rel=next]")) == (number < 3)
        assert bool(page.cssselect("a[rel=prev]")) == (number > 1)
    assert len(seen) == len(set(seen)) == len(lines)
    assert "none" in get_page(client, kind="http://example.org/N", page=4).text_content()


@pytest.mark.parametrize(
    ("query", "status"), [("kind=%20x%20y", 400), ("kind=%3E", 400), ("page=x", 400), ("kind=none&page=0", 404)]
)
def test_get_entities_foreign_wrong_requests(foreign: FlaskClient, query: str, status: int) -> None:
    """What is no IRI never reaches a query; pages are counted from 1."""
    assert foreign.get(f"/entities?{query}").status_code == status
