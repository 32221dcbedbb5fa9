"""What pages show of the statements about a resource: by property, with lists, anonymous resources and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from eild import nodes
from eild.documents.expressions import (
    STRUCTURE,
    collect_notes,
    find_list_head,
    is_list,
    list_items,
    read_expression,
    says_of_statement,
)
from eild.documents.index import DocumentIndex
from eild.terms import DCAT, FOAF, RDFS, SCHEMA, XSD
from eild.web.frame.views import FactView, Piece, TermView, view_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.documents.index import Documents
    from eild.rdf.terms import Term
    from eild.web.frame.site import Site

    Node = NamedNode | BlankNode

MOST_DEPTH: Final = 8
"""How deep anonymous resources are shown inside each other."""
MOST_SHOWN: Final = 2000
"""How many anonymous resources one page shows."""
MOST_BACK: Final = 6
"""How many steps back from an anonymous resource its owner is looked for."""

_TO_WEB: Final = frozenset(
    NamedNode(iri)
    for iri in (
        *(DCAT.downloadURL, DCAT.accessURL, DCAT.landingPage, RDFS.seeAlso, FOAF.page, FOAF.isPrimaryTopicOf),
        *(f"{FOAF}{name}" for name in ("homepage", "depiction", "img", "thumbnail", "workplaceHomepage", "weblog")),
        *(
            f"{start}{name}"
            for name in ("url", "image", "contentUrl", "logo")
            for start in (SCHEMA, "http://schema.org/")
        ),
    )
)
"""Properties whose values people want to open on the web."""


@dataclass
class _Reading:
    """What is shown so far: anonymous resources, each in full once."""

    shown: set[object] = field(default_factory=set)


@dataclass(frozen=True)
class _Owner:
    """The resource to which an anonymous one belongs.

    :ivar node: the resource; None if nothing that has an IRI leads to it
    :ivar property: the property that leads to it
    :ivar part: the anonymous resource
    """

    node: NamedNode | None
    property: NamedNode
    part: Node


class StatementReader:
    """Makes the views of statements.

    :param site: the site whose pages show them
    :param triples: further triples of the page, for data on another server that only comes as a whole
    """

    def __init__(self, site: Site, triples: Iterable[Triple] = ()) -> None:
        self._site = site
        self._documents: Documents = DocumentIndex(triples) if site.live else site.described
        self._reading = _Reading()

    def read(self, node: Node, triples: Sequence[Triple] | None = None) -> list[FactView]:
        """Return what is said of a resource by property, type first.

        :param node: the resource
        :param triples: its triples; those of the data if not given
        """
        return self._read(node, self._documents.outgoing(node) if triples is None else triples, 0)

    def _read(self, node: Node, triples: Sequence[Triple], depth: int) -> list[FactView]:
        notes = collect_notes(self._documents, node)
        values: dict[NamedNode, list[TermView]] = {}
        for triple in triples:
            value = triple.object
            noted = () if isinstance(value, Triple) else notes.get((triple.predicate, value), ())
            records = (*noted, *self._documents.annotating(triple))
            view = self._view(value, depth, to_web=triple.predicate in _TO_WEB)
            remarks = tuple(tuple(self._read_record(record, depth)) for record in dict.fromkeys(records))
            values.setdefault(triple.predicate, []).append(replace(view, remarks=tuple(filter(None, remarks))))
        facts = [
            (name != nodes.RDF.type, FactView(view_term(self._site, name), sorted(found, key=_order)))
            for name, found in values.items()
        ]
        return [fact for _, fact in sorted(facts, key=lambda pair: (pair[0], pair[1].name.text.lower()))]

    def _read_record(self, record: Node, depth: int) -> list[FactView]:
        """Return what a record says of a statement, without what joins it to the statement."""
        if record in self._reading.shown or depth > MOST_DEPTH:
            return []
        self._reading.shown.add(record)
        kinds = {nodes.OWL.Axiom, nodes.RDF.Statement}
        said = [
            triple
            for triple in self._documents.outgoing(record)
            if triple.predicate not in STRUCTURE and triple.object not in kinds
        ]
        facts = self._read(record, said, depth + 1)
        if isinstance(record, NamedNode):
            name = view_term(self._site, record)
            facts.append(FactView(TermView("record"), [name]))
        return facts

    def _view(self, term: Term, depth: int, *, to_web: bool = False) -> TermView:
        if isinstance(term, Triple | Literal):
            return view_term(self._site, term)
        if isinstance(term, NamedNode):
            if term == nodes.RDF.nil:
                return TermView("empty list")
            return view_term(self._site, term, to_web=to_web)
        if depth > MOST_DEPTH or len(self._reading.shown) > MOST_SHOWN:
            return view_term(self._site, term)
        if is_list(self._documents, term):
            items = tuple(self._view(item, depth + 1) for item in list_items(self._documents, term))
            return TermView(f"list of {len(items)}", items=items)
        if pieces := self.say(term):
            return TermView("".join(piece.text for piece in pieces), pieces=tuple(pieces))
        return self._view_block(term, depth)

    def _view_block(self, node: BlankNode, depth: int) -> TermView:
        """Return an anonymous resource with what is said of it; once in full, then by its name."""
        name = view_term(self._site, node)
        if node in self._reading.shown:
            return replace(name, note="see above")
        self._reading.shown.add(node)
        return replace(name, block=tuple(self._read(node, self._documents.outgoing(node), depth + 1)))

    def say(self, node: Node) -> list[Piece]:
        """Return a class expression of OWL in words; an empty list if the node is none."""
        return say_parts(self._site, read_expression(self._documents, node))

    def read_incoming(self, triples: Iterable[Triple]) -> list[FactView]:
        """Return triples that point to a resource by property; what anonymous resources say stands with them.

        Records about its own statements are left out: they stand beside these.
        """
        values: dict[NamedNode, list[TermView]] = {}
        for triple in triples:
            subject, predicate = triple.subject, triple.predicate
            if isinstance(subject, NamedNode):
                values.setdefault(predicate, []).append(view_term(self._site, subject))
            elif isinstance(subject, BlankNode) and not says_of_statement(self._documents, triple):
                head = find_list_head(self._documents, subject) if predicate == nodes.RDF.first else subject
                owner = self._find_owner(head)
                said = owner is not None and (predicate == nodes.RDF.first or bool(self.say(owner.part)))
                name = owner.property if owner and said else predicate
                values.setdefault(name, []).append(self._view_behind(owner or _Owner(None, predicate, head)))
        facts = [FactView(view_term(self._site, name), found) for name, found in values.items()]
        return sorted(facts, key=lambda fact: fact.name.text.lower())

    def _find_owner(self, node: Node) -> _Owner | None:
        """Return the resource to which an anonymous one belongs; None if none does."""
        if not isinstance(node, BlankNode):
            return None
        queue, seen = [node], {node}
        for _ in range(MOST_BACK):
            links = [(link, inner) for inner in queue for link in self._documents.incoming(inner)]
            for link, inner in links:
                if isinstance(link.subject, NamedNode):
                    return _Owner(link.subject, link.predicate, inner)
            before = [find_list_head(self._documents, t.subject) for t, _ in links if isinstance(t.subject, BlankNode)]
            queue = [found for found in before if isinstance(found, BlankNode) and found not in seen]
            seen.update(queue)
        return None

    def _view_behind(self, owner: _Owner) -> TermView:
        """Return an anonymous resource that points to the one of the page, with the resource that it belongs to."""
        inner = self._view(owner.part, 1)
        if owner.node is None:
            return inner if inner.block or inner.items or inner.pieces else replace(inner, text="an unnamed resource")
        facts = inner.block or (FactView(view_term(self._site, owner.property), [inner]),)
        return replace(view_term(self._site, owner.node), block=facts)


def say_parts(site: Site, parts: Iterable[str | Term]) -> list[Piece]:
    """Return an expression as pieces of text, its terms by name and as links."""
    return [Piece(part) if isinstance(part, str) else _name_part(site, part) for part in parts]


def _name_part(site: Site, term: Term) -> Piece:
    view = view_term(site, term)
    if view.iri.startswith(str(XSD)):
        return Piece(view.iri.removeprefix(str(XSD)))
    return Piece(view.text, view.href)


def _order(view: TermView) -> tuple[str, str]:
    return view.text.lower(), view.lang
