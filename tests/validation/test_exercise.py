"""What a validation looked at: constraints that met values, and data that no shape looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from eild.validation import load_shapes
from eild.validation.exercise import Exercise, measure_exercise

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = """ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:S-length, ex:S-owner, ex:S-crew .
ex:S-length sh:path ex:length ; sh:minCount 1 ; sh:maxLength 9 .
ex:S-owner sh:path [ sh:inversePath ex:owns ] ; sh:nodeKind sh:IRI ; sh:property ex:Owner-name .
ex:S-crew sh:path ( ex:crew ex:name ) ; sh:nodeKind sh:Literal .
ex:Owner-name sh:path ex:name ; sh:minLength 1 .
ex:Off a sh:NodeShape ; sh:targetClass ex:Boat ; sh:deactivated true ; sh:nodeKind sh:IRI .
"""
DATA = """ex:a a ex:Boat . ex:b a ex:Ship ; ex:colour "red" .
ex:m ex:owns ex:a ; ex:name "Mary" ; ex:age 3 .
"""


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    """What the shapes have to do with two boats and an owner."""
    path = tmp_path / "shapes.ttl"
    path.write_text(HEAD + SHAPES, encoding="utf-8")
    data = Graph().parse(data=HEAD + DATA, format="turtle")
    context = Graph().parse(data=HEAD + "ex:Ship <http://www.w3.org/2000/01/rdf-schema#subClassOf> ex:Boat .")
    return measure_exercise(data, load_shapes([path]), context=context)


def test_measure_exercise_constraints_count_focus_nodes_and_values(exercise: Exercise) -> None:
    """Each constraint tells to how many nodes and values it was applied; a deactivated shape to none."""
    found = {
        (str(one.constraint.shape)[20:], str(one.constraint.component).removeprefix(str(SH))[:9]): (
            one.focus_nodes,
            one.values,
            one.is_exercised,
        )
        for one in exercise.constraints
    }
    assert found == {
        ("S-length", "MinCountC"): (2, 0, True),
        ("S-length", "MaxLength"): (2, 0, False),
        ("S-owner", "NodeKindC"): (2, 1, True),
        ("S-crew", "NodeKindC"): (2, 0, False),
        ("Owner-name", "MinLength"): (1, 1, True),
        ("Off", "NodeKindC"): (0, 0, False),
    }
    assert exercise.exercised == 3


def test_measure_exercise_data_nobody_looks_at_are_counted_by_property(exercise: Exercise) -> None:
    """Triples that no shape reaches are told by property."""
    assert exercise.untouched == ((URIRef("https://example.org/age"), 1), (URIRef("https://example.org/colour"), 1))
    assert (exercise.triples, exercise.touched_triples, exercise.subjects, exercise.focus_subjects) == (6, 4, 3, 3)
