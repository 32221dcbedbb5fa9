"""Passes that nobody should get, and verdicts that must not depend on anything but data and shapes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

import eild
from eild.cli import main

PREFIXES: Final = "".join(
    f"@prefix {prefix}: <{namespace}> .\n"
    for prefix, namespace in (
        ("ex", "https://example.org/"),
        ("sh", "http://www.w3.org/ns/shacl#"),
        ("xsd", "http://www.w3.org/2001/XMLSchema#"),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
        ("owl", "http://www.w3.org/2002/07/owl#"),
    )
)
P: Final = "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; "
QUERY: Final = "SELECT $this ?value WHERE {{ $this <https://example.org/p> ?value {} }}"


@dataclass
class Outcome:
    """What a run of the command gave.

    :ivar code: the exit code
    :ivar out: standard output
    :ivar err: standard error
    """

    code: int
    out: str
    err: str

    @property
    def found(self) -> list[tuple[str, str]]:
        """The local names of focus node and component of each finding of a report as JSON."""
        findings = json.loads(self.out)["findings"]
        return sorted(
            (f["focus"].rpartition("/")[2][:-1], f["component"].rpartition("#")[2].partition("Constraint")[0])
            for f in findings
        )


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


def run(data: str, shapes: str, *options: str, form: str = "json") -> Outcome:
    """Validate data against shapes with the command."""
    Path("data.ttl").write_text(PREFIXES + data, encoding="utf-8")
    Path("shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    return call("data.ttl", "--shapes", "shapes.ttl", "--format", form, *options)


def call(*arguments: str) -> Outcome:
    """Run the command."""
    outcome = CliRunner().invoke(main, ["validate", *arguments])
    return Outcome(outcome.exit_code, outcome.stdout, outcome.stderr)


DATES: Final = (
    'ex:a ex:p "-0044-03-15"^^xsd:date . ex:b ex:p "2024-02-30"^^xsd:date . ex:c ex:p "2024-02-29T00:00:00"^^xsd:date .'
)


@pytest.mark.parametrize(
    "more",
    ["", "sh:order 3 ; ", "sh:group ex:G ; sh:name 'when' ; ", "sh:description 'service from' ; ", "sh:node ex:S ; "],
    ids=["plain", "order", "group", "words", "recursive"],
)
@pytest.mark.parametrize("engine", ["auto", "exact"])
def test_datatype_verdict_is_the_same_whatever_decides_the_engine(more: str, engine: str) -> None:
    """What does not validate, and shapes that refer to themselves, change no verdict."""
    inner = more if "sh:node" not in more else ""
    outer = f"{more}" if "sh:node" in more else ""
    shapes = f"ex:S sh:targetSubjectsOf ex:p ; {outer}sh:property [ sh:path ex:p ; {inner}sh:datatype xsd:date ] ."
    found = run(DATES, shapes, "--engine", engine).found
    assert [row for row in found if row[1] == "Datatype"] == [("b", "Datatype"), ("c", "Datatype")]


def test_large_numbers_are_compared_by_value_everywhere() -> None:
    """Numbers beyond 64 bits and 18 decimals are exact in constraints and in queries."""
    data = (
        "ex:a ex:p 36893488147419103232 . ex:b ex:p -36893488147419103232 . "
        "ex:c ex:p 0.00000000000000000000001 . ex:d ex:p -0.00000000000000000000001 ."
    )
    shapes = (
        f"{P} sh:minInclusive 0 ] . ex:Q sh:targetSubjectsOf ex:p ; "
        f'sh:sparql [ sh:message "{{?value}} is negative" ; sh:select "{QUERY.format("FILTER(?value < 0)")}" ] .'
    )
    outcome = run(data, shapes)
    assert outcome.found == [("b", "MinInclusive"), ("b", "SPARQL"), ("d", "MinInclusive"), ("d", "SPARQL")]
    assert "-36893488147419103232 is negative" in outcome.out


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
def test_special_values_have_the_forms_of_xml_schema(engine: str) -> None:
    """Python reads more than XML Schema writes."""
    data = (
        'ex:a ex:p "infinity"^^xsd:float . ex:b ex:p "1_0"^^xsd:float . ex:c ex:p "INF"^^xsd:float , "-0"^^xsd:float .'
    )
    outcome = run(data, f"{P} sh:datatype xsd:float ] .", "--engine", engine)
    assert outcome.found == [("a", "Datatype"), ("b", "Datatype")]


@pytest.mark.parametrize(
    ("value", "datatype"),
    [("no", "boolean"), ("1,5", "decimal"), (".", "decimal"), ("1e", "double"), ("0x1p3", "float"), ("x", "integer")],
)
@pytest.mark.parametrize("form", ["text", "json", "turtle", "sarif", "html"])
def test_stderr_stays_empty_whatever_values_there_are(value: str, datatype: str, form: str) -> None:
    """No warning of a library reaches the user."""
    data = f'ex:a ex:p "{value}"^^xsd:{datatype} , "x"^^xsd:date .'
    Path("data.ttl").write_text(PREFIXES + data, encoding="utf-8")
    Path("shapes.ttl").write_text(PREFIXES + f"{P} sh:datatype xsd:{datatype} ] .", encoding="utf-8")
    command = [sys.executable, "-c", "from eild.cli import main; main()", "validate", "data.ttl"]
    command += ["--shapes", "shapes.ttl", "--format", form]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stderr) == (1, "")


def test_findings_on_ill_typed_numbers_warn_no_program() -> None:
    """Findings are ordered and written without RDFLib's notation, which warns of such numbers."""
    shapes = f"{P} sh:datatype xsd:decimal ; sh:maxCount 1 ] ."
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = eild.validate(
            PREFIXES + 'ex:a ex:p "1,5"^^xsd:decimal , "."^^xsd:decimal .',
            PREFIXES + shapes,
            data_format="ttl",
            shapes_format="ttl",
        )
        texts = [eild.format_report(report, form) for form in ("text", "json", "turtle", "junit", "sarif", "github")]
    assert len(report.findings) == 3
    assert all("1,5" in text for text in texts)


