"""What a document about a resource says: its triples, names of what it points to, what points to it, its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode

from eild import nodes
from eild.documents.index import DocumentIndex
from eild.documents.joined import JoinedDocuments
from eild.errors import NotFoundError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import Triple

    from eild.documents.index import Documents

    Node = NamedNode | BlankNode

PAGE_SIZE: Final = 100
"""How many incoming links and claims stand on one page of a document."""


CLAIM: Final = nodes.EILD.Claim
PROPOSITION: Final = nodes.EILD.Proposition
HAS_PROPOSITION: Final = nodes.EILD.hasProposition
EVIDENCE: Final = nodes.EILD.evidence
CLAIMANT: Final = nodes.EILD.claimant
ROOT_CLAIMANT: Final = nodes.EILD.rootClaimant
STANCE: Final = nodes.EILD.stance
SELECTOR: Final = nodes.OA.hasSelector
EXACT: Final = nodes.OA.exact


_MAX_PAGE_DIGITS: Final = 6


@dataclass(frozen=True)
class ResourceDescription:
    """What is said about a resource, one page of it.

    :ivar node: the resource
    :ivar outgoing: its triples, and those of blank nodes that it leads to
    :ivar incoming: the triples of this page that point to it
    :ivar incoming_total: how many there are on all pages
    :ivar incoming_cut: whether there may be more than on all pages
    :ivar claims: the claims of this page that are about it or by it
    :ivar claims_total: how many there are on all pages
    :ivar page: number of the page, from 1
    :ivar members: the resources whose IRIs are that of the document and a fragment
    """

    node: NamedNode
    outgoing: Sequence[Triple]
    incoming: Sequence[Triple]
    incoming_total: int
    incoming_cut: bool
    claims: Sequence[Node]
    claims_total: int
    page: int
    members: Sequence[NamedNode] = ()

    @property
    def pages(self) -> int:
        """The number of pages."""
        return max(1, -(-max(self.incoming_total, self.claims_total) // PAGE_SIZE))


def read_page_number(text: str) -> int:
    """Return the number of a page, as a request gives it.

    :raises RequestError: if it is none
    """
    if not text.isascii() or not text.isdigit() or len(text) > _MAX_PAGE_DIGITS:
        raise RequestError(f"'page' must be a number, not {text[:20]!r}", hint="pages are numbered from 1")
    return int(text)


def find_claims(index: Documents, node: Node) -> list[Node]:
    """Return the claims about a resource or by it, each once, sorted.

    They are those that point to it, and those on propositions that point to it or are it. A relay of somebody's
    claim is not a claim by them: what is relayed is listed already.
    """
    if isinstance(index, DocumentIndex | JoinedDocuments) and not index.incoming(CLAIM):
        return []  # the data has no claims at all
    index.prepare(_list_nodes(index.incoming(node)))
    found: set[Node] = set()
    propositions: set[Node] = set()
    for triple in index.incoming(node):
        subject = triple.subject
        if triple.predicate == ROOT_CLAIMANT or not isinstance(subject, NamedNode | BlankNode):
            continue
        kinds = [found.object for found in index.naming(subject) if found.predicate == nodes.RDF.type]
        if CLAIM in kinds:
            found.add(subject)
        elif PROPOSITION in kinds:
            propositions.add(subject)
    for proposition in propositions:
        found.update(
            triple.subject
            for triple in index.incoming(proposition)
            if triple.predicate == HAS_PROPOSITION and isinstance(triple.subject, NamedNode | BlankNode)
        )
    found.discard(node)
    return sorted(found, key=lambda claim: claim.value)


def search_node(index: Documents, iris: Iterable[str]) -> NamedNode | None:
    """Return the first of some IRIs that occurs in the dataset; None if none does."""
    for iri in iris:
        try:
            node = NamedNode(iri)
        except ValueError:
            continue
        if index.knows(node):
            return node
    return None


def find_node(index: Documents, iris: Sequence[str]) -> NamedNode:
    """Return the first of some IRIs, at least one, that the dataset describes or points to.

    :raises NotFoundError: if it knows none of them; suggests what comes nearest
    """
    if node := search_node(index, iris):
        return node
    message = f"this dataset does not describe <{iris[0]}>"
    raise NotFoundError(
        message,
        suggestions=index.suggest(iris[0]),
        hint="check the spelling of the IRI, or find the resource with a SPARQL query",
    )


def _list_nodes(triples: Iterable[Triple]) -> list[Node]:
    """Return every resource and blank node in some triples, each once."""
    terms = (term for triple in triples for term in (triple.subject, triple.predicate, triple.object))
    return [term for term in dict.fromkeys(terms) if isinstance(term, NamedNode | BlankNode)]


def describe(index: Documents, node: NamedNode, page: int = 1) -> ResourceDescription:
    """Return what is said about a resource.

    :param page: which page of incoming links and claims, from 1
    :raises NotFoundError: if there is no such page
    """
    incoming = index.sort_incoming(node)
    claims = find_claims(index, node)
    start = (page - 1) * PAGE_SIZE
    outgoing = index.describe(node)
    index.prepare(_list_nodes([*outgoing, *incoming[start : start + PAGE_SIZE]]))
    description = ResourceDescription(
        node=node,
        outgoing=outgoing,
        incoming=incoming[start : start + PAGE_SIZE],
        incoming_total=len(incoming),
        incoming_cut=index.most_incoming is not None and len(incoming) >= index.most_incoming,
        claims=claims[start : start + PAGE_SIZE],
        claims_total=len(claims),
        page=page,
        members=index.list_fragments(node.value),
    )
    if not 1 <= page <= description.pages:
        raise NotFoundError(f"the document has {description.pages} pages", hint="omit 'page' for the first page")
    return description


def _name_all(index: Documents, triples: Iterable[Triple]) -> list[Triple]:
    """Return the labels of every resource in some triples, each once."""
    return [label for node in _list_nodes(triples) for label in index.list_labels(node)]


def _nodes(index: Documents, node: Node, predicate: NamedNode) -> list[Node]:
    return [term for term in index.find_objects(node, predicate) if isinstance(term, NamedNode | BlankNode)]


def build_graph(index: Documents, description: ResourceDescription) -> list[Triple]:
    """Return all triples of a document: own, incoming, the claims with their evidence, and labels."""
    triples = [*description.outgoing, *description.incoming]
    for member in description.members:
        triples += index.describe(member)
    for link in description.incoming:
        if isinstance(link.subject, BlankNode):
            triples += index.describe(link.subject)
    for claim in (description.node, *description.claims):
        triples += index.outgoing(claim)
        for evidence in _nodes(index, claim, EVIDENCE):
            triples += index.outgoing(evidence)
            for selector in _nodes(index, evidence, SELECTOR):
                triples += index.outgoing(selector)
    for selector in _nodes(index, description.node, SELECTOR):
        triples += index.outgoing(selector)
    triples += _name_all(index, triples)
    return list(dict.fromkeys(triples))
