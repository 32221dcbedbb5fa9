"""Tests of queries in colours: nothing is lost, and each part has the colour of what it is."""

from __future__ import annotations

import pytest

from eild.facts.examples import load_examples
from eild.web.endpoint.highlight import split_query


@pytest.mark.parametrize(
    "text", [*(example.text for example in load_examples()), "", "SELECT \u2603 { \x00 'x", "<a\n"]
)
def test_split_query_any_text_parts_are_the_text(text: str) -> None:
    """The parts of a query together are the query, whether it is one or not."""
    assert "".join(part for _, part in split_query(text)) == text


def test_split_query_parts_have_their_colours() -> None:
    """Keywords, variables, names, texts and comments are told apart."""
    text = 'SELECT ?x { ?x a eild:Claim ; <http://p> "SELECT"@en . } # ASK'
    parts = [(kind, part.strip()) for kind, part in split_query(text) if kind]
    assert parts == [
        ("keyword", "SELECT"),
        ("variable", "?x"),
        ("variable", "?x"),
        ("keyword", "a"),
        ("name", "eild:Claim"),
        ("name", "<http://p>"),
        ("text", '"SELECT"@en'),
        ("remark", "# ASK"),
    ]
