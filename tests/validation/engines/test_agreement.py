"""The engines against each other: generated data and shapes, and the cases in which they are known to differ.

The generator makes data of few nodes and properties, so that constraints meet them often, and nests shapes three
deep. Reports are compared result by result: focus node, path, value, component, source shape, constraint, severity,
and the messages that the shapes give.
"""

from __future__ import annotations

import logging
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH

from eild.errors import ShapesError
from eild.located.statements import Statements
from eild.validation.engines import run_engine
from eild.validation.engines.large import fits_query
from eild.validation.grammar.paths import path_text
from eild.validation.inputs import locate_graph
from eild.validation.shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from rdflib.term import Node

BOTH: Final = "shacl + pyshacl-turbo"
EX: Final = Namespace("https://example.org/")
NODES: Final = [EX[name] for name in "abcdef"]
CLASSES: Final = [EX[name] for name in "ABC"]
PROPERTIES: Final = [EX[name] for name in "pqr"]


def literal(text: str, datatype: URIRef | None = None, lang: str | None = None) -> Literal:
    """Return a literal as written."""
    return Literal(text, datatype=datatype, lang=lang, normalize=False)


NUMBERS: Final = [
    literal(text, kind)
    for text, kind in [
        ("1", XSD.integer),
        ("01", XSD.integer),
        ("2", XSD.integer),
        ("-3", XSD.int),
        ("1.50", XSD.decimal),
        ("1e0", XSD.double),
        ("2.5", XSD.float),
    ]
]
OTHERS: Final = [
    literal("x"),
    literal("xyz"),
    literal("a\nb"),
    literal("x", lang="en"),
    literal("x", lang="en-GB"),
    literal("y", lang="de"),
    literal("true", XSD.boolean),
    literal("2020-01-01", XSD.date),
    literal("2020-01", XSD.gYearMonth),
    literal("2020-01-01T00:00:00Z", XSD.dateTime),
    literal("abc", XSD.integer),
    literal("2020-13-01", XSD.date),
    literal("300", XSD.byte),
    literal("9223372036854775808", XSD.integer),
    literal("-00", XSD.integer),
    literal("2_500", XSD.integer),
    literal("1.0000000000000000000001", XSD.decimal),
    literal("nan", XSD.double),
    literal("NaN", XSD.double),
    literal("-0031-09-02", XSD.date),
    literal("2020-01-01Z", XSD.date),
    literal("2020-01-01T24:00:00", XSD.dateTime),
    literal("980", XSD.gYear),
    literal("P1M", XSD.duration),
    literal("P30D", XSD.duration),
    literal("PT36H", XSD.dayTimeDuration),
    literal("P1W", XSD.duration),
    literal("abc", XSD.hexBinary),
    literal("z", lang="EN-us"),
    literal("z", lang="x-a"),
    literal("-1", XSD.nonNegativeInteger),
    literal("z", EX.datatype),
    literal("https://example.org/a", XSD.anyURI),
]
DATATYPES: Final = [
    XSD.integer,
    XSD.string,
    RDF.langString,
    XSD.decimal,
    XSD.boolean,
    XSD.date,
    XSD.byte,
    EX.datatype,
    XSD.dateTime,
    XSD.duration,
    XSD.dayTimeDuration,
    XSD.double,
    XSD.gYear,
    XSD.hexBinary,
]
KINDS: Final = [SH.IRI, SH.BlankNode, SH.Literal, SH.IRIOrLiteral, SH.BlankNodeOrIRI, SH.BlankNodeOrLiteral]
PATTERNS: Final = ["^x", "y$", "^.z?$", "a|b", r"^\d+$", "X", "^https://", "[a-z-[x]]", "a.b", r"\p{Lu}", "[^a-z]"]
QUERIES: Final = [
    f"PREFIX ex: <{EX}> SELECT $this {query}"
    for query in (
        "?value WHERE { $this ex:p ?value . FILTER isLiteral(?value) }",
        "WHERE { FILTER NOT EXISTS { $this ex:q ?other } }",
        "(?v AS ?value) ?path WHERE { $this ?path ?v . FILTER (?path != ex:p) }",
        "?value WHERE { $this ex:p ?value , ?other . FILTER (!sameTerm(?value, ?other)) }",
        "?value WHERE { $this ex:q+ ?value }",
        "?value WHERE { { $this ex:p ?value } UNION { ?value ex:q $this } }",
        "?value WHERE { ?value ex:p $this . FILTER EXISTS { $this ex:q ?z } }",
        "?value WHERE { $this ex:q ?value . FILTER regex(str(?value), '^h') }",
        "?value ?n WHERE { $this ex:p ?value OPTIONAL { ?value ex:q ?o } BIND (COALESCE(?o, 'none') AS ?n) }",
        "?value WHERE { $this ex:p ?value , ?x } GROUP BY $this ?value HAVING (COUNT(?x) > 1)",
    )
]
PATH_QUERY: Final = "SELECT $this ?value WHERE { $this $PATH ?value . FILTER isIRI(?value) }"
ORDER_QUERY: Final = "SELECT $this ?value WHERE { $this <https://example.org/p> ?value . FILTER (?value > 1) }"

