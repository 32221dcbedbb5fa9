"""schema.org in pages: the dataset, its files, and what a resource is, as JSON-LD that search engines read.

A page says no more than the data: a claim is a ``schema:Claim`` with its author and the words, never the fact that it
claims, and a proposition is a thing with a name. Context and terms are written inline, so nothing needs to be fetched.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from pyoxigraph import BlankNode, Literal, NamedNode

from eild import nodes
from eild.terms import DCAT, DCTERMS, EILD, FOAF, NIF, OA, OWL, RDFS, SCHEMA, SKOS, SPDX

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.documents.index import Documents
    from eild.web.frame.site import Site

    Node = NamedNode | BlankNode
    Json = dict[str, Any]

TYPES: Final = {
    EILD.Claim: "Claim",
    EILD.Quotation: "Quotation",
    EILD.Evidence: "CreativeWork",
    EILD.SourceDocument: "CreativeWork",
    EILD.Person: "Person",
    EILD.GovernmentBody: "GovernmentOrganization",
    EILD.State: "Country",
    EILD.Organization: "Organization",
    EILD.Place: "Place",
    EILD.Quantity: "QuantitativeValue",
    EILD.Occasion: "Event",
    EILD.Election: "Event",
    EILD.ElectoralContest: "Event",
    NIF.Sentence: "CreativeWork",
    NIF.Context: "CreativeWork",
    SKOS.Concept: "DefinedTerm",
    SKOS.ConceptScheme: "DefinedTermSet",
    DCAT.Dataset: "Dataset",
    FOAF.Person: "Person",
    FOAF.Organization: "Organization",
    OWL.Ontology: "DefinedTermSet",
}
"""What resources are in the terms of schema.org, the narrowest first; what stands not here is a ``Thing``.

