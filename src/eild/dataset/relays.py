"""The article as a relay: one claim per sentence by which the article reports the claims of others in it.

Curators write no such claims. The build adds ``claim/<unit>-0`` with the article as claimant and the stance *reports*.
It relays all claims of the unit that no other claim relays and whose claimant is neither the article nor the editor.
Therefore every chain of ``eild:reportsClaim`` starts at the article, and the claims that the article makes in its own
voice are those with any other stance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import URIRef
from rdflib.namespace import DCTERMS, RDF

from eild.names import OWN, Names
from eild.namespaces import EILD, empty_graph, resource_iri
from eild.terms import natural_order

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.seed.seeds import Seed

REPORTS = resource_iri("concept", "stance/reports")
DERIVED = resource_iri("concept", "basis/derived")


def find_editors(graph: Graph, names: Names = OWN) -> frozenset[Node]:
    """Return the agents that encode the texts: the creators of the dataset.

    :param graph: the curated description of the dataset
    :param names: the names of the project
    """
    return frozenset(graph.objects(URIRef(names.part("dataset")), DCTERMS.creator))


def build_relays(
    graph: Graph, seeds: tuple[Seed, ...], placed: dict[URIRef, list[Node]], editors: frozenset[Node] = frozenset()
) -> Graph:
    """Return the claims by which the article relays others.

    :param graph: the curated claims
    :param seeds: the seed texts with the articles that they are of
    :param placed: the claims of each unit (:func:`eild.dataset.placement.place_claims`)
    :param editors: the agents whose claims are readings of the text and not claims in it (:func:`find_editors`)
    """
    relays = empty_graph()
    relayed = set(graph.objects(None, EILD.reportsClaim))
    for seed in seeds:
        for iri, unit in seed.units_by_iri.items():
            own_voices = {seed.document, *editors}
            claims = [
                claim
                for claim in placed.get(iri, ())
                if claim not in relayed and not own_voices & set(graph.objects(claim, EILD.claimant))
            ]
            if not claims:
                continue
            relay = URIRef(seed.names.resource("claim", f"{seed.number}-{unit.number:03d}-0"))
            relays.add((relay, RDF.type, EILD.Claim))
            relays.add((relay, EILD.claimant, seed.document))
            relays.add((relay, EILD.stance, REPORTS))
            relays.add((relay, EILD.statedIn, seed.document))
            relays.add((relay, EILD.basis, DERIVED))
            for claim in sorted(claims, key=lambda term: natural_order(str(term))):
                relays.add((relay, EILD.reportsClaim, claim))
                for evidence in graph.objects(claim, EILD.evidence):
                    relays.add((relay, EILD.evidence, evidence))
    return relays
