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
from eild.validation.files import load_statements

if TYPE_CHECKING:
    from pathlib import Path

    from eild.validation import Report

HEAD = """@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:P .
ex:P sh:path ex:p ;
"""


@pytest.mark.parametrize(
    ("text", "message", "strict"),
    [
        ('sh:flags "i" .', "sh:flags has no effect without sh:pattern", True),
        ("sh:ignoredProperties ( ex:q ) .", "sh:ignoredProperties has no effect without sh:closed", True),
        (
            "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] .",
            "sh:qualifiedValueShape has no effect without sh:qualifiedMinCount or sh:qualifiedMaxCount",
            True,
        ),
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


NODE = "ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:nodeKind sh:IRI ; "
PROPERTY = "ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [ sh:path ex:p ; sh:maxCount 9 ; "
MAX = "ex:max 3 . ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:max ] "
ASK = "[ a sh:SPARQLAskValidator ; sh:ask 'ASK { FILTER ($value < $max) }' ]"
SELECT = "[ a sh:SPARQLSelectValidator ; sh:select 'SELECT $this { $this ?p $max }' ]"
CALL = "SELECT $this { $this <https://example.org/p> ?v FILTER (<https://example.org/f>(?v)) }"
BIND = "SELECT $this ?value { $this <https://example.org/p> ?v BIND (<https://example.org/f>(?v) AS ?value) }"
NOTHING = "which no shape describes"
WITHOUT_EFFECT = [
    # targets
    (f"{NODE} sh:target [ a ex:Type ; ex:in ex:x ] . ex:Type a sh:SPARQLTargetType .", "sh:target has no effect"),
    (f"{NODE} sh:target ex:T .", "sh:target has no effect"),
    (f"{NODE} sh:target [ a sh:SPARQLTarget ; sh:ask 'ASK {{}}' ] .", "sh:target has no effect"),
    (f"{NODE} sh:target [ a sh:JSTarget ; sh:jsFunctionName 'f' ] .", "sh:JSTarget has no effect"),
    ("ex:T a sh:SPARQLTargetType ; sh:select 'SELECT ?this {}' .", "sh:SPARQLTargetType has no effect"),
    # rules
    (f"{NODE} sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate ex:p ; sh:object 1 ] .", "sh:rule has no"),
    ("ex:R a sh:SPARQLRule ; sh:construct 'CONSTRUCT {} WHERE {}' .", "sh:SPARQLRule has no effect"),
    (f"{NODE} sh:condition ex:S .", "sh:condition has no effect"),
    (f"{NODE} sh:predicate ex:p .", "sh:predicate has no effect"),
    (f"{PROPERTY} sh:values 1 ] .", "sh:values has no effect"),
    # functions and node expressions
    ("ex:f a sh:SPARQLFunction ; sh:parameter [ sh:path ex:x ] ; sh:ask 'ASK {}' .", "sh:SPARQLFunction has no effect"),
    (f"{NODE} sh:returnType ex:x .", "sh:returnType has no effect"),
    *(
        (f"{PROPERTY} sh:{name} ex:x ] .", f"sh:{name} has no effect: node expressions are not evaluated")
        for name in "nodes filterShape count distinct limit offset sum union intersection minus if exists".split()
    ),
    # components
    (f"{NODE} {MAX}, [ sh:path ex:min ] ; sh:validator {ASK} .", "also needs"),
    (f"{NODE} {MAX} .", "has no validator"),
    (f"{NODE} {MAX} ; sh:propertyValidator {SELECT} .", "has no validator for this kind of shape"),
    (f"{PROPERTY} ex:max 3 ] . ex:K sh:parameter [ sh:path ex:max ] ; sh:nodeValidator {SELECT} .", "has no validator"),
    (f"{NODE} {MAX} ; sh:validator [ a sh:SPARQLAskValidator ] .", "has no validator"),
    (f"{NODE} {MAX} ; sh:validator [ a sh:JSValidator ; sh:jsFunctionName 'f' ] .", "has no validator"),
    (f"ex:K a sh:ConstraintComponent ; sh:validator {ASK} .", "has none"),
    (
        f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:m ; sh:optional true ] ; sh:validator {ASK} .",
        "none",
    ),
    (f"{PROPERTY} <http://datashapes.org/dash#singleLine> true ] .", "no constraint component of the shapes has this"),
    (f"{NODE} <http://www.w3.org/ns/shacl-rules#rule> ex:R .", "no constraint component of the shapes has this"),
    # namespaces
    *(
        (f"{NODE} <{namespace}nodeKind> sh:Literal .", "is not a term of SHACL, whose namespace is")
        for namespace in (
            "https://www.w3.org/ns/shacl#",
            "http://www.w3.org/ns/shacl/",
            "http://www.w3.org/ns/shacl",
            "http://w3.org/ns/shacl#",
            "http://www.w3.org/ns/SHACL#",
            "http://www.w3.org/ns/shcal#",
            "http://www.w3.org/2017/ns/shacl#",
            "https://www.w3.org/TR/shacl/#",
        )
    ),
    # terms in the wrong place
    (f"{NODE} sh:select 'SELECT $this {{}}' .", "no constraint, validator or target has this query"),
    (f"{NODE} sh:ask 'ASK {{}}' .", "no constraint, validator or target has this query"),
    (f"{NODE} sh:prefixes ex:x .", "sh:prefixes has no effect without"),
    (f"{NODE} sh:validator ex:x .", "sh:validator has no effect without sh:parameter"),
    (f"{NODE} sh:conforms true .", "it belongs to reports"),
    (f"{NODE} sh:resultMessage 'x' .", "it belongs to reports"),
    (f"{PROPERTY} sh:value 1 ] .", "it belongs to reports"),
    (f"{PROPERTY} sh:optional true ] .", "it belongs to parameters"),
    (f"{NODE} sh:IRI ex:x .", "it is no property"),
    (f"{NODE} sh:MinCountConstraintComponent 1 .", "it is no property"),
    # no target, no constraint, no shape
    ("ex:T a sh:NodeShape ; sh:nodeKind sh:IRI .", "no shape has a target"),
    ("ex:Boat a rdfs:Class ; sh:property ex:P . ex:P sh:path ex:p .", "no shape has a target"),
    ("[] a sh:NodeShape , rdfs:Class ; sh:nodeKind sh:IRI .", "no shape has a target"),
    (f"{NODE} sh:name 's' . ex:T a sh:NodeShape ; sh:nodeKind sh:IRI .", "this shape is not applied"),
    (f"{NODE} sh:name 's' . ex:T a sh:PropertyShape ; sh:path ex:p ; sh:maxCount 1 .", "this shape is not applied"),
    (f"{NODE} sh:name 's' . ex:T sh:node ex:U . ex:U sh:node ex:T .", "this shape is not applied"),
    ("ex:S sh:targetClass ex:Boat ; sh:closed false .", "has a target, but constrains nothing"),
    ("ex:S sh:targetClass ex:Boat ; sh:and () .", "has a target, but constrains nothing"),
    ("ex:S sh:targetClass ex:Boat ; sh:property [ sh:path ex:p ] .", "this shape constrains nothing"),
    ("ex:S sh:targetClass ex:Boat ; sh:property [ sh:path ex:p ; sh:uniqueLang false ] .", "constrains nothing"),
    ("ex:S sh:targetClass ex:Boat ; sh:node [ a sh:NodeShape ] .", "this shape constrains nothing"),
    ("", "there is no shape in what is given as shapes"),
    ("ex:a a ex:Boat .", "there is no shape in what is given as shapes"),
    ("[] a sh:ValidationReport ; sh:conforms true .", "there is no shape in what is given as shapes"),
    # shapes that are named only
    *((f"{NODE} sh:{name} ex:Nothing .", NOTHING) for name in ("node", "not", "nodeByExpression")),
    *((f"{NODE} sh:{name} ( [ sh:nodeKind sh:IRI ] ex:Nothing ) .", NOTHING) for name in ("and", "or", "xone")),
    *((f"{PROPERTY} sh:{name} ex:Nothing ] .", NOTHING) for name in ("memberShape", "someValue", "reifierShape")),
    (f"{NODE} sh:targetWhere ex:Nothing .", NOTHING),
]
"""Shapes with something that is not applied, and what the note says."""
PREFIXES = (
    "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)


def check(folder: Path, shapes: str, data: str) -> Report:
    """Validate data against shapes, both as files."""
    for name, text in (("shapes.ttl", shapes), ("data.ttl", data)):
        (folder / name).write_text(PREFIXES + text, encoding="utf-8")
    return validate(load_statements(folder / "data.ttl"), load_shapes([folder / "shapes.ttl"]))


@pytest.mark.parametrize(("text", "message"), WITHOUT_EFFECT)
def test_notes_what_is_not_applied_fails_a_strict_run(tmp_path: Path, text: str, message: str) -> None:
    """Nothing unknown, unused or untargeted is silent: a note names it with its place."""
    report = check(tmp_path, text, "ex:b a ex:Boat .")
    found = [note for note in report.notes if message in note.message]
    assert found, [note.message for note in report.notes]
    assert all(note.strict and note.location for note in found)
    assert report.failing(strict=True)


@pytest.mark.parametrize(
    "text",
    [
        f"{NODE} rdfs:seeAlso <https://www.w3.org/TR/shacl/#NodeKindConstraintComponent> .",
        f"{NODE} sh:name 'boat' ; sh:order 1 ; sh:group ex:G ; sh:description 'b' .",
        f"{NODE} sh:closed true ; sh:property [ sh:path ex:p ] .",
        f"{NODE} sh:or ( ex:T [ sh:nodeKind sh:Literal ] ) . ex:T a sh:NodeShape ; sh:nodeKind sh:IRI .",
        f"{PROPERTY} <http://datashapes.org/dash#editor> ex:x ] .",
        f"{NODE} {MAX} ; sh:validator {ASK} .",
        f"{NODE} sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT ?this {{ ?this a ?t }}' ] .",
    ],
)
def test_notes_what_is_applied_or_describes_has_none(tmp_path: Path, text: str) -> None:
    """Shapes of which all takes part, or describes, pass a strict run."""
    assert check(tmp_path, text, "ex:b a ex:Boat .").notes == ()


@pytest.mark.parametrize("query", [CALL, BIND])
@pytest.mark.parametrize("more", ["", "ex:f a sh:SPARQLFunction ; sh:parameter [ sh:path ex:x ] ; sh:ask 'ASK {}' ."])
def test_shapes_function_in_a_constraint_is_refused_at_its_place(tmp_path: Path, query: str, more: str) -> None:
    """A query that calls a function that is not there is an error of the shapes."""
    with pytest.raises(ShapesError, match=r"function <https://example\.org/f>") as caught:
        check(tmp_path, f"{NODE} sh:sparql [ sh:select '{query}' ] . {more}", "ex:b a ex:Boat ; ex:p 1 .")
    assert caught.value.location is not None
    assert caught.value.location.line == PREFIXES.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{NODE} sh:expression sh:this .", "node expression"),
        (f"{NODE} sh:deactivated [ sh:path ex:p ] .", "node expressions"),
        (f"{NODE} sh:deactivated ex:yes .", "true or false"),
        (f"{NODE} sh:entailment 'http://www.w3.org/ns/entailment/RDFS' .", "entailment regime"),
        (f"{NODE} sh:target [ sh:select 'SELECT ?x {{ ?x a ?y }}' ] .", "does not return [$]this"),
    ],
)
def test_shapes_what_would_change_verdicts_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """What cannot be ignored without changing verdicts is an error, with its place."""
    with pytest.raises(ShapesError, match=message) as caught:
        check(tmp_path, text, "ex:b a ex:Boat .")
    assert caught.value.location is not None


