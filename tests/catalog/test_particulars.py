"""Tests of what data says of itself as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, Store, parse

from eild.catalog.particulars import DataSource, Particulars, StoreSource, read_particulars
from eild.cli.siteoptions import load_configuration, read_given
from eild.errors import EildError, UsageError
from eild.languages import choose_language
from eild.publication.manifest import load_publication
from eild.publication.of_files import write_publication
from eild.publication.on_disk import write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

HEAD = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix void: <http://rdfs.org/ns/void#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://farm.example/> .
"""
SCHEME = """<scheme> a skos:ConceptScheme ; dct:title "Farm words"@en , "Hofwörter"@de ; dct:description "Of farms"@en ;
    dct:license <https://licences.example/by> ; dct:publisher [ foaf:name "Farm Institute" ] ;
    dct:creator <who> ; owl:versionInfo "2.3" ; dct:issued "2023-04-05"^^xsd:date ; dct:modified "2024"^^xsd:gYear ;
    dcat:contactPoint [ vcard:hasEmail [ vcard:value <mailto:hello@farm.example> ] ] .
<who> foaf:name "A. Farmer" .
<a> skos:prefLabel "Kuh"@de . <b> skos:prefLabel "Schaf"@de . <c> skos:prefLabel "goat"@en .
"""


def read(text: str, base: str = "https://farm.example/") -> Particulars:
    """Return what Turtle says of itself, which is the same whether it is read from triples or from a store."""
    triples = [quad.triple for quad in parse(HEAD + text, RdfFormat.TURTLE)]
    store = Store()
    store.load(HEAD + text, RdfFormat.TURTLE)
    found = read_particulars(DataSource(triples), base)
    assert read_particulars(StoreSource(store), base) == found
    return found


def test_read_particulars_scheme_says_all_of_it() -> None:
    """A concept scheme names title, licence, publisher, creator, contact, version, dates; names tell the languages."""
    found = read(SCHEME)
    assert found.iri == "https://farm.example/scheme"
    assert found.titles == {"en": "Farm words", "de": "Hofwörter"}
    assert (found.licence, found.publisher, found.creator) == (
        "https://licences.example/by",
        "Farm Institute",
        "A. Farmer",
    )
    assert (found.contact, found.version) == ("mailto:hello@farm.example", "2.3")
    assert (found.issued, found.modified) == ("2023-04-05", "2024")
    assert found.languages == ("de", "en")
    assert found.choose_title() == ("Hofwörter", "de")
    assert found.choose_title(["fr", "en-GB", "en"]) == ("Farm words", "en")
    assert Particulars.from_row(found.make_row()) == found


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('<o> a owl:Ontology ; rdfs:label "Ships" . <o#A> a owl:Class ; rdfs:label "A" .', "Ships"),
        ('<d> a schema:Dataset ; schema:name "Tides" . <s> a skos:ConceptScheme ; dct:title "Kinds" .', "Tides"),
        ('<d> a <http://schema.org/Dataset> ; <http://schema.org/name> "Tides" .', "Tides"),
        ('<c> a dcat:Catalog ; dct:title "Town" ; dcat:dataset <a> . <a> a dcat:Dataset ; dct:title "A" .', "Town"),
        ('<a> a dcat:Dataset ; dct:title "A" . <b> a dcat:Dataset ; dct:title "B" .', ""),
        ('<a> a dcat:Dataset ; dct:title "A" ; dct:hasPart <b> . <b> a dcat:Dataset ; dct:title "B" .', "A"),
        ('<a> a dcat:Dataset ; dct:title "A" . <dataset> a dcat:Dataset ; dct:title "All" .', "All"),
        ('<v> a void:Dataset ; dct:title "Own" . <http://x.example/v> a void:Dataset ; dct:title "Other" .', "Own"),
        ('<x> a skos:ConceptScheme ; dct:title "X" . <y> a skos:ConceptScheme ; dct:title "Y" .', ""),
        ('<x> rdfs:label "nothing of the whole" .', ""),
    ],
)
def test_read_particulars_one_describes_the_whole_or_none(text: str, title: str) -> None:
    """Parts, targets of links, and several of a kind are not the whole; what is at the base is."""
    assert read(text).choose_title()[0] == title


def test_read_particulars_licence_of_all_distributions_is_that_of_the_dataset() -> None:
    """Where only the distributions name a licence, it holds if they agree; a text is a statement of rights."""
    text = """<d> a dcat:Dataset ; dct:title "D" ; dcat:distribution <f> , <g> ; dct:rights "ask us" .
        <f> dct:license <https://l.example/1> . <g> dct:license <https://l.example/%s> ."""
    assert read(text % "1").licence == "https://l.example/1"
    assert read(text % "2").licence == ""
    assert read(text % "2").rights == "ask us"


