"""The documentation of any ontology or RDF vocabulary that the data holds: its terms by kind, as for EILD's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.documents.index import DocumentIndex
from eild.terms import OWL, RDF, RDFS
from eild.web.vocabularies.graph import VocabularyGraph
from eild.web.vocabularies.headers import Header, read_header
from eild.web.vocabularies.ontology import Profile, TermPage, TermReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.web.frame.site import Site

MOST_TERMS: Final = 2000
"""How many terms of an ontology its page documents."""

KINDS: Final = {
    "Classes": (OWL.Class, RDFS.Class),
    "Object properties": (OWL.ObjectProperty,),
    "Datatype properties": (OWL.DatatypeProperty,),
    "Annotation properties": (OWL.AnnotationProperty,),
    "Properties": (RDF.Property,),
    "Datatypes": (RDFS.Datatype,),
    "Individuals": (OWL.NamedIndividual,),
}
"""Headings, with the classes of the terms below each; a term stands below the first that fits."""


@dataclass(frozen=True)
class TermGroup:
    """Terms of one kind.

    :ivar title: the heading
    :ivar anchor: its anchor
    :ivar terms: the terms
    """

    title: str
    anchor: str
    terms: Sequence[TermPage]


@dataclass(frozen=True)
class VocabularyPage:
    """What the page of an ontology shows.

    :ivar header: what it says of itself
    :ivar groups: its terms by kind
    :ivar tree: anchor of each class with how deep it stands
    :ivar names: abbreviated IRI of each term, by anchor
    :ivar more: how many terms the page leaves out
    """

    header: Header
    groups: Sequence[TermGroup]
    tree: Sequence[tuple[int, str]]
    names: dict[str, str]
    more: int


def is_vocabulary(site: Site, node: NamedNode) -> bool:
    """Return whether a resource is an ontology, or the document of a namespace that has terms."""
    if not isinstance(site.documents, DocumentIndex) or not site.publication.foreign:
        return False
    if nodes.OWL.Ontology in site.documents.find_objects(node, nodes.RDF.type):
        return bool(list_terms(site, node))
    own = site.documents.list_fragments(node.value)
    return any(_find_title(site, member) for member in own[:MOST_TERMS])


def _find_title(site: Site, node: NamedNode) -> str:
    """Return the heading under which a term stands; empty if it is none."""
    kinds = {kind.value for kind in site.documents.find_objects(node, nodes.RDF.type) if isinstance(kind, NamedNode)}
    return next((title for title, names in KINDS.items() if not kinds.isdisjoint(names)), "")


def list_terms(site: Site, ontology: NamedNode) -> list[NamedNode]:
    """Return the terms of an ontology: those that it defines, or whose IRIs begin with its own; of the only one, all.

    :param ontology: the ontology, or the document of a namespace
    """
    documents = site.documents
    found: dict[NamedNode, None] = {}
    for names in KINDS.values():
        for name in names:
            for link in documents.incoming(NamedNode(name)):
                if link.predicate == nodes.RDF.type and isinstance(link.subject, NamedNode):
                    found[link.subject] = None
    iri = ontology.value
    starts = (iri,) if iri.endswith(("#", "/")) else (f"{iri}#", f"{iri}/")
    headers = [t.subject for t in documents.incoming(nodes.OWL.Ontology) if t.predicate == nodes.RDF.type]

    def belongs(term: NamedNode) -> bool:
        defining = documents.find_objects(term, nodes.RDFS.isDefinedBy)
        return ontology in defining if any(node in headers for node in defining) else term.value.startswith(starts)

    own = [term for term in found if belongs(term)]
    return own if own or headers != [ontology] else list(found)


def _name_anchors(terms: Sequence[NamedNode]) -> dict[str, NamedNode]:
    """Return terms by anchor: the fragment or the last part of the IRI, or the whole IRI where another one has it."""
    found: dict[str, NamedNode] = {}
    for term in terms:
        name = term.value.rpartition("#")[2] if "#" in term.value else term.value.rstrip("/").rpartition("/")[2]
        found[name if name and name not in found else term.value] = term
    return found


def build_vocabulary(site: Site, node: NamedNode) -> VocabularyPage:
    """Return the documentation of an ontology."""
    terms = list_terms(site, node)
    shown = terms[:MOST_TERMS]
    anchors = _name_anchors(shown)
    graph = VocabularyGraph(
        dict.fromkeys(triple for term in (node, *shown) for triple in site.described.describe(term))
    )
    counted = {term.iri: term.uses for term in site.query_terms if term.kind != "resource"}
    profile = Profile(anchors, site.urls.document(node.value), uses=lambda iri: counted.get(iri, 0))
    reader = TermReader(site, graph, profile)
    groups: dict[str, list[TermPage]] = {title: [] for title in KINDS}
    for term in shown:
        groups[_find_title(site, term)].append(reader.read_term(term))
    return VocabularyPage(
        header=read_header(graph, node),
        groups=[
            TermGroup(title, f"group-{number}", sorted(found, key=lambda term: term.short.lower()))
            for number, (title, found) in enumerate(groups.items())
            if found
        ],
        tree=list(reader.walk()),
        names={term.name: term.short for found in groups.values() for term in found},
        more=len(terms) - len(shown),
    )