def test_notes_deactivated_shape_is_told(tmp_path: Path) -> None:
    """A shape that is switched off is told, and fails nothing."""
    [note] = check(tmp_path, f"{NODE} sh:deactivated true .", "ex:b a ex:Boat .").notes
    assert "deactivated" in note.message
    assert not note.strict


def test_notes_shape_that_the_data_name_is_applied(tmp_path: Path) -> None:
    """A shape without target is used if the data name it; one that nothing describes is told."""
    shapes = "ex:T a sh:NodeShape ; sh:nodeKind sh:Literal ."
    report = check(tmp_path, shapes, "ex:b sh:shape ex:T .")
    assert (len(report.findings), report.notes) == (1, ())
    report = check(tmp_path, f"{shapes} {NODE} sh:name 's' .", "ex:b sh:shape ex:Nothing , ex:T .")
    [note] = report.notes
    assert "sh:shape names <https://example.org/Nothing>" in note.message
    assert note.location is not None
    assert note.location.line == PREFIXES.count("\n") + 1


@pytest.mark.parametrize(
    ("shapes", "message", "strict"),
    [
        ("sh:nodeKind sh:IRI {| sh:deactivated true |} .", "this sh:nodeKind is deactivated", False),
        ("sh:nodeKind sh:IRI {| sh:deactivated false |} .", "", False),
        (
            'sh:sparql [ sh:deactivated true ; sh:select "SELECT $this { }" ] .',
            "SPARQL constraint is deactivated",
            False,
        ),
        ('sh:sparql ex:Q {| sh:deactivated true |} . ex:Q sh:select "SELECT $this { }" .', "this sh:sparql is", False),
        ("sh:property [ sh:path ex:p ; sh:maxCount 1 ] {| sh:deactivated true |} .", "this sh:property is", False),
        (
            "sh:targetNode ex:n {| sh:deactivated true |} ; sh:nodeKind sh:IRI .",
            "sh:deactivated has no effect on sh:targetNode",
            True,
        ),
        (
            "sh:nodeKind sh:IRI . ex:r rdf:reifies <<( ex:N sh:nodeKind sh:Literal )>> ; sh:severity sh:Info .",
            "sh:severity has no effect on sh:nodeKind",
            True,
        ),
    ],
)
def test_notes_deactivated_constraints_are_told(tmp_path: Path, shapes: str, message: str, *, strict: bool) -> None:
    """A single constraint can be switched off; what an annotation does not do is told, too."""
    prefix = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
    report = check(tmp_path, f"{prefix}{NODE} {shapes}", "ex:b a ex:Boat .")
    told = [note for note in report.notes if "deactivated" in note.message or "has no effect on" in note.message]
    assert [(message in note.message, note.strict) for note in told] == [(True, strict)] * bool(message)
    assert all(note.location for note in told)


