"""How many matches a pattern has at most, and how many statements are looked at to find them.

What one term has at most is seldom what most terms have. So what is known of the values of variables counts, two
patterns are counted term by term, and so are the statements around the terms of a pattern, which look-ups go through.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from eild.query.cost.reach import Reach
from eild.query.cost.roles import is_placed, is_single, list_names, list_pattern_roles
from eild.query.cost.statistics import Place
from eild.query.text.outline import Closure, Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.query.cost.roles import Given, Role
    from eild.query.cost.statistics import Fanouts, Statistics
    from eild.query.text.outline import Term

    End = tuple[str, int]  # a variable, and the end of a statement that it is
    Sizes = Sequence[tuple[int, ...]]


class Bound(NamedTuple):
    """What something has and costs at most.

    :ivar rows: solutions that it has
    :ivar solutions: solutions that are made on the way
    :ivar steps: steps along the indexes
    """

    rows: int
    solutions: int
    steps: int


class Matches:
    """Finds bounds of the patterns of one query over a store.

    :param statistics: what is known of it
    :param sizes: of each constant of the query, how many statements begin and end with it at most, in the default graph
        and then in named graphs
    """

    def __init__(self, statistics: Statistics, sizes: Sizes) -> None:
        self._known = statistics
        self._sizes = sizes
        self._found: dict[tuple[int, Given], Bound] = {}
        self._alone: dict[int, tuple[int, int]] = {}
        self._of_role: dict[tuple[int, Role], tuple[int, int]] = {}

    def bound(self, part: Pattern | Closure, given: Given) -> Bound:
        """Return bounds of a pattern for one solution that binds some variables."""
        ends = part.subject.text, part.object.text
        known = frozenset([role for role in given if role.name in ends])
        key = id(part), known
        found = self._found.get(key)
        if found is None:
            found = self._match(part, known) if isinstance(part, Pattern) else self._follow(part, known)
            self._found[key] = found
        return found

    def _fanouts(self, pattern: Pattern | Closure) -> Fanouts:
        return self._known.named if pattern.named else self._known.default

    def _match(self, pattern: Pattern, given: Given) -> Bound:
        """Return the most matches of a pattern for one solution that binds some variables, and the most steps."""
        found = [self._match_alone(pattern), *[self._match_role(pattern, role) for role in given]]
        matches, steps = (min(numbers) for numbers in zip(*found, strict=True))
        names = list_names(given)
        if not (pattern.named or pattern.predicate.variable) and all(
            not term.variable or term.text in names for term in (pattern.subject, pattern.object)
        ):
            matches = min(1, matches)  # a statement is in a graph once
        return Bound(matches, 0, max(1, steps))

    def _match_alone(self, pattern: Pattern) -> tuple[int, int]:
        """Return the most matches of a pattern by itself, and the most steps."""
        if id(pattern) in self._alone:
            return self._alone[id(pattern)]
        known, fanouts, predicate = self._known, self._fanouts(pattern), pattern.predicate
        matches, steps = [fanouts.size], [known.size]
        is_known = not predicate.variable and predicate.place < 0
        if is_known:
            matches.append(fanouts.uses[predicate.text])
            steps.append(known.uses[predicate.text])
        for term, end in ((pattern.subject, 0), (pattern.object, 1)):
            if not term.variable:
                most = self._measure(term)
                matches.append(most[2 * pattern.named + end])
                matches += [fanouts.find_most(predicate.text, end)] if is_known else []
                steps.append(most[end] + most[2 + end])
        self._alone[id(pattern)] = min(matches), min(steps)
        return self._alone[id(pattern)]

    def _measure(self, constant: Term) -> Sequence[int]:
        """Return how many statements a constant begins and ends at most, as statistics have it."""
        if constant.place >= 0:
            return self._sizes[constant.place]
        return self._known.measure(constant.text) if constant.text else self._known.most

    def _match_role(self, pattern: Pattern, role: Role) -> tuple[int, int]:
        """Return the most matches of a pattern for a value that a variable of it has elsewhere, and the most steps."""
        key = id(pattern), role
        if key in self._of_role:
            return self._of_role[key]
        known, fanouts, predicate = self._known, self._fanouts(pattern), pattern.predicate
        most = known.most_of.get(role.place[:2], known.most)
        matches, steps = [fanouts.size], [known.size]
        for term, end in ((pattern.subject, 0), (pattern.object, 1)):
            if term.text == role.name:
                matches.append(most[2 * pattern.named + end])
                steps.append(most[end] + most[2 + end])
                if not predicate.variable and predicate.place < 0:
                    matches.append(fanouts.find_most(predicate.text, end))
                    place = Place(predicate.text, end, pattern.named)
                    matches += [known.compare(role.place, place).most] if is_placed(role) else []
        self._of_role[key] = min(matches), min(steps)
        return self._of_role[key]

    def _follow(self, path: Closure, given: Given) -> Bound:
        """Return bounds of a path of steps that repeat.

        From one end, each step is taken once at most; a path between two given ends is followed from its subject.
        """
        known, edges = self._known, 0
        for predicate in path.predicates:
            is_any = predicate.variable or predicate.place >= 0
            edges += known.size if is_any else known.uses[predicate.text]
        names = list_names(given)
        ends = [not term.variable or term.text in names for term in (path.subject, path.object)]
        if not any(ends):
            rows = edges * edges if path.repeats else edges
            rows += 2 * known.size if path.may_be_empty else 0
            return Bound(rows, rows, (edges + 1) * max(1, edges if path.repeats else 1) + 2 * known.size)
        terms, statements = self._reach(path, 0 if ends[0] else 1, given) or Reach(edges, edges)
        graphs = known.graphs if path.named else 1  # in each of which it begins anew
        return Bound(graphs if all(ends) else terms + graphs, terms + graphs, statements + edges + graphs)

    def _reach(self, path: Closure, end: int, given: Given) -> Reach | None:
        """Return what is reached at most from a given end of a path; None if that is not known.

        :param end: 0 for the subject, 1 for the object
        """
        if path.named or not path.forward or any(predicate.place >= 0 for predicate in path.predicates):
            return None
        found = self._known.find_reach(frozenset(predicate.text for predicate in path.predicates), end)
        if found is None:
            return None
        start = path.object if end else path.subject
        if start.text and not start.variable:
            return found.get(start.text, Reach())
        places = [role.place for role in given if role.name == start.text and is_placed(role)]
        least = [*map(self._known.list_terms, places), found]
        reaches = [found[term] for term in min(least, key=len) if term in found]
        return Reach(*map(max, zip(Reach(), *reaches, strict=True)))

    def count_pairs(self, first: Pattern, second: Pattern) -> float:
        """Return how many solutions two patterns have together at most, term by term; infinite if nothing is known."""
        least = inf
        for one in filter(is_placed, list_pattern_roles(first)):
            for other in filter(is_placed, list_pattern_roles(second)):
                if one.name == other.name:
                    found = self._known.compare(one.place, other.place)
                    if is_single(first, one):
                        number = found.terms if is_single(second, other) else found.second
                    else:
                        number = found.first if is_single(second, other) else found.pairs
                    least = min(least, number)
        return least

    def count_around(self, pattern: Pattern, end: End) -> float:
        """Return how many statements the values of a variable of a pattern are an end of, one match after the other.

        Infinite if nothing is known.
        """
        least = inf
        for role in filter(is_placed, list_pattern_roles(pattern)):
            if role.name == end[0]:
                once, often = self._known.count_around(role.place, end[1])
                least = min(least, once if is_single(pattern, role) else often)
        return least

    def find_most(self, end: End, given: Given) -> int:
        """Return how many statements of any graph a value of a variable is an end of, at most."""
        known = self._known
        roles = [role for role in given if role.name == end[0]]
        found = [known.most, *[known.most_of.get(role.place[:2], known.most) for role in roles]]
        return min(most[end[1]] + most[2 + end[1]] for most in found)
