"""Tests of the terms of vocabularies as nodes."""

from __future__ import annotations

import pytest

from eild import nodes, terms


def test_node_of_a_term_has_its_iri_and_is_made_once() -> None:
    """By name or by key, a term has one node."""
    assert nodes.RDF.type.value == terms.RDF.type
    assert nodes.RDF.type is nodes.RDF["type"]
    assert nodes.VOID["class"].value == terms.VOID["class"]


def test_node_of_a_misspelt_term_raises() -> None:
    """Closed vocabularies have no node for a name that is not a term."""
    with pytest.raises(AttributeError, match="has no term 'typo'"):
        _ = nodes.RDF.typo
    with pytest.raises(KeyError):
        _ = nodes.RDF["typo"]
    with pytest.raises(AttributeError):
        _ = nodes.RDF._private


def test_every_vocabulary_of_nodes_is_that_of_the_same_name() -> None:
    """The table of nodes names each vocabulary as the table of terms does."""
    found = {name: value for name, value in vars(nodes).items() if isinstance(value, nodes.Nodes)}
    assert len(found) >= 16
    for name, vocabulary in found.items():
        start = getattr(terms, name)
        sample = next(iter(sorted(start.names or {"sample"})))
        assert vocabulary[sample].value == start[sample]
