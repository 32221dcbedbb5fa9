"""The part of the catalogue that data portals read: DCAT-AP 3.0.1 (https://semiceu.github.io/DCAT-AP/releases/3.0.1/).

Only the dataset itself is a ``dcat:Dataset``: portals make an entry of each, so that neither its partitions nor its
named graphs nor its earlier versions have that type.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, XSD

from eild import media
from eild.catalog.authorities import (
    AVAILABLE,
    FILE_TYPES,
    LICENCES,
    RESULT_TYPES,
    RESULTS,
    add_checksum_algorithm,
    add_concept,
    add_media_type,
    add_standard,
)
from eild.namespaces import AUTHORITY, DCAT, DCATAP, SPARQL_PROTOCOL_IRI, SPDX, VCARD, VOID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph

    from eild.catalog.description import Description
    from eild.catalog.inventory import EarlierVersion, File
    from eild.media import Format

_CODINGS: Final = {".gz": "application/gzip", ".zst": "application/zstd"}
_CODING_NAMES: Final = {".gz": "compressed with gzip", ".zst": "compressed with Zstandard"}
_QUADS: Final = (media.TRIG, media.N_QUADS)


def add_dcat(graph: Graph, about: Description) -> None:
    """Add catalogue, dataset, distributions and data service."""
    _add_catalogue(graph, about)
    _add_dataset(graph, about)
    _add_record(graph, about)
    _add_versions(graph, about)
    _add_service(graph, about)
    for file in about.files:
        distribution = _add_distribution(graph, about, file, "distribution-")
        graph.add((URIRef(about.dataset), DCAT.distribution, distribution))


def _english(text: str) -> Literal:
    return Literal(text, lang="en")


def make_day(issued: str) -> Literal:
    """Return a year, a month, a day or a moment, as a manifest writes it, as a literal of its type."""
    if "T" in issued:
        return Literal(issued, datatype=XSD.dateTime, normalize=False)
    kind = {0: XSD.gYear, 1: XSD.gYearMonth}.get(issued.lstrip("-").count("-"), XSD.date)
    return Literal(issued, datatype=kind, normalize=False)


def _add_common(graph: Graph, about: Description, subject: URIRef, title: Literal, summary: Literal) -> None:
    """Add the statements that catalogue, dataset and service have in common."""
    language = about.language or None
    graph.add((subject, DCTERMS.title, title))
    graph.add((subject, DCTERMS.description, summary))
    if about.publisher:
        publisher = URIRef(about.publisher.iri)
        graph.add((subject, DCTERMS.publisher, publisher))
        graph.add((publisher, RDF.type, FOAF.Agent))
        graph.add((publisher, FOAF.name, Literal(about.publisher.name, lang=language)))
        if about.publisher.homepage:
            graph.add((publisher, FOAF.homepage, _add_page(graph, about.publisher.homepage)))
    if about.licence:
        graph.add((subject, DCTERMS.license, _add_licence(graph, about.licence)))


def _add_page(graph: Graph, iri: str) -> URIRef:
    graph.add((URIRef(iri), RDF.type, FOAF.Document))
    return URIRef(iri)


def _add_url(graph: Graph, url: URIRef) -> URIRef:
    """Add the type of a requested URL, which the shapes of DCAT-AP require in the file."""
    graph.add((url, RDF.type, RDFS.Resource))
    return url


def _add_licence(graph: Graph, iri: str) -> URIRef:
    graph.add((URIRef(iri), RDF.type, DCTERMS.LicenseDocument))
    return URIRef(iri)


def _add_contact(graph: Graph, about: Description, subject: URIRef) -> None:
    if about.contact:
        contact = URIRef(about.contact)
        graph.add((subject, DCAT.contactPoint, contact))
        graph.add((contact, RDF.type, VCARD.Kind))
        graph.add((contact, RDF.type, VCARD.Organization))
        graph.add((contact, VCARD.fn, Literal(about.publisher.name if about.publisher else about.title)))
        graph.add((contact, VCARD.hasEmail if about.contact.startswith("mailto:") else VCARD.hasURL, contact))


def _add_rights(graph: Graph, about: Description, subject: URIRef) -> None:
    if about.rights:
        rights = about.part("rights")
        graph.add((subject, DCTERMS.rights, rights))
        graph.add((rights, RDF.type, DCTERMS.RightsStatement))
        graph.add((rights, RDFS.label, Literal(about.rights, lang=about.language or None)))


def _add_catalogue(graph: Graph, about: Description) -> None:
    catalogue = URIRef(about.catalogue)
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    summary = "The dataset with its downloads, its SPARQL endpoint and its statistics, for data portals and programs."
    _add_common(graph, about, catalogue, _english(f"Catalogue of {about.title}"), _english(summary))
    for name in (DCTERMS.issued, DCTERMS.modified):
        graph.add((catalogue, name, make_day(about.issued.isoformat())))
    if about.is_page_free:
        graph.add((catalogue, FOAF.homepage, _add_page(graph, about.base)))
    for place in about.places:
        graph.add((catalogue, DCTERMS.spatial, add_concept(graph, place)))
    graph.add((catalogue, DCAT.dataset, URIRef(about.dataset)))
    graph.add((catalogue, DCAT.service, URIRef(about.service)))
    for theme in about.themes:
        if theme.startswith(str(AUTHORITY)):
            graph.add((catalogue, DCAT.themeTaxonomy, URIRef(theme.rpartition("/")[0])))
    for language in about.languages:
        graph.add((catalogue, DCTERMS.language, add_concept(graph, language)))


def _add_dataset(graph: Graph, about: Description) -> None:
    dataset = URIRef(about.dataset)
    graph.add((dataset, RDF.type, DCAT.Dataset))
    language = about.language if about.summary_language is None else about.summary_language
    text = f"RDF data: {about.title}."
    summary = Literal(about.summary, lang=language or None) if about.summary else _english(text)
    title = Literal(about.title, lang=about.language or None)
    _add_common(graph, about, dataset, title, summary)
    for tag, text in about.titles.items():
        graph.add((dataset, DCTERMS.title, Literal(text, lang=tag or None)))
    if about.creator:
        graph.add((dataset, DCTERMS.creator, URIRef(about.creator)))
        graph.add((URIRef(about.creator), RDF.type, FOAF.Agent))
    _add_contact(graph, about, dataset)
    _add_rights(graph, about, dataset)
    graph.add((dataset, DCTERMS.identifier, Literal(about.dataset, datatype=XSD.anyURI)))
    if about.is_page_free:
        graph.add((dataset, DCAT.landingPage, _add_page(graph, about.base)))
    graph.add((dataset, DCAT.version, Literal(about.edition or about.version)))
    graph.add((dataset, OWL.versionInfo, Literal(about.edition or about.version)))
    _add_dates(graph, about, dataset)
    for keyword in about.keywords:
        graph.add((dataset, DCAT.keyword, keyword))
    for name, concepts in (
        (DCAT.theme, about.themes),
        (DCTERMS.language, about.languages),
        (DCTERMS.spatial, about.places),
        (DCTERMS.accrualPeriodicity, (about.frequency,)),
        (DCTERMS.accessRights, (about.access,)),
    ):
        for concept in filter(None, concepts):
            graph.add((dataset, name, add_concept(graph, concept)))
    _add_origin(graph, about)
    _add_period(graph, about)


def _add_origin(graph: Graph, about: Description) -> None:
    """Add what the dataset is made from, and what it conforms to."""
    dataset = URIRef(about.dataset)
    for source in about.sources:
        graph.add((dataset, PROV.wasDerivedFrom, URIRef(source)))
    for standard, name in about.standards.items():
        graph.add((dataset, DCTERMS.conformsTo, add_standard(graph, URIRef(standard), name)))
    if about.provenance:
        provenance = about.part("provenance")
        graph.add((dataset, DCTERMS.provenance, provenance))
        graph.add((provenance, RDF.type, DCTERMS.ProvenanceStatement))
        graph.add((provenance, RDFS.label, _english(about.provenance)))


def _add_period(graph: Graph, about: Description) -> None:
    """Add the period that the dataset is about."""
    if about.period:
        period = BNode()  # Portals such as udata request the IRI of a period instead of reading what is here.
        graph.add((URIRef(about.dataset), DCTERMS.temporal, period))
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        graph.add((period, DCAT.startDate, Literal(about.period[0], datatype=XSD.date, normalize=False)))
        graph.add((period, DCAT.endDate, Literal(about.period[1], datatype=XSD.date, normalize=False)))


def _add_record(graph: Graph, about: Description) -> None:
    """Add the entry of the dataset in the catalogue, without which some portals find no dataset."""
    record, dataset = about.part("record"), URIRef(about.dataset)
    graph.add((URIRef(about.catalogue), DCAT.record, record))
    graph.add((record, RDF.type, DCAT.CatalogRecord))
    graph.add((record, DCTERMS.title, _english(f"Entry of {about.title}")))
    graph.add((record, FOAF.primaryTopic, dataset))
    graph.add((dataset, RDF.type, DCAT.Resource))  # the shapes of DCAT-AP require this superclass in the file
    graph.add((dataset, FOAF.isPrimaryTopicOf, record))
    graph.add((record, DCTERMS.modified, make_day(about.issued.isoformat())))


def _add_dates(graph: Graph, about: Description, dataset: URIRef) -> None:
    """Add when the dataset was released and last changed; of live data nobody knows."""
    moment = about.issued.isoformat()
    days = ("", "") if about.live else about.dates or (moment, moment)
    for name, day in zip((DCTERMS.issued, DCTERMS.modified), days, strict=True):
        if day:
            graph.add((dataset, name, make_day(day)))


def _add_versions(graph: Graph, about: Description) -> None:
    """Add the earlier versions, each with the files that are kept of it."""
    dataset = URIRef(about.dataset)
    newer: URIRef = dataset
    for release in about.earlier:
        version = about.part(f"version-{release.version}")
        graph.add((dataset, DCTERMS.hasVersion, version))
        graph.add((newer, OWL.priorVersion, version))
        graph.add((newer, DCAT.previousVersion, version))
        _add_version(graph, about, release, version)
        newer = version


def _add_version(graph: Graph, about: Description, release: EarlierVersion, version: URIRef) -> None:
    graph.add((version, RDF.type, VOID.Dataset))
    graph.add((version, DCTERMS.title, Literal(f"{about.title} {release.version}", lang=about.language or None)))
    graph.add((version, DCTERMS.isVersionOf, URIRef(about.dataset)))
    graph.add((version, DCAT.version, Literal(release.version)))
    graph.add((version, DCTERMS.issued, make_day(release.issued.date().isoformat())))
    for file in release.files.values():
        part = _add_distribution(graph, about, file, f"version-{release.version}-distribution-", release)
        graph.add((version, DCAT.distribution, part))


def find_syntax(name: str) -> tuple[Format | None, str]:
    """Return the syntax of a file and the extension of its compression; an empty string if it is not compressed."""
    path = PurePath(name)
    coding = path.suffix if path.suffix in _CODINGS else ""
    plain = path.with_suffix("") if coding else path
    return next((form for form in FILE_TYPES if form.extension == plain.suffix), None), coding


def _name_file(name: str, version: str) -> str:
    """Return the part of a file name that is unique in its version, e.g. ``ttl-gz`` or ``nanopubs-trig``."""
    rest = name.partition(version)[2] if version in name else name
    return rest.strip(".-").replace(".", "-")


def _title_file(about: Description, file: File, form: Format | None, coding: str) -> str:
    graphs = "Module graphs" if any(graph.comment for graph in about.graphs) else "Named graphs"
    what = "Nanopublications" if file.has_nanopublications else graphs if form in _QUADS else "Whole dataset"
    return ", ".join(filter(None, (f"{what} as {form.label if form else file.name}", _CODING_NAMES.get(coding))))


def _describe_file(file: File, form: Format | None) -> str:
    if file.has_nanopublications:
        return "One nanopublication for each claim: its description, its provenance, and who published it."
    if form in _QUADS:
        return "The named graphs of the endpoint, each with its name."
    return "The default graph of the endpoint."


def _add_distribution(
    graph: Graph, about: Description, file: File, prefix: str, release: EarlierVersion | None = None
) -> URIRef:
    """Add a file, and return it."""
    form, coding = find_syntax(file.name)
    version, issued = (release.version, release.issued.date()) if release else (about.version, about.issued)
    name = _name_file(file.name, version)
    part, url = about.part(f"{prefix}{name}"), URIRef(f"{about.base}dumps/{file.name}")
    graph.add((part, RDF.type, DCAT.Distribution))
    graph.add((part, DCTERMS.title, _english(_title_file(about, file, form, coding))))
    graph.add((part, DCTERMS.description, _english(_describe_file(file, form))))
    graph.add((part, DCAT.accessURL, _add_url(graph, url)))
    graph.add((part, DCAT.downloadURL, url))
    graph.add((part, DCTERMS.issued, make_day(issued.isoformat())))
    graph.add((part, DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger, normalize=False)))
    graph.add((part, DCATAP.availability, add_concept(graph, str(AVAILABLE))))
    graph.add((part, DCAT.mediaType, add_media_type(graph, form.media_type if form else file.media_type)))
    if form:
        graph.add((part, DCTERMS.format, add_concept(graph, str(FILE_TYPES[form]))))
    if coding:
        graph.add((part, DCAT.compressFormat, add_media_type(graph, _CODINGS[coding])))
    if about.licence:
        licence = LICENCES.get(about.licence)
        graph.add((part, DCTERMS.license, add_concept(graph, licence) if licence else URIRef(about.licence)))
    _add_rights(graph, about, part)
    _add_checksum(graph, about, part, f"{prefix}{name}", file)
    return part


def _add_checksum(graph: Graph, about: Description, part: URIRef, name: str, file: File) -> None:
    checksum = about.part(f"{name}-checksum")
    graph.add((part, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, add_checksum_algorithm(graph)))
    graph.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary, normalize=False)))


def _list_types() -> Iterable[URIRef]:
    """Return the file types of what the endpoint answers with."""
    types = {**RESULT_TYPES, **FILE_TYPES}
    return (types[form] for form in (*media.RESULT_FORMATS, *media.GRAPH_FORMATS) if form in types)


def _add_service(graph: Graph, about: Description) -> None:
    """Add the endpoint as a data service, and as a way to reach the dataset."""
    service, dataset = URIRef(about.service), URIRef(about.dataset)
    address = URIRef(f"{about.base}sparql")
    graph.add((service, RDF.type, DCAT.DataService))
    summary = "Queries over the dataset and its named graphs by the SPARQL 1.1 Protocol."
    _add_common(graph, about, service, _english(f"SPARQL endpoint of {about.title}"), _english(summary))
    _add_contact(graph, about, service)
    graph.add((service, DCAT.endpointURL, _add_url(graph, address)))
    graph.add((service, DCAT.endpointDescription, address))
    graph.add((service, DCAT.servesDataset, dataset))
    protocol = add_standard(graph, SPARQL_PROTOCOL_IRI, "SPARQL 1.1 Protocol")
    graph.add((service, DCTERMS.conformsTo, protocol))
    for name in _list_types():
        graph.add((service, DCTERMS.format, add_concept(graph, str(name))))
    if about.access:
        graph.add((service, DCTERMS.accessRights, add_concept(graph, about.access)))
    way = about.part("distribution-sparql")
    graph.add((dataset, DCAT.distribution, way))
    graph.add((way, RDF.type, DCAT.Distribution))
    graph.add((way, DCTERMS.title, _english("SPARQL endpoint")))
    graph.add((way, DCTERMS.description, _english(summary)))
    graph.add((way, DCAT.accessURL, address))
    graph.add((way, DCAT.accessService, service))
    graph.add((way, DCTERMS.format, add_concept(graph, str(RESULTS))))
    graph.add((way, DCATAP.availability, add_concept(graph, str(AVAILABLE))))
    if about.licence:
        licence = LICENCES.get(about.licence)
        graph.add((way, DCTERMS.license, add_concept(graph, licence) if licence else URIRef(about.licence)))
    _add_rights(graph, about, way)


__all__ = ["add_dcat", "find_syntax", "make_day"]