ONE_AND_TWO: Final = (
    "ex:Co a sh:ConstraintComponent ; sh:parameter [ sh:path ex:one ] , [ sh:path ex:two ; sh:optional {} ] ; "
    'sh:validator [ sh:ask "ASK {{ FILTER($value != 1) }}" ] . '
)


@pytest.mark.parametrize(
    ("optional", "shape", "told"),
    [
        ("false", "sh:node [ sh:property [ sh:path ex:p ; sh:maxCount 9 ; ex:one 4 ] ]", "ex.org/one"),
        ("false", "sh:property [ sh:path ex:p ; sh:maxCount 9 ; ex:two 4 ]", "ex.org/two"),
        ("true", "sh:nodeKind sh:IRI ; ex:two 1", "ex.org/two"),
        ("true", "sh:property [ sh:path ex:p ; ex:two 1 ; sh:maxCount 9 ]", "ex.org/two"),
        ("true", "sh:property [ sh:path ex:p ; ex:one 1 ; ex:two 1 ]", ""),
        ("true", "ex:one 1", ""),
    ],
)
def test_parameters_without_those_that_they_need_are_told_in_every_shape(optional: str, shape: str, told: str) -> None:
    """A component applies to a shape that has all mandatory parameters, and to no other."""
    shapes = ONE_AND_TWO.format(optional) + f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {shape} ."
    outcome = run("ex:a a ex:C ; ex:p 2 .", shapes, "--strict", form="text")
    assert outcome.code == (1 if told else 0)
    assert ("has no effect: the component" in outcome.out) == bool(told)
    assert told.replace("ex.org", "example.org") in outcome.out


def test_parameter_of_two_components_is_told_only_if_neither_applies() -> None:
    """A parameter that another component reads has an effect."""
    shapes = (
        ONE_AND_TWO.format("false") + "ex:Other a sh:ConstraintComponent ; sh:parameter [ sh:path ex:one ] ; "
        'sh:validator [ sh:ask "ASK { FILTER($value != 1) }" ] . ex:S a sh:NodeShape ; sh:targetClass ex:C ; ex:one 1 .'
    )
    assert "has no effect" not in run("ex:a a ex:C .", shapes, form="text").out


@pytest.mark.parametrize(
    ("target", "vacuous"),
    [
        ('sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this a <https://example.org/No> }" ]', True),
        ('sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this a <https://example.org/C> }" ]', False),
        ("sh:targetWhere [ sh:class ex:No ]", True),
        ("sh:targetWhere [ sh:class ex:C ]", False),
        ("sh:targetClass ex:C ; sh:targetWhere [ sh:class ex:No ]", True),
    ],
)
@pytest.mark.parametrize("most", [0, 9])
def test_targets_by_query_or_shape_that_match_nothing_are_told(target: str, most: int, *, vacuous: bool) -> None:
    """Such a target is as much without effect as a class without instances."""
    shapes = f"ex:S a sh:NodeShape ; {target} ; sh:property [ sh:path ex:p ; sh:maxCount {most} ] ."
    outcome = run("ex:a a ex:C ; ex:p 1 .", shapes, "--strict", form="text")
    assert ("matches nothing" in outcome.out) == vacuous
    finds = most == 0 and "targetClass ex:C" in f"{target} {'' if vacuous else 'sh:targetClass ex:C'}"
    assert outcome.code == int(vacuous or finds)


@pytest.mark.parametrize("engine", ["auto", "exact", "fast", "pyshacl"])
def test_query_that_reports_a_failure_fails_with_every_engine(engine: str) -> None:
    """A failure is no result, also where no result would come of it."""
    shape = "ex:S sh:targetClass ex:C ; {} ."
    query = 'sh:sparql [ sh:select "SELECT $this (true AS ?failure) { $this a ?c }" ]'
    for constraint in (query, f"sh:not [ {query} ]"):
        assert run("ex:a a ex:C .", shape.format(constraint), "--engine", engine).code == 4


