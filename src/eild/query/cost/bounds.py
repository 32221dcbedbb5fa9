"""How much work a query may be at most, whatever plan the engine makes.

Patterns of a group are joined one after the other, in an order that the engine chooses. It joins what shares a
variable that both are sure to bind, and only then combines parts that share none. So the bound is over all such orders:
solutions of a set of patterns are at most those of the set without one of them times the most matches that this one can
have, in whichever order that is least; work is that of the order in which it is most. A join may look each solution up
in the next pattern, or match the pattern once by itself: both are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from eild.query.statistics import TYPE
from eild.query.text.outline import Binding, Closure, Part, Pattern, Rows, Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eild.query.statistics import Fanouts, Statistics
    from eild.query.text.outline import Group, Term

    Sizes = Sequence[tuple[int, ...]]
    Given = frozenset["Role"]
    Element = Pattern | Closure | Rows | Part | Binding | Selection


class Bound(NamedTuple):
    """What something has and costs at most.

    :ivar rows: solutions that it has
    :ivar solutions: solutions that are made on the way
    :ivar steps: steps along the indexes
    """

    rows: int
    solutions: int
    steps: int


class TooManyOrdersError(Exception):
    """A query may be evaluated in so many orders that finding their bounds would be work itself."""


class Role(NamedTuple):
    """A variable that has a value, and what its value is known to be.

    :ivar name: of the variable
    :ivar predicate: of which it is an end, or ``rdf:type`` and a class; empty if nothing is known
    :ivar end: 0 for the subject, 1 for the object
    """

    name: str
    predicate: str = ""
    end: int = 0


class _Prefix(NamedTuple):
    """The elements of a group up to an OPTIONAL, a MINUS or a BIND, which are one part of what is joined next."""

    elements: tuple[Element, ...]


MOST_LOOKS: Final = 8000
"""How often parts of a query are looked at, over all orders in which they may be joined: some ten milliseconds."""

EMPTY: Final = Bound(1, 0, 0)
"""Of a group without patterns, which has one solution."""


class Bounds:
    """Finds bounds of one query over a store.

    :param statistics: what is known of it
    :param sizes: of each constant of the query, how many statements begin and end with it at most, in the default graph
        and then in named graphs; of a limit, its number
    """

    def __init__(self, statistics: Statistics, sizes: Sizes) -> None:
        self._known = statistics
        self._sizes = sizes
        self._found: dict[tuple[int, Given], Bound] = {}
        self._looked = 0

    def bound_selection(self, selection: Selection) -> Bound:
        """Return bounds of a query, or of a subquery, which is evaluated by itself."""
        rows, solutions, steps = self.bound_group(selection.group, frozenset())
        if selection.rows is not None:
            rows *= selection.rows.number
            solutions += rows
        solutions += rows * selection.order * rows.bit_length() // 4
        if selection.keys is not None:
            solutions += rows
            rows = rows if selection.grouped_freely else min(max(1, rows), self._count_groups(selection))
        if selection.limit is not None:
            rows = min(rows, self._sizes[selection.limit][0])
        return Bound(rows, solutions, steps)

    def _count_groups(self, selection: Selection) -> int:
        """Return in how many groups the solutions of a selection fall at most."""
        number = 1
        for key in selection.keys or ():
            number *= max(1, self._count_values(key, selection.group))
        return number

    def _count_values(self, name: str, group: Group) -> int:
        """Return how many values a variable has at most, over all solutions of a group, with none where unbound."""
        least = self._known.size
        for element in group.elements:
            if isinstance(element, Pattern) and not element.predicate.variable and element.predicate.place < 0:
                fanouts = self._fanouts(element)
                if element.subject.text == name:
                    least = min(least, fanouts.subjects[element.predicate.text])
                if element.object.text == name:
                    least = min(least, fanouts.objects[element.predicate.text])
            elif isinstance(element, Pattern) and element.predicate.text == name:
                least = min(least, len(self._known.uses))
        return least + 1

    # Groups

    def bound_group(self, group: Group, given: Given) -> Bound:
        """Return bounds of a group for one solution that it is joined with.

        :param given: the variables that this solution binds
        """
        key = id(group), given
        if key not in self._found:
            self._found[key] = self._bound_group(group, given)
        return self._found[key]

    def _bound_group(self, group: Group, given: Given) -> Bound:
        rows, solutions, steps = self._bound_elements(tuple(group.elements), given)
        certain = given | list_certain(group.elements)
        for test in group.tests:
            found = self._test(test, certain)
            evaluated = rows + solutions
            solutions += evaluated * (1 + found.solutions)
            steps += evaluated * found.steps
        return Bound(rows, solutions, steps)

    def _bound_elements(self, elements: tuple[Element, ...], given: Given) -> Bound:
        return self._join(_list_joined(elements), given)

    def _bound_prefix(self, prefix: _Prefix, given: Given) -> Bound:
        """Return bounds of the elements up to one that is evaluated after those before it."""
        *before, last = prefix.elements
        bound = self._bound_elements(tuple(before), given)
        return self._subordinate(last, bound, given | list_certain(before)) if isinstance(last, Part) else bound

    def _subordinate(self, part: Part, before: Bound, bound: Given) -> Bound:
        """Return bounds of what comes before OPTIONAL or MINUS together with it."""
        group = part.groups[0]
        alone, each = self.bound_group(group, frozenset()), self.bound_group(group, bound)
        connected = not _names(bound).isdisjoint(_names(list_certain(group.elements)))
        matches = max(1, each.rows if connected else alone.rows)
        rows = before.rows * matches if part.kind == "optional" else before.rows
        work = max(alone.rows + alone.solutions, before.rows * each.solutions) + before.rows * matches
        return Bound(rows, before.solutions + work, before.steps + max(alone.steps, before.rows * each.steps))

    def _test(self, group: Group, bound: Given) -> Bound:
        """Return bounds of EXISTS for one solution: its parts are joined in the order in which they stand."""
        rows, solutions, steps = EMPTY
        for element in group.elements:
            if isinstance(element, Binding):
                continue
            kept = isinstance(element, Part) and element.kind != "union"
            found = self._bound_part(element, bound)
            rows *= max(1, found.rows) if kept else found.rows
            solutions += found.solutions + rows
            steps += found.steps
        return Bound(rows, solutions, steps)

    # Joins

    def _join(self, parts: Sequence[Element | _Prefix], given: Given) -> Bound:
        """Return bounds of all parts joined in any order that the engine may choose."""
        if not parts:
            return EMPTY
        certain = [list_part_roles(part) for part in parts]
        rows, solutions, steps = EMPTY
        for component in _find_components(certain):
            found = self._join_connected(parts, certain, component, given)
            solutions += found.solutions + (rows * found.rows if rows > 1 else 0)
            rows *= found.rows
            steps += found.steps
        return Bound(rows, solutions, steps)

    def _join_connected(
        self,
        parts: Sequence[Element | _Prefix],
        certain: Sequence[Given],
        component: Sequence[int],
        given: Given,
    ) -> Bound:
        """Return bounds of parts that hang together by variables."""
        names = {index: _names(certain[index]) for index in component}
        alone = {index: self._bound_part(parts[index], frozenset()) for index in component}
        level: dict[int, tuple[Bound, Given]] = {}  # by sets of parts, each of which is a binary digit
        for first in component:
            found = self._bound_part(parts[first], given)
            level[1 << first] = found._replace(solutions=found.solutions + found.rows), certain[first]
        for _ in range(len(component) - 1):
            following: dict[int, tuple[Bound, Given]] = {}
            for chosen, (before, bound) in level.items():
                bound_names, others = _names(bound), bound | given
                for last in component:
                    if chosen >> last & 1 or bound_names.isdisjoint(names[last]):
                        continue
                    each = self._bound_part(parts[last], others)
                    work = max(alone[last].rows + alone[last].solutions, before.rows * each.solutions)
                    steps = max(alone[last].steps, before.rows * each.steps)
                    found = Bound(before.rows * each.rows, before.solutions + work, before.steps + steps)
                    other = following.get(chosen | 1 << last)
                    if other is None:
                        following[chosen | 1 << last] = found, bound | certain[last]
                    else:
                        rows, *most = zip(found, other[0], strict=True)
                        following[chosen | 1 << last] = Bound(min(rows), max(most[0]), max(most[1])), other[1]
            level = {
                whole: (found._replace(solutions=found.solutions + found.rows), bound)
                for whole, (found, bound) in following.items()
            }
        ((found, _),) = level.values()
        return found

    # Parts

    def _bound_part(self, part: Element | _Prefix, given: Given) -> Bound:
        """Return bounds of a part for one solution that binds some variables.

        :raises TooManyOrdersError: if that was asked too often
        """
        self._looked += 1
        if self._looked > MOST_LOOKS:
            raise TooManyOrdersError
        if isinstance(part, Pattern):
            ends = part.subject.text, part.object.text
            known = frozenset([role for role in given if role.name in ends])
            key = id(part), known
            found = self._found.get(key)
            if found is None:
                found = self._found[key] = self._match(part, known)
            return found
        if isinstance(part, Closure):
            return self._follow(part, given)
        if isinstance(part, Rows):
            return Bound(part.number, 0, part.number)
        if isinstance(part, _Prefix):
            return self._bound_prefix(part, given)
        if isinstance(part, Binding):
            return EMPTY
        if isinstance(part, Selection):  # which is not evaluated again for each solution that it is joined with
            found = self.bound_selection(part)
            return Bound(found.rows, 0, 0) if given else found
        branches = [self.bound_group(group, given) for group in part.groups]
        rows, solutions, steps = (sum(numbers) for numbers in zip(*branches, strict=True))
        return Bound(rows, solutions, steps)

    def _fanouts(self, pattern: Pattern | Closure) -> Fanouts:
        return self._known.named if pattern.named else self._known.default

    def _match(self, pattern: Pattern, given: Given) -> Bound:
        """Return the most matches of a pattern for one solution that binds some variables, and the most steps."""
        known, fanouts = self._known, self._fanouts(pattern)
        steps, matches = [known.size], [fanouts.size]
        subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
        names = _names(given)
        has_subject = not subject.variable or subject.text in names
        has_object = not value.variable or value.text in names
        for is_bound, term, end in ((has_subject, subject, 0), (has_object, value, 1)):
            if is_bound:
                number, of_all = self._count(term, end, given, named=pattern.named)
                matches.append(number)
                steps.append(of_all)
        if not predicate.variable and predicate.place < 0:
            steps.append(known.uses[predicate.text])
            matches.append(fanouts.uses[predicate.text])
            matches += [fanouts.most_objects.get(predicate.text, 0)] if has_subject else []
            matches += [fanouts.most_subjects.get(predicate.text, 0)] if has_object else []
        return Bound(min(matches), 0, max(1, min(steps)))

    def _count(self, term: Term, end: int, given: Given, *, named: bool) -> tuple[int, int]:
        """Return how many statements a bound term is an end of, at most: of the graphs in question, and of all."""
        known = self._known
        if term.place >= 0:
            found: Sequence[int] = self._sizes[term.place]
        elif term.text and not term.variable:
            found = known.measure(term.text)
        else:
            roles = [known.most_of.get(role[1:], known.most) for role in given if role.name == term.text]
            found = [min(numbers) for numbers in zip(known.most, *roles, strict=True)]
        return found[2 * named + end], found[end] + found[2 + end]

    def _follow(self, path: Closure, given: Given) -> Bound:
        """Return bounds of a path of steps that repeat: from one end, each step is taken once at most."""
        known, edges = self._known, 0
        for predicate in path.predicates:
            is_any = predicate.variable or predicate.place >= 0
            edges += known.size if is_any else known.uses[predicate.text]
        names = _names(given)
        ends = [not term.variable or term.text in names for term in (path.subject, path.object)]
        reached = edges + 1
        if all(ends):
            rows = 1
        elif any(ends):
            rows = reached
        elif path.repeats:
            rows = edges * edges
        else:
            rows = edges
        if path.may_be_empty and not any(ends):
            rows += 2 * known.size
        steps = reached if any(ends) else reached * max(1, edges if path.repeats else 1) + 2 * known.size
        return Bound(rows, reached if any(ends) else rows, steps)


def _find_components(certain: Sequence[Given]) -> list[list[int]]:
    """Return the parts that hang together by variables, as lists of their numbers."""
    left, components = list(range(len(certain))), []
    while left:
        component = [left.pop(0)]
        names = _names(certain[component[0]])
        while found := [index for index in left if not names.isdisjoint(_names(certain[index]))]:
            for index in found:
                left.remove(index)
                component.append(index)
                names |= _names(certain[index])
        components.append(component)
    return components


def _is_subordinate(element: Element) -> bool:
    """Return whether an element is evaluated after those before it."""
    return isinstance(element, Binding) or (isinstance(element, Part) and element.kind != "union")


def _list_joined(elements: tuple[Element, ...]) -> list[Element | _Prefix]:
    """Return what of a group is joined in any order."""
    last = max((number for number, element in enumerate(elements) if _is_subordinate(element)), default=-1)
    return [_Prefix(elements[: last + 1])] * (last >= 0) + list(elements[last + 1 :])


def _names(given: Given) -> set[str]:
    return {role.name for role in given}


def _list_pattern_roles(pattern: Pattern) -> Iterator[Role]:
    subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
    known = "" if predicate.variable or predicate.place >= 0 else predicate.text
    if subject.variable:
        yield Role(subject.text, known, 0)
        if known == TYPE and value.text and not value.variable:
            yield Role(subject.text, f"{known} {value.text}", 0)
    if value.variable:
        yield Role(value.text, known, 1)
    if predicate.variable:
        yield Role(predicate.text)


def list_part_roles(part: Element | _Prefix) -> Given:
    """Return the variables that all solutions of a part bind."""
    if isinstance(part, _Prefix):
        return list_certain(part.elements)
    if isinstance(part, Pattern):
        return frozenset(_list_pattern_roles(part))
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
    names = set.intersection(*map(_names, branches))
    return frozenset.intersection(*branches) | frozenset(map(Role, names))


def list_certain(elements: Sequence[Element]) -> Given:
    """Return the variables that all solutions of the elements of a group bind."""
    return frozenset[Role]().union(*map(list_part_roles, elements))
