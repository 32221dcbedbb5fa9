"""Which queries are cheap for sure: so little work that they need no process of their own that could be ended.

The judgement holds whatever plan the engine makes. A query passes if :mod:`eild.query.text.outline` understands all of
it, and if what is known of the data bounds its work (:mod:`eild.query.bounds`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from eild.query.bounds import Bounds, TooManyOrdersError
from eild.query.corrections.graphs import find_wrong_graphs
from eild.query.statistics import MOST_QUADS, Most, Statistics
from eild.query.text.outline import read_outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Store

    from eild.query.text.outline import Outline
    from eild.query.text.query import Query

MOST_SOLUTIONS: Final = 30_000
"""Solutions that are made of patterns, each counted once more for each call of a function and for some operators."""
MOST_STEPS: Final = 1_000_000
"""Steps along the indexes."""
MOST_ROWS: Final = 1000
"""Rows or solutions of an answer."""

_RELATIVE: Final = re.compile(r"<(?:[^:]*>|.*\\)")
_COSTLY_PATTERN: Final = re.compile(r"[{(]|.{101}", re.DOTALL)
_LONGEST: Final = 4096
_DIGITS: Final = 9
_LONG_LITERAL: Final = 500
_PARTS_AT_ONCE: Final = 8
"""Parts of expressions that take as long together as it takes to make a solution."""
_REMEMBERED: Final = 512


def _round_up(number: int) -> int:
    """Return the next number of which only the three highest binary digits may be other than 0."""
    zeros = max(0, number.bit_length() - 3)
    return -(-number >> zeros) << zeros


class Judge:
    """Knows enough of a store to tell which queries are cheap over its default graph.

    :param store: the store, which does not change any more
    """

    def __init__(self, store: Store) -> None:
        self.works = len(store) <= MOST_QUADS
        """Whether the store is small enough to be known so well."""
        self._known = Statistics(store if self.works else [])
        self._literal_sizes = Most(incoming=self._known.most.incoming, incoming_named=self._known.most.incoming_named)
        self._outlines: dict[tuple[str, str], Outline | None] = {}
        self._verdicts: dict[tuple[str, str, tuple[tuple[int, ...], ...]], bool] = {}

    def is_cheap(self, query: Query) -> bool:
        """Return whether a query over the default graph is provably cheap; most others are cheap, too.

        Queries that differ in constants alone are judged once for each order of magnitude of what is known of the
        constants.

        :param query: the query, which the guard has let pass
        """
        if not self.works or len(query.given) > _LONGEST:
            return False
        outline = self._outlines[query.key] if query.key in self._outlines else self._learn_outline(query)
        if outline is None:
            return False
        constants = [query.sources[token] for token in query.places]
        if any(map(_RELATIVE.match, constants)) or self._has_costly_pattern(outline, constants):
            return False
        if outline.selection is None:
            return self._is_short([term.text or constants[term.place] for term in outline.described])
        verdict = *query.key, self._measure(outline, constants)
        if verdict not in self._verdicts:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            self._verdicts[verdict] = self._judge(outline, verdict[2])
        return self._verdicts[verdict]

    @staticmethod
    def _has_costly_pattern(outline: Outline, constants: Sequence[str]) -> bool:
        return any(_COSTLY_PATTERN.search(constants[place]) for place in outline.expressions)

    def _learn_outline(self, query: Query) -> Outline | None:
        if len(self._outlines) >= _REMEMBERED:
            self._outlines.clear()
            self._verdicts.clear()
        outline = read_outline(query)
        if query.structure is not None and find_wrong_graphs(query.structure.select):
            outline = None  # it is evaluated in each graph separately
        self._outlines[query.key] = outline
        return outline

    def _is_short(self, described: list[str]) -> bool:
        """Tell whether descriptions are short, and go on with no blank nodes."""
        found = map(self._known.measure, described)
        short = sum(most.outgoing + most.outgoing_named for most in found) <= MOST_ROWS
        return short and self._known.open_ended.isdisjoint(described)

    def _measure(self, outline: Outline, constants: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Return how many statements begin and end with each constant at most, in rounded numbers.

        They are those of the default graph and then of all named graphs; of a limit, it is its number. The last is how
        many times as long as most literals the longest constant is.
        """
        sizes: list[tuple[int, ...]] = [self._measure_term(constant) for constant in constants]
        for place in outline.limits:
            sizes[place] = (_round_up(int(constants[place][:_DIGITS].partition(".")[0])),)
        sizes.append((max(map(len, constants), default=0) // _LONG_LITERAL,))
        return tuple(sizes)

    def _measure_term(self, constant: str) -> tuple[int, ...]:
        if constant[0] != "<":  # literals are equal in more ways than one
            return self._literal_sizes
        return tuple(map(_round_up, self._known.measure(constant)))

    def _judge(self, outline: Outline, sizes: Sequence[tuple[int, ...]]) -> bool:
        if outline.selection is None:
            return False
        try:
            rows, solutions, steps = Bounds(self._known, sizes).bound_selection(outline.selection)
        except TooManyOrdersError:
            return False
        longest = max(self._known.find_longest(outline.predicates) // _LONG_LITERAL, *sizes[-1])
        work = solutions * (1 + outline.parts // _PARTS_AT_ONCE + outline.calls * outline.growth * (1 + longest))
        answers = 0 if outline.form == "ASK" else rows * outline.made
        return work <= MOST_SOLUTIONS and steps <= MOST_STEPS and answers <= MOST_ROWS
