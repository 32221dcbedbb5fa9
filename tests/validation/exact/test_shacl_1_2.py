"""SHACL 1.2 Core: a pair of data for each feature, the place of each finding, and what is not supported yet."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from eild.errors import ShapesError
from eild.validation import Severity, load_rdf, load_shapes, validate
from eild.validation.files import load_statements
from eild.validation.grammar.terms import CORE_1_2, UNSUPPORTED

if TYPE_CHECKING:
    from eild.validation import Report

DOCS: Final = Path(__file__).parents[3] / "docs"
EXIT_SHAPES: Final = 4
PREFIXES: Final = "".join(
    f"@prefix {prefix}: <{namespace}> .\n"
    for prefix, namespace in (
        ("ex", "https://example.org/"),
        ("sh", "http://www.w3.org/ns/shacl#"),
        ("xsd", "http://www.w3.org/2001/XMLSchema#"),
        ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    )
)
FIRST: Final = PREFIXES.count("\n") + 1
"""The line on which data begin."""

P: Final = "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; "
TABLE: Final[dict[str, Any]] = tomllib.loads((DOCS / "validate.toml").read_text(encoding="utf-8"))
FEATURES: Final = {feature["name"]: feature for feature in TABLE["feature"]}
"""Shapes, data that conform, data that do not with a § before each place at fault, and the component."""
PASSING: Final = {"debug", "trace"}
"""Severities that do not affect conformance."""


def check(folder: Path, shapes: str, data: str, *, located: bool = False) -> Report:
    """Validate data against shapes, both as files."""
    for name, text in (("shapes.ttl", shapes), ("data.ttl", data)):
        (folder / name).write_text(PREFIXES + text, encoding="utf-8")
    load = load_rdf if located else load_statements
    return validate(load(folder / "data.ttl"), load_shapes([folder / "shapes.ttl"]))


@pytest.mark.parametrize("name", FEATURES)
def test_feature_data_that_conform_have_no_finding(tmp_path: Path, name: str) -> None:
    """Each feature lets pass what it allows."""
    assert check(tmp_path, FEATURES[name]["shapes"], FEATURES[name]["valid"]).findings == ()


@pytest.mark.parametrize("located", [False, True], ids=["statements", "located"])
@pytest.mark.parametrize("name", FEATURES)
def test_feature_fault_is_found_at_its_place(tmp_path: Path, name: str, *, located: bool) -> None:
    """Each feature finds what it forbids, at line and column, in whichever way the data are read."""
    feature = FEATURES[name]
    marked, places = feature["invalid"], []
    while "§" in marked:
        places.append((FIRST, marked.index("§") + 1))
        marked = marked.replace("§", "", 1)
    report = check(tmp_path, feature["shapes"], marked, located=located)
    components = {str(f.component).rpartition("#")[2] for f in report.findings}
    assert components == {f"{feature['component']}ConstraintComponent"}
    assert [(f.location.line, f.location.column) for f in report.findings if f.location] == places
    severity = feature.get("severity", "violation")
    assert {f.severity.value for f in report.findings} == {severity}
    assert report.conforms is (severity in PASSING)
    assert feature.get("message") in {None, *(f.message for f in report.findings)}


def test_features_each_term_of_1_2_has_an_example() -> None:
    """What is supported has a pair; what the page says of terms is shown by shapes that use them."""
    shown = {feature["component"] for feature in FEATURES.values()}
    assert {str(c).rpartition("#")[2].removesuffix("ConstraintComponent") for c in CORE_1_2.values()} <= shown
    for name, feature in FEATURES.items():
        text = feature["shapes"] + feature["valid"] + feature["invalid"]
        assert all(term in text for word in re.findall("`([^`]+)`", name) for term in word.split()), name


@pytest.mark.parametrize("name", [case["name"] for case in TABLE["refused"]])
def test_feature_not_there_yet_is_refused(tmp_path: Path, name: str) -> None:
    """What the page lists as exit code 4 is an error of the shapes with a place."""
    [shapes] = [case["shapes"] for case in TABLE["refused"] if case["name"] == name]
    with pytest.raises(ShapesError) as caught:
        check(tmp_path, shapes, "ex:a a ex:C .")
    assert caught.value.exit_code == EXIT_SHAPES
    assert caught.value.location is not None


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_term_not_there_yet_is_refused(tmp_path: Path, name: str) -> None:
    """Each term that changes verdicts and is not supported is refused by name."""
    with pytest.raises(ShapesError, match=f"sh:{name} is of SHACL 1.2 and not supported yet"):
        check(tmp_path, f"ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI ; sh:{name} true .", "ex:a a ex:C .")


@pytest.mark.parametrize(("name", "severity"), [("Debug", Severity.DEBUG), ("Trace", Severity.TRACE)])
def test_severity_debug_and_trace_are_findings_of_data_that_conform(
    tmp_path: Path, name: str, severity: Severity
) -> None:
    """The two severities of 1.2 tell something and fail nothing."""
    report = check(tmp_path, f"{P} sh:datatype xsd:string ; sh:severity sh:{name} ] .", "ex:a ex:p 1 .")
    assert [f.severity for f in report.findings] == [severity]
    assert report.conforms
    assert report.failing(Severity.INFO) == 0


def test_annotation_of_a_constraint_gives_its_message_and_severity(tmp_path: Path) -> None:
    """What is said of one constraint of a shape is for its results alone."""
    shapes = (
        'ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:message "all" ; sh:maxCount 1 ; '
        'sh:datatype xsd:string {| sh:message "write text" ; sh:severity sh:Warning |} ] .'
    )
    found = check(tmp_path, shapes, "ex:a ex:p 1 , 2 .").findings
    assert sorted((f.message, f.severity.value) for f in found) == [
        ("all", "violation"),
        ("write text", "warning"),
        ("write text", "warning"),
    ]


def test_annotation_deactivated_switches_one_constraint_off(tmp_path: Path) -> None:
    """The other constraints of the shape stay."""
    shapes = f"{P} sh:datatype xsd:string {{| sh:deactivated true |}} ; sh:maxCount 1 ] ."
    found = check(tmp_path, shapes, "ex:a ex:p 1 , 2 .").findings
    assert [str(f.component).rpartition("#")[2] for f in found] == ["MaxCountConstraintComponent"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ex:S sh:targetClass ex:C ; sh:§sparqlExpr 'true' .", "sh:sparqlExpr is of SHACL 1.2 and not supported yet"),
        ("ex:S sh:targetClass ex:C ; sh:expression §[ ex:f ex:p ] .", "SHACL 1.2"),
    ],
)
def test_feature_not_supported_yet_is_refused_with_its_name(tmp_path: Path, text: str, message: str) -> None:
    """What is of SHACL 1.2 and not there yet is exit code 4, never a pass and never taken for a slip."""
    with pytest.raises(ShapesError, match=message) as caught:
        check(tmp_path, text.replace("§", ""), "ex:a a ex:C .")
    assert "did you mean" not in str(caught.value)
    assert caught.value.location is not None
    assert caught.value.location.line == FIRST
