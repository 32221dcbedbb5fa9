"""Tests of names: labels, and IRIs abbreviated by prefixes."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from eild import nodes
from eild.documents.index import DocumentIndex
from eild.documents.names import choose_name, shorten

PREFIXES = {"ex": "http://example.org/", "animal": "http://example.org/animal/"}


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        ("http://example.org/animal/cat", "animal:cat"),
        ("http://example.org/cat", "ex:cat"),
        ("http://example.org/", "ex:"),
        ("http://other.example/cat", "http://other.example/cat"),
    ],
)
def test_shorten_longest_prefix(iri: str, short: str) -> None:
    """The longest prefix that fits abbreviates an IRI; without one the IRI stays as it is."""
    assert shorten(PREFIXES, iri) == short


def test_choose_name_label_or_short_iri() -> None:
    """A resource is called by its label, English first, and otherwise by its abbreviated IRI."""
    cat, dog = NamedNode("http://example.org/cat"), NamedNode("http://example.org/dog")
    documents = DocumentIndex(
        [
            Triple(cat, nodes.RDFS.label, Literal("Katze", language="de")),
            Triple(cat, nodes.RDFS.label, Literal("cat", language="en")),
        ]
    )
    assert documents.find_name(cat) == choose_name(documents, PREFIXES, cat) == "cat"
    assert documents.find_name(dog) == ""
    assert choose_name(documents, PREFIXES, dog) == "ex:dog"
