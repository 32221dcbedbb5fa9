"""What is known of the statements of a store: how many each term begins and ends, and each predicate has."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Quad

MOST_QUADS: Final = 250_000
"""Statements of all graphs; of more of them nothing is learnt, for what is known of them would take memory."""
TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
"""The predicate whose objects are classes."""


class Fanouts:
    """How predicates connect terms, in the default graph or in all named graphs taken together.

    :ivar size: statements
    :ivar uses: statements of a predicate
    :ivar subjects: different subjects of a predicate
    :ivar objects: different objects of a predicate
    :ivar most_objects: the greatest number of statements that one subject has of a predicate
    :ivar most_subjects: the greatest number of statements that one object has of a predicate
    """

    def __init__(self, statements: Iterable[tuple[str, str, str]]) -> None:
        forward: Counter[tuple[str, str]] = Counter()
        backward: Counter[tuple[str, str]] = Counter()
        self.size = 0
        self.uses: Counter[str] = Counter()
        for subject, predicate, value in statements:
            self.size += 1
            self.uses[predicate] += 1
            forward[predicate, subject] += 1
            backward[predicate, value] += 1
        self.subjects: Counter[str] = Counter(predicate for predicate, _ in forward)
        self.objects: Counter[str] = Counter(predicate for predicate, _ in backward)
        self.most_objects = _find_most(forward)
        self.most_subjects = _find_most(backward)


def _find_most(counts: Counter[tuple[str, str]]) -> dict[str, int]:
    most: dict[str, int] = {}
    for (predicate, _), number in counts.items():
        most[predicate] = max(most.get(predicate, 0), number)
    return most


class Most(NamedTuple):
    """How many statements a term of some kind begins and ends at most, in the default graph and in named graphs."""

    outgoing: int = 0
    incoming: int = 0
    outgoing_named: int = 0
    incoming_named: int = 0


_NOWHERE: Final = Most()


def _count_ends(
    default: Sequence[tuple[str, str, str]], named: Sequence[tuple[str, str, str]]
) -> Iterator[tuple[str, Most]]:
    """Yield each term that begins or ends statements, with their numbers; of equal numbers all terms have one tuple."""
    ends = (0, default), (2, default), (0, named), (2, named)
    counters = [Counter(statement[end] for statement in statements) for end, statements in ends]
    shared: dict[Most, Most] = {}
    for term in dict.fromkeys(itertools.chain.from_iterable(counters)):
        found = Most(*[counter[term] for counter in counters])
        yield term, shared.setdefault(found, found)


class Statistics:
    """What is known of a store that does not change any more.

    :param store: the store
    :ivar size: statements of all graphs
    :ivar uses: statements of a predicate, of all graphs
    :ivar most: of any term
    :ivar most_of: of the terms at an end of a predicate, by predicate and end, which is 0 for subjects and 1 for
        objects; of the members of a class, by ``rdf:type`` and the class
    :ivar longest: the greatest length of a term in statements of a predicate, and of their graphs
    :ivar open_ended: subjects that lead to blank nodes, with which their descriptions go on
    :ivar default: the default graph
    :ivar named: the named graphs
    """

    def __init__(self, store: Iterable[Quad]) -> None:
        self.longest: dict[str, int] = {}
        self.open_ended: set[str] = set()
        texts: dict[str, str] = {}  # so that equal terms are one text in memory
        default: list[tuple[str, str, str]] = []
        named: list[tuple[str, str, str]] = []
        for quad in store:
            statement = self._take(quad, texts)
            (default if isinstance(quad.graph_name, DefaultGraph) else named).append(statement)
        self.default, self.named = Fanouts(default), Fanouts(named)
        self.size = self.default.size + self.named.size
        self.uses = self.default.uses + self.named.uses
        self._ends = dict(_count_ends(default, named))
        self.most = Most(*map(max, _NOWHERE, _NOWHERE, *set(self._ends.values())))
        self.most_of: dict[tuple[str, int], Most] = {}
        for subject, predicate, value in itertools.chain(default, named):
            self._raise_most((predicate, 0), self._ends[subject])
            self._raise_most((predicate, 1), self._ends[value])
            if predicate == TYPE:
                self._raise_most((f"{predicate} {value}", 0), self._ends[subject])

    def _raise_most(self, place: tuple[str, int], found: Most) -> None:
        before = self.most_of.setdefault(place, found)
        if found != before:
            self.most_of[place] = Most(*map(max, before, found))

    def measure(self, term: str) -> Most:
        """Return how many statements a term begins and ends.

        :param term: as N-Triples write it
        """
        return self._ends.get(term, _NOWHERE)

    def _take(self, quad: Quad, texts: dict[str, str]) -> tuple[str, str, str]:
        terms = str(quad.subject), str(quad.predicate), str(quad.object)
        subject, predicate, value = [texts.setdefault(term, term) for term in terms]
        if isinstance(quad.object, BlankNode):
            self.open_ended.add(subject)
        self.longest[predicate] = max(self.longest.get(predicate, 0), len(str(quad.graph_name)), *map(len, terms))
        return subject, predicate, value

    def find_longest(self, predicates: Iterable[str] | None) -> int:
        """Return the greatest length of a term in statements of some predicates.

        :param predicates: as N-Triples write them; None for all
        """
        if predicates is None:
            return max(self.longest.values(), default=0)
        return max((self.longest.get(predicate, 0) for predicate in predicates), default=0)