@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        ("ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI ; sh:rule [ a sh:TripleRule ] .", "sh:rule has no effect"),
        ("ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI ; sh:js ex:J .", "sh:js has no effect"),
        ("ex:S sh:target ex:T ; sh:nodeKind sh:IRI .", "sh:target has no effect"),
        (
            "ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI . ex:f a sh:SPARQLFunction .",
            "sh:SPARQLFunction has no effect",
        ),
        ("ex:a a ex:C .", "there is no shape"),
        ("", "there is no shape"),
        ("ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .", "no shape has a target"),
        ("ex:S sh:targetClass ex:C ; sh:name 'x' .", "constrains nothing"),
        ("ex:S <https://www.w3.org/ns/shacl#targetClass> ex:C .", "is not a term of SHACL"),
        (
            (
                "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] , [ sh:path ex:y ] ; sh:validator "
                "[ sh:ask 'ASK { FILTER(false) }' ] . ex:S sh:targetClass ex:C ; ex:y 1 ."
            ),
            "also needs <https://example.org/x>",
        ),
    ],
)
def test_what_is_not_applied_is_told_and_fails_a_strict_run(shapes: str, told: str) -> None:
    """Each part without effect is a note with its place, and exit code 1 with --strict."""
    assert run("ex:a a ex:C .", shapes).code == 0
    outcome = run("ex:a a ex:C .", shapes, "--strict")
    notes = [note for note in json.loads(outcome.out)["notes"] if told in note["message"]]
    assert outcome.code == 1
    assert len(notes) == 1
    assert notes[0]["location"]["path"] == "shapes.ttl"


def test_sparql_target_selects_the_focus_nodes() -> None:
    """A target that is a query is applied (SHACL Advanced Features, section 3.1)."""
    shapes = (
        "ex:S sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT ?this { ?this <https://example.org/p> 1 }' ] ; "
        "sh:property [ sh:path ex:q ; sh:minCount 1 ] ."
    )
    for engine in ("auto", "exact"):
        assert run("ex:a ex:p 1 . ex:b ex:p 2 .", shapes, "--engine", engine).found == [("a", "MinCount")]


def test_entailment_rdfs_is_applied_and_any_other_refused() -> None:
    """Subproperties, domains and subclasses count; a regime that is not supported is exit code 4 at its place."""
    data = (
        "ex:q rdfs:subPropertyOf ex:p ; rdfs:domain ex:C . ex:C rdfs:subClassOf ex:D . ex:a ex:q 1 , 2 . ex:b ex:p 3 ."
    )
    regime = "<https://example.org/shapes> sh:entailment <http://www.w3.org/ns/entailment/{}> . "
    shapes = f"{P} sh:maxCount 1 ] . ex:T sh:targetClass ex:D ; sh:nodeKind sh:Literal ."
    assert run(data, shapes).found == []
    assert run(data, regime.format("RDFS") + shapes).found == [("a", "MaxCount"), ("a", "NodeKind")]
    refused = run(data, regime.format("OWL-RL") + shapes)
    assert refused.code == 4
    assert "http://www.w3.org/ns/entailment/OWL-RL" in refused.err
    assert "shapes.ttl:6" in refused.err


