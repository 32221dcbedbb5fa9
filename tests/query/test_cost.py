"""Tests of judging which queries are cheap for sure."""

from __future__ import annotations

import random
import re
from itertools import combinations, islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from eild.errors import QueryError
from eild.query.cost import cheap
from eild.query.cost.bounds import Bounds, TooMuchWorkError
from eild.query.cost.cheap import Judge
from eild.query.cost.reach import MOST_VISITS, measure_reach
from eild.query.cost.statistics import TYPE
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest
from eild.query.text.outline import read_outline
from eild.query.text.query import read_query

if TYPE_CHECKING:
    from eild.query.cost.matches import Bound
    from eild.query.text.outline import Outline

E = "http://e.example/"
P = f"PREFIX e: <{E}> "


def node(name: str) -> NamedNode:
    """Return a node."""
    return NamedNode(f"{E}{name}")


def make_store(size: int = 1100) -> Store:
    """Return a store in which everything is of one type and has a label, and one resource leads to a blank node."""
    store = Store()
    for number in range(size):
        thing = node(f"t{number}")
        store.add(Quad(thing, node("type"), node("Thing"), DefaultGraph()))
        store.add(Quad(thing, node("label"), Literal(f"thing {number}"), DefaultGraph()))
        store.add(Quad(thing, node("next"), node(f"t{(number + 1) % size}"), node("graph")))
    store.add(Quad(node("open"), node("has"), BlankNode("b"), DefaultGraph()))
    return store


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Return what knows the store."""
    return Judge(make_store())


def outline(text: str) -> Outline | None:
    """Return the outline of a query."""
    return read_outline(read_query(text))


CHEAP = [
    f"SELECT ?p ?o {{ <{E}t1> ?p ?o }}",
    f"{P}SELECT * WHERE {{ e:t1 e:label ?l . OPTIONAL {{ ?s e:label ?l }} }} LIMIT 10",
    f"{P}SELECT ?s {{ ?s e:type e:Thing ; e:label ?l FILTER(?l != '7') }} LIMIT 20",
    f"{P}SELECT DISTINCT ?s {{ ?s e:label 'thing 1', 'x'@en FILTER(!BOUND(?z) || STR(?s) = \"a\") }} LIMIT 5",
    f"{P}ASK {{ ?s e:type ?t }}",
    f"{P}CONSTRUCT {{ ?s e:is ?t }} WHERE {{ ?s e:type ?t }} LIMIT 9",
    f"DESCRIBE <{E}t1> LIMIT 3",
    f"{P}SELECT ?x {{ e:t1 (!<x:1>)/^e:type ?x }} LIMIT 9",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER REGEX(?l, 'a.*b', 'i') }} LIMIT 9",
    f"{P}SELECT (COUNT(*) AS ?n) {{ ?s e:type ?t }}",
    f"{P}SELECT (COUNT(?s) AS ?n) (MAX(?s) AS ?last) {{ ?s e:type ?t }} GROUP BY ?t HAVING(COUNT(?s) > 1)",
    f"{P}SELECT ?s {{ ?s e:type ?t }} ORDER BY DESC(?s) LIMIT 10",
    f"{P}SELECT ?t {{ e:t1 e:type+ ?t }} LIMIT 10",
    f"{P}SELECT ?t {{ e:t1 e:next* ?t }} LIMIT 10",
    f"{P}SELECT ?t {{ e:t1 (e:type|^e:type)? ?t }} LIMIT 10",
    f"{P}SELECT ?t {{ e:t1 e:next|e:type ?t }}",
    f"{P}SELECT ?t {{ e:t1 (!(e:next|^e:type)) ?t }} LIMIT 10",
    f"{P}SELECT ?s {{ {{ SELECT ?s {{ ?s e:label ?p }} LIMIT 10 }} ?s e:type ?t }}",
    f"{P}SELECT ?s {{ {{ ?s e:type ?t }} UNION {{ ?s e:label ?t }} }} LIMIT 10",
    f"{P}SELECT ?s {{ ?s e:type ?t MINUS {{ ?s e:label ?t }} }} LIMIT 10",
    f"{P}SELECT ?s {{ ?s e:type ?t FILTER NOT EXISTS {{ ?s e:label ?t }} }} LIMIT 10",
    f"{P}SELECT ?s {{ e:t1 e:type ?t FILTER(EXISTS {{ ?s e:label ?t . ?s e:type ?t }}) }} LIMIT 10",
    f"{P}SELECT ?s {{ GRAPH ?g {{ ?s e:next ?t }} }} LIMIT 10",
    f"{P}SELECT ?s {{ GRAPH <{E}graph> {{ e:t1 e:next ?t OPTIONAL {{ ?t e:next ?s }} }} }}",
    f"{P}SELECT ?s {{ BIND(1 AS ?s) }}",
    f"{P}SELECT ?s {{ BIND(STRLEN(?x) + 1 AS ?s) ?x e:label 'thing 1' }}",
    f"{P}SELECT ?s {{ VALUES ?s {{ 1 2 3 }} ?s e:type ?t }}",
    f"{P}SELECT ?s {{ ?s e:type ?t }} LIMIT 10 VALUES ?t {{ e:Thing }}",
    f"{P}SELECT ?s {{ ?s e:type [] }} LIMIT 10",
    f"{P}SELECT ?s {{ ?s e:type _:b . _:b e:label ?l }} LIMIT 10",
    f"{P}SELECT ?s {{ ?s e:label '1'^^e:type , true }}",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER(?l IN ('thing (1)', 2)) }} LIMIT 10",
    f"# a title\n{P}# a note\nSELECT ?s {{ ?s e:label 'thing 1' }}",
]
NOT_JUDGED = [
    f"{P}SELECT ?s FROM <{E}graph> {{ ?s e:type ?t }}",  # noqa: S608 - SPARQL
    f"{P}SELECT ?s {{ SERVICE <{E}> {{ ?s e:type ?t }} }}",
    f"{P}SELECT ?s {{ e:t1 e:type ?t FILTER EXISTS {{ {{ SELECT ?t {{ ?t e:label ?l }} }} }} }}",
    f"{P}SELECT ?s {{ e:t1 (e:type/e:next)* ?t }}",
    f"{P}SELECT ?s {{ ?s e:type ?t {{ SELECT (GROUP_CONCAT(?l) AS ?all) {{ ?a e:label ?l }} }} }} LIMIT 1",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER REGEX(?l, ?s) }}",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER REGEX(?l, 'a', ?s) }}",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER(REPLACE(?l, 'a', 'b') = 'x') }}",
    f"{P}SELECT ?s {{ ?s e:label ?l FILTER(<{E}function>(?l)) }} # comment",
    f"{P}SELECT ?s {{ << ?s e:label ?l >> e:by ?t }}",
    f"{P}SELECT ?s {{ ?s f:type ?t }}",
    f"{P}SELECT ?s {{ {'?s e:type ?t . ' * 30} }}",
    f"{P}SELECT ?s {{ ?s e:type ?t FILTER({' || '.join(['STR(?t) = ?s'] * 40)}) }}",
    "BASE <http://e.example/> SELECT ?s { ?s <type> ?t }",
    f"{P}SELECT ?s {{ ?s e:type ?t",
    f"{P}INSERT DATA {{ e:a e:b e:c }}",
    "DESCRIBE ?x { ?x ?y ?z }",
    "",
]
LONGER = f"BIND(CONCAT({', '.join(['{0}'] * 50)}) AS {{1}})"
LONG = "a" * 3000
COSTLY = [
    "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    f"{P}SELECT * {{ ?a e:type ?t . ?b e:type ?t }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:type ?t OPTIONAL {{ ?b e:type ?t }} }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?t OPTIONAL {{ ?b e:label ?u FILTER(?t != ?u) }} }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?t MINUS {{ ?b e:label ?u }} }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?t . {{ ?b e:label ?u }} UNION {{ ?b e:type ?u }} }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?t . {{ SELECT ?b {{ ?b e:label ?u }} }} }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?t FILTER NOT EXISTS {{ ?b e:label ?u FILTER(?u > ?t) }} }} LIMIT 1",
    f"{P}SELECT * {{ GRAPH ?g {{ ?a e:next+ ?b }} }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:type ?t }} GROUP BY ?a ?t",
    f"{P}SELECT * {{ ?a e:label ?t {LONGER.format('?t', '?u')} {LONGER.format('?u', '?v')} }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:type ?t }}",
    f"{P}SELECT * {{ ?a e:type ?t }} LIMIT 100000",
    f"{P}SELECT * {{ ?a e:label ?l FILTER REGEX(?l, '(a{{1000}}){{1000}}') }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?l FILTER REGEX(?l, '{'a' * 200}') }} LIMIT 1",
    f"{P}ASK {{ {' . '.join(f'?a e:type ?v{n}' for n in range(16))} }}",
    f"DESCRIBE <{E}open>",
    f"{P}SELECT * {{ ?a e:label ?l FILTER({' || '.join(f'?l = {n}' for n in range(200))}) }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?l FILTER(?l IN ({', '.join(map(str, range(600)))})) }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:label ?l FILTER({' || '.join(10 * [f'CONTAINS(?l, {LONG!r})'])}) }} LIMIT 1",
    f"{P}SELECT * {{ ?a e:type ?t VALUES ?b {{ {' '.join(map(str, range(900)))} }} }} LIMIT 1",
]


@pytest.mark.parametrize("text", CHEAP)
def test_is_cheap_little_work_taken(judge: Judge, text: str) -> None:
    """Look-ups, small joins and scans with a limit are cheap, and stay so when they are asked again."""
    assert judge.is_cheap(read_query(text))
    assert judge.is_cheap(read_query(text))


@pytest.mark.parametrize("text", NOT_JUDGED)
def test_is_cheap_beyond_the_grammar_refused(judge: Judge, text: str) -> None:
    """What is not understood to the last sign is not cheap, and nor is a function whose cost is not known."""
    assert outline(text) is None
    assert not judge.is_cheap(read_query(text))


@pytest.mark.parametrize("text", COSTLY)
def test_is_cheap_much_work_refused(judge: Judge, text: str) -> None:
    """What is understood and may be much work is not cheap."""
    assert not judge.is_cheap(read_query(text))


def test_is_cheap_constants_of_other_size_judged_anew() -> None:
    """Queries that differ in constants alone share a verdict only where as much is known of the constants."""
    store = make_store(5)
    store.extend(Quad(node("hub"), node("to"), node(f"n{number}"), DefaultGraph()) for number in range(2000))
    judge = Judge(store)
    assert judge.is_cheap(read_query(f"SELECT * {{ <{E}t1> ?p ?o }}"))
    assert not judge.is_cheap(read_query(f"SELECT * {{ <{E}hub> ?p ?o }}"))
    assert judge.is_cheap(read_query(f"SELECT * {{ <{E}hub> ?p ?o }} LIMIT 10"))
    assert not judge.is_cheap(read_query(f"SELECT * {{ <{E}hub> ?p ?o }} LIMIT 5000"))
    assert not judge.is_cheap(read_query(f"DESCRIBE <{E}hub>"))


def test_is_cheap_store_too_large_nothing_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large store nothing is known, and no query over it is cheap for sure."""
    monkeypatch.setattr(cheap, "MOST_QUADS", 10)
    judge = Judge(make_store(5))
    assert not judge.works
    assert not judge.is_cheap(read_query("ASK { ?s ?p ?o }"))


