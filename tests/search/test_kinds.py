"""Tests of kinds: one telling name for each resource, made of its types."""

from __future__ import annotations

import pytest
from rdflib.namespace import OWL, SH, SKOS

from eild.documents.index import DocumentIndex
from eild.namespaces import EILD, OA
from eild.search.kinds import UNTYPED, Kinds, split_name


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        ([EILD.CovertActor, EILD.Group], "covert-actor"),
        ([EILD.Agent, EILD.Group], "group"),
        ([SKOS.Concept, EILD.Topic], "topic"),
        ([SKOS.Concept], "concept"),
        ([OA.SpecificResource, EILD.Quotation], "evidence"),
        ([OWL.ObjectProperty, OWL.SymmetricProperty], "property"),
        ([SH.SPARQLExecutable, SH.SPARQLAskExecutable], "query"),
        ([], UNTYPED[0]),
    ],
)
def test_choose_kind_most_telling_type_in_any_order(types: list[str], kind: str) -> None:
    """The most telling type gives the kind, in whatever order types come."""
    kinds = Kinds(DocumentIndex(()))
    assert kinds.choose(map(str, types))[0] == kind
    assert kinds.choose(map(str, reversed(types)))[0] == kind


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("http://example.org/national-council", "national council"),
        ("http://example.org/v#GovernmentBody", "Government Body"),
        ("http://example.org/XMLParser2/", "XML Parser2"),
        ("urn:isbn:123", "123"),
        ("", ""),
    ],
)
def test_split_name_last_part_of_iri_as_words(iri: str, words: str) -> None:
    """The last part of an IRI is cut at hyphens, underscores and capitals."""
    assert split_name(iri) == words
