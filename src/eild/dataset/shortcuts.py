"""Derived shortcut properties, which make queries shorter. They assert no claim.

``eild:effectiveTarget`` is the person behind a targeted race, device or group, ``eild:ofState`` the state of an agent,
``eild:rootClaimant`` the claimant at the end of a chain of relays, and ``eild:contestedBy`` links opposed claims.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from rdflib.namespace import RDF, SKOS

from eild.namespaces import CITO, EILD, empty_graph, resource_iri

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node, URIRef

AGENT_CLASSES: Final = (
    EILD.Agent,
    EILD.Person,
    EILD.AnonymousSpokesperson,
    EILD.Organization,
    EILD.GovernmentBody,
    EILD.State,
    EILD.CovertActor,
)
AFFIRMS: Final = resource_iri("concept", "stance/affirms")
REJECTING: Final = frozenset(resource_iri("concept", f"stance/{slug}") for slug in ("negates", "denies", "pledges-not"))
WITHOUT_STANCE: Final = frozenset(resource_iri("concept", f"stance/{slug}") for slug in ("asks", "raises", "reports"))

NOT_ACTS: Final = frozenset(resource_iri("concept", f"action-type/{top}") for top in ("attitude", "relation", "state"))
"""Tops of the action types under which nobody does anything to the target."""


def build_shortcuts(graph: Graph) -> Graph:
    """Return all shortcuts.

    :param graph: curated dataset with the derived relays
    """
    shortcuts = empty_graph()
    _add_effective_targets(graph, shortcuts)
    _add_states(graph, shortcuts)
    _add_root_claimants(graph, shortcuts)
    _add_contests(graph, shortcuts)
    return shortcuts


def _reached(graph: Graph, start: Node, predicate: URIRef) -> set[Node]:
    """Return everything that one or more steps of a property lead to."""
    found: set[Node] = set()
    waiting = [start]
    while waiting:
        following = set(graph.objects(waiting.pop(), predicate)) - found
        found |= following
        waiting += following
    return found


def _add_effective_targets(graph: Graph, shortcuts: Graph) -> None:
    """Proposition → person: of an act, a target that is a person, or a person whom a target pertains to.

    A relation, a state or an attitude does nothing to its target: the advisor of a person does not target them.
    """
    persons = set(graph.subjects(RDF.type, EILD.Person))
    not_acts = {
        proposition
        for proposition, action in graph.subject_objects(EILD.action)
        if not NOT_ACTS.isdisjoint({action, *_reached(graph, action, SKOS.broader)})
    }
    for proposition, target in graph.subject_objects(EILD.target):
        if proposition in not_acts:
            continue
        for person in persons & {target, *_reached(graph, target, EILD.pertainsTo)}:
            shortcuts.add((proposition, EILD.effectiveTarget, person))


def _add_states(graph: Graph, shortcuts: Graph) -> None:
    """Agent → state: itself if it is one, else those it pertains to."""
    states = set(graph.subjects(RDF.type, EILD.State))
    for agent in {agent for kind in AGENT_CLASSES for agent in graph.subjects(RDF.type, kind)}:
        reached = {agent} if agent in states else _reached(graph, agent, EILD.pertainsTo)
        for state in states & reached:
            shortcuts.add((agent, EILD.ofState, state))


def _add_root_claimants(graph: Graph, shortcuts: Graph) -> None:
    """Relay → claimants of the claims at the end of its chains."""
    for relay in set(graph.subjects(EILD.reportsClaim)):
        for claim in _reached(graph, relay, EILD.reportsClaim):
            if (claim, EILD.reportsClaim, None) not in graph:
                for claimant in graph.objects(claim, EILD.claimant):
                    shortcuts.add((relay, EILD.rootClaimant, claimant))


def _add_contests(graph: Graph, shortcuts: Graph) -> None:
    """Claim ↔ claim: opposed stances on what two states' agents did alike, or linked as opposed."""
    for one, other in _opposed(graph, shortcuts) | _linked(graph):
        shortcuts.add((one, EILD.contestedBy, other))
        shortcuts.add((other, EILD.contestedBy, one))


def _opposed(graph: Graph, shortcuts: Graph) -> set[tuple[Node, Node]]:
    """Return pairs of claims by different claimants, one of which affirms what the other rejects.

    Their propositions have actors (or what they are about) of the same state, and an election or target in common.
    """
    affirming = set(graph.subjects(EILD.stance, AFFIRMS))
    rejecting = {claim for stance in REJECTING for claim in graph.subjects(EILD.stance, stance)}
    profiles = {claim: _profiles(graph, shortcuts, claim) for claim in affirming | rejecting}
    return {
        (one, other)
        for one, other in product(affirming, rejecting)
        if _have_different_claimants(graph, one, other)
        and any(
            first[0] & second[0] and first[1] & second[1] for first, second in product(profiles[one], profiles[other])
        )
    }


def _profiles(graph: Graph, shortcuts: Graph, claim: Node) -> list[tuple[set[Node], set[Node]]]:
    """Return, for each proposition of a claim, its states and its elections and targets."""
    profiles = []
    for proposition in graph.objects(claim, EILD.hasProposition):
        doers = {*graph.objects(proposition, EILD.actor), *graph.objects(proposition, EILD.about)}
        states = {state for doer in doers for state in shortcuts.objects(doer, EILD.ofState)}
        ends = {*graph.objects(proposition, EILD.election), *graph.objects(proposition, EILD.target)}
        profiles.append((states, ends))
    return profiles


def _linked(graph: Graph) -> set[tuple[Node, Node]]:
    """Return pairs of claims by different claimants that the text or the editor sets against each other.

    Each has a stance of its own: a question or a relay contests nothing.
    """
    return {
        (one, other)
        for predicate in (EILD.contrasts, EILD.respondsTo, CITO.disagreesWith)
        for one, other in graph.subject_objects(predicate)
        if _have_different_claimants(graph, one, other)
        and WITHOUT_STANCE.isdisjoint((*graph.objects(one, EILD.stance), *graph.objects(other, EILD.stance)))
    }


def _have_different_claimants(graph: Graph, one: Node, other: Node) -> bool:
    return set(graph.objects(one, EILD.claimant)).isdisjoint(graph.objects(other, EILD.claimant))
