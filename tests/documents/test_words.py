"""Tests of the vocabulary of the data: names in a query that are nearly, but not exactly, part of it."""

from __future__ import annotations

import pytest

from eild.documents.words import MOST_SUGGESTIONS, QueryTerm, find_unknown_names

TERMS = [QueryTerm(name, name, kind) for name, kind in (("eild:stance", "property"), ("eild:Claim", "class"))]

UNKNOWN = [
    ("SELECT * { ?x eild:stanse ?y }", [("eild:stanse", ("eild:stance",))]),
    ("SELECT * { ?x eild:stance ?y . ?z a eild:Claim. }", []),
    ("SELECT * { ?x eild:entirelyElse ?y ; other:stance ?z }", []),
    ("SELECT * { ?x ?y 'eild:stanse' } # eild:stanse", []),
    ("ASK { ?x eild:stanse ?y ; eild:stanse ?z }", [("eild:stanse", ("eild:stance",))]),
]


@pytest.mark.parametrize(("query", "expected"), UNKNOWN)
def test_find_unknown_names_only_near_misses(query: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    """Names that are nearly a word of the data are found, each once, and nothing inside texts and comments."""
    assert [(name.name, name.nearest) for name in find_unknown_names(query, TERMS)] == expected


def test_find_unknown_names_many_only_the_first() -> None:
    """A query of thousands of unknown names costs no more than one of a few."""
    query = " ".join(f"eild:stance{number}" for number in range(5000))
    assert len(find_unknown_names(query, TERMS)) == MOST_SUGGESTIONS
