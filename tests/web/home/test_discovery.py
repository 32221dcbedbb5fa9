"""Tests of what crawlers ask for: the list of pages and what they should leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

from eild.web.home import discovery

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from flask.testing import FlaskClient

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BASE = "https://w3id.org/eild/"
HERE = "http://127.0.0.1:8000/"
"""Where the server listens by default."""


def read_sitemap(client: FlaskClient, path: str) -> tuple[str, list[str]]:
    """Return the name of the root of a sitemap and the locations in it."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml"
    root = ET.fromstring(response.data)  # noqa: S314 - this project's own output
    for entry in root:
        assert entry.findtext(f"{NAMESPACE}lastmod") == "2031-06-01"
    return root.tag.removeprefix(NAMESPACE), [str(entry.findtext(f"{NAMESPACE}loc")) for entry in root]


def test_get_sitemap_lists_every_page_once(client: FlaskClient) -> None:
    """Each resource below the base has its page there, at the address of the server, and each page answers."""
    kind, pages = read_sitemap(client, "/sitemap.xml")
    assert kind == "urlset"
    assert len(pages) == len(set(pages))
    listing = client.get("/sparql", query_string={"query": "SELECT DISTINCT ?s { ?s ?p ?o }", "format": "csv"})
    resources = [line for line in listing.text.split("\r\n") if line.startswith(f"{BASE}id/")]
    assert len(resources) > 60
    assert {f"{HERE}doc/{iri.removeprefix(f'{BASE}id/')}" for iri in resources} <= set(pages)
    for page in pages:
        answer = client.get("/" + page.removeprefix(HERE), headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (200, "text/html"), page


def test_get_sitemap_too_many_pages_index_of_parts(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """More pages than a sitemap may list are spread over several, each page in exactly one; the index names them."""
    whole = read_sitemap(client, "/sitemap.xml")[1]
    monkeypatch.setattr(discovery, "MOST_URLS", 40)
    kind, parts = read_sitemap(client, "/sitemap.xml")
    assert kind == "sitemapindex"
    assert len(parts) == -(-len(whole) // 40)
    listed = [page for part in parts for page in read_sitemap(client, "/" + part.removeprefix(HERE))[1]]
    assert listed == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404


def test_get_sitemap_public_url_begins_there(public_client: FlaskClient) -> None:
    """Pages are where the public reaches them."""
    pages = read_sitemap(public_client, "/sitemap.xml")[1]
    assert all(page.startswith("https://data.example/eild/") for page in pages)


def test_get_sitemap_foreign_resources_below_base_only(publish: Callable[..., FlaskClient]) -> None:
    """Of somebody else's data the resources below the base are listed, not those that the data only mention."""
    text = "@prefix : <http://example.org/> . :a :b <http://elsewhere.example/c> . <http://elsewhere.example/c> :b :a ."
    response = publish("data.ttl", text).get("/sitemap.xml")
    assert f"{HERE}doc/a<" in response.text
    assert "elsewhere" not in response.text


def test_get_robots_pages_allowed_queries_not(client: FlaskClient) -> None:
    """Crawlers may read pages and files, are kept from queries, and find the list of pages."""
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(response.text.splitlines())
    assert parser.site_maps() == [f"{HERE}sitemap.xml"]
    for allowed in ("doc/agent/board", "", "dumps/", "sparql", "id/agent/board"):
        assert parser.can_fetch("anybody", HERE + allowed), allowed
    for refused in ("sparql?query=ASK{}", "doc?iri=http://e/x"):
        assert not parser.can_fetch("anybody", HERE + refused), refused


def test_get_sitemap_lists_sections_that_the_data_can_fill(own_client: FlaskClient, foreign: FlaskClient) -> None:
    """Pages that show claims are listed where there are claims; those that any data have are always there."""
    namespaces = {"s": NAMESPACE.strip("{}")}
    own, other = (
        [str(loc.text) for loc in ET.fromstring(client.get("/sitemap.xml").data).findall("s:url/s:loc", namespaces)]  # noqa: S314 - this project's own output
        for client in (own_client, foreign)
    )
    assert len(own) == len(set(own))
    for path in ("claims", "timeline", "disagreements", "compare", "seed/", "dumps/", "sparql"):
        assert f"{HERE}{path}" in own
    assert {f"{HERE}dumps/", f"{HERE}sparql"} <= set(other)
    assert f"{HERE}claims" not in other
