"""What a document says of itself, in RDF: what it is about, of which dataset, under which licence, on which page.

The smallest set that standards name: FOAF's topic, VoID's link to the dataset (section 7), DCMI's licence and date,
and Hydra's pages where more points to the resource than one page holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from eild import nodes
from eild.terms import DCTERMS, FOAF, HYDRA, RDF, VOID

if TYPE_CHECKING:
    from eild.documents.descriptions import ResourceDescription
    from eild.web.frame.site import Site

_DATE: Final = nodes.XSD.date


def find_document_iri(site: Site, iri: str) -> str:
    """Return the IRI of the document about a resource.

    It begins with the base of the dataset wherever that is served, so that every server of a dataset says the same.

    :returns: the IRI; an empty string if neither base nor public URL is set
    """
    start = site.publication.base if site.about.dataset else site.settings.public_url
    return f"{start}{site.urls.document(iri)}" if start else ""


def _describe_pages(description: ResourceDescription, document: str) -> list[tuple[str, str, str | int]]:
    """Return how the pages of a document hang together."""

    def page(number: int) -> str:
        return f"{document}{'&' if '?' in document else '?'}page={number}"

    number, last = description.page, description.pages
    pages = {HYDRA.first: 1, HYDRA.last: last, HYDRA.previous: number - 1, HYDRA.next: number + 1}
    found: list[tuple[str, str, str | int]] = [
        (document, RDF.type, HYDRA.Collection),
        (document, HYDRA.view, page(number)),
        (page(number), RDF.type, HYDRA.PartialCollectionView),
        *((page(number), term, page(other)) for term, other in pages.items() if 1 <= other <= last),
    ]
    if not description.incoming_cut:
        found.append((document, HYDRA.totalItems, description.incoming_total))
    return found


def build_metadata(site: Site, description: ResourceDescription) -> list[Triple]:
    """Return the triples of a document about itself, for one page; an empty list if the document has no IRI."""
    document = find_document_iri(site, description.node.value)
    if not document:
        return []
    about = site.about
    found: list[tuple[str, str, str | int]] = [
        (document, RDF.type, FOAF.Document),
        (document, FOAF.primaryTopic, description.node.value),
    ]
    if about.dataset:
        found.append((document, VOID.inDataset, about.dataset))
    if about.licence:
        found.append((document, DCTERMS.license, about.licence))
    if description.pages > 1:
        found += _describe_pages(description, document)
    triples = [
        Triple(NamedNode(subject), NamedNode(term), Literal(value) if isinstance(value, int) else NamedNode(value))
        for subject, term, value in found
    ]
    subject = NamedNode(document)
    if not site.live:
        issued = Literal(site.publication.issued.date().isoformat(), datatype=_DATE)
        triples.append(Triple(subject, nodes.DCTERMS.issued, issued))
        triples.append(Triple(subject, nodes.OWL.versionInfo, Literal(site.publication.version)))
    if description.incoming_cut:
        count = description.incoming_total
        text = f"These pages list {count} references to the resource. There may be more; use a query for the rest."
        triples.append(Triple(subject, nodes.RDFS.comment, Literal(text, language="en")))
    return triples
