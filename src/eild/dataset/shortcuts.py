"""Derived shortcut properties, which make queries shorter. They assert no claim.

``eild:effectiveTarget`` is the person behind a targeted race, device or group, ``eild:ofState`` the state of an agent,
``eild:rootClaimant`` the claimant at the end of a chain of relays, ``eild:aboutElection`` an election that a claim is
about (:mod:`eild.dataset.elections`), and ``eild:contestedBy`` links opposed claims (:mod:`eild.dataset.contests`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib.namespace import RDF, SKOS

from eild.dataset.contests import find_contests
from eild.dataset.elections import find_elections
from eild.dataset.paths import list_reached
from eild.namespaces import EILD, empty_graph, resource_iri

if TYPE_CHECKING:
    from rdflib import Graph

AGENT_CLASSES: Final = (
    EILD.Agent,
    EILD.Person,
    EILD.AnonymousSpokesperson,
    EILD.Organization,
    EILD.GovernmentBody,
    EILD.State,
    EILD.CovertActor,
)
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
    for claim, election in find_elections(graph):
        shortcuts.add((claim, EILD.aboutElection, election))
    for one, other in find_contests(graph, shortcuts):
        shortcuts.add((one, EILD.contestedBy, other))
        shortcuts.add((other, EILD.contestedBy, one))
    return shortcuts


def _add_effective_targets(graph: Graph, shortcuts: Graph) -> None:
    """Proposition → person: of an act, a target that is a person, or a person whom a target pertains to.

    A relation, a state or an attitude does nothing to its target: the advisor of a person does not target them.
    """
    persons = set(graph.subjects(RDF.type, EILD.Person))
    not_acts = {
        proposition
        for proposition, action in graph.subject_objects(EILD.action)
        if not NOT_ACTS.isdisjoint({action, *list_reached(graph, action, SKOS.broader)})
    }
    for proposition, target in graph.subject_objects(EILD.target):
        if proposition in not_acts:
            continue
        for person in persons & {target, *list_reached(graph, target, EILD.pertainsTo)}:
            shortcuts.add((proposition, EILD.effectiveTarget, person))


def _add_states(graph: Graph, shortcuts: Graph) -> None:
    """Agent → state: itself if it is one, else those it pertains to."""
    states = set(graph.subjects(RDF.type, EILD.State))
    for agent in {agent for kind in AGENT_CLASSES for agent in graph.subjects(RDF.type, kind)}:
        reached = {agent} if agent in states else list_reached(graph, agent, EILD.pertainsTo)
        for state in states & reached:
            shortcuts.add((agent, EILD.ofState, state))


def _add_root_claimants(graph: Graph, shortcuts: Graph) -> None:
    """Relay → claimants of the claims at the end of its chains."""
    for relay in set(graph.subjects(EILD.reportsClaim)):
        for claim in list_reached(graph, relay, EILD.reportsClaim):
            if (claim, EILD.reportsClaim, None) not in graph:
                for claimant in graph.objects(claim, EILD.claimant):
                    shortcuts.add((relay, EILD.rootClaimant, claimant))
