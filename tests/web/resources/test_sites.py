"""Tests of the pages of third-party data of three kinds: a thesaurus, an ontology, and an archive."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from lxml import html

from eild.config import Settings, load_settings
from eild.errors import UsageError
from eild.languages import DEFAULT_LANGUAGES, WANTED
from eild.publication.of_files import write_publication
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

SITES = Path(__file__).parents[2] / "fixtures" / "sites"


@pytest.fixture(scope="module")
def open_client(tmp_path_factory: pytest.TempPathFactory, open_site: Callable[..., Site]) -> Callable[..., FlaskClient]:
    """Return a function that opens the site of a file of the folder ``sites``."""

    def open_one(name: str, base: str, settings: Settings | None = None) -> FlaskClient:
        folder = tmp_path_factory.mktemp("site")
        write_publication([SITES / name], folder, base=base)
        return create_app(open_site(folder, settings)).test_client()

    return open_one


@pytest.fixture(scope="module")
def thesaurus(open_client: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of the site of a thesaurus."""
    return open_client("thesaurus.ttl", "https://farm.example/")


@pytest.fixture(scope="module")
def ontology(open_client: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of the site of an ontology."""
    return open_client("ontology.ttl", "https://optics.example/")


@pytest.fixture(scope="module")
def archive(open_client: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of the site of an archive."""
    return open_client("archive.trig", "https://letters.example/")


def read(client: FlaskClient, path: str, language: str = "") -> html.HtmlElement:
    """Return the main part of a page, redirections followed."""
    for _ in range(4):
        response = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        if response.status_code not in {301, 303}:
            break
        path = urljoin(path, response.headers["Location"])
    assert response.status_code == 200, response.text
    return html.fromstring(response.text).cssselect("main")[0]


def show(element: html.HtmlElement) -> str:
    """Return the text of an element on one line."""
    return " ".join(" ".join(map(str, element.itertext())).split())


def test_concept_page_shows_path_siblings_labels_notes_and_mappings(thesaurus: FlaskClient) -> None:
    """A concept stands in its hierarchy, its labels and notes by kind, mappings to other vocabularies apart."""
    page = read(thesaurus, "/c/cattle", "en")
    assert show(page.cssselect(".path")[0]) == "animals › cattle"
    rows = {
        show(row.cssselect("dt")[0]): [show(dd) for dd in row.cssselect("dd")] for row in page.cssselect(".facts > div")
    }
    assert rows["Also called"] == ["cows en", "Kühe de"]
    assert rows["Found by"] == ["cattel en"]
    assert rows["Siblings"] == ["sheep"]
    assert rows["Broader"] == ["animals"]
    assert rows["Narrower"] == ["oxen"]
    assert rows["Related"] == ["ways"]
    assert rows["History note"] == ["Split off in 2021. en"]
    assert rows["In the collection"] == ["kept animals"]
    assert show(page.cssselect("h1")[0]) == "cattle A.1"
    assert [show(link) for link in page.cssselect("#concept-mappings ~ .facts dt")] == ["Exact match", "Close match"]
    ahead = page.cssselect("#concept-mappings ~ .facts a")
    assert ahead[0].get("href") == "https://vocabulary.example/cattle"


def test_concept_page_deprecated_says_what_to_use(thesaurus: FlaskClient) -> None:
    """What should not be used any more says so, and what to use."""
    page = read(thesaurus, "/c/oxen", "en")
    assert show(page.cssselect(".former")[0]) == "Deprecated: use cattle"
    assert "animals › cattle › oxen" in show(page)


def test_concepts_tree_index_schemes_and_circles(thesaurus: FlaskClient) -> None:
    """A scheme is a tree, which circles do not break, and an index with other labels; several are listed."""
    overview = read(thesaurus, "/concepts", "en")
    assert [show(item) for item in overview.cssselect(".tally li")] == ["Farm thesaurus 7", "Tools 1"]
    page = read(thesaurus, "/concepts?scheme=https://farm.example/scheme", "en")
    tree = [show(item) for item in page.cssselect(".branches > li")]
    assert tree == ["animals cattle oxen sheep", "ways street loop"]
    letters = [show(item) for item in page.cssselect(".letters li")]
    assert letters == ["A", "C", "L", "O", "S", "W"]
    index = read(thesaurus, "/concepts?scheme=https://farm.example/scheme&letter=C", "en")
    assert [show(item) for item in index.cssselect(".entries li")] == ["cattle", "cows → cattle"]
    german = read(thesaurus, "/concepts?scheme=https://farm.example/scheme&letter=K&lang=de")
    assert [show(item) for item in german.cssselect(".entries li")] == ["Kühe → Rinder"]
    assert thesaurus.get("/concepts?letter=%C3%96").status_code == 404
    assert thesaurus.get("/concepts?scheme=https://farm.example/no").status_code == 404
    rows = thesaurus.get("/concepts?scheme=https://farm.example/scheme&letter=C&format=json&lang=en").json
    assert rows is not None
    assert [row["preferred"] for row in rows] == [True, False]


def test_collection_page_members_in_order(thesaurus: FlaskClient) -> None:
    """An ordered collection keeps the order of its list."""
    page = read(thesaurus, "/kept", "en")
    assert [show(item) for item in page.cssselect("#collected ~ ul li")] == ["sheep", "cattle"]
    lists = [[show(item) for item in found.cssselect("li")] for found in page.cssselect("ol.items")]
    assert lists == [["sheep", "cattle"]]


def test_names_in_the_language_asked_for_everywhere(thesaurus: FlaskClient) -> None:
    """Accept-Language and ``lang`` choose the names; links keep ``lang``; middle English is not English."""
    german = read(thesaurus, "/c/animals", "de-AT, fr;q=0.5")
    assert show(german.cssselect("h1")[0]) == "Tiere A"
    assert "Rinder" in show(german)
    assert show(read(thesaurus, "/t/fork", "").cssselect("h1")[0]) == "fork"
    response = thesaurus.get("/doc/c/animals?lang=de", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert "Accept-Language" not in response.headers["Vary"]
    assert 'href="../../doc/c/cattle?lang=de"' in response.text
    assert 'lang="de"' in response.text
    varying = thesaurus.get("/doc/c/animals", headers={"Accept": "text/html"})
    assert "Accept-Language" in varying.headers["Vary"]
    assert varying.headers["Cache-Control"].startswith("private")
    assert varying.headers["ETag"] != response.headers["ETag"]
    graphs = {thesaurus.get("/doc/c/animals.nt", headers={"Accept-Language": tag}).text for tag in ("de", "en", "fr")}
    assert len(graphs) == 1


@pytest.mark.parametrize(
    ("words", "name", "also"),
    [
        ("Strasse", "street", "Straße"),
        ("STRASSE", "street", "Straße"),
        ("cows", "cattle", "cows"),
        ("rinder", "cattle", "Rinder"),
    ],
)
def test_search_shows_the_label_that_was_matched(thesaurus: FlaskClient, words: str, name: str, also: str) -> None:
    """A hit has its name in the reader's language, and the label that has the words; ss and ß meet."""
    page = read(thesaurus, f"/search?q={words}", "en")
    first = page.cssselect(".hits li")[0]
    assert show(first.cssselect(".what")[0]) == name
    assert show(first.cssselect(".told")[0]) == f"also: {also}"


def test_language_of_a_request_ends_with_it(thesaurus: FlaskClient) -> None:
    """What one reader asked for, or an index was made with, does not stay with the thread that answered."""
    assert thesaurus.get("/doc/c/animals?lang=de", headers={"Accept": "text/html"}).status_code == 200
    assert thesaurus.get("/search?q=animals&lang=de").status_code == 200
    assert WANTED.get() == DEFAULT_LANGUAGES


def test_entities_sorted_by_name_over_all_pages(publish: Callable[..., FlaskClient]) -> None:
    """A list is in the order of names over all pages; what has no IRI is in it, and the count is right."""
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    lines = [f'<http://example.org/{999 - n}> a <http://example.org/N> ; {label} "n{n:03}" .' for n in range(150)]
    lines.append("<http://example.org/x> <http://example.org/has> _:b . _:b a <http://example.org/N> .")
    client = publish("many.ttl", "\n".join(lines))
    pages = [read(client, f"/entities?kind=http://example.org/N&page={number}") for number in (1, 2)]
    names = [show(item) for page in pages for item in page.cssselect(".entries li")]
    assert names[:150] == [f"n{n:03}" for n in range(150)]
    assert names[150].startswith("unnamed resource")
    assert show(pages[0].cssselect("[role=status]")[0]).startswith("151 resources")
    home = read(client, "/")
    assert show(home.cssselect(".tally li")[0]) == "<http://example.org/N> 151".strip("<>").replace("> ", " ")
    assert "entities?kind=" in home.cssselect(".tally a")[0].get("href")


def test_ontology_page_documents_terms_in_words(ontology: FlaskClient) -> None:
    """The document of a namespace has every term with its axioms in words, a hierarchy, and counts of uses."""
    page = read(ontology, "/vocab")
    terms = {term.get("id"): show(term) for term in page.cssselect("section.term")}
    assert set(terms) == {"Lens", "Part", "Glass", "Plastic", "focalHeight", "madeOf", "makes"}
    assert "focal height exactly 1 decimal" in terms["Lens"]
    assert ":Glass or :madeOf some :Plastic" in terms["Lens"]
    assert "lens or part" in terms["madeOf"]
    assert "decimal at least 0.5" in terms["focalHeight"]
    assert "functional: at most one value" in terms["focalHeight"]
    assert "1 resource" in terms["Lens"]
    assert show(page.cssselect(".lead")[0]) == "Lenses and mirrors."
    assert [show(item) for item in page.cssselect(".tree li")] == [":Glass", ":Part", ":Lens", ":Plastic"]


def test_statements_remarks_stand_beside_and_web_links_lead_away(ontology: FlaskClient) -> None:
    """What an axiom says of a statement stands beside it; links to the web lead there, with a page here beside."""
    lens = read(ontology, "/doc?iri=https://optics.example/vocab%23Lens")
    remark = next(item for item in lens.cssselect("dd") if item.cssselect(".remark"))
    assert show(remark) == "part about this statement rdfs:comment By definition en"
    assert "annotatedSource" not in show(lens)
    plano = read(ontology, "/doc?iri=https://optics.example/vocab%23plano")
    links = {link.get("href"): show(link) for link in plano.cssselect("a")}
    assert "https://web.example/plano" in links
    assert any("doc?iri=https%3A%2F%2Fweb.example%2Fplano" in href for href in links)


def test_statements_annotations_of_rdf_1_2(publish: Callable[..., FlaskClient]) -> None:
    """Annotations of RDF 1.2 stand beside the statement that they are about."""
    text = "@prefix : <http://example.org/> . :a :b :c ~ :r {| :since 5 |} . :b a :P ."
    page = read(publish("a.ttl", text), "/a")
    assert re.search(r":c .*about this statement :since 5", show(page))


def test_statements_qualified_relations_are_shown_where_they_point(publish: Callable[..., FlaskClient]) -> None:
    """A resource to which an anonymous record points shows the record and what it belongs to."""
    text = '@prefix : <http://example.org/> . :event :role [ :player :ann ; :as "captain" ] . :list :of ( :ann :bob ) .'
    client = publish("a.ttl", text)
    page = show(read(client, "/ann"))
    assert "captain" in page
    assert ":event" in page
    assert "captain" in client.get("/doc/ann.nt").text


def test_archive_page_has_nested_records_no_capitals_and_no_foreign_images(archive: FlaskClient) -> None:
    """A nested record stands in its place; a name keeps its small letter; pictures are links unless allowed."""
    letter = read(archive, "/letter/1", "en")
    assert "an unknown friend" in show(letter)
    assert not letter.cssselect("img")
    assert show(letter.cssselect(".image")[0]) == "Image: letter1.jpg on images.example"
    assert show(read(archive, "/spinner").cssselect("h1")[0]) == "van Linse"
    picture = archive.get("/neighbours?iri=https://letters.example/letter/1&format=svg").text
    assert ">van Linse<" in picture


def test_archive_images_shown_if_the_operator_allows_their_origin(open_client: Callable[..., FlaskClient]) -> None:
    """An allowed origin is in the policy of pages, and pictures from it are shown."""
    client = open_client("archive.trig", "https://letters.example/", Settings(images="https://images.example"))
    response = client.get("/doc/letter/1", headers={"Accept": "text/html"})
    assert '<img src="https://images.example/letter1.jpg"' in response.text
    assert "img-src 'self' https://images.example;" in response.headers["Content-Security-Policy"]
    with pytest.raises(UsageError):
        load_settings({}, images="images.example")


def test_archive_places_on_a_map(archive: FlaskClient) -> None:
    """Coordinates and shapes are on a map, with links to maps elsewhere."""
    town, field = read(archive, "/town"), read(archive, "/field")
    assert "52.08° N, 4.31° E" in show(town)
    assert town.cssselect("svg.map circle")
    assert field.cssselect("svg.map path")
    assert any("openstreetmap.org" in link.get("href") for link in town.cssselect("a"))


@pytest.mark.parametrize("which", ["thesaurus", "ontology", "archive"])
@pytest.mark.parametrize("path", ["/", "/entities", "/search", "/contact", "/cite", "/catalog", "/sparql", "/dumps/"])
def test_site_has_no_word_of_the_other_dataset(which: str, path: str, request: pytest.FixtureRequest) -> None:
    """A site of other data says nothing of claims, speakers, articles or seeds."""
    page = request.getfixturevalue(which).get(path, headers={"Accept": "text/html"})
    words = r"\b(claims?|speakers?|articles?|seeds?|propositions?|stances?)\b"
    assert not re.findall(words, show(html.document_fromstring(page.text)), re.IGNORECASE)


def test_dataset_page_lists_distributions(publish: Callable[..., FlaskClient], own_client: FlaskClient) -> None:
    """A dataset has its files in a table, a catalogue its datasets; EILD's own dataset as well."""
    text = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @base <http://example.org/> .
        <c> a dcat:Catalog ; dct:title "Town" ; dcat:dataset <trees> .
        <trees> a dcat:Dataset ; dct:title "Trees" ; dcat:distribution [ dct:title "as CSV" ;
            dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ; dcat:byteSize 12345 ;
            dcat:downloadURL <http://files.example/trees.csv> ] ."""
    client = publish("town.ttl", text)
    rows = [show(row) for row in read(client, "/trees").cssselect("tbody tr")]
    assert rows == ["as CSV http://files.example/trees.csv text/csv 12,345 bytes"]
    assert show(read(client, "/c").cssselect("#datasets ~ ul")[0]) == "Trees"
    own = read(own_client, "/dataset")
    assert any("Whole dataset as Turtle" in show(row) for row in own.cssselect("tbody tr"))
