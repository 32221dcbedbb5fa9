"""A walk over the whole site: every resource in every form, and every link of every page."""

from __future__ import annotations

import re
from collections import Counter, deque
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx
import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from eild import media
from eild.documents.index import DocumentIndex
from eild.terms import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from eild.web.frame.site import Site

BASE = "https://w3id.org/eild/"
SYNTAXES = {
    "nt": RdfFormat.N_TRIPLES,
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
FEWEST = 1500
"""How many resources there are at least: the walk cannot shrink unseen."""
ORIGIN = "http://localhost"
FORM = re.compile(r"/(doc|np)/.*\.(ttl|nt|jsonld|rdf|trig|nq)$")
MOST_WITH_QUERY = 40
"""How many links with a query string the walk follows for each path: queries, link sets and chosen lists are alike."""


class Links(HTMLParser):
    """Gathers where a page leads, and the places in it that can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note references and identifiers; forms and names of relations lead nowhere by themselves."""
        values = dict(attrs)
        if place := values.get("id"):
            self.places.add(place)
        for name in ("href", "src"):
            if (target := values.get(name)) and not (tag == "link" and values.get("rel") in {"type", "cite-as"}):
                self.targets.append(target)


def list_resources(site: Site) -> list[str]:
    """Return every IRI below ``id/`` that occurs anywhere in the dataset, described or only pointed to."""
    index = site.documents
    assert isinstance(index, DocumentIndex)
    terms = {
        term.value
        for subject in index.subjects()
        for triple in index.outgoing(subject)
        for term in (triple.subject, triple.object)
        if isinstance(term, NamedNode) and term.value.startswith(f"{BASE}id/")
    }
    return sorted(terms)


def read_triples(response: TestResponse, form: str) -> set[str]:
    """Return the triples of a document, which has no blank nodes."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media.require_format(form, media.DOCUMENT_FORMATS).content_type
    quads = list(parse(response.data, SYNTAXES[form]))
    assert not any(isinstance(term, BlankNode) for quad in quads for term in (quad.subject, quad.object))
    return {str(quad.triple) for quad in quads}


def test_resources_are_of_the_known_kinds_and_many(own_site: Site) -> None:
    """The walk below covers every kind of resource, and not fewer than there are."""
    found = list_resources(own_site)
    assert len(found) >= FEWEST
    assert {iri.removeprefix(f"{BASE}id/").partition("/")[0] for iri in found} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_get_every_resource_303_then_equal_triples_in_each_syntax(
    own_site: Site, own_client: FlaskClient, kind: str
) -> None:
    """Each IRI leads by 303 to its document, which is about it and holds the same triples in every syntax."""
    start = f"{BASE}id/{kind}"
    for iri in list_resources(own_site):
        if iri != start and not iri.startswith(f"{start}/"):
            continue
        path = iri.removeprefix(BASE.rstrip("/"))
        moved = own_client.get(path)
        assert moved.status_code == 303, iri
        document = urljoin(path, moved.headers["Location"])
        graphs = {form: read_triples(own_client.get(f"{document}.{form}"), form) for form in SYNTAXES}
        assert all(graph == graphs["nt"] for graph in graphs.values()), iri
        topic = f"<{BASE}doc/{iri.removeprefix(f'{BASE}id/')}> <http://xmlns.com/foaf/0.1/primaryTopic> <{iri}>"
        assert topic in graphs["nt"], iri


def follow(get: Callable[[str], TestResponse], path: str) -> tuple[str, TestResponse]:
    """Return where a path leads in the end, and the answer there."""
    response = get(path)
    for _ in range(3):
        if response.status_code not in {301, 302, 303, 307, 308}:
            break
        path = urljoin(path, response.headers["Location"])
        response = get(path)
    return path, response


class Frontier:
    """The paths that the walk knows, each with the page that names it, and those that it has still to follow."""

    def __init__(self) -> None:
        self.queue = deque([("/", "the start")])
        self._seen = {"/"}
        self._with_query: Counter[str] = Counter()

    def add(self, path: str, source: str) -> None:
        """Add a path, unless it is known, a machine form, or one of many with a query string."""
        parts = urlsplit(path)
        if path in self._seen or FORM.search(parts.path):
            return
        self._seen.add(path)
        self._with_query[parts.path] += bool(parts.query)
        if self._with_query[parts.path] <= MOST_WITH_QUERY or not parts.query:
            self.queue.append((path, source))


def walk(get: Callable[[str], TestResponse]) -> Iterator[str]:
    """Follow every link of every page from the home page on, each once, and yield what leads nowhere.

    Machine forms of documents are not asked for: each of them is, for every resource, in another test.
    """
    frontier = Frontier()
    places: dict[str, set[str]] = {}
    fragments: list[tuple[str, str, str]] = []
    while frontier.queue:
        path, source = frontier.queue.popleft()
        here, response = follow(get, path)
        if response.status_code != 200:
            yield f"{response.status_code} {path} (from {source})"
        elif response.mimetype == "text/html":
            page = Links(response.text)
            places[path] = page.places
            targets = (urldefrag(urljoin(ORIGIN + here, target)) for target in page.targets)
            for whole, fragment in dict.fromkeys(targets):
                if whole.startswith(f"{ORIGIN}/"):
                    frontier.add(whole.removeprefix(ORIGIN), path)
                    fragments += [(whole.removeprefix(ORIGIN), fragment, path)] if fragment else []
    assert len(places) >= FEWEST
    for path, fragment, source in fragments:
        if path in places and unquote(fragment) not in places[path]:
            yield f"{path}#{fragment}: no such place (from {source})"


def test_crawl_every_link_of_every_page_answers(own_client: FlaskClient) -> None:
    """No link of any page of the site leads nowhere, down to the places within pages."""

    def get(path: str) -> TestResponse:
        if path.startswith(("/dumps/", "/sparql?", "/linkset?", "/assets/")):
            return own_client.head(path)
        return own_client.get(path, headers={"Accept": "text/html, */*;q=0.5"})

    dead = list(dict.fromkeys(walk(get)))
    assert not dead, f"{len(dead)} dead links:\n" + "\n".join(dead[:60])


def test_crawl_sample_over_http_answers(site_url: str) -> None:
    """A running server answers what its sitemap lists, and its pages lead to what answers."""
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        pages = re.findall(r"<loc>([^<]*)</loc>", client.get(f"{site_url}sitemap.xml").text)
        assert len(pages) > 60
        for page in pages[::7]:
            assert page.startswith(site_url)
            answer = client.get(page, headers={"Accept": "text/html"})
            assert answer.status_code == 200, page
            for target in Links(answer.text).targets[:40]:
                whole = urldefrag(urljoin(page, target))[0]
                if whole.startswith(site_url):
                    assert client.head(whole).status_code == 200, (page, whole)
