"""The engine for large data: ``shacl``, compiled code that needs a tenth of the memory of the fast engine.

It is known to give the same results for the constraints of SHACL Core, but for those that :func:`fits` excludes, and
for the SPARQL constraints that :func:`fits_query` allows. It gives no details and renames blank nodes, so what it finds
on these is left to the fast engine.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH

from eild.located.nodes import LabelledNodes
from eild.validation.engines.excerpt import take_excerpt
from eild.validation.engines.fast import FAST_ENGINE, run_fast
from eild.validation.engines.pruning import prune
from eild.validation.engines.queried import find_queries
from eild.validation.engines.report import read_report
from eild.validation.engines.routing import BETWEEN, RANGES, find_reporting
from eild.validation.exact.compiler import find_reached
from eild.validation.exact.lexical import BOUNDS, XSD
from eild.validation.grammar.patterns import read_plain
from eild.validation.grammar.queries import EngineFailures, prefixes_of
from eild.validation.grammar.terms import sh
from eild.xpath.regex import translate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from rdflib.term import Node

    from eild.located.statements import Statements
    from eild.validation.results import Result
    from eild.validation.shapes import Shapes

LARGE_ENGINE: Final = "shacl"
"""The name of the library, as reports show it."""

NESTING: Final = frozenset(
    sh(f"{name}ConstraintComponent") for name in ("Node", "And", "Or", "Xone", "QualifiedMinCount")
)
"""Components whose results have details."""

_NAMED: Final = "urn:x-eild-shape:"
"""Begins the names that shapes without names have for the engine, which renames blank nodes."""
_TERMS_OF_QUERIES: Final = frozenset({RDF.type, SH.select, SH.message, SH.prefixes})
_INTEGERS: Final = frozenset(f"<{XSD}{name}>".encode() for name in BOUNDS)
_N_TRIPLES: Final = pyoxigraph.RdfFormat.N_TRIPLES
_BOUNDS: Final = frozenset({*BOUNDS, "decimal", "double", "float", "boolean", "date", "dateTime", "time"})
"""The datatypes of bounds with which the engine compares literals of all types as XML Schema does."""
_STAMPED: Final = b"#dateTimeStamp>"
_SHOWS_VALUE: Final = re.compile(r"\{[?$]")
_SHOWN: Final = re.compile(r"\{[?$](\w+)\}")


@cache
def is_available() -> bool:
    """Return whether the library is installed: it is not there for every platform."""
    return find_spec("shacl") is not None


def fits(data: Statements, shapes: Graph, shape: Node) -> bool:
    """Return whether the engine is known to apply a shape like EILD's own evaluator.

    :param data: the data
    :param shapes: the shapes graph
    :param shape: a shape of SHACL 1.0 that is fit for the fast engine
    """
    if (shape, SH.path, None) in shapes and (shape, SH.closed, None) in shapes:
        return False
    if any(_SHOWS_VALUE.search(str(message)) for message in shapes.objects(shape, SH.message)):
        return False
    compared = [other for term in BETWEEN for other in shapes.objects(shape, term)]
    if compared and not all(_has_integers(data, term) for term in (shapes.value(shape, SH.path), *compared)):
        return False  # it gives an order to texts, and none to years and time stamps
    if not all(_is_bound(bound) for term in RANGES for bound in shapes.objects(shape, term)):
        return False
    pattern = shapes.value(shape, SH.pattern)
    flags = str(shapes.value(shape, SH.flags) or "")
    return pattern is None or translate(str(pattern), flags).rust is not None


def _has_integers(data: Statements, predicate: Node | None) -> bool:
    return isinstance(predicate, URIRef) and _are_integers(data, predicate)


def _is_bound(bound: Node) -> bool:
    """Return whether the engine compares all literals with a bound as EILD's own evaluator does."""
    return isinstance(bound, Literal) and str(bound.datatype or "").removeprefix(XSD) in _BOUNDS


@dataclass(frozen=True)
class Compiled:
    """What the engines for large data find.

    :ivar results: the results
    :ivar left: the shapes that are left to the fast engine, of which there are no results
    :ivar engines: the names of the engines that ran
    """

    results: list[Result]
    left: list[Node]
    engines: list[str]


