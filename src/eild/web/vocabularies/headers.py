"""What a vocabulary, a module or an alignment says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eild.terms import DCTERMS, OWL, RDFS, VANN
from eild.web.vocabularies.graph import local_name

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from eild.web.vocabularies.graph import VocabularyGraph


@dataclass(frozen=True)
class Header:
    """A self-description.

    :ivar name: the end of its IRI
    :ivar title: its title
    :ivar licence: the IRI of its licence, if it has one
    :ivar creators: the IRIs of its makers
    :ivar prior: the IRI of the version before, if there is one
    """

    name: str
    iri: str
    title: str
    description: str
    version: str
    version_iri: str
    prior: str
    licence: str
    rights: str
    creators: list[str]
    created: str
    issued: str
    prefix: str
    namespace: str
    citation: str

    @property
    def short_title(self) -> str:
        """The title without the name of the whole before it."""
        return self.title.partition(": ")[2] or self.title


def read_header(graph: VocabularyGraph, node: NamedNode) -> Header:
    """Return what a vocabulary says of itself; what it does not say is empty."""

    def iri(predicate: str) -> str:
        return next((value.value for value in graph.nodes(node, predicate)), "")

    return Header(
        name=local_name(node.value),
        iri=node.value,
        title=graph.text(node, DCTERMS.title) or graph.text(node, RDFS.label) or local_name(node.value),
        description=graph.text(node, DCTERMS.description) or graph.text(node, RDFS.comment),
        version=graph.text(node, OWL.versionInfo),
        version_iri=iri(OWL.versionIRI),
        prior=iri(OWL.priorVersion),
        licence=iri(DCTERMS.license),
        rights=graph.text(node, DCTERMS.rights),
        creators=[maker.value for maker in graph.nodes(node, DCTERMS.creator)],
        created=graph.text(node, DCTERMS.created),
        issued=graph.text(node, DCTERMS.issued),
        prefix=graph.text(node, VANN.preferredNamespacePrefix),
        namespace=graph.text(node, VANN.preferredNamespaceUri),
        citation=graph.text(node, DCTERMS.bibliographicCitation),
    )
