"""A vocabulary's triples by subject and by object, and references to its terms."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild import nodes
from eild.documents.names import shorten
from eild.terms import RDF, natural_order
from eild.web.frame.views import Piece, TermView

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pyoxigraph import Triple

    from eild.web.frame.site import Site

    Node = NamedNode | BlankNode
    Term = NamedNode | BlankNode | Literal | Triple

_NAME: Final = re.compile(r"\b[A-Za-z]+\b")
_INNER_CAPITAL: Final = re.compile(r"[a-z][A-Z]")


class VocabularyGraph:
    """Triples of a vocabulary.

    :param triples: the triples, each once
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = list(triples)
        self._values: dict[tuple[Node, str], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[str, Term], list[NamedNode]] = defaultdict(list)
        for triple in self.triples:
            self._values[triple.subject, triple.predicate.value].append(triple.object)  # type: ignore[index]
            if isinstance(triple.subject, NamedNode):
                self._subjects[triple.predicate.value, triple.object].append(triple.subject)

    def values(self, node: Node, predicate: str) -> list[Term]:
        """Return the values of a property, IRIs and literals in natural order."""
        found = self._values.get((node, str(predicate)), [])
        return sorted(found, key=lambda term: natural_order(getattr(term, "value", str(term))))

    def nodes(self, node: Node, predicate: str) -> list[NamedNode]:
        """Return the values of a property that are IRIs."""
        return [term for term in self.values(node, predicate) if isinstance(term, NamedNode)]

    def texts(self, node: Node, predicate: str) -> list[str]:
        """Return the values of a property that are literals, those in English where there are any."""
        literals = [term for term in self.values(node, predicate) if isinstance(term, Literal)]
        english = [term for term in literals if (term.language or "").startswith("en")]
        return [term.value for term in english or literals]

    def text(self, node: Node, predicate: str) -> str:
        """Return the first literal value of a property; an empty string if there is none."""
        return next(iter(self.texts(node, predicate)), "")

    def subjects(self, predicate: str, value: Term) -> list[NamedNode]:
        """Return the IRIs that have a value of a property, in natural order."""
        return sorted(set(self._subjects.get((str(predicate), value), [])), key=lambda node: natural_order(node.value))

    def instances(self, kind: str) -> list[NamedNode]:
        """Return the IRIs of a class."""
        return self.subjects(RDF.type, NamedNode(kind))

    def items(self, head: Term) -> list[Term]:
        """Return the items of a list (RDF 1.1 Schema, section 5.2); a circle ends where it closes."""
        found: list[Term] = []
        seen: set[Term] = set()
        while isinstance(head, NamedNode | BlankNode) and head not in seen and head.value != str(RDF.nil):
            seen.add(head)
            found += self._values.get((head, str(RDF.first)), [])
            head = next(iter(self._values.get((head, str(RDF.rest)), [])), nodes.RDF.nil)
        return found


def local_name(iri: str) -> str:
    """Return what follows the last ``#`` or ``/`` of an IRI."""
    return re.split(r"[#/]", iri)[-1]


def refer(site: Site, node: Term) -> TermView:
    """Return a reference to a term by its abbreviated IRI, or to a literal by its text."""
    if isinstance(node, Literal):
        return TermView(node.value, note=node.language or "")
    if not isinstance(node, NamedNode):
        return TermView(str(node))
    iri = node.value
    own = iri.startswith(tuple(f"{site.urls.shared}{name}#" for name in site.vocabularies))
    href = site.urls.link(iri) if own or site.documents.is_described(node) else iri
    return TermView(shorten(site.prefixes, iri), href, iri)


def refer_all(site: Site, nodes: Iterable[Term]) -> list[TermView]:
    """Return references to terms, in natural order and each once."""
    views = {view.iri or view.text: view for view in (refer(site, node) for node in nodes)}
    return [view for _, view in sorted(views.items(), key=lambda pair: natural_order(pair[0]))]


def piece_of(view: TermView) -> Piece:
    """Return a reference as a piece of text."""
    return Piece(view.text, view.href, code=True)


def link_words(text: str, names: Collection[str], path: str) -> list[Piece]:
    """Return a text whose names of terms are links; only names with an inner capital are told from common words.

    :param names: local names of the vocabulary
    :param path: path of the page that has them as anchors
    """
    pieces: list[Piece] = []
    done = 0
    for match in _NAME.finditer(text):
        word = match[0]
        if word in names and _INNER_CAPITAL.search(word):
            pieces += [Piece(text[done : match.start()]), Piece(word, f"{path}#{word}", code=True)]
            done = match.end()
    return [piece for piece in (*pieces, Piece(text[done:])) if piece.text]
