"""Which engine runs, and that each gives the same report where the fast one is taken."""

from __future__ import annotations

import pytest
from rdflib import Graph, Literal, URIRef

from eild.errors import ShapesError, UsageError
from eild.located.statements import Statements
from eild.validation.engines import ENGINES, run_engine
from eild.validation.engines.routing import make_plan
from eild.validation.inputs import locate_graph
from eild.validation.project import load_project_shapes
from eild.validation.shapes import Shapes

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
DATA = f'{HEAD} ex:a a ex:Boat ; ex:length 1 ; ex:name "A"@en-GB . ex:b a ex:Boat ; ex:name "B"@en-GB .'
SHAPES = f"{HEAD} ex:BoatShape sh:targetClass ex:Boat ; sh:property ex:P . ex:P sh:path ex:length ; sh:minCount 1 ."
NAMES = f"{HEAD} ex:S sh:targetObjectsOf ex:name ; sh:languageIn ('de') ."


def graph(text: str) -> Graph:
    """Parse Turtle."""
    return Graph().parse(data=text, format="turtle")


def shapes(text: str) -> Shapes:
    """Parse shapes."""
    return Shapes(locate_graph(graph(text)))


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_each_engine_reports_the_fault(engine: str) -> None:
    """A boat without length is one result, whichever engine is asked for."""
    outcome = run_engine(graph(DATA), shapes(SHAPES), engine=engine)
    assert [str(result.focus) for result in outcome.results] == ["https://example.org/b"]


def test_run_engine_default_says_that_the_fast_engine_ran() -> None:
    """The outcome names the library that ran, and why it was taken."""
    outcome = run_engine(graph(DATA), shapes(SHAPES))
    assert outcome.engine == "pyshacl-turbo"
    assert "known to agree" in outcome.reason


def test_run_engine_one_shape_of_shacl_1_2_says_that_both_ran() -> None:
    """Only the shape that needs it is for EILD's own evaluator; the others stay where they are."""
    outcome = run_engine(graph(DATA), shapes(f"{SHAPES} ex:T sh:targetClass ex:Boat ; sh:singleLine true ."))
    assert outcome.engine == "pyshacl-turbo + eild"
    assert "sh:singleLine is of SHACL 1.2" in outcome.reason


def test_run_engine_terms_that_do_not_validate_change_nothing() -> None:
    """Order, group and rules of a shape decide neither the verdict nor the engine."""
    more = "ex:P sh:order 1 ; sh:group ex:G . ex:BoatShape sh:rule ex:R ."
    assert run_engine(graph(DATA), shapes(SHAPES + more)) == run_engine(graph(DATA), shapes(SHAPES))


def test_run_engine_refusal_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that fails, whatever it raises, is not followed by another: the error names the shapes."""

    def fail(*_: object, **__: object) -> None:
        message = "a fault below"
        raise OverflowError(message)

    monkeypatch.setattr("pyshacl_turbo.compile_shapes", fail)
    with pytest.raises(ShapesError, match=r"the engine failed \(OverflowError: a fault below\)"):
        run_engine(graph(DATA), shapes(SHAPES))


def test_run_engine_unknown_name_raises_usage_error() -> None:
    """A misspelt engine is an error that names the engines there are."""
    with pytest.raises(UsageError, match="turbo") as caught:
        run_engine(Graph(), shapes(SHAPES), engine="turbo")
    assert caught.value.hint == "use one of auto, pyshacl, fast, exact"


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_leaves_data_and_shapes_unchanged(engine: str) -> None:
    """Neither graph has other triples afterwards."""
    data, applied = graph(DATA), shapes(SHAPES)
    before = set(data), set(applied.graph)
    run_engine(data, applied, engine=engine)
    assert (set(data), set(applied.graph)) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_language_tag_comes_back_as_written(engine: str) -> None:
    """A value has the language tag of the data, capitals included."""
    outcome = run_engine(graph(DATA), shapes(NAMES), engine=engine)
    values = [result.value for result in outcome.results if isinstance(result.value, Literal)]
    assert sorted((str(value), value.language) for value in values) == [("A", "en-GB"), ("B", "en-GB")]


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_value_keeps_its_lexical_form(engine: str) -> None:
    """A number is reported as the data write it, not as its value."""
    integer = URIRef("http://www.w3.org/2001/XMLSchema#integer")
    data = Graph()
    length = Literal("007", datatype=integer, normalize=False)
    data.add((URIRef("https://example.org/a"), URIRef("https://example.org/length"), length))
    outcome = run_engine(data, shapes(f"{HEAD} ex:S sh:targetObjectsOf ex:length ; sh:maxInclusive 6 ."), engine=engine)
    assert [str(result.value) for result in outcome.results] == ["007"]


@pytest.mark.parametrize(
    ("data", "text", "part"),
    [
        ("", "ex:S sh:targetNode ex:a ; sh:node ex:S .", "refers to itself"),
        ("", "ex:S sh:targetNode ex:a ; sh:or ( ex:T ex:S ) .", "refers to itself"),
        ("", "ex:S sh:targetNode ex:a ; sh:sparql [ sh:select 'SELECT $this ?message {}' ] .", "?message"),
        (
            "",
            "ex:S sh:targetNode ex:a ; sh:message '{?value}' ; sh:sparql [ sh:select 'SELECT $this {}' ] .",
            "{?value}",
        ),
        ("", "ex:S sh:targetNode ex:a ; sh:class ex:A , ex:B .", "several values"),
        ("", "ex:S sh:targetNode ex:a ; sh:class ( ex:A ex:B ) .", "SHACL 1.2"),
        ("ex:a ex:p 12345678901234567890 .", "ex:S sh:targetNode 1 ; sh:minInclusive 0 .", "engines differ"),
        ("", "ex:S sh:targetNode 1 ; sh:minInclusive 12345678901234567890 .", "engines differ"),
        ("ex:a sh:shape ex:S .", "ex:S sh:nodeKind sh:IRI .", "sh:shape"),
    ],
    ids=["recursion", "recursion-in-list", "message", "value", "repeated", "list", "number", "bound", "shape-in-data"],
)
def test_make_plan_names_why_a_shape_is_for_the_own_evaluator(data: str, text: str, part: str) -> None:
    """Each kind of data or shapes on which engines differ is found."""
    plan = make_plan(Statements.from_triples(graph(HEAD + data)), shapes(HEAD + text))
    assert not plan.fast
    assert part in " ".join(plan.exact.values())


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (DATA, SHAPES),
        (DATA, NAMES),
        ("", "ex:S sh:targetNode 1 ; sh:sparql [ sh:select 'SELECT $this ?value { $this ?p ?value }' ] ."),
    ],
    ids=["core", "one-tag", "value"],
)
def test_make_plan_compared_shapes_are_for_the_fast_engine(data: str, text: str) -> None:
    """Shapes of SHACL 1.0 on regular literals need nothing else."""
    plan = make_plan(Statements.from_triples(graph(HEAD + data)), shapes(HEAD + text))
    assert not plan.exact


def test_make_plan_project_shapes_are_for_the_fast_engine() -> None:
    """EILD's own shapes are for the fast engine."""
    assert not make_plan(Statements(()), load_project_shapes()).exact


def test_make_plan_queries_stay_with_the_fast_engine() -> None:
    """Of a shape that is for the own evaluator, the SPARQL constraints are still the fast engine's."""
    text = "ex:S sh:targetNode 1 ; sh:singleLine true ; sh:sparql [ sh:select 'SELECT $this { $this ?p ?o }' ] ."
    plan = make_plan(Statements(()), shapes(HEAD + text))
    assert plan.split == set(plan.exact)
