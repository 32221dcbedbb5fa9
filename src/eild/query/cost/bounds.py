"""How much work a query may be at most, whatever plan the engine makes.

Patterns of a group are joined one after the other, in an order that the engine chooses. It joins what shares a
variable that both are sure to bind, and only then combines parts that share none. So the bound is over all such orders:
solutions of a set of patterns are at most those of the set without one of them times the most matches that this one can
have, in whichever order that is least; work is that of the order in which it is most. A join may look each solution up
in the next pattern, or match the pattern once by itself: both are counted.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from eild.query.cost.matches import Bound, Matches
from eild.query.cost.roles import Prefix, list_certain, list_names, list_part_roles
from eild.query.text.outline import Binding, Closure, Part, Pattern, Rows, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.query.cost.matches import End, Sizes
    from eild.query.cost.roles import Element, Given
    from eild.query.cost.statistics import Statistics
    from eild.query.text.outline import Group


class TooMuchWorkError(Exception):
    """A query may be too much work, or may be evaluated in so many orders that finding their bounds would be."""


class _Joinable(NamedTuple):
    """A part that is joined with others.

    :ivar certain: the variables that all its solutions bind
    :ivar names: their names
    :ivar alone: bounds of the part by itself
    :ivar mosts: of ends that are looked up, how many statements one value is that end of, at most
    """

    part: Element | Prefix
    certain: Given
    names: set[str]
    alone: Bound
    mosts: Mapping[End, int]


class _Joined(NamedTuple):
    """Parts that are joined.

    :ivar bound: of them
    :ivar certain: the variables that all their solutions bind
    :ivar around: of ends that are looked up, how many statements the values are that end of, one solution after the
        other
    """

    bound: Bound
    certain: Given
    around: dict[End, int]


MOST_LOOKS: Final = 2000
"""How often parts of a query are looked at, over all orders in which they may be joined: some thirty milliseconds."""

EMPTY: Final = Bound(1, 0, 0)
"""Of a group without patterns, which has one solution."""


class Bounds:
    """Finds bounds of one query over a store.

    :param statistics: what is known of it
    :param sizes: of each constant of the query, how many statements begin and end with it at most, in the default graph
        and then in named graphs; of a limit, its number
    :param most_solutions: how many solutions may be made in some order; no order is looked at further that makes more
    :param most_steps: how many steps may be taken in some order
    """

    def __init__(
        self, statistics: Statistics, sizes: Sizes, most_solutions: float = inf, most_steps: float = inf
    ) -> None:
        self._known = statistics
        self._matches = Matches(statistics, sizes)
        self._sizes = sizes
        self._most_solutions = most_solutions
        self._most_steps = most_steps
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
                fanouts = self._known.named if element.named else self._known.default
                if element.subject.text == name:
                    least = min(least, len(fanouts.list_terms(element.predicate.text, 0)))
                if element.object.text == name:
                    least = min(least, len(fanouts.list_terms(element.predicate.text, 1)))
            elif isinstance(element, Pattern) and element.predicate.text == name:
                least = min(least, len(self._known.uses))
            elif isinstance(element, Rows) and name in element.names:
                least = min(least, element.number)
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

    def _bound_prefix(self, prefix: Prefix, given: Given) -> Bound:
        """Return bounds of the elements up to one that is evaluated after those before it."""
        *before, last = prefix.elements
        bound = self._bound_elements(tuple(before), given)
        return self._subordinate(last, bound, given | list_certain(before)) if isinstance(last, Part) else bound

    def _subordinate(self, part: Part, before: Bound, bound: Given) -> Bound:
        """Return bounds of what comes before OPTIONAL or MINUS together with it."""
        group = part.groups[0]
        alone, each = self.bound_group(group, frozenset()), self.bound_group(group, bound)
        connected = not list_names(bound).isdisjoint(list_names(list_certain(group.elements)))
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

    def _join(self, parts: Sequence[Element | Prefix], given: Given) -> Bound:
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
        parts: Sequence[Element | Prefix],
        certain: Sequence[Given],
        component: Sequence[int],
        given: Given,
    ) -> Bound:
        """Return bounds of parts that hang together by variables."""
        looked_up = {end for index in component for end in _list_looked_up(parts[index])}
        joinable = {}
        for index in component:
            names = list_names(certain[index])
            mosts = {end: self._matches.find_most(end, certain[index]) for end in looked_up if end[0] in names}
            alone = self._bound_part(parts[index], frozenset())
            joinable[index] = _Joinable(parts[index], certain[index], names, alone, mosts)
        level: dict[int, _Joined] = {}  # by sets of parts, each of which is a binary digit
        for index, first in joinable.items():
            bound = self._bound_part(first.part, given)
            level[1 << index] = _Joined(bound, first.certain, self._count_around(first, bound.rows))
        for _ in range(len(component) - 1):
            following: dict[int, _Joined] = {}
            for chosen, joined in level.items():
                before = _count_solutions(joined)
                bound_names = list_names(before.certain)
                for index, last in joinable.items():
                    if chosen >> index & 1 or bound_names.isdisjoint(last.names):
                        continue
                    found = self._join_last(before, last, given)
                    if not chosen & (chosen - 1):  # it is one part
                        found = self._count_pairs(found, parts[chosen.bit_length() - 1], last.part)
                    other = following.get(chosen | 1 << index)
                    following[chosen | 1 << index] = found if other is None else _combine(found, other)
            level = following
        (whole,) = level.values()
        return _count_solutions(whole).bound

    def _join_last(self, before: _Joined, last: _Joinable, given: Given) -> _Joined:
        """Return parts joined with another one, last.

        :raises TooMuchWorkError: if that is more work than a query may be
        """
        rows, solutions, steps = before.bound
        each, alone = self._bound_part(last.part, before.certain | given), last.alone
        work = max(alone.rows + alone.solutions, rows * each.solutions)
        looked = rows * each.steps
        for end in _list_looked_up(last.part):
            if end in before.around:
                looked = min(looked, max(rows, before.around[end]))
        bound = Bound(rows * each.rows, solutions + work, steps + max(alone.steps, looked))
        if bound.solutions > self._most_solutions or bound.steps > self._most_steps:
            raise TooMuchWorkError
        around = {end: number * each.rows for end, number in before.around.items()}
        for end, most in last.mosts.items():
            around[end] = min(around.get(end, bound.rows * most), bound.rows * most)
        return _Joined(bound, before.certain | last.certain, around)

    def _count_pairs(self, joined: _Joined, first: Element | Prefix, second: Element | Prefix) -> _Joined:
        """Return two joined parts with no more solutions than they have term by term, if they are patterns."""
        if not (isinstance(first, Pattern) and isinstance(second, Pattern)):
            return joined
        rows = min(joined.bound.rows, self._matches.count_pairs(first, second))
        return joined._replace(bound=joined.bound._replace(rows=int(rows)))

    def _count_around(self, first: _Joinable, rows: int) -> dict[End, int]:
        """Return how many statements are around the values of variables of a part, one solution after the other."""
        around = {end: rows * most for end, most in first.mosts.items()}
        if isinstance(first.part, Pattern):
            for end, number in around.items():
                around[end] = int(min(number, self._matches.count_around(first.part, end)))
        return around

    # Parts

    def _bound_part(self, part: Element | Prefix, given: Given) -> Bound:
        """Return bounds of a part for one solution that binds some variables.

        :raises TooMuchWorkError: if that was asked too often
        """
        self._looked += 1
        if self._looked > MOST_LOOKS:
            raise TooMuchWorkError
        if isinstance(part, Pattern | Closure):
            return self._matches.bound(part, given)
        if isinstance(part, Rows):
            return Bound(part.number, 0, part.number)
        if isinstance(part, Prefix):
            return self._bound_prefix(part, given)
        if isinstance(part, Binding):
            return EMPTY
        if isinstance(part, Selection):  # which is not evaluated again for each solution that it is joined with
            found = self.bound_selection(part)
            return Bound(found.rows, 0, 0) if given else found
        branches = [self.bound_group(group, given) for group in part.groups]
        rows, solutions, steps = (sum(numbers) for numbers in zip(*branches, strict=True))
        return Bound(rows, solutions, steps)


def _find_components(certain: Sequence[Given]) -> list[list[int]]:
    """Return the parts that hang together by variables, as lists of their numbers."""
    left, components = list(range(len(certain))), []
    while left:
        component = [left.pop(0)]
        names = list_names(certain[component[0]])
        while found := [index for index in left if not names.isdisjoint(list_names(certain[index]))]:
            for index in found:
                left.remove(index)
                component.append(index)
                names |= list_names(certain[index])
        components.append(component)
    return components


def _is_subordinate(element: Element) -> bool:
    """Return whether an element is evaluated after those before it."""
    return isinstance(element, Binding) or (isinstance(element, Part) and element.kind != "union")


def _list_joined(elements: tuple[Element, ...]) -> list[Element | Prefix]:
    """Return what of a group is joined in any order."""
    last = max((number for number, element in enumerate(elements) if _is_subordinate(element)), default=-1)
    return [Prefix(elements[: last + 1])] * (last >= 0) + list(elements[last + 1 :])


def _list_looked_up(part: Element | Prefix) -> Sequence[End]:
    """Return the variables of a pattern whose values are looked up, each with the end of a statement that it is."""
    if not isinstance(part, Pattern):
        return ()
    return [(term.text, end) for term, end in ((part.subject, 0), (part.object, 1)) if term.variable]


def _count_solutions(joined: _Joined) -> _Joined:
    """Return joined parts with their solutions counted among those that are made."""
    bound = joined.bound
    return joined._replace(bound=bound._replace(solutions=bound.solutions + bound.rows))


def _combine(one: _Joined, other: _Joined) -> _Joined:
    """Return what holds for parts joined in one order and in another: the same solutions, and the work of either."""
    rows, *most = zip(one.bound, other.bound, strict=True)
    around = {end: min(number, other.around[end]) for end, number in one.around.items()}
    return _Joined(Bound(min(rows), max(most[0]), max(most[1])), one.certain, around)
