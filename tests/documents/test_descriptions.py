"""Tests of what documents say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from eild.documents.descriptions import EXACT, PAGE_SIZE, build_graph, describe, find_claims, find_node
from eild.documents.index import DocumentIndex
from eild.errors import NotFoundError

if TYPE_CHECKING:
    from eild.web.frame.site import Site

BASE = "https://w3id.org/eild/id/"


def node(name: str) -> NamedNode:
    """Return a resource of the small dataset."""
    return NamedNode(BASE + name)


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("agent/board", ["900-002-2", "900-002-3", "900-005-1", "900-008-1"]),
        ("proposition/boats-turned-away", ["900-007-1"]),
        ("agent/mayor", ["900-005-1"]),
        ("time/may-2031", ["900-002-1"]),
    ],
)
def test_find_claims_resource_by_it_and_about_it(site: Site, name: str, claims: list[str]) -> None:
    """The claims of a resource are those that point to it and those on propositions that do."""
    found = [claim.value.removeprefix(f"{BASE}claim/") for claim in find_claims(site.documents, node(name))]
    assert found == claims


def test_build_graph_resource_complete(site: Site) -> None:
    """A document holds own and incoming triples, claims with the words and offsets, and names of everything."""
    graph = build_graph(site.documents, describe(site.documents, node("agent/board")))
    text = "\n".join(str(triple) for triple in graph)
    assert f"<{BASE}agent/board> <http://www.w3.org/2000/01/rdf-schema#label>" in text
    assert f"<https://w3id.org/eild/ontology#actor> <{BASE}agent/board>" in text
    assert any(triple.predicate == EXACT for triple in graph)
    assert "http://www.w3.org/ns/oa#start" in text
    assert f"<{BASE}concept/stance/denies> <http://www.w3.org/2004/02/skos/core#prefLabel>" in text
    assert len(graph) == len(set(graph))


def test_describe_many_incoming_links_paged() -> None:
    """Incoming links stand on pages of one hundred, each link on exactly one; there is no page after the last."""
    lines = "\n".join(f"<http://e/{number:03}> <http://e/to> <http://e/x> ." for number in range(2 * PAGE_SIZE + 1))
    from pyoxigraph import RdfFormat, parse

    index = DocumentIndex(quad.triple for quad in parse(lines, RdfFormat.N_TRIPLES))
    target = NamedNode("http://e/x")
    pages = [describe(index, target, number) for number in (1, 2, 3)]
    assert [page.pages for page in pages] == [3, 3, 3]
    assert len({triple for page in pages for triple in page.incoming}) == 2 * PAGE_SIZE + 1
    for number in (0, 4):
        with pytest.raises(NotFoundError, match="3 pages"):
            describe(index, target, number)


def test_find_node_unknown_suggests(site: Site) -> None:
    """A misspelt IRI is not found, and the right one is suggested."""
    with pytest.raises(NotFoundError) as caught:
        find_node(site.documents, [f"{BASE}agent/mayer"])
    assert f"{BASE}agent/mayor" in caught.value.suggestions
