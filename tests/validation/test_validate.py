"""Validation: findings with places, order, severities, context and vacuous targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from eild.errors import Location
from eild.validation import Report, Severity, Shapes, load_rdf, load_shapes, validate

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = """ex:BoatShape a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:Boat-length, ex:Boat-owner .
ex:Boat-length sh:path ex:length ; sh:minCount 1 ; sh:maxCount 1 ; sh:message "Give the length once." .
ex:Boat-owner sh:path ex:owner ; sh:class ex:Person ; sh:severity sh:Warning ; sh:message "Name a person." .
"""
DATA = """ex:b a ex:Boat ;
  ex:length 1 ;
  ex:owner ex:port ,
    ex:keller .
ex:a a ex:Boat .
ex:keller a ex:Person .
"""
EX = "https://example.org/"


@pytest.fixture
def shapes(tmp_path: Path) -> Shapes:
    """Shapes of boats."""
    path = tmp_path / "shapes.ttl"
    path.write_text(HEAD + SHAPES, encoding="utf-8")
    return load_shapes([path])


@pytest.fixture
def report(tmp_path: Path, shapes: Shapes) -> Report:
    """The report on two boats, one without length, one owned by a port."""
    path = tmp_path / "data.ttl"
    path.write_text(HEAD + DATA, encoding="utf-8")
    return validate(load_rdf(path), shapes)


def test_validate_findings_stand_at_the_triple_at_fault(report: Report, tmp_path: Path) -> None:
    """A wrong value is found at the value, a missing one at the subject's first triple."""
    data = str(tmp_path / "data.ttl")
    assert [finding.location for finding in report.findings] == [Location(data, 4, 12), Location(data, 6, 8)]
    assert {finding.shape_location and finding.shape_location.line for finding in report.findings} == {3, 4}


def test_validate_findings_carry_all_parts(report: Report) -> None:
    """A finding has severity, shape, component, focus, path, value and message."""
    wrong = report.findings[0]
    assert (wrong.severity, wrong.shape, wrong.component) == (
        Severity.WARNING,
        URIRef(EX + "Boat-owner"),
        SH.ClassConstraintComponent,
    )
    assert (wrong.focus, wrong.path, wrong.value) == (URIRef(EX + "b"), f"<{EX}owner>", URIRef(EX + "port"))
    assert wrong.message == "Name a person."


@pytest.mark.parametrize(("fail_on", "number"), [(Severity.VIOLATION, 1), (Severity.WARNING, 2), (Severity.INFO, 2)])
def test_report_failing_counts_from_severity_upward(report: Report, fail_on: Severity, number: int) -> None:
    """Warnings fail only where warnings are asked for."""
    assert report.failing(fail_on) == number


def test_report_with_only_a_warning_does_not_conform(report: Report) -> None:
    """Conformance is SHACL's: any result denies it."""
    assert not report.conforms
    assert report.count(Severity.WARNING) == 1


def test_validate_same_input_gives_same_order(tmp_path: Path, shapes: Shapes) -> None:
    """The order of findings does not depend on the order of the file, except by place."""
    lines = [f"ex:x{number} a ex:Boat ." for number in range(20)]
    path = tmp_path / "data.ttl"
    path.write_text(HEAD + "\n".join(reversed(lines)), encoding="utf-8")
    orders = {tuple(str(finding.focus) for finding in validate(load_rdf(path), shapes).findings) for _ in range(3)}
    assert len(orders) == 1
    placeless = [finding.focus for finding in validate(load_rdf(path).graph, shapes).findings]
    assert placeless == sorted(placeless, key=lambda node: node.n3())


def test_validate_target_class_nowhere_is_vacuous(shapes: Shapes) -> None:
    """A target that matches nothing is reported, with its place, though the data conform."""
    report = validate(Graph(), shapes)
    assert report.conforms
    assert [(str(v.shape), str(v.target)) for v in report.vacuous] == [(EX + "BoatShape", EX + "Boat")]
    assert report.vacuous[0].location
    assert (report.failing(), report.failing(strict=True)) == (0, 1)


def test_validate_target_subclass_is_not_vacuous(shapes: Shapes) -> None:
    """Instances of a subclass that the context declares are matched."""
    data = Graph().parse(data=HEAD + "ex:c a ex:Ship ; ex:length 2 .", format="turtle")
    context = Graph().parse(
        data=HEAD + "ex:Ship <http://www.w3.org/2000/01/rdf-schema#subClassOf> ex:Boat .", format="turtle"
    )
    assert validate(data, shapes, context=context).vacuous == ()


def test_validate_context_helps_but_is_not_reported(shapes: Shapes) -> None:
    """Classes of the context are known; what is wrong in the context itself is not reported."""
    data = Graph().parse(data=HEAD + "ex:c a ex:Boat ; ex:length 2 ; ex:owner ex:mary .", format="turtle")
    context = Graph().parse(data=HEAD + "ex:mary a ex:Person . ex:wreck a ex:Boat .", format="turtle")
    assert [str(finding.focus) for finding in validate(data, shapes).findings] == [EX + "c"]
    assert validate(data, shapes, context=context).findings == ()


def test_validate_complex_path_is_written_as_sparql(tmp_path: Path) -> None:
    """A path of blank nodes is shown in the syntax of SPARQL."""
    path = tmp_path / "shapes.ttl"
    path.write_text(
        HEAD
        + """ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [
          sh:path ( [ sh:inversePath ex:owns ] [ sh:zeroOrMorePath ex:part ] [ sh:alternativePath ( ex:a ex:b ) ] ) ;
          sh:minCount 1 ] .""",
        encoding="utf-8",
    )
    data = Graph().parse(data=HEAD + "ex:c a ex:Boat .", format="turtle")
    findings = validate(data, load_shapes([path])).findings
    assert [finding.path for finding in findings] == [f"(^<{EX}owns>)/(<{EX}part>*)/(<{EX}a>|<{EX}b>)"]


def test_validate_ill_typed_literal_is_a_finding_without_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A literal that is no number is found by sh:datatype; nothing is written to standard error."""
    shapes = tmp_path / "shapes.ttl"
    integer = "<http://www.w3.org/2001/XMLSchema#integer>"
    shapes.write_text(
        f"{HEAD}ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:P .\n"
        f"ex:P sh:path ex:length ; sh:datatype {integer} .",
        encoding="utf-8",
    )
    data = tmp_path / "data.ttl"
    data.write_text(f'{HEAD}ex:c a ex:Boat ; ex:length "long"^^{integer} .', encoding="utf-8")
    assert len(validate(load_rdf(data), load_shapes([shapes])).findings) == 1
    assert "Traceback" not in capfd.readouterr().err
