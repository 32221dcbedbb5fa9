"""``/ontology`` and ``/shapes``: documentation for people and RDF for machines, whole, by version and by module."""

from __future__ import annotations

import itertools
import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat
from pyoxigraph import parse as parse_quads
from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef

from eild.dataset import BuiltDataset
from eild.facts.ontology import load_ontology
from eild.namespaces import EILD, ONTOLOGY_IRI, SHAPES_IRI
from eild.publication.directory import write_build
from eild.terms import BASE, CLASSES, DERIVED_PROPERTIES, PROPERTIES
from eild.web.app import create_app
from eild.web.frame.assets import asset_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from eild.web.frame.site import Site

SUFFIXES = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
TERMS = (*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES)
PATHS = (
    "/ontology",
    "/shapes",
    "/ontology/0.2.0",
    "/shapes/0.2.0",
    "/ontology/claims",
    "/ontology/claims/0.2.0",
    "/ontology/align-prov",
)


@pytest.fixture(scope="module")
def own(own_client: FlaskClient) -> FlaskClient:
    """Return a client of the application over EILD's own dataset."""
    return own_client


@pytest.fixture(scope="module")
def ontology_page(own: FlaskClient) -> str:
    """Return the page of the ontology."""
    return own.get("/ontology.html").text


@pytest.fixture(scope="module")
def shapes_page(own: FlaskClient) -> str:
    """Return the page of the shapes."""
    return own.get("/shapes.html").text


def read_section(page: str, name: str) -> str:
    """Return the text of the part of a page about one term or shape."""
    match = re.search(rf'<section class="term" id="{re.escape(name)}".*?</section>', page, re.DOTALL)
    assert match, f"no part for {name}"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", match[0])).split())


def parse(response: TestResponse, syntax: str) -> Graph:
    """Return the graph of an answer."""
    assert response.status_code == 200
    return Graph().parse(data=response.data, format=syntax)


def canonical(content: Graph | bytes, form: RdfFormat = RdfFormat.TURTLE) -> Dataset:
    """Return a graph such that equal graphs are equal, whatever their blank nodes are called."""
    data = content.serialize(format="nt").encode() if isinstance(content, Graph) else content
    found = Dataset(parse_quads(data, RdfFormat.N_TRIPLES if isinstance(content, Graph) else form))
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found


class Anchors(HTMLParser):
    """Collects the names of anchors and the targets of links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.targets: list[str] = []
        self.levels: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names or points to."""
        values = dict(attrs)
        if name := values.get("id"):
            self.names.append(name)
        if tag == "a":
            self.targets.append(values.get("href") or "")
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


@pytest.mark.parametrize("path", PATHS)
def test_get_vocabulary_every_syntax_says_the_same(own: FlaskClient, path: str) -> None:
    """By suffix and by Accept the same triples come, and no Accept gets Turtle."""
    first = canonical(own.get(path).data)
    assert len(first) > 10
    for suffix, form in SUFFIXES.items():
        assert canonical(own.get(f"{path}.{suffix}").data, form) == first, suffix
    accepted = own.get(path, headers={"Accept": "application/rdf+xml"})
    assert accepted.content_type == "application/rdf+xml"
    assert "Accept" in accepted.headers["Vary"]


