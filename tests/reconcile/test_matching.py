"""Tests of matching: scores, and matches only where exactly one resource is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from eild.claims import ClaimIndex
from eild.documents.index import DocumentIndex
from eild.errors import QueryTimeoutError, RequestError, ResultTooLargeError
from eild.query.embedded import EmbeddedEngine
from eild.reconcile import extension
from eild.reconcile.extension import extend, propose
from eild.reconcile.matching import Matcher
from eild.reconcile.names import compare_names, list_names, measure
from eild.reconcile.queries import (
    Condition,
    EntityValue,
    ExtensionProperty,
    ExtensionQuery,
    ReconciliationQuery,
)
from eild.reconcile.terms import Schema
from eild.reconcile.values import compare_value, read_number
from eild.search.loading import build_index

if TYPE_CHECKING:
    from eild.reconcile.matching import MatchResult
    from eild.reconcile.queries import Value

EX = "https://towns.example/"
DATA = """@prefix : <https://towns.example/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Town rdfs:subClassOf :Place ; rdfs:label "town" .
:springfield-il a :Town ; rdfs:label "Springfield" ; :state :illinois ; :people 114394 ;
    :founded "1819-04-10"^^xsd:date .
:springfield-ma a :Town ; rdfs:label "Springfield" ; :state :massachusetts ; :people 155929 .
:springfield-road a :Road ; rdfs:label "Springfield Road" .
:illinois a :State ; rdfs:label "Illinois" ; skos:altLabel "Land of Lincoln" .
:massachusetts a :State ; rdfs:label "Massachusetts" ; skos:hiddenLabel "Massachusets" .
:zurich a :Town , :Capital ; skos:prefLabel "Zürich"@de , "Zurich"@en ; skos:notation "CH-ZH" ;
    :open true ; :area 87.88 ; :seen "2020-01-01T00:00:00Z"^^xsd:dateTime .
