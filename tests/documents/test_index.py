"""Tests of finding triples by subject and object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from eild.documents.index import LABEL_PROPERTIES, DocumentIndex, load_documents
from eild.publication.on_disk import write_store

if TYPE_CHECKING:
    from pathlib import Path

    from eild.publication.manifest import Publication

THING = NamedNode("http://example.org/a")


@pytest.fixture
def index(publication: Publication) -> DocumentIndex:
    """Return the index of the small files."""
    return DocumentIndex.load(publication)


def test_describe_thing_follows_blank_nodes(index: DocumentIndex) -> None:
    """A description holds the triples of a resource and of the blank nodes that it leads to."""
    predicates = sorted(triple.predicate.value.rsplit("/", 1)[-1] for triple in index.describe(THING))
    assert predicates == ["part", "price", "rdf-schema#label", "rdf-schema#label", "22-rdf-syntax-ns#type"][
        :0
    ] + sorted(["part", "price", "rdf-schema#label", "rdf-schema#label", "22-rdf-syntax-ns#type"])


def test_incoming_thing_triples_that_point_to_it(index: DocumentIndex) -> None:
    """Incoming triples are found by their object."""
    assert [triple.predicate.value for triple in index.incoming(THING)] == ["http://example.org/about"]


def test_knows_object_only_resource_true(index: DocumentIndex) -> None:
    """A resource that is only pointed to is known, any other is not."""
    assert index.knows(NamedNode("http://example.org/Thing"))
    assert not index.knows(NamedNode("http://example.org/none"))


def _label(text: str, language: str | None = None, predicate: NamedNode = LABEL_PROPERTIES[0]) -> Triple:
    return Triple(THING, predicate, Literal(text, language=language) if language else Literal(text))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([_label("Ding", "de"), _label("thing", "en")], "thing"),
        ([_label("Ding", "de"), _label("plain")], "plain"),
        ([_label("b", "en"), _label("a", "en")], "a"),
        ([_label("title", "en", LABEL_PROPERTIES[4]), _label("Etikett", "de")], "title"),
        ([_label("title", "en", LABEL_PROPERTIES[4]), _label("label", "en")], "label"),
        ([_label("quoted", "en", LABEL_PROPERTIES[7]), _label("Etikett", "de")], "Etikett"),
    ],
)
def test_find_label_several_labels_best(labels: list[Triple], expected: str) -> None:
    """The language decides first, then the property, then the text; quoted words come last."""
    found = DocumentIndex(labels).find_label(THING)
    assert found is not None
    assert isinstance(found.object, Literal)
    assert found.object.value == expected


def test_find_label_none_nothing(index: DocumentIndex) -> None:
    """A resource without a label has none."""
    assert index.find_label(NamedNode("http://example.org/relative")) is None


def test_suggest_misspelt_name_nearest_first() -> None:
    """What shares words with a misspelt name, and is near it, is suggested."""
    names = ("agent/joe-biden", "agent/jill-stein", "topic/economy")
    index = DocumentIndex(Triple(NamedNode(f"http://e/{name}"), LABEL_PROPERTIES[0], Literal(name)) for name in names)
    assert index.suggest("http://e/agent/jo-biden")[0] == "http://e/agent/joe-biden"
    assert index.suggest("http://elsewhere/zzz") == ()


ANNOTATED = """PREFIX h: <http://harbour.example/>
h:ida h:mast h:oak ~ h:note {| h:source h:log ; h:sure [ h:degree 9 ] |} ; h:crew [ h:size 2 {| h:source h:list |} ] .
h:emma h:mast h:oak {| h:source h:other |} .
h:log h:says <<( h:ida h:mast h:pine )>> .
"""


@pytest.mark.parametrize("stored", [False, True], ids=["memory", "store"])
def test_describe_includes_the_annotations_of_its_triples(stored: bool, tmp_path: Path) -> None:
    """What reifiers of a triple say belongs to the document of its subject, also through blank nodes; nothing else."""
    path = tmp_path / "data.ttl"
    path.write_text(ANNOTATED, encoding="utf-8")
    if stored:
        documents = load_documents(write_store([path], tmp_path / "shelf"))
    else:
        documents = DocumentIndex(quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE))
    triples = documents.describe(NamedNode("http://harbour.example/ida"))
    assert len(triples) == len(set(triples)) == 9
    values = {triple.object.value for triple in triples if isinstance(triple.object, NamedNode | Literal)}
    assert values == {f"http://harbour.example/{name}" for name in ("oak", "log", "list")} | {"9", "2"}
    assert len(documents.describe(NamedNode("http://harbour.example/log"))) == 1
