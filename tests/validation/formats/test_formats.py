"""The forms of a report, on one small report with each kind of finding."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator
from lxml import etree
from pyoxigraph import RdfFormat, parse, serialize
from rdflib import Graph, Literal
from rdflib.namespace import SH, XSD

from eild.cli.validate import FORMAT_NAMES
from eild.errors import Location, UsageError
from eild.located import parse_located_content
from eild.validation import Report, Shapes, load_rdf, load_shapes, validate
from eild.validation.engines import run_engine
from eild.validation.exercise import measure_exercise
from eild.validation.files import load_statements
from eild.validation.fingerprints import fingerprint_findings
from eild.validation.formats import FORMATS, Sources, format_text, load_json_schema
from eild.validation.formats.coverage import format_coverage
from eild.validation.formats.sarif import file_uri
from eild.validation.order import order_key

VENDOR = Path(__file__).parents[2] / "vendor"

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = """ex:BoatShape a sh:NodeShape ; sh:targetClass ex:Boat, ex:Submarine ;
  sh:property ex:Boat-length, ex:Boat-part .
ex:Boat-length sh:path ex:length ; sh:maxCount 1 ; sh:pattern "^[0-9]+$" ; sh:message "Give one length, in digits."@en .
ex:Boat-part sh:path ( ex:part [ sh:zeroOrMorePath ex:part ] ) ; sh:class ex:Part ; sh:severity sh:Warning ;
  sh:message "100 % a part: really, no" .
ex:NameShape a sh:NodeShape ; sh:targetSubjectsOf ex:name ; sh:nodeKind sh:IRI ; sh:severity sh:Info ;
  sh:message "Name it." .
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
    """A finding reads from the place to the line, the hint and the shape; totals and vacuous targets follow."""
    text = FORMATS["text"](report)
    assert 'data.ttl:2:28: violation: ex:a ex:length "long\\nvery <long>"\n    Give one length, in digits.\n' in text
    assert (
        """    2 | ex:a a ex:Boat ; ex:length "long\\nvery <long>" , "2" ;
      |                            ^^^^^^^^^^^^^^^^^^^
    hint: sh:maxCount 1: remove what is too much
    ex:Boat-length (MaxCount) at shapes.ttl:4:24
"""
        in text
    )
    assert "data.ttl:3:11: warning: ex:a ex:part/(ex:part*) ex:mast\n" in text
    assert "\n\ndata.ttl:4:12: info: _:b1\n" in text, "another resource begins another group"
    assert "ex:BoatShape sh:targetClass ex:Submarine matches nothing in the data\n" in text
    assert text.endswith("2 violations, 1 warning, 1 info, 1 vacuous target: 5 triples, 2 shapes with targets\n")


def test_format_text_coloured_is_the_same_text_in_colours(report: Report) -> None:
    """Colours add nothing but their codes, and every coloured part is ended."""
    coloured = format_text(report, colour=True)
    assert "\x1b[1;31mviolation\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == format_text(report)
    assert coloured.count("\x1b[0m") * 2 == coloured.count("\x1b[")