:old-town a :Town ; rdfs:label "Old Town" ; owl:deprecated true .
:gift-present a :Word ; rdfs:label "gift"@en .
:gift-poison a :Noun ; rdfs:label "Gift"@de , "poison"@en .
:mercury-metal a :Metal ; rdfs:label "mercury" .
:mercury-planet a :Planet ; rdfs:label "planet one" ; skos:altLabel "Mercury" .
:nowhere a :Town ; rdfs:label "Nowhere" ; :state [ rdfs:label "anonymous" ] .
"""
PREFIXES = {"": EX, "t": EX, "skos": "http://www.w3.org/2004/02/skos/core#"}
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def count(documents: DocumentIndex) -> dict[tuple[str, str], int]:
    """Return how often triples use each class and property."""
    uses: dict[tuple[str, str], int] = {}
    for subject in documents.subjects():
        for triple in documents.outgoing(subject):
            keys = [("property", triple.predicate.value)]
            if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
                keys.append(("class", triple.object.value))
            for key in keys:
                uses[key] = uses.get(key, 0) + 1
    return uses


@pytest.fixture(scope="module")
def schema() -> Schema:
    """Return the types and properties of the towns."""
    documents = DocumentIndex(quad.triple for quad in parse(DATA, RdfFormat.TURTLE))
    return Schema(documents, PREFIXES, count(documents))


@pytest.fixture(scope="module")
def matcher(schema: Schema) -> Matcher:
    """Return a matcher for the towns."""
    return make_matcher(schema)


def make_matcher(schema: Schema, language: str = "", timeout: float = 5.0) -> Matcher:
    """Return a matcher."""
    assert isinstance(schema.documents, DocumentIndex)
    store = Store()
    for subject in schema.documents.subjects():
        for triple in schema.documents.outgoing(subject):
            store.add(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()))
    engine = EmbeddedEngine(store, base=EX, prefixes=PREFIXES)
    return Matcher(schema, build_index(schema.documents, ClaimIndex({}, {})), engine, language, timeout)


def match(matcher: Matcher, text: str = "", **members: object) -> MatchResult:
    """Return the candidates for one query."""
    query = ReconciliationQuery(text, **members)  # type: ignore[arg-type]
    return dict(matcher.match_all({"q": query}))["q"]


def names(result: MatchResult) -> list[str]:
    """Return the local names of candidates."""
    return [item.node.value.removeprefix(EX) for item in result.candidates]


def found(result: MatchResult) -> str:
    """Return the local name of the match; an empty string if there is none."""
    return result.match.node.value.removeprefix(EX) if result.match else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Illinois", "illinois"),
        ("  illinois\n", "illinois"),
        ("land  of lincoln", "illinois"),
        ("CH-ZH", "zurich"),
        ("ZÜRICH", "zurich"),
        ("Zu\u0308rich", "zurich"),
        ("t:zurich", "zurich"),
        (f"{EX}zurich", "zurich"),
        ("Massachusets", "massachusetts"),
        ("Illinoi", ""),
        ("Zürîch", ""),
        ("Springfield", ""),
        ("Old Town", ""),
        ("mercury", ""),
        ("gift", ""),
        ("", ""),
        ("   ", ""),
        ("*", ""),
        ("no such thing anywhere", ""),
    ],
)
def test_match_only_one_certain(matcher: Matcher, text: str, expected: str) -> None:
    """A name, in any property, or an IRI matches; near names, namesakes and what is deprecated do not."""
    assert found(match(matcher, text)) == expected


@pytest.mark.parametrize("text", ["Springfield", "springfield", "Springfeld"])
def test_match_namesakes_all_candidates(matcher: Matcher, text: str) -> None:
    """Both namesakes are candidates before anything that is only similar."""
    assert names(match(matcher, text))[:2] == ["springfield-il", "springfield-ma"]


def test_match_score_falls_with_distance(matcher: Matcher) -> None:
    """Equal names have 100 points, alternative and hidden ones less, similar ones less still."""
    scores = [match(matcher, text).candidates[0].score for text in ("Massachusetts", "Massachusets", "Massachuset")]
    assert scores[0] == 100.0
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_match_condition_tells_namesakes_apart(matcher: Matcher) -> None:
    """A property that fits one of the namesakes makes it the match, by entity, name, or number."""
    conditions: list[tuple[str, Value]] = [
        ("t:state", EntityValue(f"{EX}massachusetts")),
        ("t:state", "massachusetts"),
        ("t:people", 155929),
        ("t:people", "155929.0"),
    ]
    for pid, value in conditions:
        result = match(matcher, "Springfield", conditions=(Condition(pid, (value,)),))
        assert found(result) == "springfield-ma", value
        assert result.candidates[0].score == 100.0
        assert result.candidates[0].features[f"property:{pid}"] == 1.0
        assert result.candidates[1].score < 100.0


def test_match_condition_unmet_no_match(matcher: Matcher) -> None:
    """The only resource of a name is no match if a property differs."""
    assert not found(match(matcher, "Zürich", conditions=(Condition("t:area", (12,)),)))


@pytest.mark.parametrize(
    ("pid", "value", "expected"),
    [
        ("t:state", EntityValue("t:illinois"), ["springfield-il"]),
        ("t:state", "Illinois", ["springfield-il"]),
        ("t:people", 114394, ["springfield-il"]),
        ("t:founded", "1819-04-10", ["springfield-il"]),
        ("skos:notation", "ch-zh", ["zurich"]),
        ("t:open", True, ["zurich"]),
        ("t:open", False, []),
        ("t:area", "87.880", ["zurich"]),
        ("t:state", 'x") } #', []),
    ],
)
def test_match_properties_without_name(matcher: Matcher, pid: str, value: Value, expected: list[str]) -> None:
    """Resources are found by a value of a property, and the only one is the match."""
    result = match(matcher, conditions=(Condition(pid, (value,)),))
    assert names(result) == expected
    assert found(result) == next(iter(expected), "")


@pytest.mark.parametrize(
    ("types", "strict", "expected"),
    [
        (("t:Road",), "any", ["springfield-road"]),
        (("t:Place",), "any", ["springfield-il", "springfield-ma"]),
        (("t:Town", "t:Road"), "any", ["springfield-il", "springfield-ma", "springfield-road"]),
        (("t:Town", "t:Road"), "all", []),
        (("t:Road",), "should", ["springfield-il", "springfield-ma", "springfield-road"]),
        (("http://www.w3.org/2002/07/owl#Thing",), "all", ["springfield-il", "springfield-ma", "springfield-road"]),
    ],
)
def test_match_types(matcher: Matcher, types: tuple[str, ...], strict: str, expected: list[str]) -> None:
    """``any`` and ``all`` exclude, subclasses count as their classes, and ``should`` only ranks."""
    result = match(matcher, "Springfield", types=types, strict=strict)
    assert sorted(names(result)) == expected
    assert not found(result)


def test_match_should_prefers_type(matcher: Matcher) -> None:
    """Of two namesakes, the one with the type is the match, and the other has fewer points."""
    result = match(matcher, "mercury", types=("t:Planet",), strict="should")
    assert found(result) == "mercury-planet"
    assert names(result) == ["mercury-planet", "mercury-metal"]
    assert [item.features["type_match"] for item in result.candidates] == [True, False]


def test_match_language_decides(schema: Schema) -> None:
    """If names are wanted in a language, only names in it are exact."""
    assert found(match(make_matcher(schema, "de"), "Gift")) == "gift-poison"
    assert found(match(make_matcher(schema, "en"), "Gift")) == "gift-present"


def test_match_limit(matcher: Matcher) -> None:
    """No more candidates are returned than the limit, and the match is judged by all of them."""
    result = match(matcher, "Springfield", limit=1)
    assert names(result) == ["springfield-il"]
    assert not found(result)


@pytest.mark.parametrize(
    ("members", "message", "hint"),
    [
        ({"types": ("t:Twn",)}, "the data does not use the type 't:Twn'", "t:Town"),
        ({"types": ("town",)}, "the data does not use the type 'town'", "t:Town"),
        ({"conditions": (Condition("t:stat", ("x",)),)}, "the data does not use the property 't:stat'", "t:state"),
        ({"conditions": (Condition("http://[", ("x",)),)}, "the data does not use the property 'http://['", ""),
    ],
)
def test_match_unknown_terms_refused(matcher: Matcher, members: dict[str, object], message: str, hint: str) -> None:
    """A type or property that the data does not have is an error, with the nearest ones."""
    with pytest.raises(RequestError) as caught:
        match(matcher, "Springfield", **members)
    assert message in str(caught.value)
    assert hint.removeprefix("t:") in (caught.value.hint or "")


def test_match_all_deadline(schema: Schema) -> None:
    """A batch that takes too long is an error and not a part of the results."""
    matcher = make_matcher(schema, timeout=-1.0)
    with pytest.raises(QueryTimeoutError, match="timed out after 0 of 1 queries"):
        match(matcher, "Springfield")


def test_match_long_name(matcher: Matcher) -> None:
    """A cell with a whole text finds what some of its words name, and fails for no length."""
    assert "zurich" in names(match(matcher, f"Zürich {'lorem ipsum ' * 500}"))


def test_measure_names() -> None:
    """Case and white space do not matter, accents nearly not, order little."""
    assert measure("A  b", "a B") == 1.0
    assert measure("Zürich", "Zurich") == 0.97
    assert 0.9 < measure("Lincoln, Abraham", "Abraham Lincoln") < 0.97
    assert measure("", "x") == measure("--", "x") == 0.0


def test_compare_names_none() -> None:
    """A resource without names is not similar to anything."""
    assert compare_names("x", []).similarity == 0.0


def test_list_names_kinds(schema: Schema) -> None:
    """Names are those of all properties and languages, weighted by property."""
    found_names = list_names(schema.documents, NamedNode(f"{EX}illinois"))
    assert {(name.text, name.weight) for name in found_names} == {("Illinois", 1.0), ("Land of Lincoln", 0.98)}


@pytest.mark.parametrize(
    ("given", "own", "expected"),
    [
        ("2020-01-01", Literal("2020-01-01"), 1.0),
        ("2020-01-01T00:00:00Z", Literal("2020-01-01"), 1.0),
        ("2020-01-01T12:00:00Z", Literal("2020-01-01"), None),
        (True, Literal("1"), 1.0),
        (1, Literal("2"), 0.0),
        (EntityValue("t:illinois"), NamedNode(f"{EX}illinois"), 1.0),
        (EntityValue("t:illinois"), NamedNode(f"{EX}zurich"), 0.0),
        ("t:illinois", NamedNode(f"{EX}illinois"), 1.0),
        ("LAND OF LINCOLN", NamedNode(f"{EX}illinois"), 1.0),
    ],
)
def test_compare_value(schema: Schema, given: Value, own: object, expected: float | None) -> None:
    """Numbers compare by value, days also as moments at midnight, resources by identifier or name."""
    found_value = compare_value(schema, given, own)
    assert found_value == expected if expected is not None else 0 < found_value < 1


@pytest.mark.parametrize("text", ["1e999999", "nan", "inf", "0x10", "1_000", "1" * 41, ""])
def test_read_number_not_a_number(text: str) -> None:
    """What is not written as a number of ordinary size is none."""
    assert read_number(text) is None


def test_extend_cells(schema: Schema) -> None:
    """Numbers, moments, texts and entities have the cells that the API has for them; days are strings."""
    pids = ("t:people", "t:founded", "t:state", "t:area", "t:seen", "t:open")
    query = ExtensionQuery(("t:springfield-il", "t:zurich", "t:none"), tuple(map(ExtensionProperty, pids)))
    answer = extend(schema, query)
    assert [row.get("type") for row in answer["meta"]][2] == {"id": f"{EX}State", "name": "State"}
    assert list(answer["rows"]["t:springfield-il"].values()) == [
        [{"int": 114394}],
        [{"str": "1819-04-10"}],
        [{"id": f"{EX}illinois", "name": "Illinois"}],
        *([], [], []),
    ]
    moment = [{"date": "2020-01-01T00:00:00Z"}]
    assert list(answer["rows"]["t:zurich"].values()) == [[], [], [], [{"float": 87.88}], moment, [{"str": "true"}]]
    assert list(answer["rows"]["t:none"].values()) == [[]] * 6


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["Zurich"]),
        ({"lang": "de"}, ["Zürich"]),
        ({"lang": "*"}, ["Zurich", "Zürich"]),
        ({"lang": "*", "limit": "1"}, 1),
        ({"lang": "", "limit": 0, "content": None}, ["Zurich"]),
    ],
)
def test_extend_settings(schema: Schema, settings: dict[str, object], expected: list[str] | int) -> None:
    """Texts are in one language, or all; the number of values is bounded if that is asked for."""
    query = ExtensionQuery(("t:zurich",), (ExtensionProperty("skos:prefLabel", settings),))
    texts = [cell["str"] for cell in extend(schema, query)["rows"]["t:zurich"]["skos:prefLabel"]]
    assert len(texts) == expected if isinstance(expected, int) else sorted(texts) == expected


def test_extend_content_iri(schema: Schema) -> None:
    """Resources are IRIs if that is asked for."""
    query = ExtensionQuery(("t:springfield-il",), (ExtensionProperty("t:state", {"content": "iri"}),))
    assert extend(schema, query)["rows"]["t:springfield-il"]["t:state"] == [{"str": f"{EX}illinois"}]


@pytest.mark.parametrize(
    "settings", [{"limit": -1}, {"limit": "many"}, {"lang": "not a tag"}, {"content": "x"}, {"a": 1}]
)
def test_extend_settings_refused(schema: Schema, settings: dict[str, object]) -> None:
    """A setting that does not exist or has another kind of value is an error."""
    with pytest.raises(RequestError, match="must not be"):
        extend(schema, ExtensionQuery((), (ExtensionProperty("t:state", settings),)))


def test_extend_too_large_refused(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are never left out silently: too many are an error."""
    monkeypatch.setattr(extension, "MOST_CELLS", 1)
    query = ExtensionQuery(("t:springfield-il",), (ExtensionProperty("t:state"), ExtensionProperty("t:people")))
    with pytest.raises(ResultTooLargeError, match="more than 1 values"):
        extend(schema, query)


def test_propose_by_frequency(schema: Schema) -> None:
    """Properties of resources of a type come by how many of them have it, with subclasses; all without a type."""
    assert [term.short for term in propose(schema, "t:Place")][2:4] == [":state", ":people"]
    assert [term.iri for term in propose(schema, "t:Road")] == [TYPE, "http://www.w3.org/2000/01/rdf-schema#label"]
    assert len(propose(schema, "")) == len(schema.list_terms("property"))
