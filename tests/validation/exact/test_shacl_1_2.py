"""SHACL 1.2 Core: a pair of data for each feature, the place of each finding, and what is not supported yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from eild.errors import ShapesError
from eild.validation import Severity, load_rdf, load_shapes, validate
from eild.validation.files import load_statements
from eild.validation.grammar.terms import CORE_1_2

if TYPE_CHECKING:
    from pathlib import Path

    from eild.validation import Report

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
LIST_OF_IRIS: Final = f"{P} sh:memberShape [ sh:nodeKind sh:IRI ] ] ."
REIFIED: Final = (
    f"{P} sh:reifierShape ex:R ; sh:reificationRequired true ] . ex:R sh:property [ sh:path ex:q ; sh:minCount 1 ] ."
)
BY_TYPES: Final = (
    "ex:A a rdfs:Class , sh:NodeShape ; sh:closed sh:ByTypes ; sh:property [ sh:path ex:p ] . "
    "ex:B a rdfs:Class , sh:NodeShape ; rdfs:subClassOf ex:A ; sh:property [ sh:path ex:q ] ."
)
EXAMPLES: Final = {
    "memberShape": (LIST_OF_IRIS, "ex:a ex:p ( ex:b ex:c ) , () .", 'ex:a ex:p §( ex:b "c" 1 ) .', "MemberShape"),
    "memberShape-not-a-list": (LIST_OF_IRIS, "ex:a ex:p rdf:nil .", "ex:a ex:p §ex:b .", "MemberShape"),
    "minListLength": (f"{P} sh:minListLength 2 ] .", "ex:a ex:p ( 1 1 ) .", "ex:a ex:p §( 1 ) .", "MinListLength"),
    "maxListLength": (f"{P} sh:maxListLength 1 ] .", "ex:a ex:p () , ( 1 ) .", "ex:a ex:p §( 1 2 ) .", "MaxListLength"),
    "uniqueMembers": (
        f"{P} sh:uniqueMembers true ] .",
        "ex:a ex:p ( 1 01 ) .",
        "ex:a ex:p §( 1 2 1 ) .",
        "UniqueMembers",
    ),
    "uniqueValuesFor": (
        "ex:S sh:targetClass ex:C ; sh:uniqueValuesFor ( ex:p ex:q ) .",
        "ex:a a ex:C ; ex:p 1 ; ex:q 1 . ex:b a ex:C ; ex:p 1 ; ex:q 2 . ex:c a ex:C . ex:d a ex:C .",
        "ex:a a §ex:C ; ex:p 1 ; ex:q 1 . ex:b a §ex:C ; ex:p 1 ; ex:q 1 . ex:c a ex:D ; ex:p 1 ; ex:q 1 .",
        "UniqueValuesFor",
    ),
    "someValue": (
        f"{P} sh:someValue [ sh:class ex:C ] ] .",
        "ex:b a ex:C . ex:a ex:p ex:b , 1 .",
        "ex:a ex:p §1 .",
        "SomeValue",
    ),
    "singleLine": (f"{P} sh:singleLine true ] .", 'ex:a ex:p "b c" .', 'ex:a ex:p §"b\\u000Bc" .', "SingleLine"),
    "subsetOf": (f"{P} sh:subsetOf ex:q ] .", "ex:a ex:p 1 ; ex:q 1 , 2 .", "ex:a ex:p 1 , §3 ; ex:q 1 .", "SubsetOf"),
    "subsetOf-path": (
        f"{P} sh:subsetOf ( ex:q ex:r ) ] .",
        "ex:a ex:p 1 ; ex:q [ ex:r 1 ] .",
        "ex:a ex:p §2 ; ex:q [ ex:r 1 ] .",
        "SubsetOf",
    ),
    "rootClass": (
        f"{P} sh:rootClass ex:C ] .",
        "ex:D rdfs:subClassOf ex:C . ex:a ex:p ex:C , ex:D .",
        "ex:a ex:p §ex:D .",
        "RootClass",
    ),
    "reifierShape": (
        REIFIED,
        "ex:a ex:p 1 {| ex:q 2 |} , 3 ~ ex:r {| ex:q 4 |} .",
        "ex:a ex:p 1 {| ex:q 2 |} , §3 {| ex:r 4 |} .",
        "ReifierShape",
    ),
    "reificationRequired": (REIFIED, "ex:a ex:p 1 {| ex:q 2 |} .", "ex:a ex:p §1 .", "ReifierShape"),
    "nodeByExpression": (
        f"{P} sh:nodeByExpression ex:T ] . ex:T sh:property [ sh:path ex:q ; sh:minCount 1 ] .",
        "ex:a ex:p ex:b . ex:b ex:q 1 .",
        "ex:a ex:p §ex:b .",
        "NodeByExpression",
    ),
    "expression": (f"{P} sh:expression true , false ] .", "", "ex:a ex:p §1 .", "Expression"),
    "class-list": (
        f"{P} sh:class ( ex:C ex:D ) ] .",
        "ex:a ex:p ex:b , ex:c . ex:b a ex:C . ex:c a ex:D .",
        "ex:a ex:p §ex:b . ex:b a ex:E .",
        "Class",
    ),
    "datatype-list": (
        f"{P} sh:datatype ( xsd:string rdf:langString ) ] .",
        'ex:a ex:p "b" , "b"@de .',
        "ex:a ex:p §1 .",
        "Datatype",
    ),
    "nodeKind-list": (
        f"{P} sh:nodeKind ( sh:IRI sh:BlankNode ) ] .",
        "ex:a ex:p ex:b , [] .",
        "ex:a ex:p §1 .",
        "NodeKind",
    ),
    "equals-path": (f"{P} sh:equals ( ex:q ex:r ) ] .", "ex:a ex:p 1 ; ex:q [ ex:r 1 ] .", "ex:a ex:p §1 .", "Equals"),
    "lessThan-path": (
        f"{P} sh:lessThan ( ex:q ex:r ) ] .",
        "ex:a ex:p 1 ; ex:q [ ex:r 2 ] .",
        "ex:a ex:p §2 ; ex:q [ ex:r 1 ] .",
        "LessThan",
    ),
    "ByTypes": (
        BY_TYPES,
        "ex:a a ex:B ; ex:p 1 ; ex:q 2 . ex:B rdfs:subClassOf ex:A .",
        "ex:a a ex:A ; ex:p 1 ; ex:q §2 .",
        "Closed",
    ),
    "ShapeClass": (
        "ex:C a sh:ShapeClass ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
        "ex:a a ex:D ; ex:p 1 . ex:D rdfs:subClassOf ex:C .",
        "ex:a a §ex:D . ex:D rdfs:subClassOf ex:C .",
        "MinCount",
    ),
    "shape-in-data": (
        "ex:S sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
        "ex:a sh:shape ex:S ; ex:p 1 . ex:b a ex:C .",
        "ex:a sh:shape §ex:S .",
        "MinCount",
    ),
    "targetWhere": (
        (
            "ex:S sh:targetWhere [ sh:property [ sh:path ex:p ; sh:hasValue 1 ] ] ; "
            "sh:property [ sh:path ex:q ; sh:minCount 1 ] ."
        ),
        "ex:a ex:p 1 ; ex:q 2 . ex:b ex:p 2 .",
        "ex:a ex:p §1 . ex:b ex:p 2 .",
        "MinCount",
    ),
    "incomplete": (
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
        'ex:a a ex:C ; sh:incomplete true . ex:i sh:incompleteURIStart "https://example.org/x" . ex:x1 a ex:C .',
        "ex:a a §ex:C ; sh:incomplete false .",
        "MinCount",
    ),
    "uniqueLang-direction": (
        f"{P} sh:uniqueLang true ] .",
        'ex:a ex:p "b"@ar--ltr , "b"@ar--rtl , "b"@ar .',
        'ex:a ex:p §"b"@ar--ltr , "c"@ar--ltr .',
        "UniqueLang",
    ),
}
"""Shapes, data that conform, data that do not with a § before each place at fault, and the component."""


def check(folder: Path, shapes: str, data: str, *, located: bool = False) -> Report:
    """Validate data against shapes, both as files."""
    for name, text in (("shapes.ttl", shapes), ("data.ttl", data)):
        (folder / name).write_text(PREFIXES + text, encoding="utf-8")
    load = load_rdf if located else load_statements
    return validate(load(folder / "data.ttl"), load_shapes([folder / "shapes.ttl"]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_feature_data_that_conform_have_no_finding(tmp_path: Path, name: str) -> None:
    """Each feature lets pass what it allows."""
    shapes, valid, _, _ = EXAMPLES[name]
    assert check(tmp_path, shapes, valid).findings == ()


@pytest.mark.parametrize("located", [False, True], ids=["statements", "located"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_feature_fault_is_found_at_its_place(tmp_path: Path, name: str, *, located: bool) -> None:
    """Each feature finds what it forbids, at line and column, in whichever way the data are read."""
    shapes, _, marked, component = EXAMPLES[name]
    places = []
    while "§" in marked:
        places.append((FIRST, marked.index("§") + 1))
        marked = marked.replace("§", "", 1)
    report = check(tmp_path, shapes, marked, located=located)
    assert {str(f.component).rpartition("#")[2] for f in report.findings} == {f"{component}ConstraintComponent"}
    assert [(f.location.line, f.location.column) for f in report.findings if f.location] == places
    assert not report.conforms


def test_features_each_component_of_1_2_has_an_example() -> None:
    """A component that is supported has a pair here."""
    shown = {component for _, _, _, component in EXAMPLES.values()}
    assert {str(c).rpartition("#")[2].removesuffix("ConstraintComponent") for c in CORE_1_2.values()} <= shown


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
