"""Entities that a sentence mentions: the claimants, addressees and subjects of its claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import URIRef

from eild.dataset.relays import EDITOR
from eild.namespaces import EILD, SCHEMA, empty_graph
from eild.terms import BASE

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.seed.seeds import Seed

ENTITY_BASES: Final = tuple(f"{BASE}id/{kind}/" for kind in ("agent", "event", "source", "thing"))

_OF_CLAIM: Final = (EILD.claimant, EILD.addressee, EILD.occasion, EILD.statedIn)
_OF_PROPOSITION: Final = (
    *(EILD.about, EILD.actor, EILD.target, EILD.election, EILD.occasion, EILD.platform, EILD.relativeTo),
)
_TO_PROPOSITION: Final = (EILD.hasProposition, EILD.about, EILD.content, EILD.purpose, EILD.because, EILD.target)


def build_mentions(graph: Graph, seeds: tuple[Seed, ...], placed: dict[URIRef, list[Node]]) -> Graph:
    """Return ``schema:mentions`` from each unit to the agents, events, documents and things of its claims.

    The article itself and EILD are excluded, because they speak in every sentence.

    :param graph: the curated claims and propositions
    :param seeds: the seed texts
    :param placed: the claims of each unit (:func:`eild.dataset.placement.place_claims`)
    """
    mentions = empty_graph()
    everywhere = {EDITOR, *(seed.document for seed in seeds)}
    for unit, claims in placed.items():
        for claim in claims:
            for entity in _entities(graph, claim) - everywhere:
                mentions.add((unit, SCHEMA.mentions, entity))
    return mentions


def _entities(graph: Graph, claim: Node) -> set[Node]:
    """Return the entities of a claim and of all propositions that it leads to."""
    found = {obj for predicate in _OF_CLAIM for obj in graph.objects(claim, predicate)}
    waiting, seen = [claim], {claim}
    while waiting:
        current = waiting.pop()
        found |= {obj for predicate in _OF_PROPOSITION for obj in graph.objects(current, predicate)}
        following = {obj for predicate in _TO_PROPOSITION for obj in graph.objects(current, predicate)}
        propositions = {obj for obj in following - seen if str(obj).startswith(f"{BASE}id/proposition/")}
        waiting += propositions
        seen |= propositions
    return {entity for entity in found if isinstance(entity, URIRef) and str(entity).startswith(ENTITY_BASES)}
