"""The reference engine: what it is given, what it refuses, and that it leaves the process as it was."""

from __future__ import annotations

import logging

import pytest
import rdflib
from rdflib import Graph

from eild.errors import ShapesError
from eild.validation.engines.reference import run_reference
from eild.validation.grammar.algebra import parse_query

EX = (("ex", "https://example.org/"),)
DATA = "@prefix ex: <https://example.org/> . ex:a a ex:Boat ; ex:length 1 . ex:b a ex:Boat ."
SHAPES = """
@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex:BoatShape a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [ sh:path ex:length ; sh:minCount 1 ] .
"""


def graph(text: str) -> Graph:
    """Parse Turtle."""
    return Graph().parse(data=text, format="turtle")


def test_run_reference_data_with_fault_reports_it() -> None:
    """A boat without length is one result."""
    results = run_reference(graph(DATA), graph(SHAPES))
    assert [str(node) for node in results.objects(None, rdflib.SH.focusNode)] == ["https://example.org/b"]


def test_run_reference_leaves_data_and_shapes_unchanged() -> None:
    """Neither graph has other triples afterwards."""
    data, shapes = graph(DATA), graph(SHAPES)
    before = set(data), set(shapes)
    run_reference(data, shapes)
    assert (set(data), set(shapes)) == before


@pytest.mark.parametrize("normalize", [True, False])
def test_run_reference_leaves_literal_switch_as_it_was(monkeypatch: pytest.MonkeyPatch, *, normalize: bool) -> None:
    """RDFLib's process-wide switch for literals keeps its value."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", normalize)
    run_reference(graph(DATA), graph(SHAPES))
    assert rdflib.NORMALIZE_LITERALS is normalize


def test_run_reference_leaves_no_log_handler() -> None:
    """The handlers of pySHACL's logger are those from before."""
    before = list(logging.getLogger("pyshacl-validate").handlers)
    run_reference(graph(DATA), graph(SHAPES))
    assert logging.getLogger("pyshacl-validate").handlers == before


def test_run_reference_shape_that_cannot_be_applied_raises_shapes_error() -> None:
    """A property shape without path is named."""
    with pytest.raises(ShapesError, match="cannot be applied"):
        run_reference(graph(DATA), graph(SHAPES.replace("sh:path ex:length ;", "")))


def test_run_reference_query_rebinds_this_raises_shapes_error() -> None:
    """A constraint that pySHACL refuses to run is an error, not a report."""
    text = "SELECT $this WHERE { BIND ( 1 AS ?this ) }"
    shapes = graph(SHAPES + f'ex:BoatShape sh:sparql [ sh:select "{text}" ] .')
    with pytest.raises(ShapesError):
        run_reference(graph(DATA), shapes)


def test_parse_query_same_text_parses_once() -> None:
    """The same constraint text gives the same parsed query."""
    text = "SELECT $this WHERE { $this a ex:Boat }"
    assert parse_query(EX, text) is parse_query(EX, text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("SELECT $this WHERE { $this a }", "line 1, column"),
        ("SELECT $this WHERE {\n $this a nowhere:Boat }", "nowhere"),
        ("SELECT $this WHERE { SERVICE <https://example.org/sparql> { $this a ex:Boat } }", "SERVICE or FROM"),
        ("SELECT $this WHERE { OPTIONAL { SERVICE ?s { $this a ex:Boat } } }", "SERVICE or FROM"),
        ("SELECT $this FROM <https://example.org/data> WHERE { $this a ex:Boat }", "SERVICE or FROM"),
    ],
    ids=["syntax", "prefix", "service", "nested-service", "from"],
)
def test_parse_query_ill_formed_or_fetching_raises_shapes_error(body: str, message: str) -> None:
    """Malformed queries and those that would fetch are refused with the reason."""
    with pytest.raises(ShapesError, match=message):
        parse_query(EX, body)
