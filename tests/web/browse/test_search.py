"""Tests of ``/search``: page, JSON and CSV agree, nothing that is typed breaks it, and browsers find it."""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from eild.documents.remote import RemoteDocuments
from eild.query.engine import QueryLimits
from eild.query.remote import RemoteEngine
from eild.search.index import SearchIndex
from eild.search.loading import LazyIndex
from eild.terms import BASE
from eild.web.app import create_app
from eild.web.browse.search import PAGE_SIZE, find_named
from eild.web.frame.assets import asset_path, load_asset
from eild.web.frame.site import Site

HERE = "http://127.0.0.1:8000/"
"""Where the server listens by default."""

if TYPE_CHECKING:
    from typing import Any

    from flask.testing import FlaskClient

PEOPLE = {"Accept": "text/html"}
NAMESPACE = {"o": "http://a9.com/-/spec/opensearch/1.1/"}


def read_page(client: FlaskClient, **parameters: str | int) -> html.HtmlElement:
    """Return the page of a search."""
    response = client.get(f"/search?{urlencode(parameters)}", headers=PEOPLE)
    assert response.status_code == 200, response.text
    return html.fromstring(response.text)


def read_json(client: FlaskClient, **parameters: str | int) -> Any:
    """Return a search as JSON."""
    return client.get(f"/search?{urlencode({**parameters, 'format': 'json'})}").json


def test_show_hits_page_json_and_csv_agree(own_client: FlaskClient) -> None:
    """The three forms have the same hits in the same order, each with a link that leads somewhere."""
    page, described = read_page(own_client, q="interference"), read_json(own_client, q="interference")
    table = list(csv.DictReader(io.StringIO(own_client.get("/search?q=interference&format=csv").text)))
    links = [link.get("href") for link in page.cssselect(".hits .what a")]
    assert len(links) == len(described["results"]) == len(table) == PAGE_SIZE
    assert [row["iri"] for row in described["results"]] == [row["iri"] for row in table]
    assert [link.text_content() for link in page.cssselect(".hits .what a")] == [row["name"] for row in table]
    assert {own_client.get(f"/{link.removeprefix('./')}", headers=PEOPLE).status_code for link in links} == {200}
    assert all(row["page"].startswith(HERE) for row in described["results"])


def test_show_marks_are_the_words_looked_for(own_client: FlaskClient) -> None:
    """What is marked on the page and by offsets in JSON is what was looked for, endings aside."""
    page = read_page(own_client, q="denies interference")
    marks = page.cssselect(".hits mark")
    assert len(marks) > 10
    assert all(mark.text_content().lower().startswith(("interf", "deni", "deny")) for mark in marks)
    for row in read_json(own_client, q="interference")["results"]:
        for name in ("name", "words", "text"):
            for begin, end in (row[name] or {"marks": []})["marks"]:
                assert row[name]["text"][begin:end].lower().startswith("interf")


def test_show_every_facet_link_shows_as_many_as_it_says(own_client: FlaskClient) -> None:
    """Each link and option of the page has as many hits as it counts."""
    page = read_page(own_client, q="election")
    kinds = page.cssselect("ul[aria-label=Kinds] li")
    assert len(kinds) > 3
    for item in kinds:
        query = urlsplit(item.cssselect("a")[0].get("href")).query
        found = own_client.get(f"/search?{query}&format=json").json
        assert found is not None
        assert found["total"] == int(item.cssselect(".count")[0].text_content())
    assert {select.get("name") for select in page.cssselect("select")} == {"kind", "stance", "section", "source"}


def test_show_pages_walk_through_all_hits_once(own_client: FlaskClient) -> None:
    """The links to the next page lead through all hits, and each comes once."""
    seen: list[str | None] = []
    query = "q=china"
    while query:
        page = html.fromstring(own_client.get(f"/search?{query}", headers=PEOPLE).text)
        seen += [link.get("href") for link in page.cssselect(".hits .what a")]
        following = page.cssselect("a[rel=next]")
        query = urlsplit(following[0].get("href") or "").query if following else ""
    assert len(seen) == len(set(seen)) == read_json(own_client, q="china")["total"] > 2 * PAGE_SIZE


def test_show_claim_stance_beside_neutral_words_and_way_to_text(own_client: FlaskClient) -> None:
    """A claim shows its stance as a word beside its positive proposition, and leads to its sentence."""
    page = read_page(own_client, q="deployment of influence efforts", stance="negates")
    item = page.cssselect(".hits li")[0]
    assert item.cssselect(".stance.negates")
    assert "deployment by the Chinese government of influence efforts" in item.cssselect(".what")[0].text_content()
    assert "not" not in item.cssselect(".what")[0].text_content().split()
    room = item.cssselect(".more a")[0].get("href")
    path, _, anchor = room.partition("#")
    text = html.fromstring(own_client.get(f"/{path.removeprefix('./')}", headers=PEOPLE).text)
    assert text.cssselect(f"[id='{anchor}']")