def run_compiled(data: Statements, shapes: Shapes, roots: Sequence[Node]) -> Compiled:
    """Apply shapes that are fit for the fast engine to large data, with as little of that engine as possible.

    All other SPARQL constraints are run by the fast engine over the statements that they can see.

    :param data: the data
    :param shapes: the shapes
    :param roots: the shapes that are applied to their targets
    :raises ShapesError: if a shape cannot be applied
    """
    reporting = {root: find_reporting(shapes.graph, root) for root in roots}
    stamped = any(_STAMPED in part.lines for part in data.parts)
    taken = [root for root in roots if _is_fit(data, shapes, root, reporting[root], stamped=stamped)]
    once = _find_once(shapes.graph, reporting)
    asking = _find_asking(data, shapes.graph, {root: reporting[root] for root in taken}, once)
    results = _drop_repeated(run_large(data, shapes, taken, asking), once) if taken else []
    left = {result.shape for result in results if _is_unclear(result)}
    kept = [root for root in taken if reporting[root].isdisjoint(left)]
    while (clear := [root for root in kept if not _meets(reporting, root, kept, taken)]) != kept:
        kept = clear
    named = {shape for root in kept for shape in reporting[root]}
    found = [result for result in results if result.shape in named]
    queried = [root for root in kept if any(_asks(shapes.graph, shape) for shape in reporting[root] - asking)]
    if queried:
        holders = {h for root in queried for shape in reporting[root] for h in shapes.graph.objects(shape, SH.sparql)}
        seen = prune(data, shapes.graph, queried, holders)
        found += read_report(run_fast(seen, shapes, queried, queries_only=True), shapes.graph)
    engines = [LARGE_ENGINE] * bool(kept) + [FAST_ENGINE] * bool(queried)
    return Compiled(found, [root for root in roots if root not in kept], engines)


def _asks(graph: Graph, shape: Node) -> bool:
    return (shape, SH.sparql, None) in graph


def _find_once(graph: Graph, reporting: dict[Node, set[Node]]) -> frozenset[Node]:
    """Return the shapes that are applied to a focus node once: those with targets, and their own property shapes."""
    roots = Counter(shape for shapes in reporting.values() for shape in shapes)
    found = {shape for shape, count in roots.items() if count == 1 and not set(graph.subjects(SH.property, shape))}
    for root in reporting:
        inner = set(graph.objects(root, SH.property)) if root in found else set()
        found |= {shape for shape in inner if roots[shape] == 1 and set(graph.subjects(SH.property, shape)) == {root}}
    return frozenset(found)


def _drop_repeated(results: Iterable[Result], once: Collection[Node]) -> list[Result]:
    """Return results without those that equal solutions of one query have made again."""
    found: dict[Result | tuple[Result, int], Result] = {}
    for number, result in enumerate(results):
        is_of_query = result.constraint is not None and result.shape in once
        found.setdefault(result if is_of_query else (result, number), result)
    return list(found.values())


def _find_asking(data: Statements, graph: Graph, reporting: dict[Node, set[Node]], once: Collection[Node]) -> set[Node]:
    """Return the shapes whose queries the engine is known to evaluate right.

    A shape that is reported of by two roots is among them only if all queries of both are.
    """
    asking = {root: {shape for shape in shapes if _asks(graph, shape)} for root, shapes in reporting.items()}
    left: set[Node] = {
        shape
        for shape in set[Any]().union(*asking.values())
        for constraint in graph.objects(shape, SH.sparql)
        if not fits_query(data, graph, shape, constraint, is_once=shape in once)
    }
    while (more := left.union(*(shapes for shapes in asking.values() if shapes & left))) != left:
        left = more
    return {shape for shapes in asking.values() for shape in shapes} - left


def fits_query(data: Statements, graph: Graph, shape: Node, constraint: Node, *, is_once: bool) -> bool:
    """Return whether the engine is known to evaluate a SPARQL constraint like EILD's own evaluator.

    It compares what has no order, takes the focus node for a value that is not bound, and tells equal solutions twice.

    :param data: the data
    :param graph: the shapes graph
    :param shape: the shape that has the constraint
    :param constraint: the SPARQL constraint
    :param is_once: whether the shape is applied to each focus node once, so that equal results are of equal solutions
    """
    if not _TERMS_OF_QUERIES.issuperset(graph.predicates(constraint)):
        return False
    plain = read_plain(str(graph.value(constraint, SH.select)), dict(prefixes_of(graph, constraint)))
    if plain is None or not plain.is_structural or not (plain.is_distinct or is_once):
        return False
    messages = [str(text) for holder in (constraint, shape) for text in graph.objects(holder, SH.message)]
    shown = {name for message in messages for name in _SHOWN.findall(message)} - {"this"}
    needs_value = "value" in plain.projected or shown or (shape, SH.path, None) in graph
    if not plain.projected | shown <= {"this", "value"}:
        return False
    if needs_value and "value" not in plain.projected & plain.certain:
        return False
    return all(any(map(partial(_are_integers, data), plain.sources.get(name, ()))) for name in plain.compared)


def _are_integers(data: Statements, predicate: str) -> bool:
    """Return whether all values of a property are integers of XML Schema."""
    values = {value for _, _, value in data.with_predicate(b"<%b>" % predicate.encode())}
    return all(value.rpartition(b'"^^')[2] in _INTEGERS for value in values)


