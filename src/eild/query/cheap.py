"""Which queries are cheap for sure: so little work that they need no process of their own that could be ended.

The judgement holds whatever plan the engine makes. A query passes if it is of the part of SPARQL that
:mod:`eild.query.text.outline` draws, and if what is known of the data bounds its work: for each set of its triple
patterns the number of solutions is at most that of the set without one of them times the most matches that this one can
have, and the sum over all sets bounds every order of joins. Steps along the engine's indexes are bounded likewise, as
one holds the statements of all graphs.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, DefaultGraph

from eild.query.text.outline import read_outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Store

    from eild.query.text.outline import Outline, Pattern, Term
    from eild.query.text.query import Query

MOST_QUADS: Final = 250_000
"""Statements of all graphs; over more of them nothing is judged, for what is known of them would take memory."""
MOST_SOLUTIONS: Final = 20_000
"""Solutions of all sets of triple patterns together, each counted once more for each call of a function."""
MOST_STEPS: Final = 1_000_000
"""Steps along the indexes."""
MOST_ROWS: Final = 500
"""Rows or solutions of an answer."""

_RELATIVE: Final = re.compile(r"<[^:]*>|.*\\")
_COSTLY_PATTERN: Final = re.compile(r"[{(]|.{101}", re.DOTALL)
_LONGEST: Final = 2048
_DIGITS: Final = 9
_LONG_LITERAL: Final = 500
_REMEMBERED: Final = 512


def _is_doubtful(constant: str) -> bool:
    """Return whether a constant may stand for something else than it says, or may make a filter costly."""
    if constant[0] == "<":
        return bool(_RELATIVE.match(constant))
    return constant[0] in "\"'" and bool(_COSTLY_PATTERN.search(constant))


class Judge:
    """Knows enough of a store to tell which queries are cheap over its default graph.

    :param store: the store, which does not change any more
    """

    def __init__(self, store: Store) -> None:
        self._outgoing: Counter[str] = Counter()
        self._incoming: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()
        self._most_objects: dict[str, int] = {}
        self._most_subjects: dict[str, int] = {}
        self._size = len(store)
        self._default_size = 0
        self._outlines: dict[tuple[str, str], Outline | None] = {}
        self._verdicts: dict[tuple[str, str, tuple[tuple[int, int], ...]], bool] = {}
        self._open_ended: set[str] = set()  # subjects whose description goes on with blank nodes
        self.works = self._size <= MOST_QUADS
        """Whether the store is small enough to be known so well."""
        if self.works:
            self._learn(store)
        self._most_outgoing = max(self._outgoing.values(), default=0)
        self._length = 1 + max(map(len, self._incoming), default=0) // _LONG_LITERAL
        self._most_incoming = max(self._incoming.values(), default=0)

    def _learn(self, store: Store) -> None:
        """Count what bounds are made of."""
        objects: Counter[tuple[str, str]] = Counter()
        subjects: Counter[tuple[str, str]] = Counter()
        for quad in store:
            subject, predicate, value = str(quad.subject), str(quad.predicate), str(quad.object)
            if isinstance(quad.object, BlankNode):
                self._open_ended.add(subject)
            self._outgoing[subject] += 1
            self._incoming[value] += 1
            self._uses[predicate] += 1
            if isinstance(quad.graph_name, DefaultGraph):
                self._default_size += 1
                objects[subject, predicate] += 1
                subjects[predicate, value] += 1
        for (_, predicate), number in objects.items():
            self._most_objects[predicate] = max(self._most_objects.get(predicate, 0), number)
        for (predicate, _), number in subjects.items():
            self._most_subjects[predicate] = max(self._most_subjects.get(predicate, 0), number)

    def is_cheap(self, query: Query) -> bool:
        """Return whether a query over the default graph is provably cheap; most others are cheap, too.

        Queries that differ in constants alone are judged once for each order of magnitude of what is known of the
        constants.

        :param query: the query, which the guard has let pass
        """
        if not self.works or len(query.given) > _LONGEST:
            return False
        constants = [query.sources[token] for token in query.places]
        if any(map(_is_doubtful, constants)):
            return False
        key = query.key
        if key in self._outlines:
            outline = self._outlines[key]
        else:
            if len(self._outlines) >= _REMEMBERED:
                self._outlines.clear()
                self._verdicts.clear()
            outline = self._outlines[key] = read_outline(query)
        if outline is None:
            return False
        if outline.form == "DESCRIBE":
            return self._is_short([term.text or constants[term.place] for term in outline.described])
        sizes = [self._measure(constant) for constant in constants]
        if outline.limit is not None:
            sizes[outline.limit] = (int(constants[outline.limit][:_DIGITS].partition(".")[0]).bit_length(), 0)
        verdict = *key, tuple(sizes)
        if verdict not in self._verdicts:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            self._verdicts[verdict] = self._judge(outline, sizes)
        return self._verdicts[verdict]

    def _is_short(self, described: list[str]) -> bool:
        """Tell whether descriptions are short, and go on with no blank nodes."""
        short = sum(self._outgoing[iri] for iri in described) <= MOST_ROWS
        return short and self._open_ended.isdisjoint(described)

    def _measure(self, constant: str) -> tuple[int, int]:
        """Return, as numbers of binary digits, how many statements begin and end with a constant at most."""
        outgoing = self._outgoing.get(constant, 0)
        # literals are equal in more ways than one
        incoming = self._incoming.get(constant, 0) if constant[0] == "<" else self._most_incoming
        return outgoing.bit_length(), incoming.bit_length()

    def _judge(self, outline: Outline, sizes: list[tuple[int, int]]) -> bool:
        solutions, steps, rows = self._bound(outline.patterns, sizes)
        if outline.limit is not None:
            rows = min(rows, (1 << sizes[outline.limit][0]) - 1)
        if outline.form == "ASK":
            rows = 0
        work = solutions * (1 + outline.calls * self._length)
        return work <= MOST_SOLUTIONS and steps <= MOST_STEPS and rows <= MOST_ROWS

    def _bound(self, patterns: list[Pattern], sizes: list[tuple[int, int]]) -> tuple[int, int, int]:
        """Return bounds of the solutions and steps of all orders of joins, and of the solutions of all patterns."""
        best: dict[frozenset[int], int] = {frozenset(): 1}
        solutions = steps = 0
        for size in range(1, len(patterns) + 1):
            for chosen in combinations(range(len(patterns)), size):
                whole, numbers = frozenset(chosen), []
                for last in chosen:
                    before = whole - {last}
                    bound = _bind([patterns[index] for index in before])
                    found, looked = self._match(patterns[last], bound, sizes)
                    numbers.append(best[before] * (max(1, found) if patterns[last].optional else found))
                    steps += best[before] * looked
                best[whole] = min(numbers)
                solutions += best[whole]
        return solutions, steps, best[frozenset(range(len(patterns)))]

    def _match(self, pattern: Pattern, bound: set[str], sizes: list[tuple[int, int]]) -> tuple[int, int]:
        """Return the most matches of a pattern for one solution that binds some variables, and the most steps."""
        steps, matches = [self._size], [self._default_size]
        subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
        has_subject = not subject.variable or subject.text in bound
        has_object = not value.variable or value.text in bound
        if has_subject:
            steps.append(self._count(subject, sizes, 0, self._outgoing, self._most_outgoing))
        if has_object:
            steps.append(self._count(value, sizes, 1, self._incoming, self._most_incoming))
        if not predicate.variable and predicate.place < 0:
            steps.append(self._uses[predicate.text])
            matches += [self._most_objects.get(predicate.text, 0)] if has_subject else []
            matches += [self._most_subjects.get(predicate.text, 0)] if has_object else []
        return min(*steps, *matches), max(1, min(steps))

    @staticmethod
    def _count(term: Term, sizes: list[tuple[int, int]], end: int, counts: Mapping[str, int], most: int) -> int:
        """Return how many statements a bound term is an end of, at most."""
        if term.variable:
            return most
        if term.place < 0:
            return counts.get(term.text, 0)
        return min(most, (1 << sizes[term.place][end]) - 1)


def _bind(patterns: list[Pattern]) -> set[str]:
    """Return the variables that solutions of some patterns bind; those of optional ones may be unbound."""
    return {
        term.text
        for pattern in patterns
        if not pattern.optional
        for term in (pattern.subject, pattern.predicate, pattern.object)
        if term.variable
    }