@pytest.mark.parametrize(
    ("tags", "wanted", "chosen"),
    [
        (["de", "en"], ["de"], "de"),
        (["de-AT", "en"], ["de"], "de-AT"),
        (["enm", "de"], ["en"], "de"),
        (["enm", "de"], [], "de"),
        (["", "en"], [], ""),
        (["en-GB", "de"], [], "en-GB"),
        (["DE", "fr"], ["de"], "DE"),
        ([], ["de"], None),
    ],
)
def test_choose_language_order(tags: list[str], wanted: list[str], chosen: str | None) -> None:
    """Asked, untagged, English, first by tag; a range matches whole subtags, so that enm is not English."""
    assert choose_language(tags, wanted) == chosen


def test_publication_operator_says_what_data_does_not(tmp_path: Path) -> None:
    """Options fill what the data leaves open, and never replace what it says."""
    (tmp_path / "a.ttl").write_text(HEAD + '<s> a skos:ConceptScheme ; dct:title "Mine" .', encoding="utf-8")
    (tmp_path / "out").mkdir()
    given = read_given({"title": "Yours", "licence": "https://l.example/1", "publisher": "We", "language": "en"})
    write_publication([tmp_path / "a.ttl"], tmp_path / "out", base="https://farm.example/", given=given)
    found = load_publication(tmp_path / "out")
    assert (found.title, found.about.licence, found.about.publisher) == ("Mine", "https://l.example/1", "We")
    stored = write_store([tmp_path / "a.ttl"], tmp_path / "store", base="https://farm.example/", given=given)
    assert (stored.title, stored.about) == (found.title, found.about)


def test_catalogue_states_nothing_of_iris_of_the_data(publish: Callable[..., FlaskClient]) -> None:
    """Where the data uses an IRI that the catalogue would mint, the catalogue mints another one."""
    text = (
        HEAD
        + """<catalog> a dcat:Catalog ; dct:title "Town" . <dataset> a dcat:Dataset ; dct:title "Trees" .
        <sparql> dct:title "their endpoint" . <> dct:title "their home" . <search> dct:title "a search" ."""
    )
    client = publish("town.ttl", text, base="https://farm.example/")
    triples = [quad.triple for quad in parse(client.get("/catalog.nt").data, RdfFormat.N_TRIPLES)]
    for name in ("catalog", "dataset", "sparql", ""):
        assert not [t for t in triples if t.subject.value == f"https://farm.example/{name}" and "title" in str(t)]
    assert [t for t in triples if t.predicate.value.endswith("endpointURL")]
    assert client.get("/sparql", headers={"Accept": "text/turtle"}).text.count("sd:Service") == 1


def test_site_says_what_data_says(publish: Callable[..., FlaskClient]) -> None:
    """Title, licence, publisher, contact and version are on pages, in citations and in fields of answers."""
    client = publish("farm.ttl", HEAD + SCHEME, base="https://farm.example/")
    home = client.get("/", headers={"Accept": "text/html"})
    for words in ("<h1>Hofwörter</h1>", "Of farms", "version 2.3 of", "https://licences.example/by", "Farm Institute"):
        assert words in home.text
    assert home.headers["EILD-Dataset-Version"] == "2.3"
    assert '<https://licences.example/by>; rel="license"' in home.headers["Link"]
    contact = client.get("/contact", headers={"Accept": "application/json"}).text
    assert "mailto:hello@farm.example" in contact
    assert "A. Farmer" in client.get("/cite?format=bib").text


def test_load_configuration_reads_site_and_server(tmp_path: Path) -> None:
    """Files start at the configuration; what is unknown or of another type is told with its place."""
    path = tmp_path / "site.toml"
    path.write_text('[site]\nfiles = ["a.ttl"]\ntitle = "T"\n[server]\nport = 0\n', encoding="utf-8")
    found = load_configuration(path)
    assert (found.files, found.site, found.server) == ((tmp_path / "a.ttl",), {"title": "T"}, {"port": 0})
    for text, words in (
        ('[site]\ntitel = "T"', "did you mean title"),
        ("[site]\ntitle = 5", "must be a string"),
        ("[server]\nport = true", "must be an integer"),
        ("[site", "not TOML"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(EildError) as caught:
            load_configuration(path)
        assert words in f"{caught.value} {caught.value.hint}"
    with pytest.raises(UsageError):
        read_given({"language": "not a tag"})
