"""How the data uses the terms of the ontology: how often, and an example of each with the words that support it."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from eild import nodes
from eild.documents.descriptions import CLAIMANT, EVIDENCE, HAS_PROPOSITION
from eild.documents.index import DocumentIndex
from eild.terms import SH, natural_order
from eild.web.frame.views import view_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import BlankNode, Triple

    from eild.documents.index import Documents
    from eild.web.frame.site import Site
    from eild.web.frame.views import TermView

    Node = NamedNode | BlankNode

_EXACT: Final = nodes.OA.exact
_VERBATIM: Final = nodes.EILD.verbatim
_WARNING: Final = nodes.EILD.contentWarning
_MEMBER: Final = nodes.SKOS.member
_TEXTS: Final = tuple(NamedNode(name) for name in (SH.select, SH.ask, SH.construct))
_NAME: Final = re.compile(r"\beild:([A-Za-z]+)")
_MOST_STEPS: Final = 3
_LONGEST_WORDS: Final = 320


@dataclass(frozen=True)
class Example:
    """A use of a term in the data.

    :ivar subject: the resource
    :ivar value: the value of the property; None for an instance of a class
    :ivar words: words of the seed that support it; an empty string if there are none
    """

    subject: TermView
    value: TermView | None
    words: str


class Support(NamedTuple):
    """What supports a record: how early it stands in the seed and how near to the record, and its words."""

    rank: int
    words: str


class Usage:
    """The uses of terms in the default graph.

    :param documents: the triples of the default graph, in memory
    :param namespace: the start of the terms' IRIs
    """

    def __init__(self, documents: DocumentIndex, namespace: str) -> None:
        self._counts: Counter[str] = Counter()
        self._triples: dict[str, list[Triple]] = defaultdict(list)
        for subject in documents.subjects():
            for triple in documents.outgoing(subject):
                used = triple.object if triple.predicate == nodes.RDF.type else triple.predicate
                if isinstance(used, NamedNode) and used.value.startswith(namespace):
                    self._counts[used.value] += 1
                    self._triples[used.value].append(triple)
        self._warned = find_warned(documents)
        self._support = find_support(documents, self._warned)

    def count(self, iri: str) -> int:
        """Return how many resources are of a class, or how many statements a property makes."""
        return self._counts[iri]

    def find_example(self, site: Site, iri: str) -> Example | None:
        """Return a use of a term: the one whose words stand first in the seed, else the first in natural order.

        Nothing that carries a content warning, or is claimed in words that do, is an example.
        """
        triples = [triple for triple in self._triples[iri] if self._warned.isdisjoint((triple.subject, triple.object))]
        if not triples:
            return None
        triple = min(triples, key=self._order)
        value = None if triple.predicate == nodes.RDF.type else view_term(site, triple.object)
        support = self._support.get(triple.subject)
        return Example(view_term(site, triple.subject), value, support.words if support else "")

    def _order(self, triple: Triple) -> tuple[int, tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
        support = self._support.get(triple.subject)
        rank = support.rank if support else sys.maxsize
        return rank, natural_order(str(triple.subject)), natural_order(str(triple.object))


def find_usage(site: Site) -> Usage | None:
    """Return how the data of a site uses its ontology; None if the data is not in memory."""
    if isinstance(site.documents, DocumentIndex):
        return Usage(site.documents, f"{site.urls.shared}ontology#")
    return None


def find_queries(site: Site) -> dict[str, list[NamedNode]]:
    """Return the published queries that use a term, by its local name; the data contains them with their texts."""
    found: dict[str, list[NamedNode]] = defaultdict(list)
    listed = site.documents.find_objects(NamedNode(f"{site.urls.base}queries"), _MEMBER)
    for query in sorted((node for node in listed if isinstance(node, NamedNode)), key=lambda node: node.value):
        texts = (text.value for form in _TEXTS for text in site.documents.find_objects(query, form))
        for name in sorted({name for text in texts for name in _NAME.findall(text)}):
            found[name].append(query)
    return found


def find_warned(documents: DocumentIndex) -> set[object]:
    """Return what is not shown unasked: words with a content warning, the claims made in them, and what these say."""
    words = [node for node in documents.subjects() if documents.find_objects(node, _WARNING)]
    claims = [link.subject for node in words for link in documents.incoming(node) if link.predicate == EVIDENCE]
    said = [
        value
        for claim in claims
        if isinstance(claim, NamedNode)
        for value in documents.find_objects(claim, HAS_PROPOSITION)
    ]
    return {*words, *claims, *said}


def find_editors(documents: Documents) -> frozenset[object]:
    """Return the creators of the dataset, whose claims are readings of the text and not claims in it."""
    described = documents.incoming(nodes.DCAT.Dataset)
    datasets = {link.subject for link in described if isinstance(link.subject, NamedNode)}
    return frozenset(value for node in datasets for value in documents.find_objects(node, nodes.DCTERMS.creator))


def find_support(documents: DocumentIndex, warned: set[object]) -> dict[object, Support]:
    """Return the words that support each resource: its own, or those of the nearest record that leads to it.

    Of several the ones that come first in the seed are taken; the numbers in the IRIs of evidence follow the text. What
    the creator of the dataset itself says supports nothing.

    :param warned: what is left out
    """
    editors = find_editors(documents)
    sources = sorted(
        (natural_order(place), node, words)
        for node in documents.subjects()
        if isinstance(node, NamedNode) and node not in warned
        if editors.isdisjoint(documents.find_objects(node, CLAIMANT))
        for place, words in _own_words(documents, node)
    )
    support: dict[object, Support] = {}
    for rank, (_, node, words) in enumerate(sources):
        support.setdefault(node, Support(rank, words))
    reached = sorted(support, key=lambda record: support[record].rank)
    for _ in range(_MOST_STEPS):
        following: list[object] = []
        for record in reached:
            for value in _values(documents, record):
                if value not in support and value not in warned:
                    support[value] = Support(len(sources) + len(support), support[record].words)
                    following.append(value)
        reached = following
    return support


def _values(documents: Documents, node: object) -> Iterable[NamedNode]:
    """Return the resources that a resource leads to, in natural order."""
    found = documents.outgoing(node) if isinstance(node, NamedNode) else ()
    values = {triple.object for triple in found if isinstance(triple.object, NamedNode)}
    return sorted(values, key=lambda value: natural_order(value.value))


def _own_words(documents: Documents, node: NamedNode) -> Iterator[tuple[str, str]]:
    """Yield the words that a record has as its evidence, or is itself, in one, and where the first of them are from."""
    cited = [item for item in documents.find_objects(node, EVIDENCE) if isinstance(item, NamedNode)]
    found = [
        (place.value, words.value)
        for place in sorted({node, *cited}, key=lambda place: natural_order(place.value))
        if not documents.find_objects(place, _WARNING)
        for predicate in (_EXACT, _VERBATIM)
        for words in documents.find_objects(place, predicate)
        if isinstance(words, Literal)
    ]
    joined = " … ".join(words for _, words in found)
    if found and len(joined) <= _LONGEST_WORDS:
        yield found[0][0], joined
    elif found:
        yield found[0]
