"""Which claims contest each other: opposed stances on the same matter, or claims that the text sets against each other.

What only the editor sees as a disagreement (``cito:disagreesWith``) is no contest: it may reach over elections and
times, and is stated, not derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from rdflib import Literal
from rdflib.namespace import RDF

from eild.dataset.elections import list_elections
from eild.dataset.paths import list_reached
from eild.namespaces import EILD, resource_iri

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

AFFIRMS: Final = resource_iri("concept", "stance/affirms")
PLEDGES: Final = resource_iri("concept", "stance/pledges-not")
REJECTING: Final = tuple(resource_iri("concept", f"stance/{slug}") for slug in ("negates", "denies"))
WITHOUT_STANCE: Final = frozenset(resource_iri("concept", f"stance/{slug}") for slug in ("asks", "raises", "reports"))


@dataclass(frozen=True)
class Matter:
    """What a proposition speaks of, as far as it decides whether two claims can oppose each other.

    :ivar states: the states of its actors and subjects
    :ivar ends: its targets, and the elections that they are contests of; its elections if it has no target
    :ivar elections: the elections that it concerns
    :ivar earliest: the first day of its time, empty if open
    :ivar latest: the last day of its time, empty if open
    """

    states: frozenset[Node]
    ends: frozenset[Node]
    elections: frozenset[Node]
    earliest: str = ""
    latest: str = ""

    def is_the_same_as(self, other: Matter) -> bool:
        """Return whether two propositions speak of the same matter, for all that the text says."""
        if not (self.states & other.states and self.ends & other.ends):
            return False
        if self.elections and other.elections and not self.elections & other.elections:
            return False
        return not (_is_before(self.latest, other.earliest) or _is_before(other.latest, self.earliest))


def find_contests(graph: Graph, states: Graph) -> set[tuple[Node, Node]]:
    """Return the pairs of claims of different claimants that contest each other, in one direction.

    :param graph: the curated dataset
    :param states: the derived ``eild:ofState`` of its agents
    """
    return _find_opposed(graph, states) | _find_linked(graph)


def _find_opposed(graph: Graph, states: Graph) -> set[tuple[Node, Node]]:
    """Return the pairs of which one affirms what the other negates or denies.

    A pledge is about the future and opposes nothing that is said to have happened.
    """
    affirming = set(graph.subjects(EILD.stance, AFFIRMS))
    rejecting = {claim for stance in REJECTING for claim in graph.subjects(EILD.stance, stance)}
    matters = {
        claim: [_read_matter(graph, states, proposition) for proposition in graph.objects(claim, EILD.hasProposition)]
        for claim in affirming | rejecting
    }
    return {
        (one, other)
        for one, other in product(affirming, rejecting)
        if _have_different_claimants(graph, one, other)
        and any(first.is_the_same_as(second) for first, second in product(matters[one], matters[other]))
    }


def _read_matter(graph: Graph, states: Graph, proposition: Node) -> Matter:
    doers = {*graph.objects(proposition, EILD.actor), *graph.objects(proposition, EILD.about)}
    elections = list_elections(graph, proposition)
    targets = set(graph.objects(proposition, EILD.target))
    contested = {reached for target in targets for reached in list_reached(graph, target, EILD.pertainsTo)}
    ends = targets | {node for node in contested if (node, RDF.type, EILD.Election) in graph} if targets else elections
    times = set(graph.objects(proposition, EILD.eventTime))
    return Matter(
        states=frozenset(state for doer in doers for state in states.objects(doer, EILD.ofState)),
        ends=frozenset(ends),
        elections=frozenset(elections),
        earliest=_find_day(graph, times, EILD.earliest),
        latest=_find_day(graph, times, EILD.latest),
    )


def _find_day(graph: Graph, times: set[Node], bound: Node) -> str:
    """Return the bound of the only time, or an empty string if there is none or several."""
    days = [day for time in times for day in graph.objects(time, bound) if isinstance(day, Literal)]
    return str(days[0]) if len(days) == 1 else ""


def _is_before(day: str, other: str) -> bool:
    """Return whether two known days, written as ``YYYY-MM-DD``, are in this order."""
    return bool(day and other) and day < other


def _find_linked(graph: Graph) -> set[tuple[Node, Node]]:
    """Return the pairs that the text itself sets against each other, or of which one answers the other.

    Each has a stance of its own: a question or a relay contests nothing. In an answer, a pledge does not either.
    """
    found = set()
    for predicate, without in ((EILD.contrasts, WITHOUT_STANCE), (EILD.respondsTo, {*WITHOUT_STANCE, PLEDGES})):
        for one, other in graph.subject_objects(predicate):
            stances = {*graph.objects(one, EILD.stance), *graph.objects(other, EILD.stance)}
            if _have_different_claimants(graph, one, other) and not stances & without:
                found.add((one, other))
    return found


def _have_different_claimants(graph: Graph, one: Node, other: Node) -> bool:
    return set(graph.objects(one, EILD.claimant)).isdisjoint(graph.objects(other, EILD.claimant))
