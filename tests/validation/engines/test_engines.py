"""Which engine runs, and that each gives the same report where the fast one is taken."""

from __future__ import annotations

import pytest
from rdflib import BNode, Graph, Literal, URIRef

from eild.errors import ShapesError, UsageError
from eild.located.statements import Statements
from eild.validation.engines import ENGINES, run_engine
from eild.validation.engines.pruning import prune
from eild.validation.engines.queried import may_overflow
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


def test_run_engine_large_data_are_for_the_engine_that_needs_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Constraints of SHACL Core are its task, queries see the statements that they name, and the results are equal."""
    text = (
        f"{SHAPES} ex:Q sh:targetClass ex:Boat ; sh:sparql [ sh:message '{{?value}}' ; sh:select "
        "'SELECT $this ?value { $this <https://example.org/name> ?value "
        "FILTER NOT EXISTS { $this <https://example.org/length> 1 } }' ] ."
    )
    data, applied = graph(DATA), shapes(text)
    small = run_engine(data, applied)
    assert len(small.results) == 2
    monkeypatch.setattr("eild.validation.engines.LARGE", 2)
    large = run_engine(data, applied)
    assert (large.engine, set(large.results)) == ("shacl + pyshacl-turbo", set(small.results))


def test_run_engine_large_data_with_blank_nodes_keep_their_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found on blank nodes, or has details, is left to the engine that tells them."""
    monkeypatch.setattr("eild.validation.engines.LARGE", 0)
    text = f"{SHAPES} ex:T sh:targetSubjectsOf ex:name ; sh:node ex:U . ex:U sh:property ex:P ."
    data = graph(f"{DATA} _:c a ex:Boat ; ex:name 'C' .")
    outcome = run_engine(data, shapes(text))
    assert {result.focus for result in outcome.results if isinstance(result.focus, BNode)} <= set(data.subjects())
    assert all(
        result.details for result in outcome.results if str(result.component).endswith("NodeConstraintComponent")
    )
    assert len(outcome.results) == 4


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("{ $this ex:p ?value }", ["p"]),
        ("{ $this ex:p/^ex:q ?value FILTER NOT EXISTS { ?value ex:r+|ex:p 1 . ?value ex:q 2 } }", ["p", "q", "r"]),
        ("{ $this ?any ?value }", ["p", "q", "r", "s"]),
        ("{ $this ex:p* ?value }", ["p", "q", "r", "s"]),
        ("{ FILTER EXISTS { $this !ex:p ?value } }", ["p", "q", "r", "s"]),
        (
            "{ $this ex:p ?o . { SELECT $this ?value { $this ex:r ?value } } OPTIONAL { $this ex:q 1 } }",
            ["p", "q", "r"],
        ),
    ],
    ids=["property", "paths", "any-property", "zero-or-more", "negated", "nested"],
)
def test_prune_keeps_what_a_query_can_see(query: str, seen: list[str]) -> None:
    """A query that names its properties sees their statements; any other sees all."""
    select = f"PREFIX ex: <https://example.org/> SELECT $this {query}"
    text = f"ex:S sh:targetNode ex:a ; sh:sparql ex:Q . ex:Q sh:select '{select}' ."
    applied, root = shapes(HEAD + text), URIRef("https://example.org/S")
    data = Statements.from_triples(graph(f"{HEAD} ex:a ex:p 1 ; ex:q 2 ; ex:r 3 ; ex:s 4 ."))
    kept = prune(data, applied.graph, [root], [URIRef("https://example.org/Q")])
    assert sorted(p.decode().rpartition("/")[2].rstrip(">") for _, p, _ in kept.triples()) == seen


@pytest.mark.parametrize(
    ("query", "digits", "expected"),
    [
        ("{ $this ex:p ?v FILTER(?v > 1) }", 18, False),
        ("{ $this ex:p ?v FILTER(?v + 1 > 1) }", 18, True),
        ("{ $this ex:p ?v FILTER(?v * ?v > 1) }", 9, False),
        ("{ $this ex:p ?v FILTER(?v * ?v * ?v > 1) }", 9, True),
        ("{ $this ex:p ?v FILTER(?v * 1000000000000 > 1) }", 3, True),
        ("(SUM(?v) AS ?value) { $this ex:p ?v }", 8, False),
        ("(SUM(?v) AS ?value) { $this ex:p ?v }", 10, True),
        ("{ $this ex:p/ex:q* ?v }", 18, False),
    ],
)
def test_may_overflow_counts_the_digits_that_a_query_may_compute(query: str, digits: int, *, expected: bool) -> None:
    """Products multiply digits, and sums over data add some; a path is not arithmetic."""
    assert may_overflow(f"SELECT $this {query}", digits) is expected
