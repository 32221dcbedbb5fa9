"""What is known of the statements of a store: how many each term begins and ends, and each predicate has."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from eild.query.cost.reach import Reach, measure_reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad, Store

MOST_QUADS: Final = 250_000
"""Statements of all graphs; of more of them nothing is learnt, for what is known of them would take memory."""
TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
"""The predicate whose objects are classes."""


class Fanouts:
    """How predicates connect terms, in the default graph or in all named graphs taken together.

    :ivar size: statements
    :ivar uses: statements of a predicate
    :ivar ends: for subjects and then for objects, how many statements of a predicate each term is that end of; under
        ``rdf:type`` and a class, the members of the class
    """

    def __init__(self, statements: Iterable[tuple[str, str, str]]) -> None:
        self.size = 0
        self.uses: Counter[str] = Counter()
        self.ends: tuple[dict[str, Counter[str]], dict[str, Counter[str]]] = defaultdict(Counter), defaultdict(Counter)
        forward, backward = self.ends
        for subject, predicate, value in statements:
            self.size += 1
            self.uses[predicate] += 1
            forward[predicate][subject] += 1
            backward[predicate][value] += 1
            if predicate == TYPE:
                forward[f"{predicate} {value}"][subject] += 1
        self._most = tuple({name: max(counts.values()) for name, counts in ends.items()} for ends in self.ends)

    def list_terms(self, predicate: str, end: int) -> Counter[str]:
        """Return the terms at an end of a predicate, each with the number of its statements."""
        return self.ends[end].get(predicate, _NO_TERMS)

    def find_most(self, predicate: str, end: int) -> int:
        """Return the greatest number of statements of a predicate that one term is an end of."""
        return self._most[end].get(predicate, 0)


class Place(NamedTuple):
    """An end of a predicate.

    :ivar predicate: the predicate, or ``rdf:type`` and a class; empty if nothing is known
    :ivar end: 0 for the subject, 1 for the object
    :ivar named: whether in named graphs rather than in the default graph
    """

    predicate: str = ""
    end: int = 0
    named: bool = False


class Meeting(NamedTuple):
    """The terms that are at two places.

    :ivar most: the most statements that one of them has at the second place
    :ivar terms: how many terms are at both
    :ivar first: statements that they have at the first place
    :ivar second: statements that they have at the second place
    :ivar pairs: pairs of a statement at the first place and one at the second
    """

    most: int = 0
    terms: int = 0
    first: int = 0
    second: int = 0
    pairs: int = 0


class Most(NamedTuple):
    """How many statements a term of some kind begins and ends at most, in the default graph and in named graphs."""

    outgoing: int = 0
    incoming: int = 0
    outgoing_named: int = 0
    incoming_named: int = 0


_NOWHERE: Final = Most()
_REMEMBERED: Final = 4096
_NO_TERMS: Final[Counter[str]] = Counter()


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
    :ivar graphs: named graphs
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

    def __init__(self, store: Store) -> None:
        self._store = store
        self.graphs = sum(1 for _ in store.named_graphs())
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
        self._meetings: dict[tuple[Place, Place], Meeting] = {}
        self._around: dict[tuple[Place, int], tuple[int, int]] = {}
        self._reaches: dict[tuple[frozenset[str], int], Mapping[str, Reach] | None] = {}
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

    def list_terms(self, place: Place) -> Counter[str]:
        """Return the terms at a place, each with the number of its statements there."""
        return (self.named if place.named else self.default).list_terms(place.predicate, place.end)

    def compare(self, first: Place, second: Place) -> Meeting:
        """Return what is known of the terms that are at two places."""
        key = first, second
        if key not in self._meetings:
            if len(self._meetings) >= _REMEMBERED:
                self._meetings.clear()
            here, there = self.list_terms(first), self.list_terms(second)
            least = here if len(here) <= len(there) else there
            pairs = [(here[term], there[term]) for term in least if term in here and term in there]
            self._meetings[key] = Meeting(
                max([other for _, other in pairs], default=0),
                len(pairs),
                sum(one for one, _ in pairs),
                sum(other for _, other in pairs),
                sum(one * other for one, other in pairs),
            )
        return self._meetings[key]

    def count_around(self, place: Place, end: int) -> tuple[int, int]:
        """Return how many statements of any graph the terms at a place are an end of, in all.

        :returns: each term counted once, and as often as it is at the place
        """
        key = place, end
        if key not in self._around:
            if len(self._around) >= _REMEMBERED:
                self._around.clear()
            once = often = 0
            for term, number in self.list_terms(place).items():
                most = self.measure(term)
                around = most[end] + most[2 + end]
                once += around
                often += number * around
            self._around[key] = once, often
        return self._around[key]

    def find_reach(self, predicates: frozenset[str], end: int) -> Mapping[str, Reach] | None:
        """Return what is reached in the default graph by steps of some predicates, from each term that one starts from.

        None if that takes too long to find.

        :param predicates: as N-Triples write them
        :param end: where a step starts: 0 at the subject, 1 at the object
        """
        key = predicates, end
        if key not in self._reaches:
            if len(self._reaches) >= _REMEMBERED:
                self._reaches.clear()
            most = sum(self.uses[predicate] for predicate in predicates)
            self._reaches[key] = measure_reach(
                (step[::-1] if end else step for step in self._list_steps(predicates)),
                lambda term: min(most, sum(self.measure(term)[end::2])),
            )
        return self._reaches[key]

    def _list_steps(self, predicates: Iterable[str]) -> Iterator[tuple[str, str]]:
        for predicate in predicates:
            if predicate in self.default.uses:
                for quad in self._store.quads_for_pattern(None, NamedNode(predicate[1:-1]), None, DefaultGraph()):
                    yield str(quad.subject), str(quad.object)

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
