"""Which queries are cheap for sure: so little work that they need no process of their own that could be ended.

The judgement holds whatever plan the engine makes. A query passes if :mod:`eild.query.text.outline` understands all of
it, and if what is known of the data bounds its work (:mod:`eild.query.cost.bounds`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Store

from eild.query.corrections.graphs import find_wrong_graphs
from eild.query.corrections.paths import find_wrong_blocks
from eild.query.cost.bounds import Bounds, TooMuchWorkError
from eild.query.cost.statistics import MOST_QUADS, Most, Statistics
from eild.query.text.outline import read_outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.query.text.outline import Outline
    from eild.query.text.query import Query
    from eild.query.text.syntax import Select

MOST_SOLUTIONS: Final = 30_000
"""Solutions that are made of patterns, each counted once more for each call of a function and for some operators."""
MOST_STEPS: Final = 1_000_000
"""Steps along the indexes."""
MOST_ROWS: Final = 1000
"""Rows or solutions of an answer."""

_RELATIVE: Final = re.compile(r"<(?:[^:]*>|.*\\)").match
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


@lru_cache(maxsize=4096)
def _round_all(numbers: Most) -> tuple[int, ...]:
    return tuple(map(_round_up, numbers))


def _is_rewritten(select: Select) -> bool:
    """Return whether what is evaluated for a query is more work than its patterns are."""
    return bool(find_wrong_graphs(select)) or any(wrong.repeated for wrong in find_wrong_blocks(select))


class _Verdicts:
    """What is known of the queries of one outline.

    :ivar outline: what they ask
    :ivar always: whether each of them is cheap, whatever its constants; None if nobody has asked yet
    :ivar found: whether those are cheap of whose constants so much is known
    """

    __slots__ = ("always", "found", "outline")

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.always: bool | None = None
        self.found: dict[tuple[tuple[int, ...], ...], bool] = {}


class Judge:
    """Knows enough of a store to tell which queries are cheap over its default graph.

    :param store: the store, which does not change any more
    """

    def __init__(self, store: Store) -> None:
        self.works = len(store) <= MOST_QUADS
        """Whether the store is small enough to be known so well."""
        self._known = Statistics(store if self.works else Store())
        most = self._known.most
        self._literal_sizes = _round_all(Most(incoming=most.incoming, incoming_named=most.incoming_named))
        self._verdicts: dict[tuple[str, str], _Verdicts | None] = {}

    def is_cheap(self, query: Query) -> bool:
        """Return whether a query over the default graph is provably cheap; most others are cheap, too.

        Queries that differ in constants alone are judged once if they are cheap whatever these are, else once for each
        order of magnitude of what is known of the constants.

        :param query: the query, which the guard has let pass
        """
        if not self.works or len(query.given) > _LONGEST:
            return False
        key = query.key
        verdicts = self._verdicts[key] if key in self._verdicts else self._learn_outline(query)
        if verdicts is None:
            return False
        outline, sources = verdicts.outline, query.sources
        constants = [sources[token] for token in query.places]
        if any(map(_RELATIVE, constants)) or (outline.expressions and self._has_costly_pattern(outline, constants)):
            return False
        if outline.selection is None:
            return self._is_short([term.text or constants[term.place] for term in outline.described])
        if verdicts.always is None:
            verdicts.always = self._judge(outline, self._expect_most(outline, constants))
        if verdicts.always:
            return True
        sizes = self._measure(outline, constants)
        found = verdicts.found.get(sizes)
        if found is None:
            found = self._judge(outline, sizes)
            self._remember(verdicts, sizes, is_cheap=found)
        return found

    def _remember(self, verdicts: _Verdicts, sizes: tuple[tuple[int, ...], ...], *, is_cheap: bool) -> None:
        if sum(len(known.found) for known in self._verdicts.values() if known is not None) >= _REMEMBERED:
            self._verdicts.clear()
        verdicts.found[sizes] = is_cheap

    @staticmethod
    def _has_costly_pattern(outline: Outline, constants: Sequence[str]) -> bool:
        return any(_COSTLY_PATTERN.search(constants[place]) for place in outline.expressions)

    def _learn_outline(self, query: Query) -> _Verdicts | None:
        if len(self._verdicts) >= _REMEMBERED:
            self._verdicts.clear()
        outline = read_outline(query)
        if query.structure is not None and _is_rewritten(query.structure.select):
            outline = None
        self._verdicts[query.key] = None if outline is None else _Verdicts(outline)
        return self._verdicts[query.key]

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
        return _round_all(self._known.measure(constant))

    def _expect_most(self, outline: Outline, constants: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Return what :meth:`_measure` returns at most for queries of an outline."""
        most = _round_all(self._known.most)
        sizes: list[tuple[int, ...]] = [most if constant[0] == "<" else self._literal_sizes for constant in constants]
        for place in outline.limits:
            sizes[place] = (_round_up(10**_DIGITS),)
        sizes.append((_LONGEST // _LONG_LITERAL,))
        return tuple(sizes)

    def _judge(self, outline: Outline, sizes: Sequence[tuple[int, ...]]) -> bool:
        if outline.selection is None:
            return False
        longest = max(self._known.find_longest(outline.predicates) // _LONG_LITERAL, *sizes[-1])
        each = 1 + outline.parts // _PARTS_AT_ONCE + outline.calls * outline.growth * (1 + longest)
        try:
            bounds = Bounds(self._known, sizes, MOST_SOLUTIONS // each, MOST_STEPS)
            rows, solutions, steps = bounds.bound_selection(outline.selection)
        except TooMuchWorkError:
            return False
        answers = 0 if outline.form == "ASK" else rows * outline.made
        return solutions * each <= MOST_SOLUTIONS and steps <= MOST_STEPS and answers <= MOST_ROWS
