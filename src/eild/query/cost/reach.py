"""How far paths of repeated steps lead: what is reached at most from one term, found by following every one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MOST_VISITS: Final = 50_000
"""Terms that are visited to find out, over all starts; a path that would need more is not followed."""


class Reach(NamedTuple):
    """What is reached from one term at most.

    :ivar terms: terms, without the start unless a path leads back to it
    :ivar statements: statements that begin or end with the start and with these terms
    """

    terms: int = 0
    statements: int = 0


def measure_reach(
    steps: Iterable[tuple[str, str]], count_statements: Callable[[str], int]
) -> Mapping[str, Reach] | None:
    """Return what is reached from each term that a step starts from; None if that would take too long.

    :param steps: pairs of a start and an end
    :param count_statements: returns how many statements are looked at to find the steps from a term
    """
    ends: defaultdict[str, list[str]] = defaultdict(list)
    for start, end in steps:
        ends[start].append(end)
    found: dict[str, Reach] = {}
    visits = 0
    for start in ends:
        reached: dict[str, None] = {}
        left = [start]
        while left:
            for end in ends.get(left.pop(), ()):
                visits += 1
                if end not in reached:
                    reached[end] = None
                    left.append(end)
            if visits > MOST_VISITS:
                return None
        found[start] = Reach(len(reached), sum(map(count_statements, {start: None, **reached})))
    return found
