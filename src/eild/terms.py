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
NANOPUBS_IRI: Final = URIRef(BASE + "np/")
"""What the IRIs of nanopublications begin with; their artifact codes follow."""
QUERIES_IRI: Final = URIRef(BASE + "queries")
PREFIXES_IRI: Final = URIRef(BASE + "prefixes")
ENDPOINT_IRI: Final = URIRef(BASE + "sparql")

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
NP: Final = ClosedNamespace(
    "http://www.nanopub.org/nschema#", ["Nanopublication", "hasAssertion", "hasProvenance", "hasPublicationInfo"]
)
NPX: Final = ClosedNamespace("http://purl.org/nanopub/x/", ["hasNanopubType", "introduces"])

DCAT: Final = ClosedNamespace(
    "http://www.w3.org/ns/dcat#",
    "Catalog DataService Dataset Distribution accessService accessURL byteSize compressFormat contactPoint dataset "
    "distribution downloadURL endDate endpointDescription endpointURL keyword landingPage mediaType previousVersion "
    "servesDataset service startDate theme themeTaxonomy version".split(),
)
VOID: Final = ClosedNamespace(
    "http://rdfs.org/ns/void#",
    "Dataset DatasetDescription Linkset class classPartition classes dataDump distinctObjects distinctSubjects "
    "entities exampleResource feature inDataset linkPredicate objectsTarget properties property propertyPartition "
    "rootResource sparqlEndpoint subjectsTarget subset triples uriRegexPattern uriSpace vocabulary".split(),
)
VOID_EXT: Final = ClosedNamespace("http://ldf.fi/void-ext#", ["datatype", "datatypePartition"])
SD: Final = ClosedNamespace(
    "http://www.w3.org/ns/sparql-service-description#",
    "Dataset EmptyGraphs Function Graph GraphCollection NamedGraph SPARQL11Query Service availableGraphs "
    "defaultDataset defaultGraph endpoint extensionFunction feature graph name namedGraph resultFormat "
    "supportedLanguage".split(),
)
SPDX: Final = ClosedNamespace(
    "http://spdx.org/rdf/terms#",
    ["Checksum", "ChecksumAlgorithm", "algorithm", "checksum", "checksumAlgorithm_sha256", "checksumValue"],
)
VCARD: Final = ClosedNamespace("http://www.w3.org/2006/vcard/ns#", ["Kind", "Organization", "fn", "hasURL"])
DCATAP: Final = ClosedNamespace("http://data.europa.eu/r5r/", ["availability"])
HYDRA: Final = ClosedNamespace(
    "http://www.w3.org/ns/hydra/core#",
    "Collection PartialCollectionView first last next previous totalItems view".split(),
)
FORMATS: Final = Namespace("http://www.w3.org/ns/formats/")
AUTHORITY: Final = Namespace("http://publications.europa.eu/resource/authority/")
"""The controlled vocabularies of the European Union, which data portals read."""
IANA_MEDIA_TYPES: Final = Namespace("https://www.iana.org/assignments/media-types/")
SPARQL_PROTOCOL_IRI: Final = URIRef("http://www.w3.org/TR/sparql11-protocol/")

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
    "dcat": str(DCAT),
    "dcatap": str(DCATAP),
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": str(HYDRA),
    "nif": str(NIF),
    "np": str(NP),
    "npx": str(NPX),
    "oa": str(OA),
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": str(SCHEMA),
    "sd": str(SD),
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": str(SPDX),
    "vann": "http://purl.org/vocab/vann/",
    "vcard": str(VCARD),
    "void": str(VOID),
    "void-ext": str(VOID_EXT),
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
