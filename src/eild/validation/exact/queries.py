"""SPARQL in shapes: constraints, validators of constraint components, and targets (SHACL, sections 5 and 6).

RDFLib evaluates the queries, because its numbers have no bounds and its literals keep their lexical form. A query is
parsed once. What RDFLib cannot compute is reported as an error of the shapes, with the place of the query.
"""

from __future__ import annotations

import re
import warnings
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from rdflib import Graph, Literal, URIRef

from eild.errors import ShapesError
from eild.validation.exact.annotations import read_annotation
from eild.validation.exact.components import is_true
from eild.validation.exact.model import Constraint, Fault
from eild.validation.exact.terms import as_given, to_node, to_term
from eild.validation.grammar.queries import EngineFailures, code_of, prefixes_of
from eild.validation.grammar.terms import sh

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rdflib.term import Node

    from eild.validation.exact.annotations import Annotation
    from eild.validation.exact.model import Evaluation, Shape, Values
    from eild.validation.exact.terms import Term

_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
_PATH: Final = re.compile(r"[?$]PATH\b")
_ANY_SUBSELECT: Final = re.compile(r"\{\s*SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?\*", re.IGNORECASE)
_SHAPES_GRAPH: Final = re.compile(r"[?$]shapesGraph\b")


class Queries:
    """Runs the queries of shapes over the data of a run.

    :param run: the run
    """

    def __init__(self, run: Evaluation) -> None:
        self._run = run

    @cached_property
    def _graph(self) -> Graph:
        graph = Graph(bind_namespaces="none")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for triple in self._run.index.triples():
                nodes = (to_node(triple[0]), to_node(triple[1]), to_node(triple[2]))
                graph.add((nodes[0], nodes[1], as_given(nodes[2])))
        return graph

    def select(
        self, holder: Node, predicate: URIRef, bindings: Mapping[str, Node], path: str = ""
    ) -> list[dict[str, Node]]:
        """Return the solutions of a query of the shapes graph, each once; of ASK one without bindings if it holds.

        :param holder: the node that has the query
        :param predicate: ``sh:select`` or ``sh:ask``
        :param bindings: the values of variables that are bound before
        :param path: what stands for ``$PATH``
        :raises ShapesError: if the query cannot be run, or reports a failure
        """
        text = self._run.shapes.value(holder, predicate)
        place = self._run.locate(holder, predicate, text) if text is not None else None
        query = str(text)
        if _SHAPES_GRAPH.search(query):
            message = "a query with $shapesGraph is not supported beside what needs EILD's own evaluator"
            raise ShapesError(message, location=place, hint="write the constraint over the data graph alone")
        if _ANY_SUBSELECT.search(code_of(query)):
            message = "a subquery with SELECT * cannot be told to return the variables that are bound before"
            raise ShapesError(message, location=place, hint="name $this and what else it returns")
        from eild.validation.exact.expressions import parse_exact

        with EngineFailures(place), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given: Any = {name: as_given(node) for name, node in bindings.items()}
            prepared = parse_exact(prefixes_of(self._run.shapes, holder), _PATH.sub(f" {path} ", query))
            result = self._graph.query(prepared, initBindings=given)
            if result.type == "ASK":
                return [{}] if result.askAnswer else []
            found = [{str(name): node for name, node in solution.items()} for solution in result.bindings]
        if any(is_true(solution.get("failure")) for solution in found):
            message = "a SPARQL constraint reports a failure: ?failure is true"
            raise ShapesError(message, location=place, hint="see what the query checks before it validates")
        return [dict(pairs) for pairs in dict.fromkeys(tuple(sorted(one.items())) for one in found)]

    def select_targets(self, target: Node) -> list[Term]:
        """Return the nodes that a ``sh:SPARQLTarget`` selects.

        :raises ShapesError: if it is none, or its query cannot be run
        """
        if (target, sh("select"), None) not in self._run.shapes:
            place = self._run.applied.location(target)
            message = "this target has no sh:select: custom target types are not supported yet"
            raise ShapesError(message, location=place, hint="write a sh:SPARQLTarget with its query")
        solutions = self.select(target, sh("select"), {})
        return [to_term(solution["this"]) for solution in solutions if "this" in solution]


def compile_queries(run: Evaluation, shape: Shape) -> None:
    """Add the SPARQL constraints of a shape, and those of constraint components that the shapes declare."""
    graph = run.shapes
    for node in sorted(graph.objects(shape.node, sh("sparql")), key=str):
        annotation = read_annotation(graph, [(shape.node, sh("sparql"), node)])
        if not annotation.deactivated and not is_true(graph.value(node, sh("deactivated"))):
            shape.constraints.append(_sparql_constraint(run, shape, node, annotation))
    for component in sorted(set(graph.subjects(sh("parameter"))), key=str):
        shape.constraints += _custom_constraints(run, shape, component)


def _path_of(shape: Shape) -> str:
    return "" if shape.path is None else shape.path.text