COMPONENTS: Final = {
    EX.asked: {SH.validator: "ASK { FILTER (isIRI($value) || sameTerm($value, $asked)) }"},
    EX.selected: {
        SH.nodeValidator: f"SELECT $this ?value WHERE {{ $this <{EX.p}> ?value FILTER sameTerm(?value, $selected) }}",
        SH.propertyValidator: "SELECT $this ?value WHERE { $this $PATH ?value FILTER (!sameTerm(?value, $selected)) }",
    },
}
"""The parameters of constraint components, and their validators."""


@dataclass
class Generator:
    """Makes data and shapes from a source of chance.

    :ivar random: the source of chance
    :ivar ordered: whether order is asked for: values are then numbers only, as engines differ on what has no order
    """

    random: Random
    ordered: bool
    shapes: Graph = field(default_factory=lambda: Graph(bind_namespaces="none"))
    count: int = 0

    @property
    def literals(self) -> list[Literal]:
        """The literals that data and parameters are made of."""
        return NUMBERS if self.ordered else NUMBERS + OTHERS

    def make_data(self) -> Graph:
        """Return a data graph."""
        graph, choice = Graph(bind_namespaces="none"), self.random.choice
        blank: list[Node] = [BNode("one"), BNode("two")]
        subjects: list[Node] = [*NODES, *blank]
        values: list[Node] = list(self.literals) if self.ordered else [*self.literals, *subjects, *NODES, *NODES]
        for _ in range(self.random.randint(1, 25)):
            graph.add((choice(subjects), choice(PROPERTIES), choice(values)))
        for _ in range(self.random.randint(1, 6)):
            graph.add((choice(subjects), RDF.type, choice(CLASSES)))
        if self.random.random() < 0.5:
            graph.add((EX.B, RDFS.subClassOf, EX.A))
        return graph

    def make_shapes(self) -> Graph:
        """Return a shapes graph: a few shapes with targets."""
        for _ in range(self.random.randint(1, 3)):
            shape = self._shape(3)
            targets: list[tuple[URIRef, list[Any]]] = [
                (SH.targetClass, CLASSES),
                (SH.targetNode, [*NODES, *self.literals]),
                (SH.targetSubjectsOf, PROPERTIES),
                (SH.targetObjectsOf, PROPERTIES),
            ]
            predicate, choices = self.random.choice(targets)
            self.shapes.add((shape, predicate, self.random.choice(choices)))
            if isinstance(shape, URIRef) and self.random.random() < 0.1:
                self.shapes.add((shape, RDF.type, RDFS.Class))
        return self.shapes

    def _list(self, items: list[Any]) -> Node:
        head = BNode()
        Collection(self.shapes, head, items)
        return head

    def _path(self, depth: int = 2) -> Node:
        kind = self.random.randint(0, 8) if depth else 0
        if kind < 5:
            return self.random.choice(PROPERTIES)
        if kind == 5:
            return self._list([self._path(depth - 1), self._path(depth - 1)])
        node = BNode()
        if kind == 6:
            self.shapes.add((node, SH.alternativePath, self._list([self._path(depth - 1), self._path(depth - 1)])))
        elif self.ordered:
            return self.random.choice(PROPERTIES)
        elif kind == 7:
            self.shapes.add((node, SH.inversePath, self.random.choice(PROPERTIES)))
        else:
            repeated = self.random.choice([SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath])
            self.shapes.add((node, repeated, self._path(depth - 1)))
        return node

    def _shape(self, depth: int, *, kind: URIRef | None = None) -> Node:
        """Add a shape, of a kind or of either, and return it."""
        self.count += 1
        shape = BNode() if self.random.random() < 0.5 else EX[f"Shape{self.count}"]
        kind = kind or self.random.choice([SH.NodeShape, SH.PropertyShape])
        if kind == SH.PropertyShape:
            self.shapes.add((shape, SH.path, self._path()))
        if self.random.random() < 0.7:
            self.shapes.add((shape, RDF.type, kind))
        if depth == 0:
            self.shapes.add((shape, SH.nodeKind, self.random.choice(KINDS)))
            return shape
        makers = self._makers(depth, on_property=kind == SH.PropertyShape)
        for maker in self.random.sample(makers, self.random.randint(1, 3)):
            maker(shape)
        return shape

    def _makers(self, depth: int, *, on_property: bool) -> list[Callable[[Node], object]]:
        """Return what adds a constraint to a shape, one for each kind that fits."""
        add, random = self.shapes.add, self.random
        small = [literal(text, XSD.integer) for text in "012"]
        chosen: dict[URIRef, list[Any]] = {
            SH["class"]: CLASSES,
            SH.datatype: DATATYPES,
            SH.nodeKind: KINDS,
            SH.minLength: small,
            SH.maxLength: small,
            SH.equals: PROPERTIES,
            SH.disjoint: PROPERTIES,
            SH.hasValue: [*NODES, *self.literals],
            SH.severity: [SH.Info, SH.Warning, EX.Fatal],
            SH.deactivated: [literal("true", XSD.boolean), literal("false", XSD.boolean)],
        }
        if on_property:
            chosen |= {SH.minCount: small, SH.maxCount: small, SH.uniqueLang: [literal("true", XSD.boolean)]}
        if on_property and self.ordered:
            chosen |= dict.fromkeys([SH.minExclusive, SH.minInclusive, SH.maxExclusive, SH.maxInclusive], NUMBERS)
            chosen |= dict.fromkeys([SH.lessThan, SH.lessThanOrEquals], PROPERTIES)
        makers: list[Callable[[Node], object]] = [
            lambda shape, name=name, values=values: add((shape, name, random.choice(values)))  # type: ignore[misc]
            for name, values in chosen.items()
        ]
        makers += [
            lambda shape, name=name: add((shape, name, self._list([self._shape(depth - 1), self._shape(depth - 1)])))  # type: ignore[misc]
            for name in (SH["and"], SH["or"], SH.xone)
        ]
        makers += [
            lambda shape: add((shape, SH["not"], self._shape(depth - 1))),
            lambda shape: add((shape, SH.node, self._shape(depth - 1, kind=SH.NodeShape))),
            lambda shape: add((shape, SH.property, self._shape(depth - 1, kind=SH.PropertyShape))),
            lambda shape: add((shape, SH["in"], self._list(random.sample([*NODES, *self.literals], 4)))),
            lambda shape: add((shape, SH.languageIn, self._list([literal("en"), literal("de")]))),
            self._add_pattern,
            self._add_closed,
            self._add_messages,
            self._add_component,
            lambda shape: self._add_query(shape, on_property=on_property),
        ]
        if on_property:
            makers.append(lambda shape: self._add_qualified(shape, depth))
        return makers

    def _add_pattern(self, shape: Node) -> None:
        self.shapes.add((shape, SH.pattern, literal(self.random.choice(PATTERNS))))
        if self.random.random() < 0.3:
            self.shapes.add((shape, SH.flags, literal(self.random.choice("ism"))))

    def _add_closed(self, shape: Node) -> None:
        self.shapes.add((shape, SH.closed, literal("true", XSD.boolean)))
        if self.random.random() < 0.5:
            self.shapes.add((shape, SH.ignoredProperties, self._list([RDF.type, self.random.choice(PROPERTIES)])))

    def _add_messages(self, shape: Node) -> None:
        self.shapes.add((shape, SH.message, literal("no good", lang=self.random.choice([None, "en"]))))
        if self.random.random() < 0.3:
            self.shapes.add((shape, SH.message, literal("nicht gut", lang="de")))

    def _add_qualified(self, shape: Node, depth: int) -> None:
        self.shapes.add((shape, SH.qualifiedValueShape, self._shape(depth - 1)))
        bound = self.random.choice([SH.qualifiedMinCount, SH.qualifiedMaxCount])
        self.shapes.add((shape, bound, literal(self.random.choice("012"), XSD.integer)))
        if self.random.random() < 0.3:
            self.shapes.add((shape, SH.qualifiedValueShapesDisjoint, literal("true", XSD.boolean)))

    def _add_component(self, shape: Node) -> None:
        """Add a constraint of a component, and the component, which has one validator for each kind of shape."""
        parameter, validators = self.random.choice(list(COMPONENTS.items()))
        add, component = self.shapes.add, EX[f"Component-{parameter.removeprefix(EX)}"]
        add((shape, parameter, self.random.choice(self.literals)))
        if (component, SH.parameter, None) in self.shapes:
            return
        node = BNode()
        add((component, RDF.type, SH.ConstraintComponent))
        add((component, SH.parameter, node))
        add((node, SH.path, parameter))
        for predicate, query in validators.items():
            validator, is_ask = BNode(), query.startswith("ASK")
            add((component, predicate, validator))
            add((validator, RDF.type, SH.SPARQLAskValidator if is_ask else SH.SPARQLSelectValidator))
            add((validator, SH.ask if is_ask else SH.select, literal(query)))
            if self.random.random() < 0.5:
                add((validator, SH.message, literal("{$this}: {$value}" if is_ask else "{$this}: {?value}")))

    def _add_query(self, shape: Node, *, on_property: bool) -> None:
        constraint = BNode()
        queries = [*QUERIES, *[PATH_QUERY] * on_property, *[ORDER_QUERY] * self.ordered]
        query = self.random.choice(queries)
        self.shapes.add((shape, SH.sparql, constraint))
        self.shapes.add((constraint, SH.select, literal(query)))
        if self.random.random() < 0.6:
            text = "{$this}: {?value}, {?path}, {?n}" if "?value" in query else "{$this}: {?path}, {$PATH}"
            self.shapes.add((constraint, SH.message, literal(text, lang=self.random.choice([None, "en"]))))


