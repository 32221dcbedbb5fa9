"""Everything that a site has documents about: the data, what its catalogue mints, named graphs, and namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from eild.documents.index import Documents, group_fragments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import BlankNode, Triple

    from eild.documents.index import DocumentIndex

    Node = NamedNode | BlankNode


class JoinedDocuments(Documents):
    """The triples of a dataset, with those of its catalogue about IRIs that the catalogue mints.

    :param data: the triples of the dataset
    :param catalogue: the triples of the catalogue
    :param minted: IRIs that the catalogue mints, also as the documents of fragments
    :param graphs: IRIs of named graphs
    """

    def __init__(
        self, data: Documents, catalogue: DocumentIndex, minted: Iterable[str], graphs: Iterable[str] = ()
    ) -> None:
        self.data = data
        self._catalogue = catalogue
        self._minted = frozenset(minted)
        self._graphs = frozenset(graphs)
        self._fragments = group_fragments(node for node in catalogue.list_named() if self._is_minted(node))
        self.most_incoming = data.most_incoming

    def _is_minted(self, node: Node) -> bool:
        return isinstance(node, NamedNode) and node.value.partition("#")[0] in self._minted

    def is_graph(self, node: Node) -> bool:
        """Return whether a node names a graph."""
        return isinstance(node, NamedNode) and node.value in self._graphs

    @property
    def size(self) -> int:
        """The number of triples of the dataset."""
        return self.data.size

    def outgoing(self, node: Node) -> Sequence[Triple]:
        """Return the triples about a node; see :meth:`Documents.outgoing`."""
        found = self.data.outgoing(node)
        return list(dict.fromkeys((*found, *self._catalogue.outgoing(node)))) if self._is_minted(node) else found

    def incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node; see :meth:`Documents.incoming`."""
        found = self.data.incoming(node)
        return list(dict.fromkeys((*found, *self._catalogue.incoming(node)))) if self._is_minted(node) else found

    def sort_incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node in order; see :meth:`Documents.sort_incoming`."""
        return super().sort_incoming(node) if self._is_minted(node) else self.data.sort_incoming(node)

    def knows(self, node: Node) -> bool:
        """Return whether there is a document about the node; see :meth:`Documents.knows`."""
        if self._is_minted(node) and self._catalogue.knows(node):
            return True
        return self.is_graph(node) or self.data.knows(node) or bool(self._list_all_fragments(node))

    def _list_all_fragments(self, node: Node) -> Sequence[NamedNode]:
        return self.list_fragments(node.value) if isinstance(node, NamedNode) else ()

    def list_fragments(self, document: str) -> Sequence[NamedNode]:
        """Return the resources whose IRIs begin with that of a document; see :meth:`Documents.list_fragments`."""
        own = self._fragments.get(document, ())
        found = self.data.list_fragments(document)
        return list(dict.fromkeys((*found, *own))) if own else found

    def is_described(self, node: Node) -> bool:
        """Return whether a link to the document about the node is worth while."""
        return self.data.is_described(node)

    def naming(self, node: Node) -> Sequence[Triple]:
        """Return triples about a node among which are all that name it."""
        return self.outgoing(node) if self._is_minted(node) else self.data.naming(node)

    def suggest(self, iri: str) -> tuple[str, ...]:
        """Return the IRIs of resources whose names come nearest to an IRI; see :meth:`Documents.suggest`."""
        return self.data.suggest(iri)

    def prepare(self, nodes: Iterable[Node]) -> None:
        """Be ready for the names and types of some nodes; see :meth:`Documents.prepare`."""
        self.data.prepare(nodes)

    def describe(self, node: Node) -> list[Triple]:
        """Return the triples about a node and about blank nodes that it leads to; see :meth:`Documents.describe`."""
        return super().describe(node) if self._is_minted(node) else self.data.describe(node)

    def annotating(self, triple: Triple) -> Sequence[Node]:
        """Return the resources that reify a triple; see :meth:`Documents.annotating`."""
        return self.data.annotating(triple)
