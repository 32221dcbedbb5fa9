"""``/claims``: all claims, chosen by stance, speaker, document, section, certainty and whether they are contested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild.claims.passages import map_sections
from eild.claims.sentences import build_sentence
from eild.errors import NotFoundError
from eild.web.browse.facets import build_facets, check_facets, choose_claims
from eild.web.frame.listing import FORMS, make_query, query_path, respond_listing
from eild.web.frame.pages import render_page
from eild.web.frame.respond import current_site
from eild.web.frame.routes import Route, SiteSection, Views, with_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.claims import Claim, ClaimIndex
    from eild.web.browse.facets import Reader
    from eild.web.frame.site import Site

blueprint = Views("claims", __name__)

CERTAINTIES: Final = {
    "plain": "no hedge or confidence stated",
    "hedged": "hedged, or probability stated",
    "confident": "confidence stated",
}
CONTESTED: Final = {"yes": "contested", "no": "not contested"}


def _certainty(claim: Claim) -> list[tuple[str, str]]:
    values = (
        [key for key, holds in (("hedged", claim.is_hedged), ("confident", claim.confidence is not None)) if holds]
    ) or ["plain"]
    return [(value, CERTAINTIES[value]) for value in values]


def _make_sections(index: ClaimIndex) -> Reader:
    """Return a function that tells the sections of a claim: number of seed and heading, and the heading's text."""
    heads = map_sections(index)
    return lambda claim: list(dict.fromkeys(heads[unit] for unit in claim.units if unit in heads))


def list_readers(index: ClaimIndex) -> dict[str, tuple[str, Reader]]:
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
        "basis": ("How the text was read", lambda claim: [(claim.basis.slug, claim.basis.text)] if claim.basis else []),
    }


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


@blueprint.declare(
    Route(
        "/claims",
        FORMS,
        refusals=(404,),
        query=("format",),
        section=SiteSection("Claims", ("doc/claim/", "doc/proposition/")),
        listed=with_claims,
    )
)
def show() -> Response:
    """Return the claims that match the filters."""
    site = current_site()
    if not site.claims.claims:
        message = "this dataset contains no claims in the EILD ontology"
        raise NotFoundError(message, hint="start at the home page")
    relays = request.args.get("relays", "")
    everything = list(site.claims.claims.values()) if relays else site.claims.curated
    readers = list_readers(site.claims)
    facets = build_facets(readers, everything, request.args)
    check_facets(facets)
    claims = choose_claims(readers, everything, request.args)

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
