"""Notes: what well-formed shapes say without effect, and what is not followed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph

from eild.errors import ShapesError
from eild.validation import load_rdf, load_shapes, validate
from eild.validation.checks.backtracking import is_suspicious, may_backtrack
from eild.validation.checks.patterns import try_patterns

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:P .
ex:P sh:path ex:p ;
"""


@pytest.mark.parametrize(
    ("text", "message", "strict"),
    [
        ('sh:flags "i" .', "sh:flags has no effect without sh:pattern", True),
        ("sh:qualifiedMinCount 1 .", "sh:qualifiedMinCount has no effect without sh:qualifiedValueShape", True),
        ("sh:node ex:Sx .", "which no shape describes: every node conforms to it", True),
        ("sh:minCount 0 . ex:N sh:targetClass ex:Boat .", "has a target, but constrains nothing", True),
        ('sh:pattern "^(a+)+$" .', "can take exponential time", False),
        (
            "sh:minCount 0 . <http://o/> owl:imports <http://elsewhere.example/x> .",
            "owl:imports <http://elsewhere.example/x> is not followed: nothing is fetched",
            False,
        ),
    ],
)
def test_shapes_notes_tell_what_has_no_effect(tmp_path: Path, text: str, message: str, *, strict: bool) -> None:
    """What the shapes say in vain is told with its place; only what hides faults fails a strict run."""
    path = tmp_path / "shapes.ttl"
    path.write_text(HEAD + text, encoding="utf-8")
    report = validate(Graph().parse(data=HEAD + "sh:minCount 0 . ex:b a ex:Boat ."), load_shapes([path]))
    [note] = [note for note in report.notes if message in note.message]
    assert note.location
    assert note.location.line == 4
    assert note.strict is strict
    assert report.failing() == 0
    assert (report.failing(strict=True) > 0) is strict


def test_shapes_notes_import_of_a_given_file_is_silent(tmp_path: Path) -> None:
    """An import of what is among the files given takes part and needs no note."""
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text(f"{HEAD} sh:minCount 0 . <http://o/> owl:imports <http://o/two>, <{two.as_uri()}> .", "utf-8")
    two.write_text("<http://o/two> a <http://www.w3.org/2002/07/owl#Ontology> .", encoding="utf-8")
    assert load_shapes([one, two]).notes == ()


@pytest.mark.parametrize(
    ("pattern", "may", "suspicious"),
    [
        ("^[a-z]+-[0-9]*$", False, False),
        ("(a|b)*", False, False),
        ("(ab){2,3}", False, False),
        ("([a-z]+-)*", True, False),
        ("^[a-z]+(-[a-z0-9]+)*$", True, False),
        ("([^,]*,)*", True, False),
        (r"^(\d+,)*\d+$", True, False),
        ("(a+)+$", True, True),
        ("(a|a)*b", True, True),
        ("(a|ab)*c", True, True),
        ("(x[a-z]+)*", True, True),
        (r"(\w+\s?)*$", True, True),
        ("(a?)*", True, True),
        ("(.*)*", True, True),
        ("(unclosed", False, False),
    ],
)
def test_patterns_are_judged_by_their_structure(pattern: str, *, may: bool, suspicious: bool) -> None:
    """Repetitions within repetitions may backtrack; those without a mark between their rounds are suspicious."""
    assert (may_backtrack(pattern), is_suspicious(pattern)) == (may, suspicious)


@pytest.mark.parametrize(
    "constraint",
    [
        'sh:pattern "^(a+)+$"',
        "sh:sparql [ sh:select \"SELECT $this { $this ?p ?value FILTER REGEX(?value, '^(a|a)*b$') }\" ]",
    ],
    ids=["pattern", "query"],
)
def test_try_patterns_expression_that_hangs_ends_at_the_deadline(tmp_path: Path, constraint: str) -> None:
    """An expression that would take ages for a value is an error at its place, not a hang."""
    path = tmp_path / "shapes.ttl"
    path.write_text(f"{HEAD} {constraint} .", encoding="utf-8")
    data = Graph().parse(data=f'{HEAD} sh:minCount 0 . ex:b a ex:Boat ; ex:p "{"a" * 60}!" .')
    shapes = load_shapes([path])
    before = time.monotonic()
    with pytest.raises(ShapesError, match=r"shapes\.ttl:4:\d+: the regular expression .* takes longer than 0.5 s"):
        try_patterns(shapes.located, data, deadline=0.5)
    assert time.monotonic() - before < 60
    harmless = Graph().parse(data=f'{HEAD} sh:minCount 0 . ex:b a ex:Boat ; ex:p "aab" .')
    try_patterns(shapes.located, harmless, deadline=20)


def test_validate_import_of_the_data_is_noted(tmp_path: Path) -> None:
    """What the data import or name as their shapes, and was not given, is said; what was given is not."""
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(f"{HEAD} sh:minCount 0 . <http://o/shapes> a owl:Ontology .", encoding="utf-8")
    data.write_text(
        "@prefix ex: <https://example.org/> . ex:b a ex:Boat .\n"
        "<http://o/data> <http://www.w3.org/2002/07/owl#imports> <http://o/further> ;\n"
        "  <http://www.w3.org/ns/shacl#shapesGraph> <http://o/shapes> .",
        encoding="utf-8",
    )
    report = validate(load_rdf(data), load_shapes([shapes]))
    assert [(note.message.split()[1], note.location and note.location.line) for note in report.notes] == [
        ("<http://o/further>", 2)
    ]
