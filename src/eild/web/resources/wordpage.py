"""The pages of propositions, evidence and sentences: words in their context, with the claims that rest on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from eild import nodes
from eild.claims import load_words
from eild.claims.passages import cut_segments
from eild.terms import natural_order
from eild.web.frame.listing import make_query, query_path
from eild.web.frame.views import HIDDEN_WORDS, view_term
from eild.web.resources.claimpage import Context
from eild.web.resources.entitypage import TITLES, ClaimSection, group_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.claims import Claim, ClaimIndex, Proposition, Words
    from eild.web.frame.site import Site
    from eild.web.frame.views import TermView


@dataclass(frozen=True)
class WordPage:
    """What the page of a proposition, an evidence or a sentence shows.

    :ivar kind: what it is
    :ivar title: its name, or its words
    :ivar note: what to bear in mind
    :ivar contexts: the sentences that hold the words, with marks
    :ivar sections: the claims that rest on them, by stance
    :ivar query: path of the query that finds the claims
    :ivar proposition: the proposition, on its page
    :ivar words: the evidence, on its page
    :ivar warned: why some words are hidden, empty for nearly all
    :ivar before: number of the sentence before, on the page of a sentence
    :ivar after: number of the sentence after
    :ivar mentions: whom and what a sentence mentions
    """

    kind: str
    title: str
    note: str
    contexts: tuple[Context, ...]
    sections: tuple[ClaimSection, ...]
    query: str
    proposition: Proposition | None = None
    words: Words | None = None
    warned: str = ""
    before: str = ""
    after: str = ""
    mentions: tuple[TermView, ...] = ()


def _cut(index: ClaimIndex, number: str, claims: Sequence[Claim]) -> Context | None:
    """Return a sentence with the words of some claims marked; None if there is no such sentence."""
    seed, _, unit_number = number.partition("-")
    article = index.articles.get(seed)
    if article is None or not unit_number.isdecimal() or not 0 < int(unit_number) <= len(article.units):
        return None
    unit = article.units[int(unit_number) - 1]
    here = [claim for claim in claims if all(words.seed == seed for words in claim.words)]
    return Context(number, seed, cut_segments(article.text, unit.begin, unit.end, here, index.find_warned(seed)))


def _find_contexts(index: ClaimIndex, numbers: Iterable[str], claims: Sequence[Claim]) -> tuple[Context, ...]:
    order = sorted(dict.fromkeys(numbers), key=natural_order)
    return tuple(context for number in order if (context := _cut(index, number, claims)) is not None)


def _section(role: str, claims: Sequence[Claim]) -> tuple[ClaimSection, ...]:
    """Return claims by stance, all of them at once; none if there are none."""
    title = TITLES.get(role, "Claims based on it")
    return (ClaimSection(role, title, group_claims(claims, len(claims))),) if claims else ()


def _find_warning(claims: Iterable[Claim]) -> str:
    return next((words.warning for claim in claims for words in claim.words if words.warning), "")


def _make_query(path: str, iri: str) -> str:
    """Return the path of the query that finds the claims from which a property path leads to a resource."""
    body = f"""SELECT DISTINCT ?claim ?speaker ?stance ?what ?words WHERE {{
  ?claim {path} <{iri}> ; eild:claimant/rdfs:label ?speaker ; eild:stance/skos:prefLabel ?stance .
  OPTIONAL {{ ?claim eild:hasProposition/rdfs:label ?what }}
  OPTIONAL {{ ?claim eild:evidence/oa:exact ?words }}
}} ORDER BY ?claim"""
    return query_path(make_query(body, ("eild", "oa", "rdfs", "skos")))


def build_proposition_page(site: Site, iri: str) -> WordPage | None:
    """Return the content of the page of a proposition; None if no claim is about it.

    :param site: the site
    :param iri: IRI of the proposition
    """
    claims = [
        claim
        for claim in site.claims.claims.values()
        if not claim.is_relay and any(part.named.iri == iri for part in claim.propositions)
    ]
    if not claims:
        return None
    proposition = next(part for part in claims[0].propositions if part.named.iri == iri)
    return WordPage(
        kind="Proposition",
        title=proposition.named.text,
        note="A proposition is a description, not an assertion. The claims record who says what about it.",
        contexts=_find_contexts(site.claims, (unit for claim in claims for unit in claim.units), claims),
        sections=_section("proposition", claims),
        query=_make_query("eild:hasProposition", iri),
        proposition=proposition,
        warned=_find_warning(claims),
    )


def build_evidence_page(site: Site, iri: str, *, show_warned: bool) -> WordPage | None:
    """Return the content of the page of evidence or a quotation; None if it has no position in a text.

    :param site: the site
    :param iri: IRI of the evidence
    :param show_warned: whether words with a content warning are shown
    """
    claims = [claim for claim in site.claims.claims.values() if any(words.iri == iri for words in claim.words)]
    found = next((words for claim in claims for words in claim.words if words.iri == iri), None)
    words = found or load_words(site.documents).get(iri)
    article = site.claims.articles.get(words.seed) if words else None
    if words is None or article is None:
        return None
    hidden = bool(words.warning) and not show_warned
    claims = [claim for claim in claims if not claim.is_relay]
    holds = article.text[words.start : words.end] == words.exact
    return WordPage(
        kind="Quotation" if words.quotation else "Evidence",
        title=HIDDEN_WORDS if hidden else f"“{words.exact}”",
        note=f"Characters {words.start:,} to {words.end:,} of the text"
        + (", where these words appear verbatim." if holds else ", where the text differs."),
        contexts=_find_contexts(site.claims, words.units, claims),
        sections=_section("evidence", claims),
        query=_make_query("eild:evidence", iri),
        words=words,
        warned=words.warning,
    )


def build_sentence_page(site: Site, iri: str) -> WordPage | None:
    """Return the content of the page of a sentence of a seed; None if the data does not contain that text.

    :param site: the site
    :param iri: IRI of the sentence
    """
    number = iri.rpartition("/")[2]
    if iri != f"{site.urls.base}id/sentence/{number}":
        return None
    claims = [claim for claim in site.claims.claims.values() if number in claim.units and not claim.is_relay]
    context = _cut(site.claims, number, claims)
    if context is None:
        return None
    article, position = site.claims.articles[context.seed], int(number.partition("-")[2])
    unit = article.units[position - 1]
    mentions = site.documents.find_objects(NamedNode(iri), nodes.SCHEMA.mentions)
    return WordPage(
        kind=unit.kind.value.capitalize(),
        title=f"{unit.kind.value.capitalize()} {number}",
        note=f"Characters {unit.begin:,} to {unit.end:,} of the text.",
        contexts=(context,),
        sections=_section("sentence", claims),
        query=_make_query("eild:evidence/oa:hasScope", iri),
        warned=_find_warning(claims),
        before=f"{context.seed}-{position - 1:03d}" if position > 1 else "",
        after=f"{context.seed}-{position + 1:03d}" if position < len(article.units) else "",
        mentions=tuple(sorted((view_term(site, term) for term in mentions), key=lambda term: term.text)),
    )
