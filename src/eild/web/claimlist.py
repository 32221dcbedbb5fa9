"""``/claims``: all claims, chosen by stance, speaker, document, section, certainty and whether they are contested."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from eild.claims import STANCES
from eild.claims.sentences import build_sentence
from eild.errors import NotFoundError, RequestError
from eild.web.listing import make_query, query_path, respond_listing
from eild.web.pages import render_page
from eild.web.respond import current_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from eild.claims import Claim, ClaimIndex
    from eild.web.site import Site

blueprint = Blueprint("claimlist", __name__)

CERTAINTIES: Final = {
    "plain": "no hedge and no confidence stated",
    "hedged": "hedged, or probability stated",
    "confident": "confidence stated",
}
CONTESTED: Final = {"yes": "contested", "no": "not contested"}

_SHOWN_VALUES: Final = 8


@dataclass(frozen=True)
class Option:
    """A value that a facet can have.

    :ivar value: as the URL has it
    :ivar label: what people read
    :ivar count: how many of all claims have it
    """

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    """Something by which claims are chosen.

    :ivar name: name of the parameter
    :ivar label: what people read
    :ivar options: its values
    :ivar chosen: the value that is asked for, empty for all
    """

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: str = ""


def _certainty(claim: Claim) -> list[tuple[str, str]]:
    values = (
        [key for key, holds in (("hedged", claim.is_hedged), ("confident", claim.confidence is not None)) if holds]
    ) or ["plain"]
    return [(value, CERTAINTIES[value]) for value in values]


def _make_sections(index: ClaimIndex) -> Callable[[Claim], list[tuple[str, str]]]:
    """Return a function that tells the sections of a claim: number of seed and heading, and the heading's text."""
    heads: dict[str, tuple[str, str]] = {}
    for article in index.articles.values():
        for unit in article.units:
            number, head = f"{article.number}-{unit.number:03d}", article.units[unit.section - 1]
            is_lead = head.number == 1
            heads[number] = (f"{article.number}-{head.number:03d}", "Lead" if is_lead else head.text)
    return lambda claim: list(dict.fromkeys(heads[unit] for unit in claim.units if unit in heads))


def list_values(index: ClaimIndex) -> dict[str, tuple[str, Callable[[Claim], list[tuple[str, str]]]]]:
    """Return the facets by name: what people read, and what tells a claim's values, each with its label."""
    return {
        "stance": ("Stance", lambda claim: [(claim.stance.slug, claim.stance.text)]),
        "speaker": ("Speaker", lambda claim: [(item.iri, item.text) for item in claim.claimants]),
        "document": ("Document", lambda claim: [(item.iri, item.text) for item in claim.documents]),
        "section": ("Section", _make_sections(index)),
        "certainty": ("Certainty", _certainty),
        "contested": (
            "Contested",
            lambda claim: [(key, CONTESTED[key]) for key in ("yes" if claim.contested_by else "no",)],
        ),
        "basis": ("Read as", lambda claim: [(claim.basis.slug, claim.basis.text)] if claim.basis else []),
    }


def _order(name: str, counts: Counter[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the values of a facet in the order in which it shows them."""
    if name == "stance":
        return sorted(counts, key=lambda pair: STANCES.index(pair[0]) if pair[0] in STANCES else len(STANCES))
    if name == "section":
        return sorted(counts)
    return sorted(counts, key=lambda pair: (-counts[pair], pair[1]))


def build_facets(index: ClaimIndex, claims: Sequence[Claim], chosen: Mapping[str, str]) -> tuple[Facet, ...]:
    """Return the facets of some claims, with the number of those that have each value."""
    facets = []
    for name, (label, read) in list_values(index).items():
        counts = Counter(pair for claim in claims for pair in read(claim))
        options = tuple(Option(pair[0], pair[1], counts[pair]) for pair in _order(name, counts))
        facets.append(Facet(name, label, options, chosen.get(name, "")))
    return tuple(facets)


def choose_claims(index: ClaimIndex, claims: Iterable[Claim], chosen: Mapping[str, str]) -> list[Claim]:
    """Return the claims that have every value that is asked for."""
    readers = {name: read for name, (_, read) in list_values(index).items() if chosen.get(name)}
    return [
        claim
        for claim in claims
        if all(any(value == chosen[name] for value, _ in read(claim)) for name, read in readers.items())
    ]


def _check(facets: Iterable[Facet]) -> None:
    """Check that every value that is asked for is one that some claim has.

    :raises RequestError: if not; the hint lists some that are
    """
    for facet in facets:
        known = [option.value for option in facet.options]
        if facet.chosen and facet.chosen not in known:
            message = f"no claim has the {facet.label.lower()} {facet.chosen[:80]!r}"
            raise RequestError(message, hint=f"use one of: {', '.join(known[:_SHOWN_VALUES])}")


def list_rows(index: ClaimIndex, claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return one row for each claim."""
    return [
        {
            "claim": claim.iri,
            "sentence": build_sentence(claim, index),
            "stance": claim.stance.text,
            "speakers": [item.text for item in claim.claimants],
            "addressees": [item.text for item in claim.addressees],
            "propositions": [part.named.text for part in claim.propositions],
            "confidence": claim.confidence.concept.text if claim.confidence else None,
            "likelihood": claim.likelihood.concept.text if claim.likelihood else None,
            "hedges": list(claim.hedges),
            "earliest": claim.time.earliest if claim.time else None,
            "latest": claim.time.latest if claim.time else None,
            "documents": [item.text for item in claim.documents],
            "contestedBy": list(claim.contested_by),
            "words": [words.exact for words in claim.words if not words.warning],
        }
        for claim in claims
    ]


def make_query_of_all() -> str:
    """Return the query that finds all claims with what the page shows of them."""
    body = """SELECT ?claim ?speaker ?stance ?what ?earliest WHERE {
  ?claim a eild:Claim ; eild:claimant/rdfs:label ?speaker ; eild:stance/skos:prefLabel ?stance .
  OPTIONAL { ?claim eild:hasProposition/rdfs:label ?what }
  OPTIONAL { ?claim eild:claimTime/eild:earliest ?earliest }
} ORDER BY ?claim"""
    return make_query(body, ("eild", "rdfs", "skos"))


def _group(site: Site, claims: Sequence[Claim]) -> list[tuple[str, list[Claim]]]:
    """Return claims by section, in the order of the text."""
    read = _make_sections(site.claims)
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        sections = read(claim)
        groups.setdefault(sections[0][1] if sections else "Not in a section", []).append(claim)
    return list(groups.items())


@blueprint.route("/claims")
def show() -> Response:
    """Answer with the claims that are asked for."""
    site = current_site()
    if not site.claims.claims:
        message = "the published data have no claims of the EILD ontology"
        raise NotFoundError(message, hint="begin at the home page")
    relays = request.args.get("relays", "")
    everything = list(site.claims.claims.values()) if relays else site.claims.curated
    facets = build_facets(site.claims, everything, request.args)
    _check(facets)
    claims = choose_claims(site.claims, everything, request.args)

    def render() -> bytes:
        return render_page(
            site,
            "claims",
            request.path,
            facets=facets,
            relays=relays,
            groups=_group(site, claims),
            count=len(claims),
            total=len(everything),
            query=query_path(make_query_of_all()),
            parameters={key: value for key, value in request.args.items() if value and key != "format"},
        )

    state = sorted((key, value) for key, value in request.args.items() if key != "format")
    return respond_listing("claims", render, lambda: list_rows(site.claims, claims), state)
