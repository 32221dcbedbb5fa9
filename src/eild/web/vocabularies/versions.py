"""Which document a path at or below ``/ontology`` and ``/shapes`` is: a vocabulary, a version, a module, an alignment.

Each document is what its IRI stands for: ``ontology/0.1.0`` is the version IRI of the ontology, ``ontology/claims`` one
of its modules, ``ontology/align-prov`` an alignment and ``ontology/claims/0.1.0`` a version of a module. A module holds
its own header and the terms that it defines (``rdfs:isDefinedBy``), an alignment its header and the mappings to the
namespaces that it names (``rdfs:seeAlso``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode
from rdflib.namespace import OWL, RDF, RDFS

from eild.errors import NotFoundError
from eild.web.vocabularies.graph import VocabularyGraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Triple

    from eild.web.site import Site


@dataclass(frozen=True)
class VocabularyDocument:
    """A document of a vocabulary.

    :ivar vocabulary: ``ontology`` or ``shapes``
    :ivar path: its path without suffix and without a first slash
    :ivar module: what it is a module or an alignment of; empty for the whole vocabulary
    :ivar version: its version
    :ivar triples: what it holds
    """

    vocabulary: str
    path: str
    module: str
    version: str
    triples: Sequence[Triple]


def find_document(site: Site, vocabulary: str, rest: str = "") -> VocabularyDocument:
    """Return the document at a path.

    :param vocabulary: ``ontology`` or ``shapes``
    :param rest: what follows it and a slash; empty for the vocabulary itself
    :raises NotFoundError: if there is no such version or module; it names those there are
    """
    start = f"{site.urls.base}{vocabulary}"
    whole = VocabularyGraph(site.find_vocabulary(vocabulary))
    others = VocabularyGraph(site.vocabularies.get("alignments", ()) if vocabulary == "ontology" else ())
    wanted = f"{start}/{rest}" if rest else start
    for graph in (whole, others):
        for header in graph.instances(OWL.Ontology):
            versions = [node.value for node in graph.nodes(header, OWL.versionIRI)]
            if wanted in {header.value, *versions}:
                module = header.value.removeprefix(start).removeprefix("/")
                triples = whole.triples if not module else _select(graph, header, aligns=graph is others)
                path = f"{vocabulary}/{rest}" if rest else vocabulary
                return VocabularyDocument(vocabulary, path, module, graph.text(header, OWL.versionInfo), triples)
    known = list_documents(site, vocabulary)
    message = f"the {vocabulary} has no version and no module {rest[:80]!r}"
    raise NotFoundError(
        message, suggestions=known, hint=f"versions served: {', '.join(list_versions(site, vocabulary))}"
    )


def list_versions(site: Site, vocabulary: str) -> tuple[str, ...]:
    """Return the versions of a vocabulary that are served."""
    graph = VocabularyGraph(site.find_vocabulary(vocabulary))
    return tuple(graph.texts(NamedNode(f"{site.urls.base}{vocabulary}"), OWL.versionInfo))


def list_documents(site: Site, vocabulary: str) -> tuple[str, ...]:
    """Return the IRIs of all versions, modules and alignments of a vocabulary."""
    names = (vocabulary, "alignments") if vocabulary == "ontology" else (vocabulary,)
    found: list[str] = []
    for name in names:
        graph = VocabularyGraph(site.vocabularies.get(name, ()))
        headers = graph.instances(OWL.Ontology)
        found += [version.value for header in headers for version in graph.nodes(header, OWL.versionIRI)]
        found += [header.value for header in headers if header.value != f"{site.urls.base}{vocabulary}"]
    return tuple(sorted(found))


def _select(graph: VocabularyGraph, header: NamedNode, *, aligns: bool) -> list[Triple]:
    """Return the triples of one module or alignment of several in a graph."""
    if not aligns:
        own = {header, *graph.subjects(RDFS.isDefinedBy, header)}
        return [triple for triple in graph.triples if triple.subject in own]
    namespaces = tuple(node.value for node in graph.nodes(header, RDFS.seeAlso))
    return [triple for triple in graph.triples if triple.subject == header or _maps_into(triple, namespaces)]


def _maps_into(triple: Triple, namespaces: tuple[str, ...]) -> bool:
    """Tell whether a triple maps a term to one of some namespaces, or declares one of theirs."""
    if triple.predicate.value == str(OWL.imports):
        return False
    names = (triple.subject, triple.object)
    declares = triple.predicate.value == str(RDF.type)
    return any(
        isinstance(name, NamedNode) and name.value.startswith(namespaces) for name in names[: 1 if declares else 2]
    )
