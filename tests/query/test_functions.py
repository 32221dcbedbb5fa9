"""Tests of the functions that the engine has beyond SPARQL 1.1."""

from __future__ import annotations

import pytest
from pyoxigraph import QuerySolutions, Store

from eild.query.functions import GEOSPARQL, has_function, list_extension_functions


@pytest.mark.parametrize(
    ("iri", "expected"), [(f"{GEOSPARQL}distance", True), ("http://example.org/none", False), (f"{GEOSPARQL}no", False)]
)
def test_has_function_iri_as_the_engine_says(iri: str, *, expected: bool) -> None:
    """The engine itself tells whether it has a function."""
    assert has_function(iri) is expected


def test_list_extension_functions_each_can_be_called() -> None:
    """What is listed is sorted, each once, and one of them computes."""
    functions = list_extension_functions()
    assert list(functions) == sorted(set(functions))
    assert f"{GEOSPARQL}sfContains" in functions
    literal = '"POINT(0 0)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
    solutions = Store().query(f"SELECT (<{GEOSPARQL}sfContains>({literal}, {literal}) AS ?x) {{}}")
    assert isinstance(solutions, QuerySolutions)
    assert [str(row["x"].value) for row in solutions] == ["true"]
