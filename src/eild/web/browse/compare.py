"""``/compare``: what each source says on a topic, a target, an actor or an election."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild.claims.comparison import compare_sources
from eild.errors import NotFoundError
from eild.web.browse.facets import build_facets, check_facets, choose_claims, name_slot
from eild.web.frame.listing import FORMS, make_query, query_path, respond_listing
from eild.web.frame.pages import render_page
from eild.web.frame.respond import current_site
from eild.web.frame.routes import Route, Views, with_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from eild.claims import Claim
    from eild.claims.comparison import Comparison
    from eild.web.browse.facets import Facet, Readers
    from eild.web.frame.site import Site

blueprint = Views("compare", __name__)

SUBJECTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "topic": ("Topic", ("topic", "narrative", "technique")),
    "target": ("Target", ("target", "effectiveTarget")),
    "actor": ("Actor", ("actor", "about")),
    "election": ("Election", ("election",)),
}
"""What sources are compared on, by name of the parameter: what people read, and the slots of propositions read."""
_ALSO: Final = {"election": "eild:aboutElection|"}
"""Another path from a claim to the values of a parameter, as the beginning of an alternative."""
MOST_SUGGESTED: Final = 6
"""How many values of each kind the page offers where nothing is chosen: those on which the most sources speak."""


@dataclass(frozen=True)
class Suggestion:
    """Something on which several sources speak.

    :ivar name: name of the parameter
    :ivar value: its value
    :ivar label: what people read
    :ivar sources: how many sources speak on it
    :ivar claims: how many claims they make
    """

    name: str
    value: str
    label: str
    sources: int
    claims: int


def _read_slots(claim: Claim, slots: Iterable[str]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(pair for slot in slots for pair in name_slot(claim, slot)))


def list_readers() -> Readers:
    """Return the facets by name: what people read, and what tells a claim's values."""
    return {
        name: (label, lambda claim, slots=slots: _read_slots(claim, slots))  # type: ignore[misc] # bound as it is now
        for name, (label, slots) in SUBJECTS.items()
    }


def suggest(facet: Facet, readers: Readers, claims: Sequence[Claim]) -> tuple[Suggestion, ...]:
    """Return the values of a facet on which several sources speak, those of the most sources first."""
    found = []
    for option in facet.options:
        said = choose_claims(readers, claims, {facet.name: option.value})
        sources = {item.iri for claim in said for item in claim.claimants}
        if len(sources) > 1:
            found.append(Suggestion(facet.name, option.value, option.label, len(sources), len(said)))
    return tuple(sorted(found, key=lambda item: (-item.sources, -item.claims, item.label))[:MOST_SUGGESTED])


def list_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row for each claim of each source."""
    return [
        {
            "source": source.named.text,
            "sourceIri": source.named.iri,
            "stance": claim.stance.text,
            "says": [part.named.text for part in claim.propositions],
            "claim": claim.iri,
            "likelihood": claim.likelihood.concept.text if claim.likelihood else None,
            "confidence": claim.confidence.concept.text if claim.confidence else None,
            "hedges": list(claim.hedges),
            "earliest": claim.time.earliest if claim.time else None,
            "latest": claim.time.latest if claim.time else None,
            "documents": [item.text for item in claim.documents],
            "contestedBy": list(claim.contested_by),
            "words": [words.exact for words in claim.words if not words.warning],
        }
        for source in comparison.sources
        for column in source.claims
        for claim in column
    ]


def make_comparison_query(chosen: Mapping[str, str]) -> str:
    """Return the query that finds the claims that the page compares.

    :param chosen: IRIs by name of the parameter
    """
    asked = "".join(
        f"\n  ?claim {_ALSO.get(name, '')}eild:hasProposition/({'|'.join(f'eild:{slot}' for slot in slots)}) "
        f"<{chosen[name]}> ."
        for name, (_, slots) in SUBJECTS.items()
        if chosen.get(name)
    )
    body = f"""SELECT DISTINCT ?source ?stance ?what ?likelihood ?confidence ?earliest ?claim WHERE {{
  ?claim eild:claimant ?who ; eild:stance/skos:prefLabel ?stance ; eild:hasProposition/rdfs:label ?what .{asked}
  ?who rdfs:label|dct:title ?source .
  FILTER NOT EXISTS {{ ?dataset a dcat:Dataset ; dct:creator ?who }}
  OPTIONAL {{ ?claim eild:likelihood/skos:prefLabel ?likelihood }}
  OPTIONAL {{ ?claim eild:confidence/skos:prefLabel ?confidence }}
  OPTIONAL {{ ?claim eild:claimTime/eild:earliest ?earliest }}
}} ORDER BY ?source ?stance ?claim"""
    return make_query(body, ("eild", "dcat", "dct", "rdfs", "skos"))


def _render(site: Site, facets: Sequence[Facet], readers: Readers, comparison: Comparison) -> bytes:
    chosen = {facet.name: facet.chosen for facet in facets if facet.chosen}
    labels = [
        f"{option.label} ({facet.label.lower()})"
        for facet in facets
        for option in facet.options
        if option.value == facet.chosen
    ]
    return render_page(
        site,
        "compare",
        request.path,
        facets=facets,
        chosen=labels,
        comparison=comparison,
        suggestions=[(facet.label, suggest(facet, readers, site.claims.curated)) for facet in facets],
        count=len({claim for source in comparison.sources for said in source.claims for claim in said}),
        query=query_path(make_comparison_query(chosen)),
        parameters=chosen,
    )


@blueprint.declare(
    Route("/compare", FORMS, refusals=(404,), query=("format",), section="Disagreements", listed=with_claims)
)
def show() -> Response:
    """Return what each source says about a topic, target, actor or election."""
    site = current_site()
    if not site.claims.claims:
        message = "this dataset contains no claims to compare"
        raise NotFoundError(message, hint="this page shows claims in the EILD ontology")
    readers = list_readers()
    facets = build_facets(readers, site.claims.curated, request.args)
    check_facets(facets)
    comparison = compare_sources(choose_claims(readers, site.claims.curated, request.args))
    state = sorted((key, value) for key, value in request.args.items() if key != "format")
    return respond_listing(
        "compare", lambda: _render(site, facets, readers, comparison), lambda: list_rows(comparison), state
    )