def shapes_of(graph: Graph) -> Shapes:
    """Return shapes whose triples have no place."""
    return Shapes(locate_graph(graph))


def results_of(data: Graph, shapes: Graph, engine: str) -> Counter[tuple[object, ...]]:
    """Return the results of an engine as they are compared."""
    outcome = run_engine(data, shapes_of(shapes), engine=engine)
    return Counter(
        (
            *(term.n3() if term is not None else "" for term in (result.focus, result.value, result.constraint)),
            result.component,
            result.severity,
            result.shape,
            path_text(shapes, result.path),
            tuple(sorted(message.n3() for message in result.messages)),
        )
        for result in outcome.results
    )


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Silence RDFLib, which logs each ill-typed literal with a traceback."""
    caplog.set_level(logging.CRITICAL, logger="rdflib.term")


MANY: Final = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
SOME: Final = settings(MANY, max_examples=60)


@MANY
@given(random=st.randoms(use_true_random=False), ordered=st.booleans())
def test_default_engines_generated_data_and_shapes_report_what_the_own_evaluator_does(
    random: Random, *, ordered: bool
) -> None:
    """Whatever constraints, paths, targets and queries are put together, no verdict depends on the engine that runs."""
    generator = Generator(random, ordered)
    data, shapes = generator.make_data(), generator.make_shapes()
    assert results_of(data, shapes, "auto") == results_of(data, shapes, "exact")


@MANY
@given(random=st.randoms(use_true_random=False), ordered=st.booleans())
def test_engine_for_large_data_generated_data_and_shapes_reports_what_the_own_evaluator_does(
    random: Random, *, ordered: bool
) -> None:
    """The verdict does not depend on how much data there are."""
    generator = Generator(random, ordered)
    data, shapes = generator.make_data(), generator.make_shapes()
    with patch("eild.validation.engines.LARGE", 0):
        found = results_of(data, shapes, "auto")
    assert found == results_of(data, shapes, "exact")


@SOME
@given(random=st.randoms(use_true_random=False), ordered=st.booleans())
def test_pyshacl_generated_data_and_shapes_reports_what_the_own_evaluator_does(
    random: Random, *, ordered: bool
) -> None:
    """A second voice: pySHACL has the same results, but for the differences that are listed below."""
    generator = Generator(random, ordered)
    data, shapes = generator.make_data(), generator.make_shapes()
    assume((None, SH.minLength, literal("0", XSD.integer)) not in shapes)
    assume((EX["Component-selected"], SH.parameter, None) not in shapes)  # of which it takes 1 and 01 for the same
    assert results_of(data, shapes, "pyshacl") == results_of(data, shapes, "exact")


@pytest.mark.parametrize(
    "path",
    [
        "( ex:p [ sh:zeroOrOnePath ex:r ] )",
        "( ex:q ex:q [ sh:inversePath ex:p ] )",
        "[ sh:alternativePath ( ex:q [ sh:alternativePath ( ex:r ex:p ) ] ) ]",
        "[ sh:inversePath ( ex:q [ sh:oneOrMorePath ex:p ] ) ]",
        "( ex:p ( ex:q [ sh:zeroOrOnePath ex:p ] ) )",
    ],
)
def test_engine_for_large_data_paths_within_paths_have_their_values(path: str) -> None:
    """A path within a list is the same path, wherever it stands in it."""
    data = Graph().parse(data=f"{HEAD} ex:a ex:p ex:b , 1 ; ex:q ex:c . ex:b ex:q ex:a . ex:c ex:q ex:b .")
    shapes = Graph().parse(data=f"{HEAD} ex:S sh:targetNode ex:a , ex:b ; sh:path {path} ; sh:class ex:C .")
    with patch("eild.validation.engines.LARGE", 0):
        found = results_of(data, shapes, "auto")
    assert found == results_of(data, shapes, "exact")
    assert found


HEAD: Final = (
    "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
)


def counts(data: str, shapes: str) -> tuple[int | str, ...]:
    """Return how many results the default, EILD's evaluator, the fast engine and pySHACL have, or which refuses."""
    found: list[int | str] = []
    for engine in ("auto", "exact", "fast", "pyshacl"):
        with patch("rdflib.NORMALIZE_LITERALS", new=False):
            graphs = [Graph().parse(data=HEAD + text, format="turtle") for text in (data, shapes)]
        try:
            found.append(len(run_engine(graphs[0], shapes_of(graphs[1]), engine=engine).results))
        except ShapesError:
            found.append("refused")
    return tuple(found)


