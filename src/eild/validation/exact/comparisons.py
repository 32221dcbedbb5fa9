"""Constraint components that compare sets of values (SHACL, section 4.5), and those of SHACL 1.2 for lists and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib.namespace import RDFS

from eild.validation.exact.components import is_true
from eild.validation.exact.index import TYPE
from eild.validation.exact.model import Fault
from eild.validation.exact.terms import named, to_node, to_term
from eild.validation.exact.values import compare
from eild.validation.grammar.paths import parse_path
from eild.validation.grammar.terms import sh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib.term import Node

    from eild.validation.exact.model import Check, Evaluation, Shape, Values
    from eild.validation.exact.terms import Term


def _others(run: Evaluation, parameter: Node) -> Callable[[Term], Values]:
    """Return what gives the values of the other property, or path, at a focus node."""
    path = parse_path(run.shapes, parameter)
    return lambda focus: path.follow(run.index, focus, to_term)


def check_equals(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """The values are those of another property (``sh:equals``)."""
    others_of = _others(run, parameter)

    def check(focus: Term, values: Values) -> Iterator[Fault]:
        others = others_of(focus)
        if values.keys() != others.keys() and not run.index.is_incomplete(focus):
            for value in (*(v for v in values if v not in others), *(v for v in others if v not in values)):
                yield Fault(value)

    return check


def check_disjoint(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """No value is one of another property (``sh:disjoint``)."""
    others_of = _others(run, parameter)

    def check(focus: Term, values: Values) -> Iterator[Fault]:
        others = others_of(focus)
        for value in values:
            if value in others:
                yield Fault(value)

    return check


def check_subset(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is one of another property (``sh:subsetOf``)."""
    others_of = _others(run, parameter)

    def check(focus: Term, values: Values) -> Iterator[Fault]:
        others = others_of(focus)
        for value in values:
            if value not in others and not run.index.is_incomplete(focus):
                yield Fault(value)

    return check


def check_less(allowed: frozenset[int | None]) -> Callable[[Evaluation, Shape, Node], Check]:
    """Each value is less than those of another property (``sh:lessThan``, ``sh:lessThanOrEquals``)."""

    def compile_check(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
        others_of = _others(run, parameter)

        def check(focus: Term, values: Values) -> Iterator[Fault]:
            others = others_of(focus)
            for value in values:
                for other in others:
                    if not (
                        isinstance(value, ox.Literal)
                        and isinstance(other, ox.Literal)
                        and compare(value, other) in allowed
                    ):
                        yield Fault(value)

        return check

    return compile_check


def check_closed(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """The values have no other properties than those listed (``sh:closed``, ``sh:ignoredProperties``)."""
    ignored = run.shapes.value(shape.node, sh("ignoredProperties"))
    allowed = {to_term(item) for item in run.items(ignored)} if ignored is not None else set()
    by_types = parameter == sh("ByTypes")
    if not by_types:
        allowed |= _properties_of(run, shape.node)
        if not is_true(parameter):
            return lambda _focus, _values: ()

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        for value in values:
            known = allowed | _properties_by_types(run, value) if by_types else allowed
            for predicate, obj in run.index.properties(value):
                if predicate not in known:
                    yield Fault(obj, path=to_node(predicate))

    return check


def _properties_of(run: Evaluation, shape: Node) -> set[Term]:
    """Return the properties that are paths of a shape's property shapes."""
    return {
        to_term(path)
        for inner in run.shapes.objects(shape, sh("property"))
        for path in run.shapes.objects(inner, sh("path"))
        if type(path).__name__ == "URIRef"
    }


def _properties_by_types(run: Evaluation, value: Term) -> set[Term]:
    """Return the properties that the shapes of a value's types name (SHACL 1.2, ``sh:ByTypes``)."""
    shapes = run.shapes
    found: set[Term] = {TYPE}
    waiting = [to_node(kind) for kind in run.index.objects(value, TYPE)]
    waiting += [to_node(upper) for kind in run.index.objects(value, TYPE) for upper in run.upper_classes(kind)]
    seen = set[object]()
    while waiting:
        shape = waiting.pop()
        if shape in seen:
            continue
        seen.add(shape)
        found |= _properties_of(run, shape)
        waiting += [*shapes.objects(shape, RDFS.subClassOf), *shapes.subjects(sh("targetClass"), shape)]
        waiting += shapes.objects(shape, sh("node"))
    return found


def check_list_length(*, least: bool) -> Callable[[Evaluation, Shape, Node], Check]:
    """Each value is a list of at least, or at most, so many members (``sh:minListLength``, ``sh:maxListLength``)."""

    def compile_check(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
        bound = int(str(parameter))

        def check(_focus: Term, values: Values) -> Iterator[Fault]:
            for value in values:
                members = run.index.members(value)
                if members is None or (len(members) < bound if least else len(members) > bound):
                    yield Fault(value)

        return check

    return compile_check


def check_unique_members(run: Evaluation, _shape: Shape, parameter: Node) -> Check:
    """Each value is a list without repeated members (``sh:uniqueMembers``)."""
    unique = is_true(parameter)

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        for value in values:
            members = run.index.members(value)
            if members is None or (unique and len(set(members)) < len(members)):
                yield Fault(value)

    return check


def check_unique_key(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """No two target nodes of the shape have exactly the same values of a property, or of several ones.

    A node that has no value for any of them takes no part (``sh:uniqueValuesFor``).
    """
    properties = [to_term(item) for item in run.alternatives(parameter)]
    shared: dict[tuple[frozenset[Term], ...], int] = {}

    def key_of(node: Term) -> tuple[frozenset[Term], ...]:
        return tuple(frozenset(run.index.objects(node, one)) for one in properties)

    def check(_focus: Term, values: Values) -> Iterator[Fault]:
        if not shared:
            for node in run.targets(shape.node):
                key = key_of(node)
                shared[key] = shared.get(key, 0) + 1
        for value in values:
            key = key_of(value)
            is_target = value in run.targets(shape.node)
            if any(key) and shared.get(key, 0) > is_target:
                yield Fault(None if shape.path is None else value)

    return check


def check_reifiers(run: Evaluation, shape: Shape, parameter: Node) -> Check:
    """Each reifier of the triples that lead to values conforms to a shape (``sh:reifierShape``).

    With ``sh:reificationRequired`` there is one for each.
    """
    inner = run.shape(parameter)
    required = is_true(run.shapes.value(shape.node, sh("reificationRequired")))
    predicate = named(str(shape.path_node))

    def check(focus: Term, values: Values) -> Iterator[Fault]:
        for value in values:
            reifiers = run.index.reifiers(focus, predicate, value)
            missing = required and not reifiers and not run.index.is_incomplete(focus)
            wrong = [reifier for reifier in reifiers if not run.conforms(inner, reifier)]
            if missing or wrong:
                yield Fault(value, tuple((inner, reifier) for reifier in wrong))

    return check
