"""Assignment of claims to the units of a seed, by their evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import RDF

from eild.namespaces import EILD
from eild.terms import natural_order

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.facts.evidence import Span

_CLAIM_SLUG: Final = re.compile(r"(?P<unit>\d{3}-\d{3})-\d+$")


def place_claims(graph: Graph, spans: dict[Node, Span]) -> dict[URIRef, list[Node]]:
    """Return the claims of each unit, in order. Units without claims are absent.

    A claim belongs to the unit that contains its evidence. If several units do, it belongs to the one that its IRI
    names (``claim/000-012-1`` in ``sentence/000-012``) if that is among them, otherwise to the first.

    :param graph: curated claims
    :param spans: positions of the words of each evidence
    """
    placed: dict[URIRef, list[Node]] = {}
    for claim in sorted(graph.subjects(RDF.type, EILD.Claim), key=lambda claim: natural_order(str(claim))):
        cited = [spans[item] for item in graph.objects(claim, EILD.evidence) if item in spans]
        units = sorted({span.seed.unit_iri(unit) for span in cited for unit in span.units})
        slug = _CLAIM_SLUG.search(str(claim))
        named = URIRef(cited[0].seed.names.resource("sentence", slug["unit"])) if slug and cited else None
        if units:
            placed.setdefault(named if named in units else units[0], []).append(claim)
    return dict(sorted(placed.items()))
