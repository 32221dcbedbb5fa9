"""The page of a claim: who says so through whom, in which words, and who else takes a stance on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.claims.passages import cut_segments
from eild.claims.sentences import build_sentence
from eild.web.frame.listing import make_query, query_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.claims import Claim, ClaimIndex
    from eild.claims.passages import Segment
    from eild.web.frame.site import Site

MOST_NEAREST: Final = 5
"""How many claims that come nearest are shown where nobody else takes a stance on the same proposition."""

SLOT_NAMES: Final = {
    "actor": "Actor",
    "about": "About",
    "action": "Action",
    "mode": "Mode",
    "target": "Target",
    "content": "Content",
    "purpose": "Purpose",
    "because": "Because",
    "election": "Election",
    "technique": "Technique",
    "topic": "Topic",
    "narrative": "Narrative",
    "platform": "Platform",
    "describedAs": "Described as",
    "quality": "Quality",
    "quantity": "Quantity",
    "occasion": "Occasion",
    "relativeTo": "Relative to",
    "effectiveTarget": "Person targeted",
}
"""What pages call the slots of a proposition."""

_NAMING: Final = ("actor", "about", "target", "election")


@dataclass(frozen=True)
class Context:
    """A sentence of the seed with the words of one claim marked.

    :ivar number: number of the sentence, e.g. ``000-012``
    :ivar seed: number of the seed
    :ivar segments: its text, cut where the words begin and end
    """

    number: str
    seed: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Group:
    """Claims that stand in one relation to the claim of the page.

    :ivar title: what the relation is
    :ivar claims: the claims, in the order of the text
    """

    title: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class ClaimPage:
    """What the page of a claim shows.

    :ivar claim: the claim
    :ivar sentence: the claim in plain words
    :ivar chain: the claims that relay it, the outermost first, and the claim itself last
    :ivar contexts: the sentences that hold its words
    :ivar beside: other claims on the same sentences, and those that the text sets beside it, by relation
    :ivar stances: claims for and against, by relation
    :ivar nearest: where there are none, the claims on the same actor, target or election
    :ivar nanopublication: IRI of its nanopublication, empty if it has none
    :ivar query: path of the query that finds what the page shows
    """

    claim: Claim
    sentence: str
    chain: tuple[Claim, ...]
    contexts: tuple[Context, ...]
    beside: tuple[Group, ...]
    stances: tuple[Group, ...]
    nearest: tuple[Claim, ...]
    nanopublication: str
    query: str


def build_claim_page(site: Site, claim: Claim) -> ClaimPage:
    """Return what the page of a claim shows.

    :param site: the site
    :param claim: one of its claims
    """
    index = site.claims
    stances = _group_stances(index, claim)
    nanopublications = [
        term.value
        for term in site.documents.find_objects(NamedNode(claim.iri), nodes.DCTERMS.hasFormat)
        if isinstance(term, NamedNode)
    ]
    return ClaimPage(
        claim=claim,
        sentence=build_sentence(claim, index),
        chain=tuple(index.trace_speakers(claim)),
        contexts=find_contexts(index, claim),
        beside=_group_beside(index, claim),
        stances=stances,
        nearest=() if stances else _find_nearest(index, claim),
        nanopublication=next(iter(nanopublications), ""),
        query=query_path(_make_query(claim)),
    )


def find_contexts(index: ClaimIndex, claim: Claim) -> tuple[Context, ...]:
    """Return the sentences in which a claim's words stand."""
    found = []
    for number in claim.units:
        seed, _, unit_number = number.partition("-")
        article = index.articles.get(seed)
        if article is None:
            continue
        unit = article.units[int(unit_number) - 1]
        careful = index.find_warned(seed)
        found.append(Context(number, seed, cut_segments(article.text, unit.begin, unit.end, [claim], careful)))
    return tuple(found)


def _make_groups(pairs: Sequence[tuple[str, Sequence[Claim]]], claim: Claim) -> tuple[Group, ...]:
    """Return the relations that hold, each claim in the first of them only."""
    seen = {claim.iri}
    groups = []
    for title, claims in pairs:
        fresh = tuple(other for other in claims if other.iri not in seen)
        seen.update(other.iri for other in fresh)
        if fresh:
            groups.append(Group(title, fresh))
    return tuple(groups)


def _group_beside(index: ClaimIndex, claim: Claim) -> tuple[Group, ...]:
    """Return what the text sets beside a claim."""
    same_sentence = [other for other in index.curated if set(other.units) & set(claim.units)]
    return _make_groups(
        (
            ("alternative reading", index.choose(claim.alternatives)),
            ("in contrast", index.choose(claim.contrasts)),
            ("responds to", index.choose(claim.responds_to)),
            ("response", index.choose(claim.answered_by)),
            ("relays", index.choose(claim.reports)),
            ("in the same sentence", same_sentence),
        ),
        claim,
    )


def _group_stances(index: ClaimIndex, claim: Claim) -> tuple[Group, ...]:
    """Return who else takes a stance on the same proposition, and which claims are opposed to this one."""
    own = {part.named.iri for part in claim.propositions}
    same = [other for other in index.curated if own & {part.named.iri for part in other.propositions}]
    return _make_groups(
        (
            ("opposed", index.choose(claim.opponents)),
            ("on the same proposition", same),
        ),
        claim,
    )


def _names(claim: Claim) -> dict[str, set[str]]:
    """Return the IRIs of those whom a claim's propositions name, by slot."""
    return {slot: {value.iri for part in claim.propositions for value in part.slots.get(slot, ())} for slot in _NAMING}


def _find_nearest(index: ClaimIndex, claim: Claim) -> tuple[Claim, ...]:
    """Return the claims of others that share the most of actor, subject, target and election, at least two of them."""
    own = _names(claim)
    scored: list[tuple[int, int, Claim]] = []
    for other in index.curated:
        if other is claim or set(other.claimants) & set(claim.claimants):
            continue
        theirs = _names(other)
        shared = sum(bool(own[slot] & theirs[slot]) for slot in _NAMING)
        if shared > 1:
            scored.append((-shared, len(scored), other))
    return tuple(other for _, _, other in sorted(scored)[:MOST_NEAREST])


def _make_query(claim: Claim) -> str:
    """Return the query that finds what is said of a claim: its speakers, propositions and words."""
    body = f"""SELECT ?speaker ?stance ?what ?words ?earliest ?contestedBy WHERE {{
  VALUES ?claim {{ <{claim.iri}> }}
  ?claim eild:claimant/rdfs:label ?speaker ; eild:stance/skos:prefLabel ?stance ; eild:evidence/oa:exact ?words .
  OPTIONAL {{ ?claim eild:hasProposition/rdfs:label ?what }}
  OPTIONAL {{ ?claim eild:claimTime/eild:earliest ?earliest }}
  OPTIONAL {{ ?claim eild:contestedBy/rdfs:label ?contestedBy }}
}}"""
    return make_query(body, ("eild", "oa", "rdfs", "skos"))