def test_class_of_a_class_of_classes_targets_its_instances() -> None:
    """A shape that is a class through any number of subclasses of rdfs:Class is an implicit target."""
    shapes = (
        "ex:K rdfs:subClassOf ex:L . ex:L rdfs:subClassOf rdfs:Class . "
        "ex:C a ex:K , sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    )
    outcome = run("ex:a a ex:C .", shapes, "--strict")
    assert outcome.found == [("a", "MinCount")]
    assert json.loads(outcome.out)["notes"] == []


@pytest.mark.parametrize(
    "declared",
    [
        'sh:prefix 1 ; sh:namespace "https://example.org/"^^xsd:anyURI',
        'sh:prefix "ex" ; sh:namespace 1',
        'sh:prefix "ex" ; sh:namespace []',
        'sh:prefix "ex" ; sh:namespace "not an IRI"',
        'sh:prefix ex:a ; sh:namespace "https://example.org/"',
        'sh:prefix "ex"',
    ],
)
def test_prefix_declaration_of_the_wrong_kind_is_refused_at_its_place(declared: str) -> None:
    """Values that can mean nothing are exit code 4, with nothing but the message on standard error."""
    query = "sh:sparql [ sh:prefixes ex:O ; sh:select 'SELECT $this {}' ]"
    shapes = f"ex:O sh:declare [ {declared} ] . ex:S sh:targetClass ex:C ; {query} ."
    outcome = run("ex:a a ex:C .", shapes)
    assert outcome.code == 4
    assert "shapes.ttl:6:" in outcome.err
    assert "Traceback" not in outcome.err


def test_prefix_with_two_namespaces_is_refused_with_both_places() -> None:
    """The outcome does not depend on the seed of hashes."""
    declared = "sh:declare [ sh:prefix 'p' ; sh:namespace 'https://{}.example/'^^xsd:anyURI ]"
    shapes = (
        f"ex:O a owl:Ontology ; {declared.format('one')} ; owl:imports ex:N .\nex:N {declared.format('two')} . "
        "ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:O ; sh:select 'SELECT $this { $this p:x 1 }' ] ."
    )
    run("ex:a a ex:C .", shapes)
    command = [
        sys.executable,
        "-c",
        "from eild.cli import main; main()",
        "validate",
        "data.ttl",
        "--shapes",
        "shapes.ttl",
    ]
    for seed in ("1", "2"):
        outcome = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        assert outcome.returncode == 4
        assert "shapes.ttl:6" in outcome.stderr
        assert "shapes.ttl:7" in outcome.stderr


def test_prefix_with_two_namespaces_among_several_values_is_refused() -> None:
    """What a query reaches by one value of sh:prefixes may contradict what it reaches by another."""
    declared = "ex:{} sh:declare [ sh:prefix 'p' ; sh:namespace 'https://{}.example/'^^xsd:anyURI ] ."
    shapes = (
        f"{declared.format('O', 'one')} {declared.format('N', 'two')} ex:S sh:targetClass ex:C ; "
        "sh:sparql [ sh:prefixes {} ; sh:select 'SELECT $this {{ $this p:x 1 }}' ] ."
    )
    both = run("ex:a a ex:C .", shapes.format("ex:O , ex:N"))
    assert both.code == 4
    assert "the prefix p: has 2 namespaces" in both.err
    assert run("ex:a a ex:C .", shapes.format("ex:O")).code == 0


@pytest.mark.parametrize("engine", ["auto", "exact", "pyshacl"])
def test_ask_validator_of_a_property_names_each_value_at_its_place(engine: str) -> None:
    """The results of one focus node have their own values, messages and places, and nothing of each other."""
    shapes = (
        "ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ; sh:validator [ a sh:SPARQLAskValidator ; "
        "sh:message '{$value} is more than {$most}' ; sh:ask 'ASK { FILTER($value <= $most) }' ] . "
        f"{P} ex:most 3 ] ."
    )
    findings = json.loads(run("ex:a ex:p 1 ,\n 5 ,\n 9 .", shapes, "--engine", engine).out)["findings"]
    found = [(one["location"]["line"], one["message"]) for one in findings]
    first = found[0][0]
    assert found == [(first, "5 is more than 3"), (first + 1, "9 is more than 3")]


@pytest.mark.parametrize("engine", ["auto", "exact"])
def test_message_of_the_shape_comes_before_that_of_the_validator(engine: str) -> None:
    """Each result has one message, whichever engine ran; a validator without any gets the same words."""
    shapes = (
        "ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:no ] ; sh:propertyValidator [ "
        "a sh:SPARQLSelectValidator ; {} sh:select 'SELECT $this ?value {{ $this $PATH ?value }}' ] . "
        f"{P.replace('{', '{{')} {{}} ex:no 1 ] ."
    )
    for validator, shape, expected in (
        ('sh:message "inner" ;', 'sh:message "outer" ;', "outer"),
        ('sh:message "inner {?value}" ;', "", "inner 7"),
        ("", "", "does not satisfy the constraint component ex:C"),
    ):
        [finding] = json.loads(run("ex:a ex:p 7 .", shapes.format(validator, shape), "--engine", engine).out)[
            "findings"
        ]
        assert finding["message"] == expected


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
def test_query_message_wins(engine: str) -> None:
    """What a solution says of itself is the message, before that of the constraint."""
    query = (
        "SELECT $this ?value (CONCAT('not ', STR(?value)) AS ?message) WHERE { $this <https://example.org/p> ?value }"
    )
    shapes = f'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:message "other" ; sh:select "{query}" ] .'
    findings = json.loads(run("ex:a ex:p 1 , 2 .", shapes, "--engine", engine).out)["findings"]
    assert sorted(finding["message"] for finding in findings) == ["not 1", "not 2"]


def test_query_failure_is_a_failure() -> None:
    """A solution with ?failure true is exit code 4 and no report."""
    query = "SELECT $this (?v = 2 AS ?failure) WHERE { $this <https://example.org/p> ?v }"
    outcome = run("ex:a ex:p 1 , 2 .", f'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{query}" ] .')
    assert (outcome.code, outcome.out) == (4, "")


def test_query_failure_of_a_component_is_a_failure_at_its_query() -> None:
    """The error has the words and the place of EILD, not those of a library."""
    shapes = (
        "ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:no ] ; sh:nodeValidator [ "
        "a sh:SPARQLSelectValidator ; sh:select 'SELECT $this (true AS ?failure) { $this ?p ?o }' ] . "
        "ex:S sh:targetSubjectsOf ex:p ; ex:no 1 ."
    )
    outcome = run("ex:a ex:p 1 .", shapes)
    assert (outcome.code, outcome.out) == (4, "")
    assert "shapes.ttl:6:" in outcome.err
    assert "a SPARQL constraint reports a failure: ?failure is true" in outcome.err


@pytest.mark.parametrize(
    ("pattern", "flags", "matching", "other"),
    [
        ("b.d", "s", "b\\nd", "bd"),
        ("b.d", "q", "b.d", "bcd"),
        ("B D", "ix", "abd", "b d"),
        ("^d$", "m", "b\\nd", "bd"),
        ("^[\\\\i-[:]][\\\\c-[:]]*$", "", "a-b", "a:b"),
        ("^\\\\p{Lu}\\\\p{Ll}+$", "", "Éa", "éa"),
        ("^(a|b)\\\\1$", "", "bb", "ab"),
        ("^b$", "", "b", "b\\n"),
        ("^\\\\I\\\\C$", "", "1 ", "a "),
        ("^[^a-z-[x]]$", "", "1", "x"),
    ],
)
@pytest.mark.parametrize("engine", ["auto", "exact", "pyshacl"])
def test_pattern_is_read_as_xpath_reads_it(pattern: str, flags: str, matching: str, other: str, engine: str) -> None:
    """Flags, subtraction, categories and back-references mean what XPath says, in shapes and in queries."""
    data = f'ex:a ex:p "{matching}" . ex:b ex:p "{other}" .'
    shapes = f'{P} sh:pattern "{pattern}" ; sh:flags "{flags}" ] .' if flags else f'{P} sh:pattern "{pattern}" ] .'
    assert run(data, shapes, "--engine", engine).found == [("b", "Pattern")]
    doubled = pattern.replace("\\", "\\\\")
    query = QUERY.format(f"FILTER(!REGEX(?value, '{doubled}', '{flags}'))")
    shapes = f'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{query}" ] .'
    assert run(data, shapes, "--engine", engine).found == [("b", "SPARQL")]


@pytest.mark.parametrize(("pattern", "code"), [("b*", 4), ("^|x", 4), ("(b)?", 4), ("b+", 1), ("^a", 1)])
def test_replacement_that_matches_nothing_is_refused(pattern: str, code: int) -> None:
    """XPath has no such replacement, and engines do different things."""
    query = f"SELECT $this ?value {{ $this <https://example.org/p> ?v BIND(REPLACE(?v, '{pattern}', 'x') AS ?value) }}"
    outcome = run('ex:a ex:p "abc" .', f'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{query}" ] .')
    assert outcome.code == code
    assert ("shapes.ttl:6:" in outcome.err) == (code == 4)


def test_fingerprints_and_rules_are_the_same_in_another_folder() -> None:
    """A baseline made in one folder holds in another and by absolute path."""
    for folder in ("one", "two"):
        Path(folder).mkdir()
        Path(folder, "data.ttl").write_text(f"{PREFIXES}<#x> ex:p 'y' , [ ex:p 1 ] .", encoding="utf-8")
        Path(folder, "shapes.ttl").write_text(
            f"{PREFIXES}<#S> sh:targetSubjectsOf ex:p ; sh:property <#P> . <#P> sh:path ex:p ; sh:nodeKind sh:IRI .",
            encoding="utf-8",
        )
    files = {folder: [f"{folder}/data.ttl", "--shapes", f"{folder}/shapes.ttl"] for folder in ("one", "two")}
    call(*files["one"], "--baseline", "known.json", "--update-baseline")
    absolute = [str(Path("two/data.ttl").absolute()), "--shapes", str(Path("two/shapes.ttl").absolute())]
    for given in (files["two"], absolute):
        outcome = call(*given, "--baseline", "known.json")
        assert outcome.code == 0
        assert "0 new" in outcome.err
    rules = {result["ruleId"] for result in json.loads(call(*absolute, "--format", "sarif").out)["runs"][0]["results"]}
    assert rules == {"<shapes.ttl#P>/NodeKind"}


def test_base_joins_files_of_one_model() -> None:
    """Relative IRIs of all data files resolve against one base."""
    Path("one.ttl").write_text(f"{PREFIXES}<#x> a ex:C ; ex:p 1 .", encoding="utf-8")
    Path("two.ttl").write_text(f"{PREFIXES}<#x> ex:q 1 .", encoding="utf-8")
    Path("shapes.ttl").write_text(
        f"{PREFIXES}ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .", encoding="utf-8"
    )
    arguments = ("one.ttl", "two.ttl", "--shapes", "shapes.ttl")
    assert call(*arguments).code == 1
    assert call(*arguments, "--base", "https://example.org/model").code == 0


def test_repeated_parameters_name_the_value_at_fault() -> None:
    """Each value of a parameter is a constraint of its own."""
    outcome = run("ex:a a ex:C ; ex:p 1 .", f"{P} sh:hasValue 1 , 2 ; sh:disjoint ex:q , ex:r ] .")
    assert [finding["message"] for finding in json.loads(outcome.out)["findings"]] == ["does not have the value 2"]


def test_query_value_is_shown_where_it_stands() -> None:
    """A result of a query is at its value, whichever property has it."""
    query = "SELECT $this ?value WHERE { $this ?any ?value FILTER(?value = 2) }"
    outcome = run("ex:a ex:p 1 ;\n ex:q 2 .", f'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{query}" ] .')
    place = json.loads(outcome.out)["findings"][0]["location"]
    assert (place["line"], place["column"]) == (7, 7)


@pytest.mark.parametrize(
    "constraint", ["sh:node ex:T", "sh:or ( ex:T ex:T )", "sh:qualifiedMinCount 1 ; sh:qualifiedValueShape ex:T"]
)
def test_nested_results_are_told_with_their_messages(constraint: str) -> None:
    """What a nested shape finds is in the report, in text, JSON and RDF."""
    shapes = f"{P} {constraint} ] . ex:T sh:property [ sh:path ex:q ; sh:maxLength 2 ; sh:message 'two signs' ] ."
    data = "ex:a ex:p ex:b . ex:b ex:q 'xyz' ."
    assert "two signs" in run(data, shapes, form="text").out
    assert json.loads(run(data, shapes).out)["findings"][0]["details"][0]["message"] == "two signs"
    assert "sh:detail" in run(data, shapes, form="turtle").out


def test_every_broken_file_is_named_in_the_forms_that_ci_reads() -> None:
    """All files that cannot be read are told at once, as errors and as annotations."""
    for name in ("one.ttl", "two.ttl"):
        Path(name).write_text("\nbroken", encoding="utf-8")
    Path("shapes.ttl").write_text(f"{PREFIXES}{P} sh:minCount 1 ] .", encoding="utf-8")
    outcome = call("one.ttl", "two.ttl", "--shapes", "shapes.ttl", "--format", "github", "--format", "sarif=out.sarif")
    assert outcome.code == 3
    assert "one.ttl:2:1" in outcome.err
    assert "two.ttl:2:1" in outcome.err
    assert [line.partition(",")[2].partition(",")[0] for line in outcome.out.splitlines()] == [
        "file=one.ttl",
        "file=two.ttl",
    ]
    results = json.loads(Path("out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results] == ["one.ttl", "two.ttl"]


def test_remote_context_is_told_by_its_iri_and_place() -> None:
    """A context that is not fetched is named, with what to do."""
    Path("data.jsonld").write_text(
        '{\n "@context": [{"a": "x:a"},\n "https://example.org/c.jsonld"] }', encoding="utf-8"
    )
    Path("shapes.ttl").write_text(f"{PREFIXES}{P} sh:minCount 1 ] .", encoding="utf-8")
    outcome = call("data.jsonld", "--shapes", "shapes.ttl")
    assert outcome.code == 3
    assert "data.jsonld:3:2: the remote context <https://example.org/c.jsonld> is not fetched" in outcome.err


def test_foreign_data_without_shapes_ask_for_shapes() -> None:
    """Data that have nothing of EILD's are not held against EILD's shapes."""
    Path("data.ttl").write_text(f"{PREFIXES}ex:a ex:p 1 .", encoding="utf-8")
    outcome = call("data.ttl")
    assert outcome.code == 2
    assert "--shapes" in outcome.err


def test_all_files_of_shapes_that_cannot_be_read_are_named() -> None:
    """Each is an error of its own, at its place."""
    Path("data.ttl").write_text(f"{PREFIXES} ex:a ex:p 1 .", encoding="utf-8")
    Path("one.ttl").write_text("@prefix a: <x:> . a:b", encoding="utf-8")
    outcome = call("data.ttl", "--shapes", "one.ttl", "two.ttl", "--format", "github")
    assert outcome.code == 4
    assert "one.ttl:1:22" in outcome.err
    assert "two.ttl: cannot read" in outcome.err
    assert outcome.out.count("::error") == 2


def test_shapes_skos_are_known_by_name() -> None:
    """The integrity conditions of SKOS are included."""
    Path("data.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <x:a> a skos:Concept ; skos:prefLabel 'a'@en , 'b'@en"
        " ; skos:altLabel 'b'@en ; skos:broader <x:b> . <x:b> skos:broader <x:c> . <x:c> skos:related <x:a> , <x:d> .",
        encoding="utf-8",
    )
    report = json.loads(call("data.ttl", "--shapes", "skos", "--format", "json").out)
    codes = sorted(finding["message"].partition("(")[2].partition(")")[0] for finding in report["findings"])
    assert codes == ["S13", "S14", "S27"]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        ("ex:a s:broader ex:b . ex:b s:broader ex:c . ex:c s:related ex:a .", ["S27"]),
        ("ex:a s:broadMatch ex:b ; s:relatedMatch ex:b .", ["S27"]),
        ("ex:a s:narrower ex:b . ex:b s:related ex:a .", ["S27"]),
        ("ex:a s:broader ex:b ; s:related ex:c . ex:c s:broader ex:b .", []),
        ("ex:a s:exactMatch ex:b ; s:broadMatch ex:b .", ["S46"]),
        ("ex:a s:exactMatch ex:b . ex:b s:broadMatch ex:a .", ["S46"]),
        ("ex:a s:exactMatch ex:b . ex:c s:exactMatch ex:b ; s:relatedMatch ex:a .", ["S46"]),
        ("ex:a s:exactMatch ex:b ; s:broadMatch ex:c .", []),
    ],
)
def test_shapes_skos_follow_symmetric_and_transitive_properties(data: str, codes: list[str]) -> None:
    """Integrity conditions hold for what the data entail: chains of hierarchy and of matches, in both directions."""
    prefix = "@prefix s: <http://www.w3.org/2004/02/skos/core#> . ex:a a s:Concept . "
    Path("data.ttl").write_text(PREFIXES + prefix + data, encoding="utf-8")
    report = json.loads(call("data.ttl", "--shapes", "skos", "--format", "json").out)
    found = [f["message"].partition("(S")[2][:2] for f in report["findings"] if "matches are" not in f["message"]]
    chained = ["46" for f in report["findings"] if "matches are" in f["message"]]
    assert [f"S{code}" for code in found + chained] == codes


def test_messages_are_in_the_language_that_is_asked_for() -> None:
    """Of messages in several languages the one of --lang is shown, else English, else the first."""
    shapes = f"{P} sh:maxCount 1 ; sh:message 'one'@en-GB , 'eins'@de , 'un'@fr ] ."
    for language, message in (("de-AT", "eins"), ("fr", "un"), ("it", "one")):
        findings = json.loads(run("ex:a ex:p 1 , 2 .", shapes, "--lang", language).out)["findings"]
        assert [finding["message"] for finding in findings] == [message]


@pytest.mark.parametrize("engine", ["auto", "exact", "pyshacl"])
@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("REGEX(?value, ?pattern)", ["ab", "a.b"]),
        ("REGEX(?value, CONCAT('^[a-z-[', 'b]]'))", ["ab", "a.b"]),
        ("REPLACE(?value, '.', '$0', 'q') = 'a$0b'", ["a.b"]),
        ("REPLACE(?value, '([a-z])', '$12') = 'a2.b2'", ["a.b"]),
        ("REPLACE(?value, 'a', '[$0]') = '[a]b'", ["ab"]),
    ],
    ids=["from-data", "computed", "letters", "group", "match"],
)
def test_queries_compute_expressions_and_replacements_as_xpath_does(
    expression: str, found: list[str], engine: str
) -> None:
    """Patterns that come from data, groups and the flag q mean what XPath says, whichever engine is asked for."""
    data = 'ex:a ex:p "ab" , "a.b" , "b" ; ex:q "^[a-z-[b]]" .'
    query = QUERY.format(f"; <https://example.org/q> ?pattern FILTER({expression})")
    outcome = run(data, f'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{query}" ] .', "--engine", engine)
    assert sorted(finding["value"] for finding in json.loads(outcome.out)["findings"]) == sorted(
        json.dumps(value) for value in found
    )


