"""The only place where IRIs are spelt: namespaces, prefixes and the paths of EILD's own resources, as strings.

Vocabularies are closed: a misspelt term raises :class:`AttributeError` at import time of the module that uses it. A
test holds the list of EILD's own terms equal to what ``ontology/`` declares. Modules that work on RDFLib's graphs
take the same terms as nodes from :mod:`eild.namespaces`; whatever only reads and serves imports no RDFLib.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Vocabulary:
    """The IRIs of the terms of a vocabulary: ``RDF.type``, or ``VOID["class"]`` where the name is no identifier.

    :ivar names: the names of its terms; nothing where every name is one

    :param start: what the IRIs begin with
    :param names: the names of its terms, parted by white space or one by one; leave them out where every name is one
    """

    def __init__(self, start: str, names: str | Iterable[str] | None = None) -> None:
        self._start = start
        words = names.split() if isinstance(names, str) else names
        self.names: Final = None if words is None else frozenset(words)

    def __getitem__(self, name: str) -> str:
        """Return the IRI of a term.

        :raises KeyError: if the vocabulary has no such term
        """
        if self.names is not None and name not in self.names:
            message = f"{self._start} has no term {name!r}"
            raise KeyError(message)
        return self._start + name

    def __getattr__(self, name: str) -> str:
        """Return the IRI of a term.

        :raises AttributeError: if the vocabulary has no such term
        """
        if name.startswith("_"):  # no term, but what Python looks for
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(*error.args) from None

    def __str__(self) -> str:
        """Return what the IRIs begin with."""
        return self._start

    def __repr__(self) -> str:
        """Return the vocabulary as it is shown in messages."""
        return f"Vocabulary({self._start!r})"


BASE: Final = "https://w3id.org/eild/"
"""Base of every IRI that EILD mints; data keep it wherever they are served."""

ONTOLOGY_IRI: Final = BASE + "ontology"
SHAPES_IRI: Final = BASE + "shapes"
DATASET_IRI: Final = BASE + "dataset"
CATALOG_IRI: Final = BASE + "catalog"
NANOPUBS_IRI: Final = BASE + "np/"
"""What the IRIs of nanopublications begin with; their artifact codes follow."""
QUERIES_IRI: Final = BASE + "queries"
PREFIXES_IRI: Final = BASE + "prefixes"
ENDPOINT_IRI: Final = BASE + "sparql"

CLASSES: Final = (
    "ActionType Agent AnonymousSpokesperson Asset Attribution Claim Confidence CovertActor Election ElectoralContest "
    "Evidence GovernmentBody Group Likelihood Narrative Occasion Organization Person Place Platform Proposition "
    "Quantity Quotation SourceDocument Stance State Technique TimeExpression Topic"
).split()

PROPERTIES: Final = (
    "about action actor addressee alternativeTo basis because claimTime claimant confidence content "
    "contentWarning contrasts describedAs earliest edtf election eventTime evidence hasProposition hedge "
    "inferredPart latest likelihood minExclusive mode narrative occasion pertainsTo platform possiblySameAs "
    "preferredTo purpose quality quantity relativeTo reportsClaim respondsTo speaker stance statedIn target technique "
    "temporalRelation topic verbatim"
).split()

DERIVED_PROPERTIES: Final = "aboutElection contestedBy effectiveTarget ofState rootClaimant".split()
"""Shortcuts that only the build writes; they assert no claim."""

EILD: Final = Vocabulary(BASE + "ontology#", (*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES))

RDF: Final = Vocabulary(
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "Property Statement first langString nil object predicate rest subject type",
)
RDFS: Final = Vocabulary(
    "http://www.w3.org/2000/01/rdf-schema#",
    "Class Datatype Resource comment domain isDefinedBy label range seeAlso subClassOf subPropertyOf",
)
OWL: Final = Vocabulary(
    "http://www.w3.org/2002/07/owl#",
    "AnnotationProperty AsymmetricProperty Axiom Class DatatypeProperty FunctionalProperty InverseFunctionalProperty "
    "IrreflexiveProperty NamedIndividual ObjectProperty Ontology ReflexiveProperty Restriction SymmetricProperty Thing "
    "TransitiveProperty allValuesFrom annotatedProperty annotatedSource annotatedTarget cardinality complementOf "
    "datatypeComplementOf deprecated disjointUnionOf disjointWith equivalentClass equivalentProperty hasKey hasSelf "
    "hasValue imports intersectionOf inverseOf maxCardinality maxQualifiedCardinality minCardinality "
    "minQualifiedCardinality onClass onDataRange onDatatype onProperties onProperty oneOf priorVersion "
    "propertyChainAxiom propertyDisjointWith qualifiedCardinality sameAs someValuesFrom unionOf versionIRI versionInfo "
    "withRestrictions",
)
XSD: Final = Vocabulary("http://www.w3.org/2001/XMLSchema#", "date string")
SKOS: Final = Vocabulary(
    "http://www.w3.org/2004/02/skos/core#",
    "Collection Concept ConceptScheme OrderedCollection altLabel broadMatch broader broaderTransitive changeNote "
    "closeMatch definition editorialNote exactMatch example hasTopConcept hiddenLabel historyNote inScheme member "
    "memberList narrowMatch narrower narrowerTransitive notation note prefLabel related relatedMatch scopeNote "
    "topConceptOf",
)
SH: Final = Vocabulary(
    "http://www.w3.org/ns/shacl#",
    "NodeShape PrefixDeclaration PropertyShape SPARQLExecutable SPARQLAskExecutable SPARQLConstructExecutable "
    "SPARQLSelectExecutable alternativePath and ask class closed construct datatype deactivated disjoint equals "
    "hasValue ignoredProperties in inversePath languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive "
    "maxLength message minCount minExclusive minInclusive minLength name namespace node nodeKind not oneOrMorePath or "
    "path pattern prefix property qualifiedMaxCount qualifiedMinCount qualifiedValueShape select severity sparql "
    "targetClass targetNode targetObjectsOf targetSubjectsOf uniqueLang xone zeroOrMorePath zeroOrOnePath",
)
DCTERMS: Final = Vocabulary(
    "http://purl.org/dc/terms/",
    "abstract alternative bibliographicCitation created creator description hasFormat hasPart hasVersion identifier "
    "isFormatOf isPartOf isReplacedBy isVersionOf issued language license modified publisher rights source subject "
    "temporal title",
)
FOAF: Final = Vocabulary(
    "http://xmlns.com/foaf/0.1/", "Document Organization Person isPrimaryTopicOf mbox name page primaryTopic"
)
VANN: Final = Vocabulary("http://purl.org/vocab/vann/", "preferredNamespacePrefix preferredNamespaceUri")

NIF: Final = Vocabulary("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
OA: Final = Vocabulary("http://www.w3.org/ns/oa#")
CITO: Final = Vocabulary("http://purl.org/spar/cito/")
SCHEMA: Final = Vocabulary("https://schema.org/")
NP: Final = Vocabulary(
    "http://www.nanopub.org/nschema#", "Nanopublication hasAssertion hasProvenance hasPublicationInfo"
)
NPX: Final = Vocabulary("http://purl.org/nanopub/x/", "hasNanopubType introduces")

LABELS: Final = (
    RDFS.label,
    SKOS.prefLabel,
    SCHEMA.name,
    "http://schema.org/name",
    DCTERMS.title,
    "http://purl.org/dc/elements/1.1/title",
    "http://xmlns.com/foaf/0.1/name",
    OA.exact,
    EILD.verbatim,
    NIF.anchorOf,
)
"""Properties whose values name a resource, the best first."""

DCAT: Final = Vocabulary(
    "http://www.w3.org/ns/dcat#",
    "Catalog CatalogRecord DataService Dataset Distribution Resource accessService accessURL byteSize compressFormat "
    "contactPoint dataset distribution downloadURL endDate endpointDescription endpointURL keyword landingPage "
    "mediaType previousVersion record servesDataset service startDate theme themeTaxonomy version",
)
VOID: Final = Vocabulary(
    "http://rdfs.org/ns/void#",
    "Dataset DatasetDescription Linkset class classPartition classes dataDump distinctObjects distinctSubjects "
    "entities exampleResource feature inDataset linkPredicate objectsTarget properties property propertyPartition "
    "rootResource sparqlEndpoint subjectsTarget subset triples uriRegexPattern uriSpace vocabulary",
)
VOID_EXT: Final = Vocabulary("http://ldf.fi/void-ext#", "datatype datatypePartition")
SD: Final = Vocabulary(
    "http://www.w3.org/ns/sparql-service-description#",
    "Dataset EmptyGraphs Function Graph GraphCollection NamedGraph SPARQL11Query Service availableGraphs "
    "defaultDataset defaultGraph endpoint extensionFunction feature graph name namedGraph resultFormat "
    "supportedLanguage",
)
SPDX: Final = Vocabulary(
    "http://spdx.org/rdf/terms#",
    "Checksum ChecksumAlgorithm algorithm checksum checksumAlgorithm_sha256 checksumValue",
)
VCARD: Final = Vocabulary("http://www.w3.org/2006/vcard/ns#", "Kind Organization email fn hasEmail hasURL url value")
DCATAP: Final = Vocabulary("http://data.europa.eu/r5r/", "availability")
HYDRA: Final = Vocabulary(
    "http://www.w3.org/ns/hydra/core#",
    "Collection PartialCollectionView first last next previous totalItems view",
)
FORMATS: Final = Vocabulary("http://www.w3.org/ns/formats/")
AUTHORITY: Final = Vocabulary("http://publications.europa.eu/resource/authority/")
"""The controlled vocabularies of the European Union, which data portals read."""
IANA_MEDIA_TYPES: Final = Vocabulary("https://www.iana.org/assignments/media-types/")
SPARQL_PROTOCOL_IRI: Final = "http://www.w3.org/TR/sparql11-protocol/"

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
    "dct": str(DCTERMS),
    "foaf": str(FOAF),
    "hydra": str(HYDRA),
    "nif": str(NIF),
    "np": str(NP),
    "npx": str(NPX),
    "oa": str(OA),
    "owl": str(OWL),
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA),
    "sd": str(SD),
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": str(SH),
    "skos": str(SKOS),
    "spdx": str(SPDX),
    "vann": str(VANN),
    "vcard": str(VCARD),
    "void": str(VOID),
    "void-ext": str(VOID_EXT),
    "xsd": str(XSD),
}
"""Prefixes of every Turtle file that EILD writes, every query that it publishes, and the curated files."""

WELL_KNOWN: Final[dict[str, str]] = {
    **{name: start for name, start in PREFIXES.items() if not start.startswith(BASE)},
    "adms": "http://www.w3.org/ns/adms#",
    "bibo": "http://purl.org/ontology/bibo/",
    "cc": "http://creativecommons.org/ns#",
    "crm": "http://www.cidoc-crm.org/cidoc-crm/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dbo": "http://dbpedia.org/ontology/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "doap": "http://usefulinc.com/ns/doap#",
    "edm": "http://www.europeana.eu/schemas/edm/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "gn": "http://www.geonames.org/ontology#",
    "gr": "http://purl.org/goodrelations/v1#",
    "locn": "http://www.w3.org/ns/locn#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "org": "http://www.w3.org/ns/org#",
    "ore": "http://www.openarchives.org/ore/terms/",
    "pav": "http://purl.org/pav/",
    "qb": "http://purl.org/linked-data/cube#",
    "rel": "http://purl.org/vocab/relationship/",
    "rr": "http://www.w3.org/ns/r2rml#",
    "schema1": "http://schema.org/",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "swrl": "http://www.w3.org/2003/11/swrl#",
    "time": "http://www.w3.org/2006/time#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
}
"""Prefixes that are in common use, for data whose files declare no other one for a namespace."""


def choose_foreign_prefixes(declared: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that abbreviate the IRIs of third-party data: those of its files, then the usual ones.

    :param declared: prefixes that the files declare, with their namespaces
    """
    spaces = set(declared.values())
    usual = {name: start for name, start in WELL_KNOWN.items() if name not in declared and start not in spaces}
    return {**declared, **usual}


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


def resource_iri(kind: str, slug: str) -> str:
    """Return the IRI of a resource, e.g. ``resource_iri("claim", "000-012-1")``.

    :raises ValueError: if the kind is not one of :data:`KINDS`
    """
    if kind not in KINDS:
        message = f"unknown kind {kind!r}: use one of {', '.join(KINDS)}"
        raise ValueError(message)
    return f"{BASE}id/{kind}/{slug}"


def graph_iri(module: str) -> str:
    """Return the IRI of a module's named graph, e.g. ``graph_iri("claims")``."""
    return f"{BASE}graph/{module}"


_DIGITS: Final = re.compile(r"([0-9]+)")


@lru_cache(maxsize=1 << 16)
def natural_order(text: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key for IRIs and names that puts ``…-2`` before ``…-10``."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(text))
