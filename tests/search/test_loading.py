"""Tests of the index that is built when it is first asked for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from eild.claims import ClaimIndex
from eild.documents.index import DocumentIndex, load_documents
from eild.errors import BusyError, EnvironmentFailure
from eild.publication.on_disk import write_store
from eild.search.entries import Entry
from eild.search.index import SearchIndex
from eild.search.loading import LazyIndex, build_index

if TYPE_CHECKING:
    from pathlib import Path

ANIMALS = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:cat a ex:HouseAnimal ; rdfs:label "cat"@en , "Katze"@de ; ex:remark "sleeps on the stove" ; ex:age 4 .
ex:GreyHeron rdfs:comment "a bird that waits" .
ex:fish rdfs:label "fish"@en ; ex:home [ rdfs:label "pond" ] .
"""


def make_documents(text: str) -> DocumentIndex:
    """Return the triples of a Turtle text."""
    return DocumentIndex(quad.triple for quad in parse(text, RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("question", "iri"),
    [
        ("katze", "cat"),
        ("stove", "cat"),
        ("heron", "GreyHeron"),
        ("waiting", "GreyHeron"),
        ("fsh", ""),
        ("fishes", "fish"),
    ],
)
def test_build_index_foreign_data_found_by_labels_texts_and_names(question: str, iri: str) -> None:
    """Somebody else's data are found by labels of any language, by all other texts, and by the ends of their IRIs."""
    found = build_index(make_documents(ANIMALS), ClaimIndex({}, {})).search(question).hits
    assert [hit.iri for hit in found] == ([f"http://example.org/{iri}"] if iri else [])


def test_build_index_foreign_types_are_kinds() -> None:
    """A kind is named by the label of the class, or the end of its IRI; what has no type is of no kind."""
    hits = {
        hit.iri[19:]: hit.kind
        for q in ("cat", "fish")
        for hit in build_index(make_documents(ANIMALS), ClaimIndex({}, {})).search(q).hits
    }
    assert hits == {"cat": ("house-animal", "house animal"), "fish": ("untyped", "untyped")}


def test_build_index_store_on_disk_named_resources_found(tmp_path: Path) -> None:
    """Of a store on disk, what a label property names is found, by all its texts."""
    (tmp_path / "animals.ttl").write_text(ANIMALS, encoding="utf-8")
    publication = write_store([tmp_path / "animals.ttl"], tmp_path / "store")
    index = build_index(load_documents(publication), ClaimIndex({}, {}))
    assert [hit.iri for hit in index.search("stove").hits] == ["http://example.org/cat"]
    assert index.size == 2


def test_lazy_index_asked_by_many_built_once() -> None:
    """However many ask at the same time, one index is built, and each gets it."""
    built = []

    def make() -> SearchIndex:
        built.append(1)
        return SearchIndex([Entry("urn:a", ("thing", "thing"), "a name")])

    lazy = LazyIndex(make)
    found: list[SearchIndex] = []
    threads = [threading.Thread(target=lambda: found.append(lazy.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert len({id(index) for index in found}) == 1


def test_lazy_index_slow_to_build_says_when_to_come_again() -> None:
    """Who asks before the index is there is told so, and gets it later."""
    go = threading.Event()

    def make() -> SearchIndex:
        go.wait(10)
        return SearchIndex(())

    lazy = LazyIndex(make)
    with pytest.raises(BusyError, match="being built"):
        lazy.get(0.01)
    go.set()
    assert lazy.get(10).size == 0


def test_lazy_index_that_cannot_be_built_says_why_each_time() -> None:
    """A failure is told to everybody who asks."""

    def make() -> SearchIndex:
        raise EnvironmentFailure("no room", hint="make some")

    lazy = LazyIndex(make)
    for _ in range(2):
        with pytest.raises(EnvironmentFailure, match="no room"):
            lazy.get()