@pytest.mark.parametrize("term", ["sh:severity sh:Info", "sh:deactivated true"])
@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        (
            f"{NODE} ex:max 3 . ex:M sh:path ex:max . ex:K § ; sh:parameter ex:M ; sh:validator {ASK} .",
            1,
        ),
        (f"{NODE} sh:target [ a sh:SPARQLTarget ; § ; sh:select 'SELECT ?this {{ ?this a ?c }}' ] .", 1),
        (f"{NODE} § .", 0),
        (f"{NODE} sh:property [ sh:path ex:p ; sh:maxCount 1 ; § ] .", 0),
    ],
)
def test_notes_severity_and_deactivation_that_nothing_reads(tmp_path: Path, shapes: str, term: str, told: int) -> None:
    """They belong to shapes: components, validators and targets have none."""
    notes = check(tmp_path, shapes.replace("§", term), "ex:b a ex:Boat .").notes
    assert len([note for note in notes if "it belongs to shapes" in note.message and note.location]) == told


def test_notes_severity_of_a_query_that_nothing_reads(tmp_path: Path) -> None:
    """A SPARQL constraint has the severity of its shape; it can be deactivated by itself."""
    query = "sh:sparql [ {} ; sh:select 'SELECT $this {{ }}' ] ."
    notes = check(tmp_path, NODE + query.format("sh:severity sh:Info"), "ex:b a ex:Boat .").notes
    assert "sh:severity has no effect here: it belongs to shapes" in [note.message for note in notes]
    notes = check(tmp_path, NODE + query.format("sh:deactivated true"), "ex:b a ex:Boat .").notes
    assert not [note for note in notes if "belongs to shapes" in note.message]