TABLE: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[3] / "docs" / "validate.toml").read_text(encoding="utf-8")
)
DIFFERENCES: Final[list[dict[str, Any]]] = TABLE["difference"]


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case["name"])
def test_engines_known_differences_stay_as_they_are(case: dict[str, Any]) -> None:
    """Where engines differ, EILD's evaluator does what SHACL and SPARQL say: what has no order does not conform.

    RDFLib, which the reference stands on, takes an empty text or a zero on a path for no value at all.
    """
    assert [str(count) for count in counts(case["data"], case["shapes"])] == case["results"]


@dataclass
class QueryGenerator:
    """Makes SPARQL constraints of which the engine for large data is known to be right, and data for them.

    :ivar random: the source of chance
    """

    random: Random

    def make_data(self) -> Graph:
        """Return data in which the values of ``ex:r`` are integers."""
        graph, choice = Graph(bind_namespaces="none"), self.random.choice
        values = [*NODES, *NODES, *NODES, *NUMBERS, *OTHERS[:10], BNode("one")]
        for _ in range(self.random.randint(3, 30)):
            graph.add((choice(NODES), choice(PROPERTIES[:2]), choice(values)))
        for _ in range(self.random.randint(0, 10)):
            graph.add((choice(NODES), EX.r, choice(NUMBERS[:4])))
        for _ in range(3):
            graph.add((choice(NODES), RDF.type, choice(CLASSES)))
        return graph

    def make_shapes(self) -> Graph:
        """Return a shape with a constraint, on itself or on a property."""
        graph, constraint, shape = Graph(bind_namespaces="none"), BNode(), EX.S
        graph.add((EX.S, self.random.choice([SH.targetSubjectsOf, SH.targetObjectsOf]), self.random.choice(PROPERTIES)))
        graph.add((EX.S, SH.targetNode, self.random.choice(NODES)))
        if self.random.random() < 0.4:
            shape = EX.P
            graph.add((EX.S, SH.property, EX.P))
            graph.add((EX.P, SH.path, self.random.choice(PROPERTIES)))
        graph.add((shape, SH.sparql, constraint))
        graph.add((constraint, SH.select, literal(self._query())))
        if self.random.random() < 0.5:
            text = self.random.choice(["{$this} has {?value}.", "{?this}!", "no"])
            graph.add((constraint, SH.message, literal(text, lang=self.random.choice([None, "en"]))))
        return graph

    def _query(self) -> str:
        lines = [f"$this {self._verb()} ?value ." for _ in range(self.random.choice([0, 1, 1, 1, 2]))]
        lines += [f"?value {self._verb()} ?other ." for _ in range(self.random.choice([0, 0, 1]))]
        names = ["$this", "?value", "?other"]
        if self.random.random() < 0.3:
            lines.append(f"$this <{EX.r}> ?n .")
            lines.append(f"FILTER ( ?n {self.random.choice(['<', '<=', '=', '!=', '>', '>='])} {self._bound(lines)} )")
        lines += [f"FILTER ( {self._condition(2, names)} )" for _ in range(self.random.randint(0, 2))]
        projected = self.random.choice(["$this ?value", "$this ?value", "$this", "DISTINCT $this ?value"])
        return f"SELECT {projected} WHERE {{ {' '.join(lines)} }}"

    def _bound(self, lines: list[str]) -> str:
        if self.random.random() < 0.5:
            return self.random.choice(["0", "1", "2", "-3"])
        lines.insert(0, f"$this <{EX.r}> ?bound .")
        return "?bound"

    def _verb(self) -> str:
        one, two = (f"<{self.random.choice(PROPERTIES)}>" for _ in range(2))
        return self.random.choice(
            [one, one, one, f"^{one}", f"{one}/{two}", f"{one}|{two}", f"{one}+", f"^{one}/{two}"]
        )

    def _term(self, names: list[str]) -> str:
        return self.random.choice([*names, f"<{self.random.choice(NODES)}>"])

    def _condition(self, depth: int, names: list[str]) -> str:
        kind = self.random.randint(0, 6 if depth else 2)
        if kind == 0:
            return f"sameTerm({self._term(names)}, {self._term(names)})"
        if kind < 3:
            return f"{self.random.choice(['isIRI', 'isLiteral', 'isBlank', 'bound'])}({self.random.choice(names)})"
        if kind == 3:
            return f"!({self._condition(depth - 1, names)})"
        if kind == 4:
            sign = self.random.choice(["&&", "||"])
            return f"({self._condition(depth - 1, names)} {sign} {self._condition(depth - 1, names)})"
        inner = [*names, "?inner"]
        parts = [f"{self.random.choice(inner)} {self._verb()} {self._term(inner)} ."]
        if self.random.random() < 0.4:
            parts.append(f"{self.random.choice(inner)} a <{self.random.choice(CLASSES)}> .")
        if self.random.random() < 0.4:
            parts.append(f"FILTER ( {self._condition(depth - 1, inner)} )")
        return f"{self.random.choice(['EXISTS', 'NOT EXISTS'])} {{ {' '.join(parts)} }}"


