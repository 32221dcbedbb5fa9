"""Data read as statements against the same data kept with all their places: one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat

from eild.located import LocatedGraph, parse_located_content
from eild.located.statements import Statements, read_statements
from eild.validation.inputs import parse_input
from eild.validation.shapes import build_shapes
from eild.validation.validate import validate

if TYPE_CHECKING:
    from pathlib import Path

    from eild.validation import Report

HEAD: Final = (
    "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
)
SHAPES: Final = (
    HEAD
    + """
ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property ex:P, ex:Q ; sh:sparql ex:C .
ex:P sh:path ex:p ; sh:nodeKind sh:IRI ; sh:maxCount 2 .
ex:Q sh:path ex:q ; sh:minCount 1 ; sh:in ( "x"@en 1.50 ex:a ) .
ex:C sh:select "SELECT $this ?value WHERE { $this <https://example.org/p> ?value . ?value a <https://example.org/B> }" .
ex:T a sh:NodeShape ; sh:targetObjectsOf ex:q ; sh:nodeKind sh:IRI ; sh:pattern "a$" .
ex:U a sh:NodeShape ; sh:targetNode ex:nowhere, ex:b ; sh:targetSubjectsOf ex:never ; sh:class ex:B .
"""
)
PARTS: Final = [
    "ex:a a ex:A .",
    "ex:b a ex:A ; ex:p ex:a, ex:b .",
    "ex:c a ex:Sub ; ex:q 'x'@en, 1.50 .",
    "ex:Sub rdfs:subClassOf ex:A .",
    "ex:a ex:p 'one', 'two', 'one' ; ex:q 1.5, 'x'@EN .",
    "ex:a ex:p ex:b ;\n  ex:q ex:a, ex:d .",
    "_:x a ex:A ; ex:q _:y .",
    "[ a ex:A ; ex:p ( 1 2 ) ] ex:q 'lost\\nfound' .",
    "ex:b a ex:B .",
    "<> owl:imports ex:other .",
    "ex:other a owl:Ontology .",
]
documents = st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=8), min_size=1, max_size=3)


def contents(texts: list[list[str]]) -> dict[str, bytes]:
    """Return each document by the name of its file."""
    return {f"{number}.ttl": (HEAD + "\n".join(parts)).encode() for number, parts in enumerate(texts)}


def seen(report: Report) -> list[object]:
    """Return all that a report tells, whatever the names of blank nodes."""
    findings = [
        (
            finding.severity,
            str(finding.shape),
            str(finding.component),
            finding.path,
            type(finding.focus).__name__,
            finding.focus.n3() if not finding.focus.n3().startswith("_:") else "",
            "" if finding.value is None or finding.value.n3().startswith("_:") else finding.value.n3(),
            finding.message,
            str(finding.location),
            (finding.location.end_line, finding.location.end_column) if finding.location else None,
        )
        for finding in report.findings
    ]
    return [sorted(map(str, findings)), report.vacuous, report.notes, report.triple_count, report.engine]


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
@settings(max_examples=12, deadline=None)
@given(texts=documents, context=st.lists(st.sampled_from(PARTS[2:4] + PARTS[8:]), max_size=2))
def test_validate_statements_report_what_a_located_graph_reports(
    engine: str, texts: list[list[str]], context: list[str]
) -> None:
    """Findings with their places, vacuous targets, notes and counts are the same, over several files with faults."""
    shapes = build_shapes(parse_input(SHAPES.encode(), name="shapes.ttl", syntax="ttl"))
    base = "https://example.org/"
    files = contents(texts)
    eager = LocatedGraph().merge(
        parse_located_content(content, RdfFormat.TURTLE, name=name, base=base) for name, content in files.items()
    )
    lazy = Statements(()).merge(
        *(read_statements(content, RdfFormat.TURTLE, name=name, base=base) for name, content in files.items())
    )
    known = parse_input((HEAD + "\n".join(context)).encode(), name="c.ttl", syntax="ttl", base=base).graph
    expected = validate(eager, shapes, context=known, engine=engine)
    assert seen(validate(lazy, shapes, context=known, engine=engine)) == seen(expected)


def test_validate_import_of_a_file_that_is_given_is_no_note(tmp_path: Path) -> None:
    """An import of a file among the data takes part, so nothing is said of it."""
    shapes = build_shapes(parse_input(SHAPES.encode(), name="shapes.ttl", syntax="ttl"))
    other = tmp_path / "b.ttl"
    lines = f"{HEAD}<{tmp_path.as_uri()}/a.ttl> owl:imports <{other.as_uri()}>, ex:elsewhere .".encode()
    data = read_statements(lines, RdfFormat.TURTLE, name=str(tmp_path / "a.ttl"))
    alone = validate(data, shapes).notes
    both = validate(data.merge(read_statements(b"", RdfFormat.TURTLE, name=str(other))), shapes).notes
    assert [note for note in alone if note not in both] == [note for note in alone if "b.ttl" in note.message]
    assert any("elsewhere" in note.message for note in both)
