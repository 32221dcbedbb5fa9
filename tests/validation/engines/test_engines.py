"""Which engine runs, and that each gives the same report where the fast one is taken."""

from __future__ import annotations

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH

from eild.errors import ShapesError, UsageError
from eild.validation.engines import ENGINES, run_engine
from eild.validation.engines.routing import find_obstacle
from eild.validation.project import load_project_shapes

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
DATA = f'{HEAD} ex:a a ex:Boat ; ex:length 1 ; ex:name "A"@en-GB . ex:b a ex:Boat ; ex:name "B"@en-GB .'
SHAPES = f"{HEAD} ex:BoatShape sh:targetClass ex:Boat ; sh:property ex:P . ex:P sh:path ex:length ; sh:minCount 1 ."
NAMES = f"{HEAD} ex:S sh:targetObjectsOf ex:name ; sh:languageIn ('de') ."


def graph(text: str) -> Graph:
    """Parse Turtle."""
    return Graph().parse(data=text, format="turtle")


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_each_engine_reports_the_fault(engine: str) -> None:
    """A boat without length is one result, whichever engine is asked for."""
    outcome = run_engine(graph(DATA), graph(SHAPES), engine=engine)
    assert [str(node) for node in outcome.graph.objects(None, SH.focusNode)] == ["https://example.org/b"]


def test_run_engine_default_says_that_the_fast_engine_ran() -> None:
    """The outcome names the library that ran, and why it was taken."""
    outcome = run_engine(graph(DATA), graph(SHAPES))
    assert (outcome.engine, outcome.reason) == ("pyshacl-turbo", "it is known to agree with pySHACL on such shapes")


def test_run_engine_shapes_not_compared_says_that_the_reference_ran() -> None:
    """What keeps the fast engine away is in the outcome."""
    outcome = run_engine(graph(DATA), graph(f"{SHAPES} ex:BoatShape sh:rule ex:R ."))
    assert (outcome.engine, outcome.reason) == (
        "pyshacl",
        "the shapes use sh:rule, on which the engines have not been compared",
    )


def test_run_engine_fast_engine_declines_reference_decides() -> None:
    """Shapes that the fast engine refuses are given to the reference, whose error is the one that is shown."""
    with pytest.raises(ShapesError, match=r"cannot be applied: .*sh:maxCount"):
        run_engine(graph(DATA), graph(f"{SHAPES} ex:P sh:maxCount 2, 3 ."))


def test_run_engine_unknown_name_raises_usage_error() -> None:
    """A misspelt engine is an error that names the engines there are."""
    with pytest.raises(UsageError, match="turbo") as caught:
        run_engine(Graph(), Graph(), engine="turbo")
    assert caught.value.hint == "use one of auto, pyshacl, fast"


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_leaves_data_and_shapes_unchanged(engine: str) -> None:
    """Neither graph has other triples afterwards."""
    data, shapes = graph(DATA), graph(SHAPES)
    before = set(data), set(shapes)
    run_engine(data, shapes, engine=engine)
    assert (set(data), set(shapes)) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_language_tag_comes_back_as_written(engine: str) -> None:
    """A value has the language tag of the data, capitals included."""
    outcome = run_engine(graph(DATA), graph(NAMES), engine=engine)
    values = [value for value in outcome.graph.objects(None, SH.value) if isinstance(value, Literal)]
    assert sorted((str(value), value.language) for value in values) == [("A", "en-GB"), ("B", "en-GB")]


@pytest.mark.parametrize("engine", ENGINES)
def test_run_engine_value_keeps_its_lexical_form(engine: str) -> None:
    """A number is reported as the data write it, not as its value."""
    integer = URIRef("http://www.w3.org/2001/XMLSchema#integer")
    data = Graph()
    data.add(
        (
            URIRef("https://example.org/a"),
            URIRef("https://example.org/length"),
            Literal("007", datatype=integer, normalize=False),
        )
    )
    shapes = graph(f"{HEAD} ex:S sh:targetObjectsOf ex:length ; sh:maxInclusive 6 .")
    outcome = run_engine(data, shapes, engine=engine)
    assert [str(value) for value in outcome.graph.objects(None, SH.value)] == ["007"]


@pytest.mark.parametrize(
    ("data", "shapes", "part"),
    [
        ("", "ex:S sh:js ex:J .", "sh:js"),
        ("", "ex:S sh:node ex:T . ex:T sh:property ex:U . ex:U sh:node ex:S .", "refer to themselves"),
        ("", "ex:S sh:or ( ex:T ex:S ) .", "refer to themselves"),
        ("", "ex:S sh:sparql [ sh:select 'SELECT $this WHERE { SERVICE ?s { $this ?p ?o } }' ] .", "SERVICE or FROM"),
        ("", "ex:S sh:sparql [ sh:select 'SELECT $this from<urn:x>{ $this ?p ?o }' ] .", "SERVICE or FROM"),
        ("", "ex:S sh:sparql [ sh:select 'SELECT $this {}' ; sh:message 'bad {?value}' ] .", "{?value}"),
        ("", "ex:S sh:message 'bad {$value}' ; sh:sparql [ sh:select 'SELECT $this {}' ] .", "{?value}"),
        ("ex:a ex:name 'A'@en-GB . ex:b ex:name 'A'@en-gb .", "", "language tag"),
    ],
    ids=["javascript", "recursion", "recursion-in-list", "service", "from", "value", "value-of-shape", "language-tags"],
)
def test_find_obstacle_names_what_keeps_the_fast_engine_away(data: str, shapes: str, part: str) -> None:
    """Each kind of data or shapes on which the engines differ, or were not compared, is found."""
    assert part in (find_obstacle(graph(HEAD + data), graph(HEAD + shapes)) or "")


@pytest.mark.parametrize(
    ("data", "shapes"),
    [
        (DATA, SHAPES),
        (DATA, NAMES),
        ("", "ex:S sh:node ex:T , ex:U . ex:T sh:node ex:V . ex:U sh:node ex:V ."),
        ("", "ex:S sh:sparql [ sh:select 'SELECT $this ?value { $this ?p ?value }' ; sh:message 'bad {?value}' ] ."),
        ("", "ex:S sh:sparql [ sh:select 'SELECT $this { $this ex:from ?from ; ex:to $service }' ] ."),
    ],
    ids=["core", "one-tag", "shared", "value", "variables"],
)
def test_find_obstacle_compared_shapes_has_none(data: str, shapes: str) -> None:
    """Shapes that are only shared, and messages whose values the query gives, stand in nobody's way."""
    assert find_obstacle(graph(HEAD + data), graph(HEAD + shapes)) is None


def test_find_obstacle_project_shapes_has_none() -> None:
    """EILD's own shapes are for the fast engine."""
    assert find_obstacle(Graph(), load_project_shapes().graph) is None
