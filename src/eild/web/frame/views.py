"""What pages show, as plain values: terms with names and links, facts by property, claims by stance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from eild import nodes
from eild.documents.descriptions import CLAIMANT, EVIDENCE, EXACT, HAS_PROPOSITION, STANCE
from eild.documents.names import shorten
from eild.rdf.terms import write_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.documents.descriptions import ResourceDescription
    from eild.rdf.terms import Term
    from eild.web.frame.site import Site

XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"

HIDDEN_WORDS: Final = "[offensive words hidden]"
"""What stands in place of words with a content warning."""

_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Piece:
    """A piece of running text: plain, or a link.

    :ivar text: what is read
    :ivar href: where it leads, relative to the root of the site; empty for plain text
    :ivar code: whether it is the name of something
    """

    text: str
    href: str = ""
    code: bool = False


@dataclass(frozen=True)
class TermView:
    """A term on a page.

    :ivar text: what people read
    :ivar href: where it leads, relative to the root of the site; empty for literals
    :ivar iri: its IRI, empty if it has none
    :ivar note: language or datatype of a literal
    :ivar direction: base direction of a literal, ``ltr`` or ``rtl``; empty if it has none
    :ivar lang: language tag of the text; empty if it is unknown
    :ivar page: path of this site's own page about it, if :attr:`href` leads to the web
    :ivar pieces: the text with links in it, for what is said in words
    :ivar items: the items of a list
    :ivar block: what is said of an anonymous resource
    :ivar remarks: what is said of the statement that has this value, record by record
    """

    text: str
    href: str = ""
    iri: str = ""
    note: str = ""
    direction: str = ""
    lang: str = ""
    page: str = ""
    pieces: tuple[Piece, ...] = ()
    items: tuple[TermView, ...] = ()
    block: tuple[FactView, ...] = ()
    remarks: tuple[tuple[FactView, ...], ...] = ()


@dataclass(frozen=True)
class FactView:
    """A property with its values."""

    name: TermView
    values: Sequence[TermView]


@dataclass(frozen=True)
class ClaimView:
    """A claim in short: stance, who, what, and the words."""

    claim: TermView
    stance: str
    stance_name: str
    claimants: Sequence[TermView]
    propositions: Sequence[TermView]
    words: Sequence[str]


def shorten_in_turtle(site: Site, iri: str) -> str:
    """Return an IRI abbreviated by a prefix, or in angle brackets."""
    short = shorten(site.prefixes, iri)
    return f"<{iri}>" if short == iri else short


def _is_answered(site: Site, iri: str) -> bool:
    """Return whether this site answers for an IRI that its documents do not describe."""
    if site.live:  # whether the server behind it knows the IRI is not asked for each
        return iri.startswith(site.urls.base)
    own = (*(f"{site.urls.shared}{name}" for name in site.vocabularies), site.publication.dataset_iri)
    return iri.startswith(own)


def view_term(site: Site, term: Term, *, to_web: bool = False) -> TermView:
    """Return what a page shows for a term.

    A resource that the data describes leads to its page here, any other one to the web.

    :param to_web: whether it leads to the web in any case, as what a home page or a download is
    """
    if isinstance(term, Literal):
        datatype = term.datatype.value
        note = term.language or ("" if datatype == XSD_STRING else shorten(site.prefixes, datatype))
        direction = str(term.direction or "")
        note = f"{note}--{direction}" if direction else note
        return TermView(term.value, note=note, direction=direction, lang=term.language or "")
    if isinstance(term, Triple):
        return TermView(write_term(term, lambda node: shorten_in_turtle(site, node.value)))
    label = site.described.find_label(term)
    literal = label.object if label and isinstance(label.object, Literal) else None
    name, lang = (literal.value, literal.language or "") if literal else ("", "")
    name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
    if isinstance(term, BlankNode):
        return TermView(name or f"_:{term.value}", lang=lang)
    text, iri = name or shorten(site.prefixes, term.value), term.value
    if not to_web and (site.documents.is_described(term) or _is_answered(site, iri)):
        return TermView(text, site.urls.link(iri), iri, lang=lang)
    page = "" if site.live or not site.documents.knows(term) else site.urls.link(iri)
    if not iri.startswith(("http://", "https://")):
        return TermView(text, page, iri, lang=lang)
    return TermView(text, iri, iri, lang=lang, page=page)


def view_facts(site: Site, triples: Iterable[Triple]) -> list[FactView]:
    """Return triples of one subject by property, type first, properties and values by name."""
    values: dict[NamedNode, list[TermView]] = {}
    for triple in triples:
        values.setdefault(triple.predicate, []).append(view_term(site, triple.object))
    facts = [
        (predicate != nodes.RDF.type, FactView(view_term(site, predicate), sorted(terms, key=lambda term: term.text)))
        for predicate, terms in values.items()
    ]
    return [fact for _, fact in sorted(facts, key=lambda pair: (pair[0], pair[1].name.text))]


def hide_text(text: str, hidden: Iterable[str]) -> str:
    """Return a text with a notice in place of words that are not to be shown unasked.

    :param hidden: the words; longer ones are looked for first
    """
    for words in sorted(hidden, key=len, reverse=True):
        text = text.replace(words, HIDDEN_WORDS)
    return text


def hide_words(facts: Iterable[FactView], hidden: Sequence[str]) -> list[FactView]:
    """Return facts with a notice in place of words that are not to be shown unasked."""
    return [FactView(fact.name, [_hide_in(value, hidden) for value in fact.values]) for fact in facts]


def _hide_in(view: TermView, hidden: Sequence[str]) -> TermView:
    """Return a value with a notice in place of words that are not to be shown unasked, at any depth."""
    if not hidden:
        return view
    return replace(
        view,
        text=hide_text(view.text, hidden),
        pieces=tuple(replace(piece, text=hide_text(piece.text, hidden)) for piece in view.pieces),
        items=tuple(_hide_in(item, hidden) for item in view.items),
        block=tuple(hide_words(view.block, hidden)),
        remarks=tuple(tuple(hide_words(remark, hidden)) for remark in view.remarks),
    )


def view_claim(site: Site, claim: NamedNode | BlankNode) -> ClaimView:
    """Return a claim in short."""
    index = site.documents

    def terms(predicate: NamedNode) -> list[TermView]:
        return [view_term(site, value) for value in index.find_objects(claim, predicate)]

    stances = [value for value in index.find_objects(claim, STANCE) if isinstance(value, NamedNode)]
    words = [
        exact.value
        for evidence in index.find_objects(claim, EVIDENCE)
        if isinstance(evidence, NamedNode | BlankNode)
        for exact in index.find_objects(evidence, EXACT)
    ]
    return ClaimView(
        claim=view_term(site, claim),
        stance=stances[0].value.rsplit("/", 1)[-1] if stances else "",
        stance_name=view_term(site, stances[0]).text if stances else "no stance",
        claimants=terms(CLAIMANT),
        propositions=terms(HAS_PROPOSITION),
        words=words,
    )


def view_claims(site: Site, description: ResourceDescription) -> list[tuple[str, list[ClaimView]]]:
    """Return the claims of a document by the name of their stance, the commonest stance first."""
    groups: dict[str, list[ClaimView]] = {}
    for claim in description.claims:
        view = view_claim(site, claim)
        groups.setdefault(view.stance_name, []).append(view)
    return sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
