"""The forms of a report, on one small report with each kind of finding."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SH, XSD

from eild.cli.validate import FORMAT_NAMES
from eild.validation import Report, load_rdf, load_shapes, validate
from eild.validation.engine import run_engine
from eild.validation.formats import FORMATS

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = """ex:BoatShape a sh:NodeShape ; sh:targetClass ex:Boat, ex:Submarine ;
  sh:property ex:Boat-length, ex:Boat-part .
ex:Boat-length sh:path ex:length ; sh:maxCount 1 ; sh:pattern "^[0-9]+$" ; sh:message "Give one length, in digits."@en .
ex:Boat-part sh:path ( ex:part [ sh:zeroOrMorePath ex:part ] ) ; sh:class ex:Part ; sh:severity sh:Warning ;
  sh:message "100 % a part: really, no" .
ex:NameShape a sh:NodeShape ; sh:targetSubjectsOf ex:name ; sh:nodeKind sh:IRI ; sh:severity sh:Info .
"""
DATA = """ex:a a ex:Boat ; ex:length "long\\nvery <long>" , "2" ;
  ex:part ex:mast .
[] ex:name "\\u0007 nobody" .
"""


def make_report(folder: Path) -> Report:
    """Validate the data above against the shapes above."""
    for name, text in (("shapes.ttl", SHAPES), ("data.ttl", DATA)):
        (folder / name).write_text(HEAD + text, encoding="utf-8")
    return validate(load_rdf(folder / "data.ttl"), load_shapes([folder / "shapes.ttl"]))


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """The report, with paths relative to the working directory."""
    monkeypatch.chdir(tmp_path)
    return make_report(Path())


def test_formats_are_those_of_the_command_line() -> None:
    """The command's list of forms is the library's."""
    assert tuple(FORMATS) == FORMAT_NAMES


@pytest.mark.parametrize("name", FORMATS)
def test_format_same_input_read_twice_same_bytes(report: Report, name: str) -> None:
    """Blank nodes get other names at each reading; the report does not show it."""
    assert FORMATS[name](make_report(Path())) == FORMATS[name](report)


def test_format_text_shows_place_fault_remedy_and_shape(report: Report) -> None:
    """A finding reads from the place to the shape; totals and vacuous targets follow."""
    text = FORMATS["text"](report)
    assert 'data.ttl:2:28: violation: ex:a ex:length "long\\nvery <long>"\n    Give one length, in digits.\n' in text
    assert "    ex:Boat-length (sh:PatternConstraintComponent) at shapes.ttl:4:24\n" in text
    assert "data.ttl:2:8: warning: ex:a ex:part/(ex:part*) ex:mast\n" in text
    assert "data.ttl:4:12: info: _:b1\n" in text
    assert "ex:BoatShape sh:targetClass ex:Submarine matches nothing in the data\n" in text
    assert text.endswith("2 violations, 1 warning, 1 info, 1 vacuous target: 5 triples, 2 shapes with targets\n")


def test_format_json_has_what_the_report_has(report: Report) -> None:
    """The machine form carries counts, terms, places and vacuous targets."""
    content = json.loads(FORMATS["json"](report))
    assert content["conforms"] is False
    assert content["counts"] == {"violation": 2, "warning": 1, "info": 1}
    by_component = {finding["component"].rpartition("#")[2]: finding for finding in content["findings"]}
    pattern = by_component["PatternConstraintComponent>"]
    assert pattern["value"] == '"long\\nvery <long>"'
    assert pattern["location"] == {"path": "data.ttl", "line": 2, "column": 28}
    assert by_component["MaxCountConstraintComponent>"]["value"] is None
    assert [vacuous["target"] for vacuous in content["vacuous"]] == ["<https://example.org/Submarine>"]


def test_format_turtle_is_the_engines_report(report: Report) -> None:
    """The Turtle form is what the reference engine reports, less the copies of data that pySHACL adds."""
    written = Graph().parse(data=FORMATS["turtle"](report), format="turtle")
    engine = run_engine(load_rdf("data.ttl").graph, report.shapes.graph)
    engine.remove((None, URIRef("https://example.org/name"), None))
    assert isomorphic(written, engine)


def test_format_turtle_conforming_report_has_no_result(tmp_path: Path) -> None:
    """A report without findings says only that the data conform."""
    make_report(tmp_path)
    text = FORMATS["turtle"](validate(Graph(), load_shapes([tmp_path / "shapes.ttl"])))
    graph = Graph().parse(data=text, format="turtle")
    assert len(graph) == 2
    assert (None, SH.conforms, Literal("true", datatype=XSD.boolean)) in graph


def test_format_junit_is_well_formed_with_a_case_per_shape(report: Report) -> None:
    """Each shape with a target is a case, also one that passed; characters XML forbids are replaced."""
    suite = ET.fromstring(FORMATS["junit"](report))  # noqa: S314 - our own output
    assert {case.get("name") for case in suite} == {"ex:BoatShape", "ex:Boat-length", "ex:Boat-part", "ex:NameShape"}
    assert (suite.get("tests"), suite.get("failures")) == ("4", "3")
    assert [len(case) for case in suite if case.get("name") == "ex:Boat-length"] == [2]


def test_format_github_is_one_escaped_command_per_finding(report: Report) -> None:
    """A finding is an error, warning or notice at its file and line; special characters are escaped."""
    lines = FORMATS["github"](report).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::warning", "::error", "::error", "::notice"]
    assert lines[0].endswith("file=data.ttl,line=2,title=ex%3ABoat-part ex%3Aa::100 %25 a part: really, no")