@pytest.mark.parametrize(
    "condition",
    [
        "?value * 100 > 1000",
        "?value + 999999999999999999 + ?value > 1000000000000001000",
        "?value * ?value * ?value > 1000",
    ],
)
def test_queries_compute_numbers_of_any_size(condition: str) -> None:
    """A product or a sum that no machine word holds is a number like any other."""
    data = "ex:a ex:p 999999999999999999 , 5 ."
    query = QUERY.format(f"FILTER({condition})")
    findings = json.loads(run(data, f'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{query}" ] .').out)[
        "findings"
    ]
    assert [finding["value"].partition("^")[0] for finding in findings] == ['"999999999999999999"']


def test_queries_run_over_data_with_triple_terms() -> None:
    """A query sees the annotations of RDF 1.2 as triples; pySHACL, which cannot, refuses such data."""
    query = "SELECT $this ?value WHERE { $this ?any ?value FILTER(!isLiteral(?value) && !isIRI(?value)) }"
    shapes = f'ex:S sh:targetSubjectsOf ex:c ; sh:sparql [ sh:select "{query}" ] .'
    data = "ex:a ex:p 1 ~ ex:r {| ex:c 2 |} ."
    assert run(data, shapes).found == [("r", "SPARQL")]
    refused = run(data, shapes, "--engine", "pyshacl")
    assert refused.code == 4
    assert "RDF 1.2" in refused.err