def test_show_misspelt_says_what_is_shown_instead(own_client: FlaskClient) -> None:
    """A slip of the finger is answered with what was meant, and told."""
    page = read_page(own_client, q="spamoufalge")
    assert "Showing results for" in page.cssselect("main")[0].text_content()
    assert page.cssselect("a[href='?q=spamouflage']")
    assert read_json(own_client, q="spamoufalge")["corrected"] == "spamouflage"


def test_show_offensive_words_hidden_until_asked_for(own_client: FlaskClient) -> None:
    """No form shows words with a warning; a link shows them."""
    question = '"a jewish dog"'
    page = own_client.get(f"/search?{urlencode({'q': question})}", headers=PEOPLE).text
    main = str(html.fromstring(page).cssselect(".hits")[0].xpath("string()"))
    assert "[offensive words hidden]" in main
    assert "Jewish dog" not in main
    for form in ("json", "csv"):
        assert "Jewish dog" not in own_client.get(f"/search?{urlencode({'q': question, 'format': form})}").text
    link = html.fromstring(page).cssselect("[role=status] a[href*='words=all']")[0].get("href")
    shown = html.fromstring(own_client.get(f"/search{link}", headers=PEOPLE).text).cssselect(".hits")[0]
    assert "a Jewish dog" in str(shown.xpath("string()"))


@pytest.mark.parametrize(
    "typed",
    [f"{BASE}id/agent/spamouflage", f"<{BASE}id/agent/spamouflage>", "agent:spamouflage", f"{BASE}ontology#Claim"],
)
def test_show_known_iri_leads_to_its_page(own_client: FlaskClient, typed: str) -> None:
    """An IRI, whole or with a prefix, is looked up."""
    response = own_client.get(f"/search?{urlencode({'q': typed})}", headers=PEOPLE)
    assert response.status_code == 303
    assert own_client.get(f"/{response.headers['Location'].removeprefix('./')}", headers=PEOPLE).status_code == 200


@pytest.mark.parametrize("typed", [f"{BASE}id/agent/nobody", "agent:nobody", "http://[", "urn:x:y", "http://a b"])
def test_show_unknown_iri_is_searched_for(own_client: FlaskClient, own_site: Site, typed: str) -> None:
    """An IRI that the data do not know is words like any others."""
    assert find_named(own_site, typed) == ""
    assert own_client.get(f"/search?{urlencode({'q': typed})}", headers=PEOPLE).status_code == 200


def test_show_nothing_found_keeps_question_and_says_what_next(own_client: FlaskClient) -> None:
    """Where there is no hit, the question stays in its field and there is advice."""
    page = read_page(own_client, q="xylophone quartz", kind="person")
    assert page.cssselect("#q")[0].get("value") == "xylophone quartz"
    assert "Try fewer words" in page.cssselect("main")[0].text_content()
    assert page.cssselect("#kind option[selected]")[0].get("value") == "person"


def test_show_no_question_explains(own_client: FlaskClient) -> None:
    """Without a question the page says what can be found."""
    assert "names, definitions" in read_page(own_client).cssselect("main")[0].text_content()
    assert read_json(own_client)["total"] == 0


@pytest.mark.parametrize(
    "query", ["q=china&page=0", "q=china&page=x", "q=china&page=99999", f"q={'x' * 10_000}", "q=china&format=xml"]
)
def test_show_what_is_not_accepted_refused_with_reason(own_client: FlaskClient, query: str) -> None:
    """Wrong parameters are told from failures."""
    response = own_client.get(f"/search?{query}", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["hint"]


def test_show_page_beyond_the_last_not_found(own_client: FlaskClient) -> None:
    """A page that is not there is said not to be there."""
    assert own_client.get("/search?q=spamouflage&page=999").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        '"', '"""', "NEAR(", "a AND", "NOT", "*", "{x}:", "\x00", "a\x00b", "😀", "\u202eabc", "'--", "(" * 900, "%",
        "<script>alert(1)</script>", "\ufffe", "שלום", "é" * 500,
    ],
)  # fmt: skip
def test_show_hostile_text_answered_and_escaped(own_client: FlaskClient, typed: str) -> None:
    """Whatever is typed comes back as text, in all forms."""
    for form in ("html", "json", "csv"):
        response = own_client.get(f"/search?{urlencode({'q': typed, 'format': form})}")
        assert response.status_code == 200
        assert b"<script>alert" not in response.data or form == "json"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=80))
def test_show_any_text_answered(own_client: FlaskClient, typed: str) -> None:
    """Any text is answered or leads to what it names, and never fails; its suggestions neither."""
    query = quote(typed.encode("utf-8", "replace"))
    assert own_client.get(f"/search?q={query}", headers=PEOPLE).status_code in {200, 303}
    assert own_client.get(f"/search/suggest?q={query}").status_code == 200


def test_show_bytes_that_are_no_text_answered(own_client: FlaskClient) -> None:
    """Bytes that are no UTF-8 do no harm."""
    assert own_client.get("/search?q=%ff%fe%00china", headers=PEOPLE).status_code == 200


