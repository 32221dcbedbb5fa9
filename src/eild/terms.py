"""The only place where IRIs are spelt: namespaces, prefixes and the paths of EILD's own resources.

The EILD vocabulary is a closed namespace: a misspelt term raises :class:`AttributeError` at import time of the
module that uses it. A test holds the list equal to what ``ontology/`` declares.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rdflib import Graph, URIRef
from rdflib.namespace import ClosedNamespace, Namespace

BASE: Final = "https://w3id.org/eild/"
"""Base of every IRI that EILD mints; data keep it wherever they are served."""

ONTOLOGY_IRI: Final = URIRef(BASE + "ontology")
SHAPES_IRI: Final = URIRef(BASE + "shapes")
DATASET_IRI: Final = URIRef(BASE + "dataset")
CATALOG_IRI: Final = URIRef(BASE + "catalog")

CLASSES: Final = (
    "ActionType Agent AnonymousSpokesperson Asset Claim Confidence CovertActor Election ElectoralContest "
    "Evidence GovernmentBody Group Likelihood Narrative Occasion Organization Person Place Platform Proposition "
    "Quantity Quotation SourceDocument Stance State Technique TimeExpression Topic"
).split()

PROPERTIES: Final = (
    "about action actor addressee alternativeTo basis because claimTime claimant confidence content "
    "contentWarning contrasts describedAs earliest edtf election eventTime evidence hasProposition hedge "
    "inferredPart latest likelihood minExclusive mode narrative occasion pertainsTo platform possiblySameAs "
    "purpose quality quantity relativeTo reportsClaim respondsTo speaker stance statedIn target technique "
    "temporalRelation topic verbatim"
).split()

DERIVED_PROPERTIES: Final = "contestedBy effectiveTarget ofState rootClaimant".split()
"""Shortcuts that only the build writes; they assert no claim."""

EILD: Final = ClosedNamespace(BASE + "ontology#", [*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES])

NIF: Final = Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
OA: Final = Namespace("http://www.w3.org/ns/oa#")
CITO: Final = Namespace("http://purl.org/spar/cito/")
SCHEMA: Final = Namespace("https://schema.org/")

PREFIXES: Final[dict[str, str]] = {
    "eild": BASE + "ontology#",
    "agent": BASE + "id/agent/",
    "event": BASE + "id/event/",
    "source": BASE + "id/source/",
    "thing": BASE + "id/thing/",
    "seed": BASE + "id/seed/",
    "sentence": BASE + "id/sentence/",
    "claim": BASE + "id/claim/",
    "proposition": BASE + "id/proposition/",
    "evidence": BASE + "id/evidence/",
    "time": BASE + "id/time/",
    "quantity": BASE + "id/quantity/",
    "scheme": BASE + "id/concept/",
    "act": BASE + "id/concept/action-type/",
    "basis": BASE + "id/concept/basis/",
    "confidence": BASE + "id/concept/confidence/",
    "kind": BASE + "id/concept/kind/",
    "likelihood": BASE + "id/concept/likelihood/",
    "mode": BASE + "id/concept/mode/",
    "narrative": BASE + "id/concept/narrative/",
    "office": BASE + "id/concept/office/",
    "quality": BASE + "id/concept/quality/",
    "stance": BASE + "id/concept/stance/",
    "technique": BASE + "id/concept/technique/",
    "relation": BASE + "id/concept/temporal-relation/",
    "topic": BASE + "id/concept/topic/",
    "graph": BASE + "graph/",
    "shape": BASE + "shapes#",
    "cito": str(CITO),
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "nif": str(NIF),
    "oa": str(OA),
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": str(SCHEMA),
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes of every Turtle file that EILD writes, every query that it publishes, and the curated files."""

KINDS: Final = (
    "agent",
    "event",
    "source",
    "thing",
    "seed",
    "sentence",
    "claim",
    "proposition",
    "evidence",
    "time",
    "quantity",
    "concept",
)
"""Path segments under ``id/``: coarse on purpose, so that reclassifying a resource changes no IRI."""


def resource_iri(kind: str, slug: str) -> URIRef:
    """Return the IRI of a resource, e.g. ``resource_iri("claim", "000-012-1")``.

    :raises ValueError: if the kind is not one of :data:`KINDS`
    """
    if kind not in KINDS:
        message = f"unknown kind {kind!r}: use one of {', '.join(KINDS)}"
        raise ValueError(message)
    return URIRef(f"{BASE}id/{kind}/{slug}")


def graph_iri(module: str) -> URIRef:
    """Return the IRI of a module's named graph, e.g. ``graph_iri("claims")``."""
    return URIRef(f"{BASE}graph/{module}")


def empty_graph() -> Graph:
    """Return a new graph that knows the prefixes of :data:`PREFIXES` and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


_DIGITS: Final = re.compile(r"([0-9]+)")


@lru_cache(maxsize=1 << 16)
def natural_order(text: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key for IRIs and names that puts ``…-2`` before ``…-10``."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(text))
