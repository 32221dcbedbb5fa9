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
class TermView:
    """A term on a page.

    :ivar text: what people read
    :ivar href: where it leads, relative to the root of the site; empty for literals
    :ivar iri: its IRI, empty if it has none
    :ivar note: language or datatype of a literal
    :ivar direction: base direction of a literal, ``ltr`` or ``rtl``; empty if it has none
    """

    text: str
    href: str = ""
    iri: str = ""
    note: str = ""
    direction: str = ""


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
    return iri.startswith(tuple(f"{site.urls.base}{name}" for name in site.vocabularies))


def view_term(site: Site, term: Term) -> TermView:
    """Return what a page shows for a term."""
    if isinstance(term, Literal):
        datatype = term.datatype.value
        note = term.language or ("" if datatype == XSD_STRING else shorten(site.prefixes, datatype))
        direction = str(term.direction or "")
        return TermView(term.value, note=f"{note}--{direction}" if direction else note, direction=direction)
    if isinstance(term, Triple):
        return TermView(write_term(term, lambda node: shorten_in_turtle(site, node.value)))
    name = site.documents.find_name(term)
    name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
    if isinstance(term, BlankNode):
        return TermView(name or f"_:{term.value}")
    known = site.documents.is_described(term) or _is_answered(site, term.value)
    href = site.urls.link(term.value) if known else term.value
    if not known and not term.value.startswith(("http://", "https://")):
        href = ""
    return TermView(name or shorten(site.prefixes, term.value), href, term.value)


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
    return [
        FactView(fact.name, [replace(value, text=hide_text(value.text, hidden)) for value in fact.values])
        for fact in facts
    ]


def view_incoming(site: Site, triples: Iterable[Triple]) -> list[FactView]:
    """Return triples that point to one object by property."""
    values: dict[NamedNode, list[TermView]] = {}
    for triple in triples:
        values.setdefault(triple.predicate, []).append(view_term(site, triple.subject))
    facts = [FactView(view_term(site, predicate), terms) for predicate, terms in values.items()]
    return sorted(facts, key=lambda fact: fact.name.text)


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