Left out on purpose: covert actors, unnamed speakers and groups, of which the text does not say what they are.
"""

_LINKS: Final = (
    "about appearance author citation contentUrl creator distribution inDefinedTermSet includedInDataCatalog isBasedOn "
    "isPartOf license mainEntity publisher sameAs spokenByCharacter subjectOf url"
).split()
CONTEXT: Final = {"@vocab": str(SCHEMA), **{name: {"@type": "@id"} for name in _LINKS}}
"""The context of every block: terms of schema.org, of which some have IRIs as their values."""

_HTTP_SCHEMA: Final = "http://schema.org/"
_TEXTS: Final = (OA.exact, NIF.anchorOf, NIF.isString)
_DESCRIPTIONS: Final = (SKOS.definition, DCTERMS.description, RDFS.comment, SCHEMA.description)
_SAME: Final = (OWL.sameAs, FOAF.isPrimaryTopicOf)
_LONGEST_TEXT: Final = 5000


@dataclass(frozen=True)
class _Reader:
    """Reads the values of properties as JSON."""

    documents: Documents

    def terms(self, node: Node, *predicates: str) -> list[NamedNode | BlankNode | Literal]:
        return [value for term in predicates for value in self.documents.find_objects(node, NamedNode(term))]

    def text(self, node: Node, *predicates: str) -> str:
        """Return the first literal, English before others."""
        values = [value for value in self.terms(node, *predicates) if isinstance(value, Literal)]
        values.sort(key=lambda value: not (value.language or "en").startswith("en"))
        return values[0].value if values else ""

    def texts(self, node: Node, *predicates: str) -> list[str]:
        return [value.value for value in self.terms(node, *predicates) if isinstance(value, Literal)]

    def iris(self, node: Node, *predicates: str) -> list[str]:
        return [value.value for value in self.terms(node, *predicates) if isinstance(value, NamedNode)]

    def name(self, node: Node) -> str:
        return self.documents.find_name(node)

    def things(self, node: Node, *predicates: str) -> list[Json]:
        """Return the resources that are values, with kind and name."""
        return [self.thing(value) for value in self.terms(node, *predicates) if isinstance(value, NamedNode)]

    def thing(self, node: NamedNode) -> Json:
        return _prune(
            {"@type": find_schema_type(self.documents, node) or "Thing", "@id": node.value, "name": self.name(node)}
        )


def _prune(content: Json) -> Json:
    """Return an object without empty values; of a list with one value that value."""
    kept = {name: value for name, value in content.items() if value not in ("", [], None, {})}
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in kept.items()}


def find_schema_type(documents: Documents, node: NamedNode) -> str:
    """Return the name of the class of schema.org that a resource is of; empty if none is known to fit."""
    kinds = {
        triple.object.value
        for triple in documents.naming(node)
        if triple.predicate == nodes.RDF.type and isinstance(triple.object, NamedNode)
    }
    for iri, name in TYPES.items():
        if str(iri) in kinds:
            return name
    own = (
        kind.removeprefix(start)
        for start in (str(SCHEMA), _HTTP_SCHEMA)
        for kind in sorted(kinds)
        if kind.startswith(start)
    )
    return next(own, "")


def _describe_claim(reader: _Reader, node: NamedNode) -> Json:
    """Return who makes a claim, where, on what words, and what it is about; nothing of that is asserted."""
    words = [value for value in reader.terms(node, EILD.evidence) if isinstance(value, NamedNode)]
    return {
        "author": reader.things(node, EILD.claimant),
        "appearance": reader.things(node, EILD.statedIn),
        "about": reader.things(node, EILD.hasProposition),
        "isBasedOn": [{**reader.thing(value), **_prune(_describe_words(reader, value))} for value in words],
    }


def _describe_words(reader: _Reader, node: NamedNode) -> Json:
    text = reader.text(node, *_TEXTS)
    return {
        "text": text if len(text) <= _LONGEST_TEXT else "",
        "isPartOf": reader.iris(node, OA.hasSource, DCTERMS.isPartOf),
        "spokenByCharacter": reader.things(node, EILD.speaker),
        "license": reader.iris(node, DCTERMS.license),
    }


def _describe_concept(reader: _Reader, node: NamedNode) -> Json:
    return {"termCode": reader.texts(node, SKOS.notation), "inDefinedTermSet": reader.iris(node, SKOS.inScheme)}


def _describe_work(reader: _Reader, node: NamedNode) -> Json:
    return {"author": reader.things(node, DCTERMS.creator), "identifier": reader.texts(node, DCTERMS.identifier)}


def _describe_quantity(reader: _Reader, node: NamedNode) -> Json:
    names = ("minValue", "maxValue", "unitText")
    return {name: reader.text(node, SCHEMA[name]) for name in names}


_DETAILS: Final[dict[str, Callable[[_Reader, NamedNode], Json]]] = {
    "Claim": _describe_claim,
    "Quotation": _describe_words,
    "CreativeWork": lambda reader, node: {**_describe_work(reader, node), **_describe_words(reader, node)},
    "DefinedTerm": _describe_concept,
    "QuantitativeValue": _describe_quantity,
}


def describe_resource(documents: Documents, node: NamedNode, licence: str = "") -> Json:
    """Return what the data says of a resource, in terms of schema.org.

    :param licence: the licence of the dataset, which holds for words and works of it that name none
    """
    reader = _Reader(documents)
    found = reader.thing(node)
    found["alternateName"] = reader.texts(node, SKOS.altLabel)
    found["description"] = reader.text(node, *_DESCRIPTIONS)
    found["sameAs"] = reader.iris(node, *_SAME)
    if details := _DETAILS.get(found["@type"]):
        found |= details(reader, node)
    if found["@type"] in {"Claim", "Quotation"} or found.get("text"):
        found["license"] = found.get("license") or licence
    return _prune(found)


def describe_dataset(catalog: Documents, dataset: str) -> Json:
    """Return the dataset with its files in terms of schema.org.

    :param catalog: the triples of its DCAT catalogue
    :param dataset: its IRI
    """
    reader, node = _Reader(catalog), NamedNode(dataset)
    distributions = [
        _describe_file(reader, value) for value in reader.terms(node, DCAT.distribution) if isinstance(value, NamedNode)
    ]
    return _prune(
        {
            "@type": "Dataset",
            "@id": dataset,
            "name": reader.text(node, DCTERMS.title),
            "description": reader.text(node, DCTERMS.description),
            "url": reader.iris(node, DCAT.landingPage),
            "identifier": dataset,
            "version": reader.text(node, DCAT.version, OWL.versionInfo),
            "datePublished": reader.text(node, DCTERMS.issued),
            "keywords": reader.texts(node, DCAT.keyword),
            "license": reader.iris(node, DCTERMS.license),
            "creator": _describe_agents(reader, node, DCTERMS.creator),
            "publisher": _describe_agents(reader, node, DCTERMS.publisher),
            "isBasedOn": reader.iris(node, DCTERMS.source),
            "temporalCoverage": _describe_period(reader, node),
            "distribution": sorted(distributions, key=lambda item: item.get("contentUrl", "")),
        }
    )


def _describe_agents(reader: _Reader, node: Node, predicate: str) -> list[Json]:
    agents = [value for value in reader.terms(node, predicate) if isinstance(value, NamedNode)]
    return [_prune({"@type": "Organization", "@id": agent.value, "name": reader.name(agent)}) for agent in agents]


def _describe_period(reader: _Reader, node: NamedNode) -> str:
    """Return the period that a dataset is about as ISO 8601 writes an interval; empty if it is unknown."""
    for period in reader.terms(node, DCTERMS.temporal):
        if not isinstance(period, Literal):
            start, end = reader.text(period, DCAT.startDate), reader.text(period, DCAT.endDate)
            if start and end:
                return f"{start}/{end}"
    return ""


def _describe_file(reader: _Reader, node: NamedNode) -> Json:
    checksums = [value for value in reader.terms(node, SPDX.checksum) if isinstance(value, NamedNode | BlankNode)]
    media_types = reader.iris(node, DCAT.compressFormat) or reader.iris(node, DCAT.mediaType)
    size = reader.text(node, DCAT.byteSize)
    return _prune(
        {
            "@type": "DataDownload",
            "@id": node.value,
            "name": reader.text(node, DCTERMS.title),
            "contentUrl": reader.iris(node, DCAT.downloadURL) or reader.iris(node, DCAT.accessURL),
            "encodingFormat": ["/".join(iri.rsplit("/", 2)[1:]) for iri in media_types],
            "contentSize": f"{size} B" if size else "",
            "sha256": [text for value in checksums for text in reader.texts(value, SPDX.checksumValue)],
            "license": reader.iris(node, DCTERMS.license),
        }
    )


def describe_page(site: Site, path: str, entity: Json | None = None) -> list[Json]:
    """Return a page and what it is about.

    :param path: its path, without a first slash
    :param entity: the resource that it is about; None if it is not about a single resource
    """
    about = site.about
    start = site.urls.public_url or (site.publication.base if about.dataset else "")
    page = {
        "@type": "AboutPage" if entity else "WebPage",
        "@id": f"{start}{path}" if start else "",
        "url": f"{start}{path}" if start else "",
        "isPartOf": about.dataset,
        "license": about.licence,
        "mainEntity": entity["@id"] if entity else "",
    }
    return [_prune(page), *([entity] if entity else [])]


def _find_names(value: object) -> set[str]:
    """Return the names of all properties in some JSON."""
    if isinstance(value, dict):
        return set(value).union(*map(_find_names, value.values()))
    return set().union(*map(_find_names, value)) if isinstance(value, list) else set()


def write_block(nodes: list[Json]) -> Markup:
    """Return a data block of HTML (section 4.12.1) that holds some resources as JSON-LD.

    Whatever might end the block or begin another is written as an escape of JSON. A data block is not executed, so
    that ``script-src`` does not concern it (Content Security Policy, "should element's inline type behavior be
    blocked", is asked of scripts, styles and navigation only).
    """
    used = _find_names(nodes)
    context = {name: value for name, value in CONTEXT.items() if name in used or name == "@vocab"}
    text = json.dumps({"@context": context, "@graph": nodes}, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 - escaped above
