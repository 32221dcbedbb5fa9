"""Results from the report graph of an engine (SHACL, section 3.6)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import SH

from eild.validation.exact.queries import find_validator
from eild.validation.messages import gives_message
from eild.validation.order import order_key
from eild.validation.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located.graph import Triple

_DEEPEST: Final = 8
_SINGLE: Final = (
    SH.sourceShape,
    SH.sourceConstraintComponent,
    SH.focusNode,
    SH.resultSeverity,
    SH.resultPath,
    SH.value,
    SH.sourceConstraint,
)
_DETAIL, _MESSAGE, _VIOLATION = SH.detail, SH.resultMessage, SH.Violation
_VARIABLE: Final = re.compile(r"\{[?$]\w+\}")


def read_report(report: Iterable[Triple], shapes: Graph) -> list[Result]:
    """Return the results of a report graph, without the words that an engine has for what the shapes leave unsaid.

    :param report: the triples of the report graph
    :param shapes: the shapes graph
    """
    read = _Report(report)
    return [_read_result(read, shapes, node, _DEEPEST) for node in read.results]


class _Report:
    """The triples of a report, each counted once: a graph of RDFLib takes many times as long to be filled.

    :ivar results: the results that the report itself names, not those that they have as details
    :ivar giving: by shape, component and constraint, whether one of them gives a message, as far as it is known
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.results: dict[Node, None] = {}
        self.giving: dict[tuple[Node, ...], bool] = {}
        self._values: dict[tuple[Node, Node], dict[Node, None]] = {}
        named = SH.result
        for subject, predicate, obj in triples:
            self._values.setdefault((subject, predicate), {})[obj] = None
            if predicate == named:
                self.results[obj] = None

    def objects(self, subject: Node, predicate: Node) -> tuple[Node, ...]:
        """Return the values of a property."""
        return tuple(self._values.get((subject, predicate), ()))

    def value(self, subject: Node, predicate: Node) -> Node | None:
        """Return the first value of a property; None if it has none."""
        return next(iter(self._values.get((subject, predicate), ())), None)


def _read_result(report: _Report, shapes: Graph, node: Node, depth: int) -> Result:
    shape, component, focus, severity, path, value, constraint = (report.value(node, term) for term in _SINGLE)
    if shape is None or focus is None or not isinstance(component, URIRef):
        message = f"the engine returned a result without shape, focus node or component: {node!r}"
        raise AssertionError(message)
    details = report.objects(node, _DETAIL) if depth else ()
    result = Result(
        shape=shape,
        component=component,
        focus=focus,
        severity=_VIOLATION if severity is None else severity,
        path=path,
        value=value,
        constraint=constraint,
        messages=tuple(sorted(set(report.objects(node, _MESSAGE)), key=order_key)),
        details=tuple(_read_result(report, shapes, detail, depth - 1) for detail in details),
    )
    sources = (shape, component, *(() if constraint is None else (constraint,)))
    if sources not in report.giving:
        report.giving[sources] = gives_message(shapes, result)
    if not report.giving[sources]:
        return replace(result, messages=())
    return replace(result, messages=_filled(shapes, result))


def _filled(shapes: Graph, result: Result) -> tuple[Node, ...]:
    """Return the messages of a query: those that come first, with the languages of their templates.

    The fast engine adds the others, and leaves the languages out.
    """
    templates = _find_templates(shapes, result)
    if templates is None:
        return result.messages
    found: list[Node] = []
    for message in result.messages:
        for template in templates:
            parts = (re.escape(part) for part in _VARIABLE.split(str(template)))
            if re.fullmatch(".*".join(parts), str(message), re.DOTALL):
                language = template.language if isinstance(template, Literal) else None
                found.append(Literal(str(message), lang=language) if language else message)
    return tuple(dict.fromkeys(found)) or (result.messages if templates else ())


def _find_templates(shapes: Graph, result: Result) -> list[Node] | None:
    """Return the messages that a result of a query is given one of; None if no query of the shapes made it.

    A SPARQL constraint's own messages come before those of the shape. Those of the shape come before those of the
    validator of a constraint component, and these before those of the component.
    """
    if result.constraint is not None:
        holders = [result.constraint, result.shape]
    elif (result.component, SH.parameter, None) in shapes:
        is_property = (result.shape, SH.path, None) in shapes
        validator, _ = find_validator(shapes, result.component, is_property=is_property)
        holders = [result.shape, *([] if validator is None else [validator]), result.component]
    else:
        return None
    return next((found for holder in holders if (found := list(shapes.objects(holder, SH.message)))), [])


def find_tagged(nodes: Iterable[Node]) -> dict[tuple[str, str], Literal]:
    """Return the literals whose language tag has capitals, by their string and tag in lower case.

    :param nodes: the nodes of data and shapes as they are written
    """
    tagged = (node for node in nodes if isinstance(node, Literal) and node.language)
    return {(str(n), n.language.lower()): n for n in tagged if n.language and n.language != n.language.lower()}


def restore_tags(results: Iterable[Result], written: Mapping[tuple[str, str], Literal]) -> tuple[Result, ...]:
    """Return results whose language tags are written as in their source: engines write them in lower case."""
    if not written:
        return tuple(results)

    def restore(node: Node | None) -> Node | None:
        if isinstance(node, Literal) and node.language:
            return written.get((str(node), node.language.lower()), node)
        return node

    return tuple(
        replace(
            result,
            focus=restore(result.focus) or result.focus,
            value=restore(result.value),
            messages=tuple(restore(message) or message for message in result.messages),
            details=restore_tags(result.details, written),
        )
        for result in results
    )
