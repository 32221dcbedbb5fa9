"""Tests of signposting, read with a library that knows only the conventions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from signposting import (  # type: ignore[import-untyped] # the package has no type information
    Signposting,
    find_signposting_html,
    find_signposting_http_link,
    find_signposting_linkset,
)

from eild import media

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

BASE = "https://w3id.org/eild/"
SCHEMA = "https://schema.org/"
HOST = "http://localhost"


def read_field(client: FlaskClient, path: str, accept: str = "text/html") -> Signposting:
    """Return the signposts of the Link field of a path."""
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 200
    return find_signposting_http_link(response.headers.getlist("Link"), HOST + path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("agent/joe-biden", "Person"),
        ("claim/000-012-1", "Claim"),
        ("source/article-000", "CreativeWork"),
        ("concept/stance/denies", "DefinedTerm"),
        ("proposition/joe-biden-xi-jinping-meet-november-15", ""),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_get_document_signposts_complete(own_client: FlaskClient, name: str, kind: str, accept: str) -> None:
    """A document has a persistent name, a description in each RDF syntax, kind, licence, author and collection."""
    if not kind:
        claim = own_client.get("/doc/claim/000-012-1.html").text
        name = "proposition/" + claim.partition("doc/proposition/")[2].partition('"')[0]
    found = read_field(own_client, f"/doc/{name}", accept)
    assert found.citeAs is not None
    assert found.citeAs.target == f"{BASE}id/{name}"
    assert found.license is not None
    assert found.license.target == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert {sign.target for sign in found.authors} == {f"{BASE}id/agent/eild"}
    assert found.collection is not None
    assert found.collection.target == f"{BASE}dataset"
    assert {sign.target for sign in found.types} == {SCHEMA + name for name in ("AboutPage", kind) if name}
    described = {str(sign.type): sign for sign in found.describedBy}
    assert set(described) == {form.media_type for form in media.DOCUMENT_FORMATS if form is not media.HTML}
    for media_type, sign in described.items():
        assert {str(profile) for profile in sign.profiles} == {f"{BASE}ontology"}
        answer = own_client.get(urlsplit(str(sign.target)).path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)


def list_signs(found: Signposting) -> set[tuple[str, str]]:
    """Return relation and target of signposts."""
    return {(str(sign.rel), str(sign.target)) for sign in found}


def test_get_document_page_has_the_same_signposts_as_its_field(site_url: str) -> None:
    """The elements of a page say what its Link field says, but for the name of the topic, which may run something."""
    url = f"{site_url}doc/claim/900-005-1.html"
    field = find_signposting_http_link([httpx.get(url).headers["Link"]], url)
    assert list_signs(find_signposting_html(url)) == {sign for sign in list_signs(field) if sign[0] != "describes"}


@pytest.mark.parametrize("path", ["/", "/dumps/"])
def test_get_landing_page_names_the_files(own_client: FlaskClient, path: str) -> None:
    """A page about the dataset names each plain dump with its media type; its link set names the packed ones too."""
    found = read_field(own_client, path)
    assert found.citeAs is not None
    assert found.citeAs.target == f"{BASE}dataset"
    assert {f"{SCHEMA}Dataset", f"{SCHEMA}AboutPage"} == {sign.target for sign in found.types}
    items = {urlsplit(str(sign.target)).path: str(sign.type) for sign in found.items}
    assert len(items) >= 6
    for item, media_type in items.items():
        answer = own_client.head(item)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    [linkset] = [sign for sign in found.linksets if str(sign.type) == "application/linkset+json"]
    target = urlsplit(str(linkset.target))
    rows = own_client.get(f"{target.path}?{target.query}").json
    assert rows is not None
    listed = {row["href"].rpartition("/")[2] for row in rows["linkset"][0]["item"]}
    dumps = own_client.get("/dumps/", headers={"Accept": "application/json"}).json
    assert dumps is not None
    assert listed == {row["name"] for row in dumps["files"]}


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_get_vocabulary_signposts(own_client: FlaskClient, name: str) -> None:
    """The page of a vocabulary is about its IRI and has descriptions that answer."""
    found = read_field(own_client, f"/{name}")
    assert found.citeAs is not None
    assert found.citeAs.target == BASE + name
    for sign in found.describedBy:
        assert own_client.get(urlsplit(str(sign.target)).path).headers["Content-Type"] == str(sign.type)


def test_get_file_leads_back_to_the_dataset(own_client: FlaskClient) -> None:
    """A dump names the dataset that it belongs to, its licence and the list of files."""
    found = read_field(own_client, "/dumps/SHA256SUMS", "*/*")
    assert found.collection is not None
    assert found.collection.target == f"{BASE}dataset"
    assert found.license is not None


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/health/live"])
def test_get_answer_that_is_no_page_no_signposts(own_client: FlaskClient, path: str) -> None:
    """Results and the state of the service are no resources to be cited."""
    assert "Link" not in own_client.get(path).headers


@pytest.mark.parametrize("path", ["doc/claim/000-012-1", "", "ontology", "dumps/"])
def test_get_linkset_over_http_read_by_library(site_url: str, path: str) -> None:
    """Link sets in both syntaxes, from a running server, hold the same links, all with absolute targets."""
    path = path.replace("000-012-1", "900-005-1")
    field = httpx.get(site_url + path, headers={"Accept": "text/html"}).headers["Link"]
    sets = []
    for form in ("json", "txt"):
        found = find_signposting_linkset(f"{site_url}linkset?of=/{path}&format={form}")
        sets.append(list_signs(found.for_context(site_url + path)))
    assert sets[0] == sets[1]
    assert len(sets[0]) >= 6
    named = {str(sign.rel) for sign in find_signposting_http_link([field], site_url)}
    assert {relation for relation, _ in sets[0]} == named


@pytest.mark.parametrize("of", ["/nowhere", "/doc/agent/nobody", "/doc?iri=x", "/sparql", "/doc"])
def test_get_linkset_of_no_page_404(own_client: FlaskClient, of: str) -> None:
    """There is no link set of what is no page."""
    assert own_client.get("/linkset", query_string={"of": of}).status_code == 404


def test_get_linkset_of_no_path_400(own_client: FlaskClient) -> None:
    """A link set is asked for by path, not by URL."""
    assert own_client.get("/linkset?of=http://elsewhere.example/").status_code == 400


def test_get_linkset_public_url_absolute_there(public_client: FlaskClient) -> None:
    """Links of this site begin where the public reaches it, and names stay as they are."""
    content = public_client.get("/linkset?of=/doc/agent/board").json
    assert content is not None
    [links] = content["linkset"]
    assert links["anchor"] == "https://data.example/eild/doc/agent/board"
    assert links["describedby"][0]["href"] == "https://data.example/eild/doc/agent/board.ttl"
    assert links["cite-as"] == [{"href": f"{BASE}id/agent/board"}]


def test_get_foreign_document_only_what_its_data_say(publish: Callable[..., FlaskClient]) -> None:
    """Somebody else's resource has a name and descriptions; licence and author only where the data name them."""
    text = """@prefix dct: <http://purl.org/dc/terms/> . @prefix : <http://example.org/> .
    :dataset dct:license :free ; dct:publisher :us . :cat a <http://xmlns.com/foaf/0.1/Person> ; :eats :fish ."""
    found = read_field(publish("cats.ttl", text), "/doc/cat")
    assert found.license is not None
    assert found.license.target == "http://example.org/free"
    assert {sign.target for sign in found.authors} == {"http://example.org/us"}
    assert f"{SCHEMA}Person" in {sign.target for sign in found.types}
    silent = read_field(publish("fish.ttl", "@prefix : <http://example.org/> . :fish :in :sea ."), "/doc/fish")
    assert silent.license is None
    assert not silent.authors