def test_is_cheap_many_texts_memory_bounded(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of queries does not grow with their number."""
    monkeypatch.setattr(cheap, "_REMEMBERED", 20)
    assert all(judge.is_cheap(read_query(f"ASK {{ <{E}t1> ?v{number} ?o }}")) for number in range(100))
    assert len(judge._verdicts) <= 20
    for number in range(100):
        judge.is_cheap(read_query(f"{P}SELECT * {{ ?s ?p ?o . ?o ?q ?v }} LIMIT {2**number % 10**9}"))
    assert sum(len(verdicts.found) for verdicts in judge._verdicts.values() if verdicts) <= 20


def test_is_cheap_whatever_the_constants_not_measured(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries that are cheap with every constant are judged once; what a constant alone makes dear is looked at."""
    monkeypatch.setattr(Judge, "_measure", lambda *_: pytest.fail("it does not depend on constants"))
    assert judge.is_cheap(read_query(f"ASK {{ <{E}t1> <{E}type> ?o FILTER(STR(?o) != 'a') }}"))
    assert judge.is_cheap(read_query(f"ASK {{ <{E}t2> <{E}type> ?o FILTER(STR(?o) != 'b') }}"))
    assert not judge.is_cheap(read_query(f"ASK {{ <t2> <{E}type> ?o FILTER(STR(?o) != 'b') }}"))
    long = "b" * 5000
    assert not judge.is_cheap(read_query(f"ASK {{ <{E}t2> <{E}type> ?o FILTER(STR(?o) != '{long}') }}"))


NAMES = st.sampled_from(["?a", "?b", "?c", f"<{E}t1>", f"<{E}Thing>"])
PREDICATES = st.sampled_from(["?p", f"<{E}type>", f"<{E}label>", f"<{E}has>", f"<{E}next>"])
PATHS = st.sampled_from(
    ["<e:x>|<{}type>", "<{}type>/^<{}type>", "<{}next>+", "<{}next>*", "<{}type>?", "!(<e:x>|^<e:y>)"]
)
TRIPLES = st.builds("{} {} {} .".format, NAMES, PREDICATES | PATHS.map(lambda path: path.replace("{}", E)), NAMES)
BLOCKS = st.lists(TRIPLES, min_size=1, max_size=3).map(" ".join)


def nest(groups: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return groups made of groups."""
    return st.one_of(
        st.builds("{} {}".format, groups, groups),
        st.builds("{} OPTIONAL {{ {} }}".format, groups, groups),
        st.builds("{} MINUS {{ {} }}".format, groups, groups),
        st.builds("{{ {} }} UNION {{ {} }}".format, groups, groups),
        st.builds("{} FILTER EXISTS {{ {} }}".format, groups, groups),
        st.builds("{} {{ SELECT ?a (COUNT(?b) AS ?n) {{ {} }} GROUP BY ?a }}".format, groups, groups),
        st.builds("{{ SELECT DISTINCT ?a ?b {{ {} }} ORDER BY ?b LIMIT 7 }}".format, groups),
        st.builds("GRAPH ?g {{ {} }}".format, groups),
        st.builds("{} BIND(STR(?a) AS ?d)".format, groups),
        st.builds("VALUES (?a ?b) {{ (<{}t1> UNDEF) (<{}t2> <{}Thing>) }} {}".format, *[st.just(E)] * 3, groups),
    )


GROUPS = st.recursive(BLOCKS, nest, max_leaves=4)
SMALL = make_store(12)
MOST = 20_000


def make_uneven_store() -> Store:
    """Return a store in which few terms have most statements, in the default graph and in two named graphs."""
    store, choose = Store(), random.Random(5)  # noqa: S311 - the same store each time, not secrets
    names = [f"t{min(int(choose.paretovariate(0.8)), 40)}" for _ in range(1200)]
    predicates = ["type", "label", "has", "next"]
    graphs: list[NamedNode | DefaultGraph] = [DefaultGraph(), DefaultGraph(), node("graph"), node("other")]
    for number in range(0, 1200, 2):
        ends = node(names[number]), node(choose.choice(predicates)), node(names[number + 1])
        store.add(Quad(*ends, choose.choice(graphs)))
        store.add(Quad(ends[0], NamedNode(TYPE[1:-1]), node(choose.choice(["Thing", "Person"])), DefaultGraph()))
    return store


UNEVEN = make_uneven_store()
STORES = {"small": SMALL, "uneven": UNEVEN}
JUDGES = {name: Judge(store) for name, store in STORES.items()}
ENGINES = {name: EmbeddedEngine(store, base=E, prefixes={}) for name, store in STORES.items()}
KNOWN_TRIPLES = st.builds(
    "{} {} {} .".format,
    st.sampled_from(["?a", "?b", "?c", "?d", "e:t1", "e:t3"]),
    st.sampled_from(["e:type", "e:label", "e:has", "e:next", "?p", "e:next+", "e:next*", "(e:next|e:has)+", "^e:has"]),
    st.sampled_from(["?a", "?b", "?c", "?d", "e:t1", "e:t2"]),
) | st.builds("{} a e:{} .".format, st.sampled_from(["?a", "?b"]), st.sampled_from(["Thing", "Person", "None"]))
KNOWN_GROUPS = st.recursive(st.lists(KNOWN_TRIPLES, min_size=1, max_size=4).map(" ".join), nest, max_leaves=3)


def find_bound(judge: Judge, text: str) -> Bound:
    """Return the bound of a query that has one."""
    query = read_query(text)
    verdicts = judge._learn_outline(query)
    if verdicts is None or verdicts.outline.selection is None:
        reject()
    sizes = judge._measure(verdicts.outline, [query.sources[token] for token in query.places])
    try:
        return Bounds(judge._known, sizes).bound_selection(verdicts.outline.selection)
    except TooMuchWorkError:
        reject()


def count(engine: EmbeddedEngine, text: str, most: int) -> int:
    """Return how many solutions a query has, as far as they are counted."""
    try:
        solutions = engine._ask(QueryRequest(text))
    except (QueryError, SyntaxError):  # a name is given twice, or no row has a name
        reject()
    assert isinstance(solutions, QuerySolutions)
    return sum(1 for _ in islice(solutions, min(most, MOST) + 1))


@pytest.mark.parametrize("name", STORES)
@settings(max_examples=300, deadline=None)
@given(body=GROUPS | KNOWN_GROUPS)
@example(body=f"GRAPH ?g {{ <{E}t1> <{E}next>+ <{E}t1> }}")
@example(body=f"GRAPH ?g {{ <{E}t1> <{E}next>* ?a }}")
def test_bound_any_pattern_no_more_solutions(name: str, body: str) -> None:
    """However patterns are combined, they have no more solutions than the bound says."""
    text = f"{P}SELECT * {{ {body} }}"
    rows, made, _ = find_bound(JUDGES[name], text)
    assert made >= 0
    number = count(ENGINES[name], text, rows)
    assert number <= rows or number > MOST


@settings(max_examples=200, deadline=None)
@given(st.lists(KNOWN_TRIPLES, min_size=2, max_size=4))
def test_bound_any_order_all_solutions_on_the_way(triples: list[str]) -> None:
    """Patterns that hang together may be joined in any order, so all of their solutions may be made on the way."""
    bound = find_bound(JUDGES["uneven"], f"{P}SELECT * {{ {' '.join(triples)} }}")
    for number in range(1, len(triples)):
        for some in combinations(triples, number):
            names = set(re.findall(r"\?\w+", some[0]))
            rest = list(some[1:])
            while joined := [triple for triple in rest if names & set(re.findall(r"\?\w+", triple))]:
                rest = [triple for triple in rest if triple not in joined]
                names.update(re.findall(r"\?\w+", " ".join(joined)))
            if not rest:
                made = count(ENGINES["uneven"], f"{P}SELECT * {{ {' '.join(some)} }}", bound.solutions)
                assert made <= bound.solutions or made > MOST


@given(st.lists(st.tuples(*[st.sampled_from("abcdefg")] * 2), max_size=12))
def test_reach_is_what_is_found_step_by_step(steps: list[tuple[str, str]]) -> None:
    """A term is reached if some number of steps leads to it, also the start itself."""
    found = measure_reach(steps, lambda _: 1)
    assert found is not None
    assert found.keys() == {start for start, _ in steps}
    for start, reach in found.items():
        reached: set[str] = set()
        for _ in steps:
            reached |= {end for other, end in steps if other in {start, *reached}}
        assert reach == (len(reached), len({start, *reached}))


def test_reach_of_long_chains_is_not_looked_for() -> None:
    """What would take too long to find stays unknown, and the bound is that of all steps."""
    number = int((2 * MOST_VISITS) ** 0.5) + 10
    assert measure_reach([(str(one), str(one + 1)) for one in range(number)], lambda _: 1) is None
    store = make_store(0)
    store.extend(Quad(node(f"n{one}"), node("next"), node(f"n{one + 1}"), DefaultGraph()) for one in range(number))
    assert find_bound(Judge(store), f"{P}SELECT * {{ e:n1 e:next+ ?x }}").rows >= number - 1


def test_is_cheap_what_most_terms_have_little_of() -> None:
    """One term with many statements makes no query dear that does not come by it."""
    store = make_store(300)
    store.extend(Quad(node("hub"), node("to"), node(f"n{number}"), DefaultGraph()) for number in range(900))
    store.extend(Quad(node(f"t{number}"), node("to"), node("n1"), DefaultGraph()) for number in range(100))
    judge = Judge(store)
    assert judge.is_cheap(read_query(f"{P}SELECT * {{ ?s e:label ?l ; e:to ?n }}"))
    assert judge.is_cheap(read_query(f"{P}SELECT * {{ ?s e:to ?n . ?s e:label ?l }} ORDER BY ?l"))
    assert not judge.is_cheap(read_query(f"{P}SELECT * {{ ?s e:to ?n . ?o e:to ?n . ?o e:to ?m }}"))


def test_round_up_any_number_at_most_a_quarter_more() -> None:
    """Constants of about the same number of statements share a verdict, which holds for the greatest of them."""
    for number in range(5000):
        assert number <= cheap._round_up(number) <= number * 1.25
    assert len({cheap._round_up(number) for number in range(5000)}) < 60