@MANY
@given(random=st.randoms(use_true_random=False))
def test_engine_for_large_data_queries_have_the_results_of_the_own_evaluator(random: Random) -> None:
    """Queries that the engine for large data evaluates itself have the same results, each once."""
    generator = QueryGenerator(random)
    data, shapes = generator.make_data(), generator.make_shapes()
    holder, constraint = next(shapes.subject_objects(SH.sparql))
    assume(fits_query(Statements.from_triples(data), shapes, holder, constraint, is_once=True))
    with patch("eild.validation.engines.LARGE", 0):
        found = results_of(data, shapes, "auto")
    assert found == results_of(data, shapes, "exact")


@pytest.mark.parametrize(
    "message",
    [
        'say "{?value}"',
        "a\\b {?value}",
        "line\n{?value}",
        "{?value} {unknown} {$this",
        "{?value}{?value} {$this}",
        "{ ?value } ${?value}",
    ],
)
@pytest.mark.parametrize("language", [None, "de-AT"])
def test_engine_for_large_data_messages_of_queries_are_those_of_the_own_evaluator(
    message: str, language: str | None
) -> None:
    """Whatever characters templates and values have, messages are filled in one way."""
    texts = ['q"uo"te', "back\\slash", "nl\n\r\t", "é😀", "{?value}", "{$this}", "$1 \\1", ""]
    data, shapes, constraint = Graph(bind_namespaces="none"), Graph(bind_namespaces="none"), BNode()
    for value in (*map(literal, texts), literal("x", lang="de-AT"), literal("5", XSD.integer), EX["é"]):
        data.add((EX.a, EX.p, value))
    shapes.add((EX.S, SH.targetNode, EX.a))
    shapes.add((EX.S, SH.sparql, constraint))
    shapes.add((constraint, SH.select, literal(f"SELECT $this ?value {{ $this <{EX.p}> ?value }}")))
    shapes.add((constraint, SH.message, literal(message, lang=language)))
    with patch("eild.validation.engines.LARGE", 0):
        assert run_engine(data, shapes_of(shapes)).engine == "shacl"
        found = results_of(data, shapes, "auto")
    assert found == results_of(data, shapes, "exact")
    assert len(found) == len(data)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("ex:S sh:property ex:P . ex:P sh:path ex:q", "shacl"),
        (
            "ex:S sh:property ex:P . ex:T sh:targetNode ex:a ; sh:property ex:P . ex:P sh:path ex:q",
            BOTH,
        ),
        ("ex:S sh:property [ sh:path ex:p ; sh:property ex:P ] . ex:P sh:path ex:q", BOTH),
    ],
)
def test_engine_for_large_data_equal_solutions_are_one_result(target: str, expected: str) -> None:
    """A query with equal solutions is for this engine if its shape is applied to a node once."""
    data = Graph().parse(data=f"{HEAD} ex:a ex:p ex:b , ex:c , 1 . ex:b ex:p ex:a . ex:c ex:p ex:b .")
    query = f"SELECT $this ?value {{ $this <{EX.p}> ?value , ?other FILTER (isIRI(?value)) }}"
    text = f"{HEAD} ex:S sh:targetSubjectsOf ex:p . {target} . ex:P sh:sparql [ sh:select '{query}' ] ."
    shapes = Graph().parse(data=text)
    with patch("eild.validation.engines.LARGE", 0):
        assert run_engine(data, shapes_of(shapes)).engine == expected
        found = results_of(data, shapes, "auto")
    assert found == results_of(data, shapes, "exact")
    assert found