def test_format_text_counts_findings_of_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where findings are in several files, each file is named with their number."""
    monkeypatch.chdir(tmp_path)
    make_report(Path())
    Path("other.ttl").write_text(HEAD + 'ex:b a ex:Boat ; ex:length "x" .\n', encoding="utf-8")
    data = load_rdf("data.ttl").merge([load_rdf("other.ttl")])
    text = format_text(validate(data, load_shapes([Path("shapes.ttl")])))
    assert "\ndata.ttl: 4 findings\nother.ttl: 1 finding\n3 violations" in text


def test_format_text_source_gone_comes_without_excerpt(report: Report) -> None:
    """A file that is no longer there costs the excerpt, not the report."""
    Path("data.ttl").unlink()
    text = FORMATS["text"](report)
    assert " | " not in text
    assert "data.ttl:2:28: violation: ex:a ex:length\n    Give one length" in text


def test_format_json_has_what_the_report_has(report: Report) -> None:
    """The machine form carries counts, terms, places and vacuous targets, as its schema says."""
    content = json.loads(FORMATS["json"](report))
    schema = load_json_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(content)
    assert content["conforms"] is False
    assert content["counts"] == {"violation": 2, "warning": 1, "info": 1}
    by_component = {finding["component"].rpartition("#")[2]: finding for finding in content["findings"]}
    pattern = by_component["PatternConstraintComponent>"]
    assert pattern["value"] == '"long\\nvery <long>"'
    assert pattern["location"] == {"path": "data.ttl", "line": 2, "column": 28, "end_line": 2, "end_column": 47}
    assert by_component["MaxCountConstraintComponent>"]["value"] is None
    assert [vacuous["target"] for vacuous in content["vacuous"]] == ["<https://example.org/Submarine>"]
    assert len({finding["fingerprint"] for finding in content["findings"]}) == 4


@pytest.mark.parametrize("name", ["turtle", "nt", "jsonld", "rdf", "trig", "nq"])
def test_format_rdf_is_the_engines_report(report: Report, name: str) -> None:
    """Each RDF form has the results of the engine, with the messages and paths that they have."""
    syntax = {"turtle": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}.get(name)
    syntax = syntax or {"rdf": RdfFormat.RDF_XML, "trig": RdfFormat.TRIG, "nq": RdfFormat.N_QUADS}[name]
    triples = [quad.triple for quad in parse(FORMATS[name](report), format=syntax)]
    written = Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    results = run_engine(load_rdf("data.ttl").graph, report.shapes).results
    properties = (SH.focusNode, SH.sourceConstraintComponent, SH.value, SH.resultSeverity)
    rows = {
        tuple(order_key(written.value(node, predicate)) for predicate in properties)
        for node in written.objects(None, SH.result)
    }
    found = [(result.focus, result.component, result.value, result.severity) for result in results]
    assert rows == {tuple(map(order_key, row)) for row in found}
    assert len(list(written.objects(None, SH.result))) == len(results)


def test_format_rdf_carries_triple_terms_and_directions_or_says_so(tmp_path: Path) -> None:
    """JSON-LD has no triple terms, which is no fault of the system."""
    shapes = "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:name ; sh:property [ sh:path ex:name ; sh:maxLength 0 ] ."
    for name, text in (("shapes.ttl", shapes), ("data.ttl", 'ex:a ex:name "x"@ar--rtl , <<( ex:a ex:b 1 )>> .')):
        (tmp_path / name).write_text(HEAD + text, encoding="utf-8")
    report = validate(load_statements(tmp_path / "data.ttl"), load_shapes([tmp_path / "shapes.ttl"]))
    for form in ("turtle", "nt", "rdf"):
        assert "rtl" in FORMATS[form](report)
    assert '"x"@ar--rtl' in format_text(report)
    with pytest.raises(UsageError, match="JSON-LD cannot carry this report"):
        FORMATS["jsonld"](report)


def test_format_rdf_xml_forbidden_character_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that XML cannot carry is no reason for a broken file: the form is refused, with another that can."""
    monkeypatch.chdir(tmp_path)
    make_report(Path())
    Path("data.ttl").write_text(HEAD + 'ex:a a ex:Boat ; ex:length "\\u0007\\r" .\n', encoding="utf-8")
    report = validate(load_rdf("data.ttl"), load_shapes([Path("shapes.ttl")]))
    with pytest.raises(UsageError, match="RDF/XML cannot carry this report") as caught:
        FORMATS["rdf"](report)
    assert "turtle" in caught.value.hint
    assert Literal("\x07\r") in set(Graph().parse(data=FORMATS["turtle"](report), format="turtle").objects())


def test_format_turtle_shape_without_name_is_described(tmp_path: Path) -> None:
    """The blank node of a shape is described in the report, so that the report makes sense by itself."""
    (tmp_path / "s.ttl").write_text(
        HEAD + "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .\n"
    )
    report = validate(Graph(), load_shapes([tmp_path / "s.ttl"]))
    graph = Graph().parse(data=FORMATS["turtle"](report), format="turtle")
    (shape,) = graph.objects(None, SH.sourceShape)
    assert (shape, SH.minCount, Literal("1", datatype=XSD.integer)) in graph
    assert "ex:S / ex:p (MinCount)" in FORMATS["text"](report), "people read whose shape it is"


def test_format_turtle_conforming_report_has_no_result(tmp_path: Path) -> None:
    """A report without findings says only that the data conform."""
    make_report(tmp_path)
    text = FORMATS["turtle"](validate(Graph(), load_shapes([tmp_path / "shapes.ttl"])))
    graph = Graph().parse(data=text, format="turtle")
    assert len(graph) == 2
    assert (None, SH.conforms, Literal("true", datatype=XSD.boolean)) in graph