def _meets(reporting: dict[Node, set[Node]], root: Node, kept: list[Node], taken: list[Node]) -> bool:
    """Return whether a shape reports by a property shape that it has in common with one that is not kept."""
    return any(reporting[root] & reporting[other] for other in taken if other not in kept)


def _is_fit(data: Statements, shapes: Shapes, root: Node, reporting: set[Node], *, stamped: bool) -> bool:
    """Return whether the engine applies a shape right, with all shapes that it refers to.

    :param data: the data
    :param stamped: whether there are values of ``xsd:dateTimeStamp``, which it does not compare
    """
    graph = shapes.graph
    if stamped and any((shape, term, None) in graph for term in RANGES for shape in find_reached(graph, root)):
        return False
    if (root, SH.target, None) in graph:
        return False
    reached = find_reached(graph, root)
    in_queries = {shape for shape in reached if any(True for _ in find_queries(graph, shape))}
    if not in_queries <= reporting or any(_has_component(graph, shape) for shape in in_queries):
        return False
    return all(fits(data, graph, shape) for shape in reached)


def _has_component(graph: Graph, shape: Node) -> bool:
    """Return whether a shape has a constraint of a component that shapes define."""
    own = set(graph.objects(shape, SH.sparql))
    asked = {str(text) for holder in own for text in graph.objects(holder, SH.select)}
    return any(query not in asked for query in find_queries(graph, shape))


def _is_unclear(result: Result) -> bool:
    """Return whether a result names a blank node, which has another label here, or needs details."""
    named = any(isinstance(node, BNode) for node in (result.focus, result.value))
    return named or result.component in NESTING


def run_large(data: Statements, shapes: Shapes, roots: Iterable[Node], asking: Collection[Node]) -> list[Result]:
    """Validate data against constraints of shapes, and return the results.

    Blank nodes of the data have other labels in them.

    :param data: the data
    :param shapes: the shapes
    :param roots: the shapes that are applied to their targets
    :param asking: the shapes whose SPARQL constraints are applied
    :raises ShapesError: if the engine cannot apply the shapes
    """
    import shacl

    compile_shapes: Any = shacl.Shapes.from_text  # the library does not say its types
    with EngineFailures():
        program = compile_shapes(_write_shapes(shapes, roots, asking), format="ntriples")
        content = _run(program, data)
    nodes = LabelledNodes()
    triples = map(nodes.triple, pyoxigraph.parse(content, format=_N_TRIPLES))
    report = ((subject, predicate, _original(obj)) for subject, predicate, obj in triples)
    return [_with_path(result, shapes.graph) for result in read_report(report, shapes.graph)]


def _run(program: Any, data: Statements) -> str:  # noqa: ANN401 - the library does not say its types
    """Return the report on data as N-Triples.

    The engine reads a file in a quarter of the memory that a text takes; where none may be written, it gets the text.
    """
    try:
        with tempfile.NamedTemporaryFile(suffix=".nt") as file:
            for part in data.parts:
                file.write(part.lines)
            file.flush()
            return str(program.validate_file(file.name).serialize("ntriples"))
    except OSError:
        return str(program.validate_text(data.text(), format="ntriples").serialize("ntriples"))


def _write_shapes(shapes: Shapes, roots: Iterable[Node], asking: Collection[Node]) -> str:
    """Return shapes as N-Triples, those without names with one."""
    excerpt = take_excerpt(shapes, roots, queries_of=asking)
    for shape in set(excerpt.subjects(SH.pattern)):
        pattern = translate(str(shapes.graph.value(shape, SH.pattern)), str(shapes.graph.value(shape, SH.flags) or ""))
        excerpt.set((shape, SH.pattern, Literal(pattern.rust)))
        excerpt.remove((shape, SH.flags, None))
    kept = _structure(excerpt)
    named = Graph(bind_namespaces="none")
    for triple in excerpt:
        subject, predicate, obj = (
            URIRef(_NAMED + node) if isinstance(node, BNode) and node not in kept else node for node in triple
        )
        named.add((subject, predicate, obj))
    return named.serialize(format="nt")


def _structure(graph: Graph) -> set[Node]:
    """Return the blank nodes of lists and paths, which have no names in results."""
    within: set[Node] = set()
    waiting = list(graph.objects(None, SH.path))
    while waiting:
        node = waiting.pop()
        if isinstance(node, BNode) and node not in within:
            within.add(node)
            waiting += graph.objects(node)
    return within.union(graph.subjects(RDF.first))


def _original(node: Node) -> Node:
    return BNode(node.removeprefix(_NAMED)) if isinstance(node, URIRef) and node.startswith(_NAMED) else node


def _with_path(result: Result, shapes: Graph) -> Result:
    """Return a result whose path is that of its shape if it is not a property."""
    return replace(result, path=shapes.value(result.shape, SH.path)) if isinstance(result.path, BNode) else result