@pytest.mark.parametrize("name", ["data.ttl", "data.nt", "data.jsonld", "data.rdf"])
def test_language_tags_are_shown_as_written(name: str) -> None:
    """A tag keeps its capitals in values and in messages, whatever the syntax."""
    content = {
        "ttl": '<x:a> <x:p> "b"@en-GB , "c"@en-GB .',
        "nt": '<x:a> <x:p> "b"@en-GB .\n<x:a> <x:p> "c"@en-GB .',
        "jsonld": (
            '{"@id": "x:a", "x:p": [{"@value": "b", "@language": "en-GB"}, {"@value": "c", "@language": "en-GB"}]}'
        ),
        "rdf": (
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:"><r:Description r:about="x:a">'
            '<x:p xml:lang="en-GB">b</x:p><x:p xml:lang="en-GB">c</x:p></r:Description></r:RDF>'
        ),
    }
    Path(name).write_text(content[name.partition(".")[2]], encoding="utf-8")
    Path("shapes.ttl").write_text(
        f"{PREFIXES}ex:S sh:targetSubjectsOf <x:p> ; sh:property [ sh:path <x:p> ; sh:uniqueLang true ; sh:datatype "
        "xsd:string ] .",
        encoding="utf-8",
    )
    findings = json.loads(call(name, "--shapes", "shapes.ttl", "--format", "json").out)["findings"]
    assert sorted((finding["value"] or "", finding["message"]) for finding in findings) == [
        ("", "has more than one value with the language tag “en-GB”"),
        ('"b"@en-GB', "is not a literal of datatype xsd:string"),
        ('"c"@en-GB', "is not a literal of datatype xsd:string"),
    ]


