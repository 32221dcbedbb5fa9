"""Which document a path at or below ``/ontology`` and ``/shapes`` is: a vocabulary, a version, a module, an alignment.

Each document is what its IRI stands for: ``ontology/0.1.0`` is the version IRI of the ontology, ``ontology/claims`` one
of its modules, ``ontology/align-prov`` an alignment and ``ontology/claims/0.1.0`` a version of a module. A module holds
its own header and the terms that it defines (``rdfs:isDefinedBy``), an alignment its header and the mappings to the
namespaces that it names (``rdfs:seeAlso``). Version IRIs of former versions lead to what their dumps hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from eild.errors import NotFoundError
from eild.terms import DCTERMS, OWL, RDF, RDFS
from eild.web.vocabularies.graph import VocabularyGraph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.web.frame.site import Site


@dataclass(frozen=True)
class VocabularyDocument:
    """A document of a vocabulary.

    :ivar vocabulary: ``ontology`` or ``shapes``
    :ivar path: its path without suffix and without a first slash
    :ivar module: what it is a module or an alignment of; empty for the whole vocabulary
    :ivar version: its version
    :ivar triples: what it holds
    :ivar graphs: the vocabularies of the same version of the dataset, by name
    :ivar former: whether that is a version before the present one
    """

    vocabulary: str
    path: str
    module: str
    version: str
    triples: Sequence[Triple]
    graphs: Mapping[str, Sequence[Triple]]
    former: bool


def find_document(site: Site, vocabulary: str, rest: str = "") -> VocabularyDocument:
    """Return the document at a path, of the present version or a former one.

    :param vocabulary: ``ontology`` or ``shapes``
    :param rest: what follows it and a slash; empty for the vocabulary itself
    :raises NotFoundError: if there is no such version or module; it names those there are
    :raises DataError: if the dumps of a former version are damaged
    """
    site.find_vocabulary(vocabulary)
    if found := _find_in(site, site.vocabularies, vocabulary, rest, former=False):
        return found
    for graphs in site.former_vocabularies:
        if found := _find_in(site, graphs, vocabulary, rest, former=True):
            return found
    message = f"the {vocabulary} has no version and no module {rest[:80]!r}"
    versions = ", ".join(list_versions(site, vocabulary))
    raise NotFoundError(message, suggestions=list_documents(site, vocabulary), hint=f"versions served: {versions}")


def _find_in(
    site: Site, graphs: Mapping[str, Sequence[Triple]], vocabulary: str, rest: str, *, former: bool
) -> VocabularyDocument | None:
    """Return the document at a path in one version of the dataset; of a former one only what names its version."""
    start = f"{site.urls.shared}{vocabulary}"
    wanted = f"{start}/{rest}" if rest else start
    for name in _list_graphs(vocabulary):
        graph = VocabularyGraph(graphs.get(name, ()))
        for header in graph.instances(OWL.Ontology):
            names = {node.value for node in graph.nodes(header, OWL.versionIRI)}
            if wanted not in (names if former else {*names, header.value}):
                continue
            module = header.value.removeprefix(start).removeprefix("/")
            triples = _select(graph, header, aligns=name != vocabulary) if module else _merge(graph, header)
            path, version = wanted.removeprefix(site.urls.shared), graph.text(header, OWL.versionInfo)
            return VocabularyDocument(vocabulary, path, module, version, triples, graphs, former)
    if rest or former:
        return None
    # Without a header of its own the vocabulary is still what the graph of its name holds.
    return VocabularyDocument(vocabulary, vocabulary, "", "", graphs.get(vocabulary, ()), graphs, former)


def list_versions(site: Site, vocabulary: str) -> tuple[str, ...]:
    """Return the versions of a vocabulary that are served, the present one first."""
    node = NamedNode(f"{site.urls.shared}{vocabulary}")
    releases = (site.vocabularies, *site.former_vocabularies)
    graphs = (VocabularyGraph(graphs.get(vocabulary, ())) for graphs in releases)
    return tuple(dict.fromkeys(version for graph in graphs for version in graph.texts(node, OWL.versionInfo)))


def list_documents(site: Site, vocabulary: str) -> tuple[str, ...]:
    """Return the IRIs of all versions, modules and alignments of a vocabulary."""
    found: set[str] = set()
    for graphs in (site.vocabularies, *site.former_vocabularies):
        for name in _list_graphs(vocabulary):
            graph = VocabularyGraph(graphs.get(name, ()))
            headers = graph.instances(OWL.Ontology)
            found |= {version.value for header in headers for version in graph.nodes(header, OWL.versionIRI)}
            if graphs is site.vocabularies:
                found |= {header.value for header in headers}
    return tuple(sorted(found - {f"{site.urls.shared}{vocabulary}"}))


def _list_graphs(vocabulary: str) -> tuple[str, ...]:
    """Return the names of the graphs that hold a vocabulary's documents."""
    return ("ontology", "alignments") if vocabulary == "ontology" else (vocabulary,)


def _merge(graph: VocabularyGraph, header: NamedNode) -> list[Triple]:
    """Return the triples of a vocabulary as one ontology: without the headers of its modules, which are its parts.

    An ontology document has one header (OWL 2 Mapping to RDF Graphs, section 3.1.2), and nothing needs to be imported
    that it already holds.
    """
    modules = set(graph.instances(OWL.Ontology)) - {header}
    part = NamedNode(str(DCTERMS.hasPart))
    merged = []
    for triple in graph.triples:
        if triple.subject == header and triple.predicate.value == str(OWL.imports) and triple.object in modules:
            merged.append(Triple(header, part, triple.object))
        elif triple.subject not in modules:
            merged.append(triple)
    return merged


def _select(graph: VocabularyGraph, header: NamedNode, *, aligns: bool) -> list[Triple]:
    """Return the triples of one module or alignment of several in a graph."""
    if not aligns:
        own = {header, *graph.subjects(RDFS.isDefinedBy, header)}
        return [triple for triple in graph.triples if triple.subject in own]
    namespaces = tuple(node.value for node in graph.nodes(header, RDFS.seeAlso))
    return [triple for triple in graph.triples if triple.subject == header or _maps_into(triple, namespaces)]


def _maps_into(triple: Triple, namespaces: tuple[str, ...]) -> bool:
    """Return whether a triple maps a term to one of some namespaces, or declares one of theirs."""
    if triple.predicate.value == str(OWL.imports):
        return False
    names = (triple.subject, triple.object)
    declares = triple.predicate.value == str(RDF.type)
    return any(
        isinstance(name, NamedNode) and name.value.startswith(namespaces) for name in names[: 1 if declares else 2]
    )