def test_show_same_question_same_tag(own_client: FlaskClient) -> None:
    """A browser that has the answer is not sent it again; another question has another tag."""
    first = own_client.get("/search?q=china", headers=PEOPLE)
    assert (
        own_client.get("/search?q=china", headers={**PEOPLE, "If-None-Match": first.headers["ETag"]}).status_code == 304
    )
    assert own_client.get("/search?q=china&page=2", headers=PEOPLE).headers["ETag"] != first.headers["ETag"]


def test_suggest_opensearch_suggestions_form(own_client: FlaskClient) -> None:
    """Suggestions are what browsers read: the text, names, kinds and pages, all of one length."""
    response = own_client.get("/search/suggest?q=spamo")
    assert response.headers["Content-Type"] == "application/x-suggestions+json"
    assert response.json is not None
    text, names, kinds, pages = response.json
    assert text == "spamo"
    assert names[0] == "Spamouflage"
    assert len(names) == len(kinds) == len(pages)
    assert pages[0].startswith(HERE)


def test_describe_templates_answer(own_client: FlaskClient) -> None:
    """Every template of the OpenSearch description, filled in, is answered in its type; the picture is there."""
    response = own_client.get("/opensearch.xml")
    assert response.headers["Content-Type"] == "application/opensearchdescription+xml"
    root = etree.fromstring(response.data)
    urls = root.findall("o:Url", NAMESPACE)
    assert len(urls) == 4
    for url in urls:
        template = url.get("template") or ""
        path = template.replace("{searchTerms}", "china").replace("{startPage?}", "").removeprefix(HERE)
        answer = own_client.get(f"/{path}", headers=PEOPLE if url.get("type") == "text/html" else {})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == url.get("type")
    image = (root.findtext("o:Image", namespaces=NAMESPACE) or "").removeprefix(HERE)
    assert own_client.get(f"/{image}").status_code == 200


def test_every_page_has_the_search_and_says_where_it_is_described(own_client: FlaskClient) -> None:
    """Each page has one search form, and a link by which browsers find its description."""
    for path in ("/", "/claims", "/search?q=china", "/seed/000", "/doc/agent/spamouflage"):
        page = html.fromstring(own_client.get(path, headers=PEOPLE).text)
        forms = page.cssselect("form[role=search]")
        assert len(forms) == 1, path
        assert forms[0].cssselect("input[name=q][type=search]")
        link = page.cssselect("link[rel=search]")[0].get("href")
        assert (link or "").endswith("opensearch.xml")


def test_search_script_small_and_foreign_to_nobody() -> None:
    """The script asks only this site, and the pages work without it."""
    script = load_asset("search.js")
    assert len(script) < 3000
    assert b"http" not in script
    assert asset_path("search.js").endswith("search.js")


def test_show_foreign_data_found(foreign: FlaskClient) -> None:
    """Somebody else's data are searched by their labels, with their classes as kinds, and escaped."""
    page = read_page(foreign, q="cat")
    assert page.cssselect(".hits .what a")[0].text_content() == "cat <b>&</b>"
    found = read_json(foreign, q="café")
    assert [row["iri"] for row in found["results"]] == ["http://example.org/café"]
    assert "stance" not in found["facets"]


def test_show_robots_keep_out(own_client: FlaskClient) -> None:
    """Searches are no pages for search engines."""
    assert "search?" in own_client.get("/robots.txt").text
    assert read_page(own_client, q="china").cssselect("meta[name=robots][content=noindex]")


@pytest.fixture
def distant(site: Site) -> FlaskClient:
    """Return a client of a site whose data a remote endpoint holds, which is away."""
    engine = RemoteEngine("http://127.0.0.1:9/sparql", QueryLimits(1, 1000, 0), {}, 1)
    return create_app(Site(site.settings, site.publication, RemoteDocuments(engine), engine, {})).test_client()


@pytest.mark.parametrize("path", ["/search?q=board", "/search/suggest?q=board", "/opensearch.xml"])
def test_show_data_of_another_server_says_why_there_is_no_search(distant: FlaskClient, path: str) -> None:
    """Data that a remote endpoint holds have no index, and the answer says so and what to do instead."""
    response = distant.get(path, headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.json is not None
    assert "a remote endpoint" in response.json["detail"]
    assert "/doc?iri=" in response.json["hint"]


def test_show_data_of_another_server_pages_look_iris_up(distant: FlaskClient) -> None:
    """The pages of such a site have the look-up of IRIs where others have the search."""
    page = html.fromstring(distant.get("/nothing/here/", headers=PEOPLE).text)
    assert page.cssselect("form[role=search] input[name=iri]")
    assert not page.cssselect("link[rel=search], input[name=q]")


def test_show_index_not_ready_says_when_to_come_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the index of large data is being built, a search is told to come again."""
    slow = threading.Event()

    def make() -> SearchIndex:
        slow.wait(20)
        return SearchIndex(())

    lazy = LazyIndex(make)
    monkeypatch.setattr(lazy, "get", partial(lazy.get, 0.01))
    waiting = replace(site)
    waiting.__dict__["search_index"] = lazy
    response = create_app(waiting).test_client().get("/search?q=board", headers={"Accept": "application/json"})
    slow.set()
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.json is not None
    assert "being built" in response.json["detail"]
