"""The pages of a project: every word on them is the project's own."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

BASE = "https://data.example.org/falls/"
OF_THE_FIRST_ARTICLE = (
    *("Wikipedia", "Chinese interference", "Biden", "election interference", "EILD project"),
    *("w3id.org/eild/id/source", "w3id.org/eild/id/claim", "w3id.org/eild/dataset", "w3id.org/eild/graph"),
)
"""What only pages of EILD's own dataset say."""
PAGES = (
    *(
        "/",
        "/claims",
        "/claims?relays=yes",
        "/timeline",
        "/disagreements",
        "/compare",
        "/entities",
        "/seed/",
        "/seed/000",
    ),
    *(
        "/seed/001",
        "/queries",
        "/search?q=bridge",
        "/sparql",
        "/reconcile",
        "/dumps/",
        "/catalog",
        "/cite",
        "/contact",
        "/validate",
    ),
    *("/doc/claim/000-004-1", "/doc/claim/000-003-0", "/doc/agent/town-council", "/doc/agent/ferry-owner"),
    *(
        "/doc/event/2031-bridge-referendum",
        "/doc/sentence/001-003",
        "/doc/evidence/001-003-2",
        "/doc/source/article-000",
    ),
    *("/doc/proposition/town-council-banned-posters", "/doc/concept/kind/referendum"),
)


def get(client: FlaskClient, path: str) -> TestResponse:
    """Request a page as a browser does."""
    return client.get(path, headers={"Accept": "text/html"})


def read(client: FlaskClient, path: str) -> str:
    """Return the HTML of a page."""
    response = get(client, path)
    assert response.status_code == 200, path
    return unescape(response.get_data(as_text=True))


@pytest.mark.parametrize("path", PAGES)
def test_page_is_of_the_project_alone(falls_client: FlaskClient, path: str) -> None:
    """No page names the first article, its source, its people or its licence."""
    page = read(falls_client, path)
    assert [words for words in OF_THE_FIRST_ARTICLE if words in page] == []
    assert "Votes in Harbour Falls" in page


def test_every_link_of_a_page_leads_somewhere(falls_client: FlaskClient) -> None:
    """Links to resources of the project, to shared concepts and to the ontology are answered."""
    found = set()
    for path in PAGES:
        for link in re.findall(r'href="([^"#]+)', read(falls_client, path)):
            if "://" not in link.partition("?")[0] and not link.startswith("mailto:"):
                found.add(urljoin(path, link))
    documents = {
        link for link in found if link.startswith(("/doc", "/ontology", "/shapes", "/seed", "/graph", "/queries"))
    }
    assert len(documents) > 100
    wrong = {link: code for link in sorted(documents) if (code := get(falls_client, link).status_code) >= 400}
    assert wrong == {}


def test_footer_credits_each_text_as_its_description_says(falls_client: FlaskClient) -> None:
    """Source, licence and authors are those of the texts, the licence of the data that of the dataset."""
    footer = " ".join(read(falls_client, "/claims").partition("<footer")[2].split())
    assert (
        'Seed text by the Harbour Falls wiki, “<a href="https://example.org/wiki/vote" hreflang="en"><span>'
        "2031 Harbour Falls bridge referendum</span></a>”, CC BY 4.0."
    ) in footer
    assert '<span lang="de">Bürgerentscheid über die Brücke</span></a>”, CC BY-SA 3.0.' in footer
    assert 'Data <a rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0</a>' in footer
    assert "Published by Harbour Falls archive" in footer


def test_own_footer_credits_the_first_article(own_client: FlaskClient) -> None:
    """EILD's own pages say what they said: the description of the seed has it."""
    footer = " ".join(read(own_client, "/contact").partition("<footer")[2].split())
    assert (
        'Data <a rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0</a>, code MIT'
        in footer
    )
    assert "Seed text by Wikipedia contributors, “<a href" in footer
    assert "Chinese interference in the 2024 United States elections</span></a>”, CC BY-SA 4.0." in footer


def test_home_page_is_called_after_the_project(falls_client: FlaskClient) -> None:
    """The heading, the introduction and the search box of the browser bear its title."""
    page = read(falls_client, "/")
    assert '<h1 class="title">Votes in Harbour Falls</h1>' in page
    assert "two articles, “2031 Harbour Falls bridge referendum”, “Citizens’ decision on the bridge”," in page
    assert ">Read the articles</a>" in page
    assert "1 proposition on which speakers disagree" in page
    assert "The disagreement</a>" in page
    assert "Votes in Harbour" in falls_client.get("/opensearch.xml").get_data(as_text=True)


def test_citation_names_the_project(falls_client: FlaskClient) -> None:
    """Who encodes the texts is cited, not EILD."""
    page = read(falls_client, "/doc/claim/000-004-1")
    assert "Cite: Harbour Falls archive (2031). Claim 000-004-1, in: Votes in Harbour Falls, version 0.1.0." in page


def test_ontology_and_shapes_are_served_under_their_own_names(falls_client: FlaskClient) -> None:
    """The shared vocabulary is documented here too, and terms link to it."""
    assert 'href="ontology#Claim"' in read(falls_client, "/entities") or "Claim" in read(falls_client, "/ontology")
    assert "<https://w3id.org/eild/ontology>" in falls_client.get("/ontology.ttl").get_data(as_text=True)
    assert "AgentShape" in read(falls_client, "/shapes") or "Agent-iri" in read(falls_client, "/shapes")
    assert 'href="../../ontology#' in read(falls_client, "/doc/claim/000-004-1")


def test_resources_are_at_the_paths_of_their_iris(falls_client: FlaskClient) -> None:
    """``id/…`` leads to ``doc/…``, which speaks of IRIs below the base; a shared concept is at ``doc?iri=``."""
    response = falls_client.get("/id/claim/000-004-1", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["Location"]) == (303, "../../doc/claim/000-004-1")
    turtle = falls_client.get("/doc/claim/000-004-1.ttl").get_data(as_text=True)
    assert f"@prefix claim: <{BASE}id/claim/> ." in turtle
    shared = falls_client.get("/doc?iri=https%3A%2F%2Fw3id.org%2Feild%2Fid%2Fconcept%2Fstance%2Fdenies&format=ttl")
    assert "The claimant, who is accused" in shared.get_data(as_text=True)


def test_text_in_another_language_is_marked_as_such(falls_client: FlaskClient) -> None:
    """Screen readers and browsers are told the language of the text."""
    assert '<div class="article" lang="de">' in read(falls_client, "/seed/001")
    assert '<div class="article">' in read(falls_client, "/seed/000")


def test_sections_of_the_same_name_are_told_apart_by_their_article(falls_client: FlaskClient) -> None:
    """Where there are several articles, a section is listed with the title of its article."""
    page = read(falls_client, "/claims")
    assert "Result (2031 Harbour Falls bridge referendum)" in page
    assert "Result (Citizens’ decision on the bridge)" in page
    chosen = read(falls_client, "/claims?section=001-004")
    assert "silence of the town council" in chosen
    assert "collapse of the Old Mill bridge" not in chosen


def test_articles_are_told_apart_where_they_speak(falls_client: FlaskClient) -> None:
    """A claim of an article names the article, since there are two of them."""
    page = read(falls_client, "/doc/claim/001-005-1")
    assert "The article “Citizens’ decision on the bridge” affirms: silence of the town council" in page
    assert '<blockquote class="context" lang="de">' in read(falls_client, "/doc/sentence/001-003")
    assert "Citizens’ decision on the bridge" in read(falls_client, "/doc/agent/town-council").partition("<main")[2]