def _sparql_constraint(run: Evaluation, shape: Shape, node: Node, annotation: Annotation) -> Constraint:
    own = tuple(sorted(run.shapes.objects(node, sh("message")), key=str))
    messages = annotation.messages or own or shape.messages
    path = _path_of(shape)

    def check(focus: Term, _values: Values) -> Iterator[Fault]:
        this = to_node(focus)
        bindings = {"this": this, "currentShape": shape.node}
        for solution in run.queries.select(node, sh("select"), bindings, path):
            yield _fault_of(shape, {"this": this} | solution, messages)

    return Constraint(sh("SPARQLConstraintComponent"), node, check, severity=annotation.severity, source=node)


def _fault_of(shape: Shape, solution: dict[str, Node], messages: tuple[Node, ...]) -> Fault:
    """Return what a solution reports: its own message, path and value, else those of constraint and shape."""
    value = solution.get("value")
    if value is None and shape.path is None:
        value = solution["this"]
    own = solution.get("message")
    shown = solution if value is None else {**solution, "value": value}
    found = solution.get("path")
    return Fault(
        value=None if value is None else to_term(value),
        path=found if isinstance(found, URIRef) else None,
        messages=(own,) if own is not None else tuple(fill_message(message, shown) for message in messages),
    )


def fill_message(message: Node, values: Mapping[str, Node]) -> Node:
    """Return a message with the values of the variables that it names (SHACL, section 5.3.2)."""
    if not isinstance(message, Literal) or "{" not in message:
        return message

    def show(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None:
            return match[0]
        return str(value)

    text = _VARIABLE.sub(show, str(message))
    return Literal(text, lang=message.language, datatype=None if message.language else message.datatype)


def parameters_of(graph: Graph, component: Node) -> list[tuple[URIRef, bool]]:
    """Return the parameters of a constraint component with whether each is optional (SHACL, section 6.2.1)."""
    found = []
    for parameter in sorted(graph.objects(component, sh("parameter")), key=str):
        path = graph.value(parameter, sh("path"))
        if isinstance(path, URIRef):
            found.append((path, is_true(graph.value(parameter, sh("optional")))))
    return found


def _custom_constraints(run: Evaluation, shape: Shape, component: Node) -> Iterator[Constraint]:
    graph = run.shapes
    parameters = parameters_of(graph, component)
    given = {path: sorted(graph.objects(shape.node, path), key=str) for path, _ in parameters}
    required = [path for path, optional in parameters if not optional]
    if not required or not all(given[path] for path in required) or not isinstance(component, URIRef):
        return
    validator, predicate = find_validator(graph, component, is_property=shape.path is not None)
    if validator is None or predicate is None:
        return
    names = [path for path in given if given[path]]
    for values in product(*(given[path] for path in names)):
        pairs = list(zip(names, values, strict=True))
        annotation = read_annotation(graph, [(shape.node, path, value) for path, value in pairs])
        if not annotation.deactivated:
            bound = {_local(path): value for path, value in pairs}
            yield _custom_constraint(run, shape, component, (validator, predicate), bound, annotation)


def _local(path: URIRef) -> str:
    return re.split(r"[#/:]", str(path))[-1]


def find_validator(graph: Graph, component: Node, *, is_property: bool) -> tuple[Node | None, URIRef | None]:
    """Return the validator that a component has for a kind of shape, and whether it asks or selects."""
    special = sh("propertyValidator") if is_property else sh("nodeValidator")
    for predicate in (special, sh("validator")):
        for validator in sorted(graph.objects(component, predicate), key=str):
            for query in (sh("select"), sh("ask")):
                if (validator, query, None) in graph:
                    return validator, query
    return None, None


def _custom_constraint(  # noqa: PLR0913, PLR0917 - a component, as it is declared and as a shape uses it
    run: Evaluation,
    shape: Shape,
    component: URIRef,
    validator: tuple[Node, URIRef],
    bound: dict[str, Node],
    annotation: Annotation,
) -> Constraint:
    node, predicate = validator
    graph = run.shapes
    own = tuple(sorted(graph.objects(node, sh("message")), key=str))
    messages = (
        annotation.messages or shape.messages or own or tuple(sorted(graph.objects(component, sh("message")), key=str))
    )
    path = _path_of(shape)

    def check(focus: Term, values: Values) -> Iterator[Fault]:
        this = to_node(focus)
        bindings = {**bound, "this": this, "currentShape": shape.node}
        if predicate == sh("select"):
            for solution in run.queries.select(node, predicate, bindings, path):
                yield _fault_of(shape, {**bound, "this": this} | solution, messages)
            return
        for value in values:
            shown = to_node(value)
            if not run.queries.select(node, predicate, {**bindings, "value": shown}, path):
                filled = tuple(fill_message(m, {**bound, "this": this, "value": shown}) for m in messages)
                yield Fault(value, messages=filled)

    first = next(iter(bound.values()))
    return Constraint(component, first, check, severity=annotation.severity, source=None)
