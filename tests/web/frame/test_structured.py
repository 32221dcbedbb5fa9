"""Tests of schema.org in pages: well-formed, safe, true, and no more than the data say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Dataset, Literal, NamedNode, RdfFormat, parse

from eild.documents.index import DocumentIndex
from eild.web.frame.structured import TYPES, describe_dataset, write_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

BASE = "https://w3id.org/eild/"
SCHEMA = "https://schema.org/"


class Blocks(HTMLParser):
    """Collects the data blocks of a page as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block."""
        self._inside = tag == "script" and dict(attrs).get("type") == "application/ld+json"
        if self._inside:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        """Go on with a block."""
        if self._inside:
            self.blocks[-1] += data

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        self._inside = self._inside and tag != "script"


def read_block(page: TestResponse) -> tuple[dict[str, dict[str, Any]], Dataset]:
    """Return the only block of a page: its objects by class, and what it says in RDF, without fetching anything."""
    assert page.status_code == 200
    parser = Blocks()
    parser.feed(page.text)
    [block] = parser.blocks
    content = json.loads(block)
    dataset = Dataset(parse(block, RdfFormat.JSON_LD))
    assert len(dataset) > 0
    return {node["@type"]: node for node in content["@graph"]}, dataset


def get_block(client: FlaskClient, path: str) -> tuple[dict[str, dict[str, Any]], Dataset]:
    """Return the block of the page at a path."""
    return read_block(client.get(path, headers={"Accept": "text/html"}))


def test_get_claim_page_asserts_only_that_it_is_claimed(own_client: FlaskClient) -> None:
    """A claim is somebody's claim on certain words; nothing on the page has a predicate of what is claimed."""
    nodes, dataset = get_block(own_client, "/doc/claim/000-012-1")
    claim = nodes["Claim"]
    assert claim["@id"] == f"{BASE}id/claim/000-012-1"
    assert claim["author"]["@id"].startswith(f"{BASE}id/")
    assert claim["about"]["@type"] == "Thing"
    assert set(claim["about"]) == {"@type", "@id", "name"}
    assert [words["text"] for words in claim["isBasedOn"]]
    assert claim["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    allowed = {"name", "author", "appearance", "about", "isBasedOn", "text", "isPartOf", "spokenByCharacter", "license"}
    page = {"url", "mainEntity"}
    used = {quad.predicate.value.removeprefix(SCHEMA) for quad in dataset}
    assert used <= allowed | page | {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}


@pytest.mark.parametrize("path", ["/", "/ontology", "/shapes", "/sparql", "/dumps/", "/doc/concept/stance"])
def test_get_page_has_one_block_of_the_dataset(own_client: FlaskClient, path: str) -> None:
    """Every page has exactly one block, which says to which dataset the page belongs."""
    _, dataset = get_block(own_client, path)
    whole = NamedNode(f"{BASE}dataset")
    belongs = [quad for quad in dataset if (quad.predicate.value, quad.object) == (f"{SCHEMA}isPartOf", whole)]
    assert len(belongs) == 1


@pytest.mark.parametrize("path", ["/", "/dumps/"])
def test_get_landing_page_describes_the_dataset(own_client: FlaskClient, path: str) -> None:
    """The pages about the dataset give name, description, version, licence and creator to search engines."""
    nodes, _ = get_block(own_client, path)
    found = nodes["Dataset"]
    assert found["@id"] == f"{BASE}dataset"
    assert found["name"] == "Election Interference Linked Data"
    assert found["version"] == own_client.get("/").headers["EILD-Dataset-Version"]
    assert found["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert found["creator"]["@id"] == f"{BASE}id/agent/eild"
    assert 50 <= len(found["description"]) <= 5000


def test_get_person_page_says_nothing_but_names_and_links(own_client: FlaskClient) -> None:
    """Of a person the block gives names and pages about them, and none of what is claimed about them."""
    nodes, _ = get_block(own_client, "/doc/agent/joe-biden")
    assert set(nodes["Person"]) <= {"@type", "@id", "name", "alternateName", "sameAs"}


def test_get_sentence_page_text_with_licence(own_client: FlaskClient) -> None:
    """The words of the article carry their licence."""
    nodes, _ = get_block(own_client, "/doc/sentence/000-012")
    work = nodes["CreativeWork"]
    assert work["text"]
    assert work["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "a\u2028b & \"c\" \\ 'd'", "\u202e\u0000x"]
)
def test_write_block_hostile_text_stays_in_the_block(name: str) -> None:
    """No text ends the block or begins another, and it comes out as it went in."""
    block = str(write_block([{"@type": "Thing", "name": name}]))
    assert re.findall(r"[<>]", block) == ["<", ">", "<", ">"]
    parser = Blocks()
    parser.feed(block)
    assert json.loads("".join(parser.blocks))["@graph"][0]["name"] == name


def test_get_foreign_page_kind_and_name_from_other_vocabularies(publish: Callable[..., FlaskClient]) -> None:
    """Of somebody else's data the block has schema.org's own classes, and names by the usual properties."""
    text = """@prefix : <http://example.org/> . @prefix s: <http://schema.org/> .
    @prefix dct: <http://purl.org/dc/terms/> .
    :a a s:Recipe ; s:name "Soup" . :b dct:title "Untyped" ."""
    client = publish("food.ttl", text)
    assert get_block(client, "/doc/a")[0]["Recipe"]["name"] == "Soup"
    assert get_block(client, "/doc/b")[0]["Thing"]["name"] == "Untyped"


def test_describe_dataset_files_with_type_size_and_checksum() -> None:
    """Each distribution of the catalogue is a download with address, media type, size, checksum and licence."""
    text = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
    @prefix spdx: <http://spdx.org/rdf/terms#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    @prefix : <http://example.org/> . @prefix type: <https://www.iana.org/assignments/media-types/> .
    :dataset dct:title "Data"@en , "Daten"@de ; dcat:distribution :plain , :packed ; dcat:keyword "a" , "b" .
    :plain dcat:downloadURL :d.ttl ; dcat:mediaType type:text\\/turtle ; dct:license :free ;
      dcat:byteSize "12"^^xsd:nonNegativeInteger ; spdx:checksum :sum . :sum spdx:checksumValue "ab"^^xsd:hexBinary .
    :packed dcat:downloadURL :d.ttl.gz ; dcat:mediaType type:text\\/turtle ;
      dcat:compressFormat type:application\\/gzip ."""
    index = DocumentIndex(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    found = describe_dataset(index, "http://example.org/dataset")
    assert found["name"] == "Data"
    assert sorted(found["keywords"]) == ["a", "b"]
    plain, packed = found["distribution"]
    assert plain == {
        "@type": "DataDownload",
        "@id": "http://example.org/plain",
        "contentUrl": "http://example.org/d.ttl",
        "encodingFormat": "text/turtle",
        "contentSize": "12 B",
        "sha256": "ab",
        "license": "http://example.org/free",
    }
    assert packed["encodingFormat"] == "application/gzip"


def test_get_problem_page_no_block(own_client: FlaskClient) -> None:
    """A page about an error is about nothing of the dataset."""
    page = own_client.get("/nowhere", headers={"Accept": "text/html"})
    parser = Blocks()
    parser.feed(page.text)
    assert parser.blocks == []


def test_types_name_no_kind_that_the_text_leaves_open() -> None:
    """Covert actors, unnamed speakers and groups are not told to be persons or organizations."""
    named = {str(iri).rpartition("#")[2] for iri in TYPES}
    assert not named & {"CovertActor", "AnonymousSpokesperson", "Group", "Agent", "Proposition"}


def test_policy_of_pages_allows_no_inline_script(own_client: FlaskClient) -> None:
    """A data block is not executed, so that the policy needs no exception for it, and has none."""
    policy = own_client.get("/", headers={"Accept": "text/html"}).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert Literal("script-src 'self'").value in policy