def test_format_junit_is_valid_with_a_case_per_shape(report: Report) -> None:
    """Each shape with a target is a case, also one that passed, as the schema of Jenkins has it."""
    text = FORMATS["junit"](report)
    suite = etree.fromstring(text.encode())
    etree.XMLSchema(etree.parse(VENDOR / "junit" / "junit-10.xsd")).assertValid(suite)
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert set(cases) == {"ex:BoatShape", "ex:Boat-length", "ex:Boat-part", "ex:NameShape"}
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "3", "0")
    (failure,) = cases["ex:Boat-length"]
    assert failure.get("message") == "2 violations"
    assert len((failure.text or "").splitlines()) == 2
    assert not len(cases["ex:BoatShape"])


def test_format_junit_shape_without_focus_nodes_is_skipped(tmp_path: Path) -> None:
    """A shape that looked at nothing has not passed a test."""
    make_report(tmp_path)
    text = FORMATS["junit"](validate(Graph(), load_shapes([tmp_path / "shapes.ttl"])))
    suite = etree.fromstring(text.encode())
    etree.XMLSchema(etree.parse(VENDOR / "junit" / "junit-10.xsd")).assertValid(suite)
    assert suite.get("skipped") == "2"


def test_format_sarif_is_valid_with_rules_regions_and_fingerprints(report: Report) -> None:
    """The log is valid by its published schema; results name rules with help, regions and fingerprints."""
    log = json.loads(FORMATS["sarif"](report, Sources()))
    schema = json.loads((VENDOR / "sarif" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert rules[result["ruleIndex"]]["help"]["text"]
        assert result["partialFingerprints"]
    pattern = next(result for result in run["results"] if result["ruleId"] == "ex:Boat-length/Pattern")
    place = pattern["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "data.ttl"
    assert place["region"] == {
        "startLine": 2,
        "startColumn": 28,
        "endLine": 2,
        "endColumn": 47,
        "snippet": {"text": '"long\\nvery <long>"'},
    }
    (notification,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert "ex:Submarine" in notification["message"]["text"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [("a b/ü#1.ttl", "a%20b/%C3%BC%231.ttl"), ("/x/a b.ttl", "file:///x/a%20b.ttl"), ("./d.ttl", "d.ttl")],
)
def test_file_uri_is_encoded(path: str, uri: str) -> None:
    """A file is named by a URI reference, whatever its name holds."""
    assert file_uri(path) == uri


def test_fingerprints_survive_moved_lines(report: Report) -> None:
    """New lines, comments and other layout move findings; their fingerprints stay."""
    before = fingerprint_findings(report)
    moved = DATA.replace(" ; ", " ;\n    # a comment\n    ")
    Path("data.ttl").write_text(f"{HEAD}\n\n# moved\n{moved}", encoding="utf-8")
    after = validate(load_rdf("data.ttl"), load_shapes([Path("shapes.ttl")]))
    assert sorted(fingerprint_findings(after)) == sorted(before)
    assert [str(finding.location) for finding in after.findings] != [str(f.location) for f in report.findings]


def test_fingerprints_equal_faults_are_counted(tmp_path: Path) -> None:
    """Faults of blank nodes that only their places tell apart have fingerprints of their own."""
    make_report(tmp_path)
    (tmp_path / "two.ttl").write_text(HEAD + '[] ex:name "a" .\n[] ex:name "a" .\n', encoding="utf-8")
    report = validate(load_rdf(tmp_path / "two.ttl"), load_shapes([tmp_path / "shapes.ttl"]))
    first, second = fingerprint_findings(report)
    assert (first.partition(":")[0], first[-2:], second[-2:]) == (second.partition(":")[0], ":1", ":2")


def test_format_github_is_one_escaped_command_per_finding(report: Report) -> None:
    """A finding is an error, warning or notice at its file and line; special characters are escaped."""
    lines = FORMATS["github"](report).splitlines()
    kinds = ["::error", "::error", "::warning", "::notice", "::warning"]
    assert [line.partition(" ")[0] for line in lines] == kinds
    assert lines[2].startswith(
        "::warning col=11,endColumn=18,endLine=3,file=data.ttl,line=3,title=ex%3ABoat-part ex%3Aa::100 %25 a part: "
    )
    assert lines[2].endswith(
        "%0Aex:part/(ex:part*) ex:mast%0Ash:class ex:Part: give the value that type, or another value"
    )
    assert lines[4].startswith("::warning col=55,endColumn=67,endLine=2,file=shapes.ttl,line=2,title=ex%3ABoatShape")


def test_format_html_is_self_contained_and_escaped(report: Report) -> None:
    """The page asks nobody for anything, runs no script, and shows data as text."""
    page = FORMATS["html"](report)
    document = etree.HTML(page)
    names = [element.tag for element in document.iter()]
    assert not {"script", "link", "img", "iframe", "object"} & set(names)
    assert not [element.tag for element in document.iter() if {"src", "style"} & set(element.keys())]
    assert "url(" not in page
    assert document.get("lang") == "en"
    assert [mark.text for mark in document.iter("mark")].count('"long\\nvery <long>"') == 2
    headings = [int(name[1]) for name in names if re.fullmatch("h[1-6]", str(name))]
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_format_excerpt_of_a_long_line_is_cut_around_the_fault() -> None:
    """A line of a megabyte is shown around the part that is meant, and control characters as dots."""
    sources = Sources({"x": "a" * 500_000 + "\x1b[2J" + "FAULT" + "b" * 500_000}, read_files=False)
    excerpt = sources.excerpt(Location("x", 1, 500_005, 1, 500_010))
    assert excerpt is not None
    assert excerpt.marked == "FAULT"
    assert excerpt.before.startswith("…a")
    assert excerpt.before.endswith("a·[2J")
    assert len(excerpt.before + excerpt.marked + excerpt.after) < 200


@pytest.mark.parametrize("location", [Location("x", 2), Location("x"), Location("gone", 1, 1), None])
def test_format_excerpt_of_an_unknown_place_is_none(location: Location | None) -> None:
    """What is not known has no excerpt."""
    assert Sources({"x": "one line"}, read_files=False).excerpt(location) is None


_TEXT = st.text(alphabet=st.sampled_from("ab\"\\\n\r\t<>&':;,% \x07\u202e\U0001f600é"), max_size=8)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), _TEXT), max_size=5))
def test_formats_any_values_same_bytes_and_well_formed(values: list[tuple[str | None, str]]) -> None:
    """Whatever the data hold, each form is well-formed and the same for the same data read again."""
    shapes = parse_located_content((HEAD + SHAPES).encode(), RdfFormat.TURTLE, name="shapes.ttl")
    lines = [
        f"{f'ex:{name}' if name else '[]'} a ex:Boat ; ex:name {_quote(text)} ; ex:length {_quote(text)} ."
        for name, text in values
    ]
    content = (HEAD + "\n".join(lines)).encode()
    written: list[dict[str, str]] = []
    for _ in range(2):
        data = parse_located_content(content, RdfFormat.TURTLE, name="data.ttl")
        report = validate(data, Shapes(shapes), engine="pyshacl")
        sources = Sources({"data.ttl": content.decode()}, read_files=False)
        written.append({name: form(report, sources) for name, form in FORMATS.items() if name != "rdf"})
    assert written[0] == written[1]
    etree.fromstring(written[0]["junit"].encode())
    Draft202012Validator(load_json_schema()).validate(json.loads(written[0]["json"]))
    assert len(list(parse(written[0]["trig"], format=RdfFormat.TRIG))) > 1
    assert all(line.startswith("::") for line in written[0]["github"].splitlines())


