"""Tests of finding empty named graphs in TriG."""

from __future__ import annotations

import pytest

from eild.rdf.emptygraphs import find_empty_graphs

PREFIXES = {"ex": "http://e/", "": "http://d/"}

CASES = [
    ("ex:g { }", {"<http://e/g>"}),
    (":g {}", {"<http://d/g>"}),
    ("GRAPH <g> {\n# nothing\n}", {"<http://b/g>"}),
    ("<http://x/g>{}", {"<http://x/g>"}),
    ("ex:g { ex:a ex:b ex:c }", set()),
    ("{ }", set()),
    ('ex:a ex:b "ex:g { }" .', set()),
    ("# ex:g { }", set()),
    ("ex:a ex:b '''x { } ''' . ex:h{}", {"<http://e/h>"}),
    ("ex:a\\,b { }", {"<http://e/a,b>"}),
    ("zz:g { }", set()),
    ("_:g { }", set()),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_find_empty_graphs_text_names(text: str, expected: set[str]) -> None:
    """Graphs with nothing between their braces are found, but not inside strings, IRIs and comments."""
    assert find_empty_graphs(text, PREFIXES, "http://b/") == expected
