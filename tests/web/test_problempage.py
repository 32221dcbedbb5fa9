"""Tests of the pages about errors: they say what was asked and what may help, and the same as the problem document."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from lxml import html

from eild.errors import BusyError, EildError, NotAcceptableError, ResultTooLargeError
from eild.exchange.problems import build_problem
from eild.web.problempage import HEADINGS, FailedRequest, build_problem_page

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from lxml.html import HtmlElement

    from eild.web.frame.site import Site

PEOPLE = {"Accept": "text/html"}


def open_problem(client: FlaskClient, path: str, status: int) -> HtmlElement:
    """Return the page about an error as a tree, after checking its status and that it is not kept by caches."""
    answer = client.get(path, headers=PEOPLE)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert answer.headers["Cache-Control"] == "no-store"
    return html.fromstring(answer.text)


def test_not_found_page_names_what_comes_near(own_client: FlaskClient) -> None:
    """A misspelt resource: what was asked, what may have been meant by name and kind, words to search for."""
    page = open_problem(own_client, "/doc/agent/spamoflage", 404)
    assert page.cssselect("h1")[0].text == HEADINGS[404]
    assert page.cssselect(".lead code")[0].text == "/doc/agent/spamoflage"
    near = {a.text: urljoin("/doc/agent/spamoflage", a.get("href", "")) for a in page.cssselect("#near ~ ul a")}
    assert near["Spamouflage"] == "/doc/agent/spamouflage"
    assert {own_client.get(path, headers=PEOPLE).status_code for path in near.values()} == {200}
    (field,) = page.cssselect('main input[name="q"]')
    assert field.get("value") == "spamoflage"


def test_not_found_page_same_facts_as_document(own_client: FlaskClient) -> None:
    """Detail, hint and suggestions of the problem document are on the page."""
    path = "/doc/agent/spamoflage"
    document = own_client.get(path, headers={"Accept": "application/problem+json"}).json
    assert document is not None
    text = str(open_problem(own_client, path, 404).xpath("string()"))
    for part in (document["detail"], document["title"], str(document["status"]), *document["suggestions"]):
        assert part in text


def test_not_acceptable_page_links_forms_where_format_is_understood(own_client: FlaskClient) -> None:
    """Each form that there is leads to itself."""
    view_of = own_client.get("/seed/000", headers={"Accept": "image/png"})
    assert view_of.status_code == 406
    site: Site = own_client.application.extensions["eild"]
    assert view_of.json is not None
    problem = build_problem(NotAcceptableError("no such form", suggestions=tuple(view_of.json["suggestions"])))
    view = build_problem_page(site, problem, FailedRequest("/seed/000", {"stance": "denies"}, takes_format=True))
    links = [item.href for item in view.near if item.href]
    assert len(links) == len(view.near)
    for link in links:
        assert "stance=denies" in link
        assert own_client.get(f"/{link}").status_code == 200


def test_not_acceptable_page_names_forms_elsewhere(own_client: FlaskClient) -> None:
    """Where ``?format=`` is not understood the forms are named, for programs to ask for."""
    page = open_problem(own_client, "/sitemap.xml", 406)
    assert "application/xml" in str(page.xpath("string()"))
    assert not page.cssselect("#near ~ ul a")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BusyError("too many queries wait"), ("LIMIT", "again in 5 seconds")),
        (ResultTooLargeError("more than 10 MB"), ("LIMIT and OFFSET", "dumps")),
    ],
)
def test_build_problem_page_limits_tell_ways_to_narrow(site: Site, error: EildError, words: tuple[str, ...]) -> None:
    """Who met a limit reads how to ask for less, and that the files have no limit."""
    view = build_problem_page(site, build_problem(error), FailedRequest("/sparql"))
    for word in words:
        assert word in " ".join(view.advice)


@pytest.mark.parametrize(
    "path", ["/nowhere/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/" + "x" * 3000, "/doc?iri=urn:%00"]
)
def test_problem_page_hostile_path_is_text(own_client: FlaskClient, path: str) -> None:
    """What was asked for is shown as text, and cut where it is long."""
    answer = own_client.get(path, headers=PEOPLE)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 20_000


def test_problem_page_foreign_data_promises_nothing(foreign: FlaskClient) -> None:
    """Of other data nobody knows what was there before."""
    page = open_problem(foreign, "/catt", 404)
    assert "has ever been published under this name" not in str(page.xpath("string()"))
    assert page.cssselect("#near ~ ul a")[0].text == "cat <b>&</b>"
