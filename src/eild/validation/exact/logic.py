"""Constraint components that ask whether values conform to other shapes (SHACL, sections 4.6 and 4.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eild.validation.exact.components import is_true
from eild.validation.exact.model import Fault
from eild.validation.grammar.terms import sh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib.term import Node

    from eild.validation.exact.model import Check, Evaluation, Shape, Values
    from eild.validation.exact.terms import Term


def _skips(run: Evaluation, shape: Shape, value: Term) -> bool:
    """Return whether a value of a property shape may conform by what is said of it elsewhere (SHACL 1.2)."""
    return shape.path is not None and run.index.is_incomplete(value)


def check_node(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """Each value conforms to a shape (``sh:node``, ``sh:nodeByExpression`` with an IRI)."""
    inner = run.shape(parameter)

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        for value in values:
            if not _skips(run, shape, value) and not run.conforms(inner, value):
                yield Fault(value, ((inner, value),))

    return check


def check_not(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """No value conforms to a shape (``sh:not``)."""
    inner = run.shape(parameter)

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        for value in values:
            if not _skips(run, shape, value) and run.conforms(inner, value):
                yield Fault(value)

    return check


def check_list_of_shapes(is_right: Callable[[int, int], bool]) -> Callable[[Evaluation, Shape, Node], Check]:
    """Each value conforms to the right number of the shapes of a list (``sh:and``, ``sh:or``, ``sh:xone``).

    :param is_right: tells by how many shapes the value conforms to, and how many there are
    """

    def compile_check(run: Evaluation, shape: Shape, parameter: Node) -> Check:
        inner = [run.shape(item) for item in run.items(parameter)]

        def check(_focus: Term, values: Values) -> Iterator[Fault]:
            for value in values:
                if _skips(run, shape, value):
                    continue
                count = sum(run.conforms(one, value) for one in inner)
                if not is_right(count, len(inner)):
                    yield Fault(value, tuple((one, value) for one in inner))

        return check

    return compile_check


def check_qualified(*, least: bool) -> Callable[[Evaluation, Shape, Node], Check]:
    """At least, or at most, so many values conform to a shape (``sh:qualifiedValueShape``)."""

    def compile_check(run: Evaluation, shape: Shape, parameter: Node) -> Check:
        bound = int(str(parameter))
        wanted = run.shapes.value(shape.node, sh("qualifiedValueShape"))
        if wanted is None:  # a parameter without the other that it needs declares nothing
            return lambda _focus, _values: ()
        inner = run.shape(wanted)
        siblings = [run.shape(node) for node in _siblings(run, shape.node)]

        def check(focus: Term, values: Values) -> Iterator[Fault]:
            found = [value for value in values if run.conforms(inner, value)]
            count = sum(not any(run.conforms(sibling, value) for sibling in siblings) for value in found)
            if least:
                others = [value for value in values if value not in found]
                count += sum(run.index.is_incomplete(value) for value in others)
                if count < bound and not run.index.is_incomplete(focus):
                    yield Fault(unmet=tuple((inner, value) for value in others))
            elif count > bound:
                yield Fault()

        return check

    return compile_check


def _siblings(run: Evaluation, shape: Node) -> list[Node]:
    """Return the sibling shapes of a property shape, if it keeps them apart (SHACL, section 4.7.3)."""
    shapes = run.shapes
    if not is_true(shapes.value(shape, sh("qualifiedValueShapesDisjoint"))):
        return []
    own = set(shapes.objects(shape, sh("qualifiedValueShape")))
    found = {
        other
        for parent in shapes.subjects(sh("property"), shape)
        for inner in shapes.objects(parent, sh("property"))
        for other in shapes.objects(inner, sh("qualifiedValueShape"))
    }
    return sorted(found - own, key=str)


def check_some(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """At least one value conforms to a shape (``sh:someValue``)."""
    inner = run.shape(parameter)

    def check(focus: Term, values: Values) -> Iterator[Fault]:
        if shape.path is not None and run.index.is_incomplete(focus):
            return
        if not any(_skips(run, shape, value) or run.conforms(inner, value) for value in values):
            yield Fault(unmet=tuple((inner, value) for value in values))

    return check


def check_members(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is a list whose members conform to a shape (``sh:memberShape``)."""
    inner = run.shape(parameter)

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        for value in values:
            members = run.index.members(value)
            if members is None:
                yield Fault(value)
                continue
            wrong = [m for m in members if not run.index.is_incomplete(m) and not run.conforms(inner, m)]
            if wrong:
                yield Fault(value, tuple((inner, member) for member in wrong))

    return check