def _quote(text: str) -> str:
    return Literal(text).n3()


def test_formats_tell_notes_on_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shapes say without effect is told in the forms for people and programs."""
    monkeypatch.chdir(tmp_path)
    make_report(Path())
    Path("noted.ttl").write_text(
        HEAD + 'ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [ sh:path ex:p ; sh:pattern "(a+)+" ] .\n',
        encoding="utf-8",
    )
    report = validate(load_rdf("data.ttl"), load_shapes([Path("noted.ttl")]))
    (note,) = report.notes
    content = json.loads(FORMATS["json"](report))
    Draft202012Validator(load_json_schema()).validate(content)
    assert content["notes"][0]["message"] == note.message
    assert "noted.ttl:2:" in FORMATS["text"](report)
    assert f"note: {note.message}" in FORMATS["text"](report)
    assert FORMATS["github"](report).startswith("::notice col=")
    assert note.message in FORMATS["sarif"](report)
    assert "Notes on the shapes" in FORMATS["html"](report)


def test_format_coverage_names_what_was_not_exercised(report: Report) -> None:
    """Constraints that no value met, and data that no shape looked at, are named before the totals."""
    lone = HEAD + "ex:a a ex:Boat ; ex:colour ex:red .\n"
    data = parse_located_content(lone.encode(), RdfFormat.TURTLE, name="lone.ttl")
    checked = validate(data, report.shapes)
    text = format_coverage(measure_exercise(data.graph, report.shapes), checked)
    assert "shapes.ttl:4:24: not exercised: ex:Boat-length (Pattern): no value at 1 node\n" in text
    assert "shapes.ttl:7:16: not exercised: ex:NameShape (NodeKind): no node is checked\n" in text
    assert "not looked at: 1 triple with ex:colour\n" in text
    assert text.splitlines()[-1].startswith("coverage: ")
