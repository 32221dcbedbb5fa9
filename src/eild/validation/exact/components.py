"""Constraint components that look at each value by itself (SHACL, sections 4.1 to 4.4 and 4.8; SHACL 1.2 Core)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from rdflib import Literal
from rdflib.namespace import XSD

from eild.errors import ShapesError
from eild.validation.exact.lexical import RDF, is_well_formed
from eild.validation.exact.model import Fault
from eild.validation.exact.terms import to_term
from eild.validation.exact.values import compare
from eild.validation.grammar.terms import sh
from eild.xpath.regex import PatternError, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib.term import Node

    from eild.validation.exact.model import Check, Evaluation, Shape, Values
    from eild.validation.exact.terms import Term

_KINDS: Final = {
    "IRI": (ox.NamedNode,),
    "BlankNode": (ox.BlankNode,),
    "Literal": (ox.Literal,),
    "TripleTerm": (ox.Triple,),
    "BlankNodeOrIRI": (ox.BlankNode, ox.NamedNode),
    "BlankNodeOrLiteral": (ox.BlankNode, ox.Literal),
    "IRIOrLiteral": (ox.NamedNode, ox.Literal),
}
_LANGUAGE_STRINGS: Final = {f"{RDF}langString": False, f"{RDF}dirLangString": True}
_LINE_BREAKS: Final = frozenset("\n\r\f\v")


def _each(is_right: Callable[[Term], bool]) -> Check:
    """Return the check that finds each value that is not right."""

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        for value in values:
            if not is_right(value):
                yield Fault(value)

    return check


def is_true(node: Node | None) -> bool:
    """Return whether a parameter is true."""
    return node is not None and str(node) in {"true", "1"}


def check_class(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is an instance of a class, or of one of a list of classes (``sh:class``)."""
    kinds = [to_term(kind) for kind in run.alternatives(parameter)]

    def is_right(value: Term) -> bool:
        return any(run.index.is_instance(value, kind) for kind in kinds) or run.index.is_incomplete(value)

    return _each(is_right)


def check_root_class(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is a class or one of its subclasses (``sh:rootClass``)."""
    kinds = [to_term(kind) for kind in run.alternatives(parameter)]

    def is_right(value: Term) -> bool:
        if not isinstance(value, ox.NamedNode):
            return False
        return any(value in run.index.kinds(kind) for kind in kinds) or run.index.is_incomplete(value)

    return _each(is_right)


def check_datatype(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is a well-formed literal of a datatype, or of one of a list (``sh:datatype``)."""
    datatypes = {str(datatype) for datatype in run.alternatives(parameter)}

    def is_right(value: Term) -> bool:
        if not isinstance(value, ox.Literal):
            return False
        datatype = value.datatype.value
        return datatype in datatypes and (datatype in _LANGUAGE_STRINGS or is_well_formed(value.value, datatype))

    return _each(is_right)


def check_node_kind(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is of a kind of node, or of one of a list (``sh:nodeKind``)."""
    kinds = tuple(
        kind for name in run.alternatives(parameter) for kind in _KINDS.get(str(name).removeprefix(str(sh(""))), ())
    )
    return _each(lambda value: isinstance(value, kinds))


def check_count(*, least: bool) -> Callable[[Evaluation, Shape, Node], Check]:
    """There are at least (``sh:minCount``), or at most (``sh:maxCount``), so many values."""

    def compile_check(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
        bound = int(str(parameter))

        def check(focus: Term, values: Values) -> Iterator[Fault]:
            if (len(values) < bound and not run.index.is_incomplete(focus)) if least else len(values) > bound:
                yield Fault()

        return check

    return compile_check


def check_range(allowed: frozenset[int | None]) -> Callable[[Evaluation, Shape, Node], Check]:
    """Each value compares to a bound as allowed (``sh:minExclusive`` and its like)."""

    def compile_check(_run: Evaluation, _shape: Shape, parameter: Node) -> Check:
        bound = to_term(parameter)

        def is_right(value: Term) -> bool:
            if not isinstance(value, ox.Literal) or not isinstance(bound, ox.Literal):
                return False
            return compare(value, bound) in allowed

        return _each(is_right)

    return compile_check


def _length(value: Term) -> int | None:
    """Return the number of characters of a literal or IRI; None for other nodes."""
    return len(value.value) if isinstance(value, ox.Literal | ox.NamedNode) else None


def check_length(*, least: bool) -> Callable[[Evaluation, Shape, Node], Check]:
    """Each value has at least (``sh:minLength``), or at most (``sh:maxLength``), so many characters."""

    def compile_check(_run: Evaluation, _shape: Shape, parameter: Node) -> Check:
        bound = int(str(parameter))

        def is_right(value: Term) -> bool:
            length = _length(value)
            return length is not None and (length >= bound if least else length <= bound)

        return _each(is_right)

    return compile_check


def check_pattern(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """Each value matches a regular expression of XPath (``sh:pattern``, ``sh:flags``)."""
    flags = str(run.shapes.value(shape.node, sh("flags")) or "")
    try:
        search = translate(str(parameter), flags).compile().search
    except PatternError as error:
        message = f"the regular expression {str(parameter)!r} cannot be applied: {error}"
        raise ShapesError(message, location=run.locate(shape.node, sh("pattern"), parameter)) from error
    return _each(lambda value: isinstance(value, ox.Literal | ox.NamedNode) and search(value.value) is not None)


def check_single_line(_run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """No value has a line break (``sh:singleLine``)."""
    if not is_true(parameter):
        return _each(lambda _: True)
    return _each(lambda value: not isinstance(value, ox.Literal) or _LINE_BREAKS.isdisjoint(value.value))


def check_languages(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value has a language tag within one of a list of ranges (``sh:languageIn``)."""
    ranges = [str(item).lower() for item in run.items(parameter)]

    def is_right(value: Term) -> bool:
        tag = value.language.lower() if isinstance(value, ox.Literal) and value.language else ""
        return bool(tag) and any(one in {"*", tag} or tag.startswith(f"{one}-") for one in ranges)

    return _each(is_right)


def check_unique_languages(_run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """No two values have the same language tag and direction (``sh:uniqueLang``)."""

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        counts: dict[str, int] = {}
        for value in values:
            if isinstance(value, ox.Literal) and value.language:
                tag = f"{value.language.lower()}{f'--{value.direction.value}' if value.direction else ''}"
                counts[tag] = counts.get(tag, 0) + 1
        for tag, count in counts.items():
            if count > 1:
                yield Fault(parameter=Literal(tag))

    return check if str(parameter) == "true" else _each(lambda _: True)


def check_in(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is a member of a list (``sh:in``)."""
    members = {to_term(item) for item in run.items(parameter)}
    return _each(lambda value: value in members)


def check_has_value(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """A value is among the values (``sh:hasValue``)."""
    wanted = to_term(parameter)

    def check(focus: Term, values: Values) -> Iterator[Fault]:
        if wanted not in values and (shape.path is None or not run.index.is_incomplete(focus)):
            yield Fault()

    return check


def check_expression(_run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """A constant expression is true (``sh:expression``); all others are refused before."""
    holds = is_true(parameter) and getattr(parameter, "datatype", None) == XSD.boolean
    return _each(lambda _: holds)