@pytest.mark.parametrize("path", PATHS)
def test_get_vocabulary_page_known_tag_is_304(own: FlaskClient, path: str) -> None:
    """Pages and documents have tags of their own, and name their other forms."""
    page = own.get(path, headers={"Accept": "text/html"})
    assert page.content_type.startswith("text/html")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    again = own.get(path, headers={"Accept": "text/html", "If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    turtle = own.get(f"{path}.ttl")
    assert turtle.headers["ETag"] != page.headers["ETag"]
    assert f'{path.rpartition("/")[2]}.nt>; rel="alternate"; type="application/n-triples"' in page.headers["Link"]


@pytest.mark.parametrize(
    ("vocabulary", "node"), [("ontology", ONTOLOGY_IRI), ("shapes", SHAPES_IRI)], ids=["ontology", "shapes"]
)
def test_get_version_iri_answers_with_that_version(own: FlaskClient, vocabulary: str, node: URIRef) -> None:
    """The version IRI that a vocabulary names of itself leads to it."""
    latest = parse(own.get(f"/{vocabulary}"), "turtle")
    version = latest.value(node, OWL.versionIRI)
    path = f"/{str(version).removeprefix(BASE)}"
    assert canonical(own.get(path).data) == canonical(own.get(f"/{vocabulary}").data)
    assert str(version) in own.get(path, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("path", ["/ontology/9.9.9", "/ontology/9.9.9.ttl", "/ontology/clams", "/shapes/0.0.1"])
def test_get_unknown_version_is_404_that_lists_the_known(own: FlaskClient, path: str) -> None:
    """Who asks for what there is not learns what there is."""
    answer = own.get(path)
    assert answer.status_code == 404
    problem = json.loads(answer.data)
    vocabulary = path.split("/")[1]
    assert f"{BASE}{vocabulary}/0.2.0" in problem["suggestions"]
    assert "0.2.0" in problem["hint"]


def test_get_every_module_and_alignment_answers_at_its_iri(own: FlaskClient) -> None:
    """What a module or an alignment is called leads to just its triples."""
    ontology = load_ontology()
    for name, located in {**ontology.modules, **ontology.alignments}.items():
        if name == "eild":
            continue
        node = URIRef(f"{ONTOLOGY_IRI}/{name}")
        graph = parse(own.get(f"/ontology/{name}"), "turtle")
        assert set(graph.subjects(RDF.type, OWL.Ontology)) == {node}
        own_terms = {term for term in located.graph.subjects() if str(term).startswith(str(EILD))}
        assert {term for term in graph.subjects() if str(term).startswith(str(EILD))} == own_terms
        for triple in located.graph:
            if str(triple[0]).startswith(str(EILD)):
                assert triple in graph, f"{name}: {triple}"
        page = own.get(f"/ontology/{name}.html")
        assert page.status_code == 200
        assert located.graph.value(node, URIRef("http://purl.org/dc/terms/description")) is not None


@pytest.fixture(scope="module")
def revised(
    small: BuiltDataset, tmp_path_factory: pytest.TempPathFactory, open_site: Callable[[Path], Site]
) -> FlaskClient:
    """Return a client of a build whose ontology is a version on: a term less, the former dumps kept."""
    folder = tmp_path_factory.mktemp("revised") / "dist"
    write_build(small, folder)
    ontology = Graph() + small.graphs["ontology"]
    ontology.remove((EILD.hedge, None, None))
    ontology.set((ONTOLOGY_IRI, OWL.versionInfo, Literal("0.3.0")))
    ontology.set((ONTOLOGY_IRI, OWL.versionIRI, ONTOLOGY_IRI + "/0.3.0"))
    ontology.set((ONTOLOGY_IRI, OWL.priorVersion, ONTOLOGY_IRI + "/0.2.0"))
    graphs = small.graphs | {"ontology": ontology}
    write_build(BuiltDataset("1.3.0", small.issued.replace(year=small.issued.year + 1), graphs), folder)
    return create_app(open_site(folder)).test_client()


def test_get_former_version_answers_with_what_it_was(revised: FlaskClient, small: BuiltDataset) -> None:
    """The version IRI of a former version leads to its triples, and the namespace IRI to the latest."""
    latest, former = parse(revised.get("/ontology"), "turtle"), parse(revised.get("/ontology/0.2.0"), "turtle")
    whole = Graph() + small.graphs["ontology"]
    headers = set(whole.subjects(RDF.type, OWL.Ontology))
    for header in headers:  # only that of the whole is served with it
        whole.remove((header, None, None))
    rest = Graph() + former
    rest.remove((ONTOLOGY_IRI, None, None))
    assert set(former.subjects(RDF.type, OWL.Ontology)) == {ONTOLOGY_IRI} < headers
    assert canonical(rest) == canonical(whole)
    assert (EILD.hedge, RDFS.label, None) in former
    assert (EILD.hedge, RDFS.label, None) not in latest
    assert canonical(revised.get("/ontology/0.3.0.nt").data, RdfFormat.N_TRIPLES) == canonical(latest)
    assert (ONTOLOGY_IRI, OWL.priorVersion, ONTOLOGY_IRI + "/0.2.0") in latest


def test_get_former_version_page_says_so(revised: FlaskClient) -> None:
    """People learn that there is a later version, and the later one names those before it."""
    former, latest = (revised.get(f"/ontology{rest}.html").text for rest in ("/0.2.0", ""))
    assert "This is an earlier version." in former
    assert "hedge" in Anchors(former).names
    assert "uses in the data" not in former
    assert "This is an earlier version." not in latest
    assert 'href="./ontology/0.2.0"' in latest


def test_get_module_of_unchanged_version_is_the_present_one(revised: FlaskClient) -> None:
    """What did not change its version is not former, and an unknown version lists all that are served."""
    assert "This is an earlier version." not in revised.get("/ontology/claims/0.2.0.html").text
    problem = json.loads(revised.get("/ontology/0.4.0").data)
    assert problem["hint"] == "versions served: 0.3.0, 0.2.0"


def test_get_ontology_of_foreign_data_is_404(foreign: FlaskClient) -> None:
    """Somebody else's data have no vocabulary of EILD's."""
    assert foreign.get("/ontology").status_code == 404
    assert foreign.get("/ontology/0.2.0").status_code == 404


def test_ontology_page_has_every_term_once(ontology_page: str) -> None:
    """Each term has an anchor of its local name, and each anchor stands once."""
    anchors = Anchors(ontology_page)
    assert len(anchors.names) == len(set(anchors.names))
    assert set(TERMS) <= set(anchors.names)


@pytest.mark.parametrize("name", ["ontology_page", "shapes_page"])
def test_page_links_within_lead_to_anchors(name: str, request: pytest.FixtureRequest, own: FlaskClient) -> None:
    """No link to a term or shape leads nowhere, on the page itself and between the two."""
    pages = {"ontology": Anchors(own.get("/ontology.html").text), "shapes": Anchors(own.get("/shapes.html").text)}
    here = name.removesuffix("_page")
    page = Anchors(request.getfixturevalue(name))
    for target in page.targets:
        path, _, fragment = target.removeprefix("./").partition("#")
        place = path or here
        if fragment and place in pages:
            assert fragment in pages[place].names or fragment == "main", target


@pytest.mark.parametrize("name", ["ontology_page", "shapes_page"])
def test_page_headings_skip_no_level(name: str, request: pytest.FixtureRequest) -> None:
    """There is one heading of the first level, and each further one is at most one level deeper than that before."""
    levels = Anchors(request.getfixturevalue(name)).levels
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("name", ["ontology_page", "shapes_page"])
def test_page_links_to_documents_that_answer(name: str, request: pytest.FixtureRequest, own: FlaskClient) -> None:
    """Every link of the page that stays on the site is answered with 200, queries with rows too."""
    targets = {target.partition("#")[0].removeprefix("./") for target in Anchors(request.getfixturevalue(name)).targets}
    local = {target for target in targets if target and not target.startswith("http")}
    assert len(local) > 5
    for target in local:
        assert own.get(f"/{target}", follow_redirects=True).status_code == 200, target


def test_ontology_page_says_of_a_property_all_that_is_known(ontology_page: str) -> None:
    """Definition, notes, example, domain, nature, alignments, shapes and uses stand together."""
    text = read_section(ontology_page, "claimant")
    assert "The claimant of a claim is the agent or the source document that makes it." in text
    assert "If an author is named, the author is the claimant" in text
    assert "not the office and not the newspaper" in text
    assert "domain eild:Claim" in text
    assert "functional: at most one value" in text
    assert "subproperty of prov:wasAttributedTo" in text
    assert "shapes shape:Claim-claimant" in text
    assert "Claims by a speaker" in text
    assert "example The article affirms: " in text
    assert "based on “The Chinese Communist Party (CCP) and government of China interfered" in text


def test_ontology_page_says_of_a_class_all_that_is_known(ontology_page: str) -> None:
    """What is above and below a class, and which properties it has and is the value of."""
    text = read_section(ontology_page, "Organization")
    assert "subclass of eild:Agent" in text
    assert "has subclasses eild:GovernmentBody" in text
    assert "disjoint with" in text
    assert "close match http://www.w3.org/ns/org#Organization" in text or "org#" in text
    assert "in the domain of" in read_section(ontology_page, "Claim")


def test_ontology_page_counts_are_those_of_a_query(own: FlaskClient, ontology_page: str) -> None:
    """The number of uses of each term is what the linked query finds."""
    found = re.findall(r'<a href="\./(sparql\?[^"]+)">([\d,]+) (?:resources?|statements?)<', ontology_page)
    assert len(found) == len(TERMS)
    for path, shown in found:
        rows = own.get(f"/{unescape(path)}", headers={"Accept": "application/sparql-results+json"})
        bindings = json.loads(rows.data)["results"]["bindings"]
        distinct = {
            tuple(sorted((name, value["value"]) for name, value in row.items() if name != "label")) for row in bindings
        }
        assert len(distinct) == int(shown.replace(",", "")), path


def test_ontology_page_derived_terms_are_marked(ontology_page: str) -> None:
    """What only the build writes is told from what curators do."""
    assert {name for name in TERMS if " derived " in read_section(ontology_page, name)[:120]} == set(DERIVED_PROPERTIES)


def test_ontology_page_shows_no_words_with_a_warning(own_dataset: BuiltDataset, ontology_page: str) -> None:
    """Words that carry a content warning are no example, nor is a claim that is made in them."""
    graph = own_dataset.merged()
    warned = [str(graph.value(node, RDFS.label)) for node in graph.subjects(EILD.contentWarning)]
    exact = URIRef("http://www.w3.org/ns/oa#exact")
    warned += [str(graph.value(node, exact)) for node in graph.subjects(EILD.contentWarning)]
    text = unescape(re.sub(r"<[^>]+>", " ", ontology_page))
    assert warned
    assert not [words for words in warned if words in text and words != "None"]
    assert "<dt>example</dt>" not in read_section(ontology_page, "contentWarning")


def test_ontology_page_names_version_licence_citation_and_downloads(ontology_page: str) -> None:
    """The block of facts says what one needs to use and cite it, and the model is drawn."""
    assert f"{ONTOLOGY_IRI}/0.2.0" in ontology_page
    assert "https://creativecommons.org/licenses/by/4.0/" in ontology_page
    assert "EILD (2026). EILD ontology, version 0.2.0." in ontology_page
    assert 'href="./ontology.rdf"' in ontology_page
    assert asset_path("model.svg") in ontology_page
    assert "PREFIX eild: &lt;https://w3id.org/eild/ontology#&gt;" in ontology_page


def test_model_picture_is_served_as_svg(own: FlaskClient) -> None:
    """The drawing of the model comes from this site, as the policy of its pages demands."""
    answer = own.get(f"/{asset_path('model.svg')}")
    assert answer.status_code == 200
    assert answer.content_type == "image/svg+xml"


def test_shapes_page_has_every_shape_once(own: FlaskClient, shapes_page: str) -> None:
    """Each node and property shape has an anchor of its local name."""
    graph = parse(own.get("/shapes"), "turtle")
    shapes = {*graph.subjects(RDF.type, SH.NodeShape), *graph.subjects(RDF.type, SH.PropertyShape)}
    assert len(shapes) > 250
    anchors = Anchors(shapes_page)
    assert len(anchors.names) == len(set(anchors.names))
    assert {str(shape).partition("#")[2] for shape in shapes} <= set(anchors.names)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ClaimShape", "applies to each eild:Claim"),
        ("ClaimShape", "has no properties other than those of the property shapes below and rdf:type"),
        ("Claim-claimant", "values of eild:claimant"),
        ("Claim-claimant", "exactly one value"),
        ("Claim-claimant", "at least one holds: shape:IsAgent or shape:IsSourceDocument"),
        ("Claim-claimant", "A claim must have exactly one claimant: an agent or a source document. Name the speaker"),
        ("Claim-claimant", "part of shape:ClaimShape"),
        ("Claim-claimant", "violation"),
        ("Claim-occasion", "at most one value"),
        ("Claim-occasion", "is a eild:Occasion"),
        ("Claim-stance", "is one of stance:affirms , stance:negates"),
        ("Claim-iri", "matches ^https?://[^?#]+/id/claim/"),
        ("Evidence-exact", "has the datatype xsd:string"),
        ("Resource-iri", "is an IRI"),
        ("Entity-sameClass", "applies to subjects of eild:possiblySameAs"),
        ("Entity-sameClass", "the query returns no results"),
        ("Entity-sameClass", "SELECT $this (eild:possiblySameAs AS ?path) ?value WHERE"),
    ],
)
def test_shapes_page_says_demands_in_words(shapes_page: str, name: str, words: str) -> None:
    """Target, path, constraints, message, severity and membership of a shape are read without knowing SHACL."""
    assert words in read_section(shapes_page, name)


def test_shapes_page_leaves_no_shape_without_content(own: FlaskClient, shapes_page: str) -> None:
    """Every shape is said to demand something: each constraint of the shapes has its words."""
    graph = parse(own.get("/shapes"), "turtle")
    for shape in {*graph.subjects(RDF.type, SH.NodeShape), *graph.subjects(RDF.type, SH.PropertyShape)}:
        text = read_section(shapes_page, str(shape).partition("#")[2])
        assert " requires " in text or " property shapes " in text, text
