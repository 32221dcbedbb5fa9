"""Which variables have a value for sure, and where else in the data that value is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eild.query.cost.statistics import TYPE, Place
from eild.query.text.outline import Binding, Closure, Part, Pattern, Rows, Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Given = frozenset["Role"]
    Element = Pattern | Closure | Rows | Part | Binding | Selection

_UNKNOWN = Place()


class Role(NamedTuple):
    """A variable that has a value, and where its value is known to be.

    :ivar name: of the variable
    """

    name: str
    place: Place = _UNKNOWN


class Prefix(NamedTuple):
    """The elements of a group up to an OPTIONAL, a MINUS or a BIND, which are one part of what is joined next."""

    elements: tuple[Element, ...]


def list_names(given: Given) -> set[str]:
    """Return the names of variables."""
    return {role.name for role in given}


def is_placed(role: Role) -> bool:
    """Return whether anything is known of the value of a variable."""
    return bool(role.place.predicate)


def is_single(pattern: Pattern, role: Role) -> bool:
    """Return whether a pattern has one match at most for each value of a variable of it."""
    other = pattern.object if role.place.end == 0 else pattern.subject
    return not (other.variable or pattern.named)


def list_pattern_roles(pattern: Pattern) -> Iterator[Role]:
    """Yield the variables of a pattern, each with a place where its value is; some of them twice."""
    subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
    known = "" if predicate.variable or predicate.place >= 0 else predicate.text
    if subject.variable:
        yield Role(subject.text, Place(known, 0, pattern.named))
        if known == TYPE and value.text and not value.variable:
            yield Role(subject.text, Place(f"{known} {value.text}", 0, pattern.named))
    if value.variable:
        yield Role(value.text, Place(known, 1, pattern.named))
    if predicate.variable:
        yield Role(predicate.text)


def list_part_roles(part: Element | Prefix) -> Given:
    """Return the variables that all solutions of a part bind."""
    if isinstance(part, Prefix):
        return list_certain(part.elements)
    if isinstance(part, Pattern):
        return frozenset(list_pattern_roles(part))
    if isinstance(part, Closure):
        return frozenset(Role(term.text) for term in (part.subject, part.object) if term.variable)
    if isinstance(part, Rows):
        return frozenset(map(Role, part.names))
    if isinstance(part, Binding) or (isinstance(part, Part) and part.kind != "union"):
        return frozenset()
    if isinstance(part, Selection):
        certain = list_certain(part.group.elements)
        if part.keys is not None:
            certain = frozenset(role for role in certain if role.name in part.keys)
        return certain if part.names is None else frozenset(role for role in certain if role.name in part.names)
    branches = [list_certain(group.elements) for group in part.groups]
    names = set.intersection(*map(list_names, branches))
    return frozenset.intersection(*branches) | frozenset(map(Role, names))


def list_certain(elements: Sequence[Element]) -> Given:
    """Return the variables that all solutions of the elements of a group bind."""
    return frozenset[Role]().union(*map(list_part_roles, elements))