def test_language_tags_spelled_in_several_ways_stay_apart() -> None:
    """Each literal keeps its own spelling."""
    shapes = f"{P} sh:datatype xsd:string ] ."
    findings = json.loads(run('ex:a ex:p "b"@en-GB , "c"@en-gb , "d"@EN-gb .', shapes).out)["findings"]
    assert sorted(finding["value"] for finding in findings) == ['"b"@en-GB', '"c"@en-gb', '"d"@EN-gb']


def test_every_broken_file_is_named_also_if_the_shapes_are_broken() -> None:
    """Shapes that cannot be read hide no data that cannot be read either."""
    for name in ("b1.ttl", "b2.ttl", "s.ttl"):
        Path(name).write_text("\nbroken", encoding="utf-8")
    files = ("b1.ttl", "b2.ttl", "missing.ttl", "none/*.ttl")
    outcome = call(*files, "--shapes", "s.ttl", "--format", "github", "--format", "sarif=o.sarif")
    assert outcome.code == 4
    results = json.loads(Path("o.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    named = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    assert named == ["s.ttl", "b1.ttl", "b2.ttl", "missing.ttl", "none/*.ttl"]
    assert outcome.out.count("::error ") == 5
    assert all(f"{name}:2:1: " in outcome.err for name in ("s.ttl", "b1.ttl", "b2.ttl"))
    assert "1 error in the shapes and 4 in the data" in outcome.err


@pytest.mark.parametrize("form", ["text", "junit", "github", "html", "sarif"])
def test_names_of_files_are_relative_in_forms_for_people(form: str) -> None:
    """What names a shape or a resource of a file is the same in each checkout."""
    shapes = "<#S> sh:targetSubjectsOf ex:p ; sh:property <#P> . <#P> sh:path ex:p ; sh:datatype xsd:integer ."
    outcome = run('<#me> ex:p "x" . <sub/you> ex:p "y" .', shapes, form=form)
    assert outcome.code == 1
    assert Path.cwd().name not in outcome.out
    assert "shapes.ttl#P" in outcome.out
    assert "sub/you" in outcome.out


@pytest.mark.parametrize("engine", ["auto", "exact"])
@pytest.mark.parametrize("digits", [400, 6000])
def test_numbers_beyond_doubles_and_beyond_what_python_converts_are_compared(engine: str, digits: int) -> None:
    """A number has no largest value, and no number ends in an internal error."""
    data = f"ex:a ex:p {'9' * digits} . ex:b ex:p -{'9' * digits} . ex:c ex:p 0.{'9' * digits} ."
    query = QUERY.format("FILTER(?value + 1 > 9)")
    shapes = (
        f"{P} sh:datatype ( xsd:integer xsd:decimal ) ; sh:minInclusive 0 ] . "
        f'ex:Q sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{query}" ] .'
    )
    assert run(data, shapes, "--engine", engine).found == [("a", "SPARQL"), ("b", "MinInclusive")]


def test_hint_names_the_value_of_the_parameter_that_is_at_fault() -> None:
    """Each value of a parameter that may be repeated is a constraint of its own, also in what to do."""
    inner = "sh:property [ sh:path ex:p ; sh:hasValue 1 , 2 ]"
    shapes = f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:class ex:A , ex:B ; {inner} ."
    out = run("ex:x a ex:A , ex:T ; ex:p 1 .", shapes, form="text").out
    assert "hint: sh:class ex:B: " in out
    assert "hint: sh:hasValue 2: " in out
