"""``/timeline``: when something is said to have happened, and when it was said, as far as the text says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild import media
from eild.claims.chronology import Moment, Scale, list_moments, make_scale
from eild.errors import NotFoundError
from eild.web.browse.facets import Facet, build_facets, check_facets, choose_claims, name_slot
from eild.web.browse.timelineoverview import build_overview
from eild.web.browse.timelinepicture import draw_timeline
from eild.web.frame.listing import FORMS, make_query, query_path, write_csv, write_json
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, SiteSection, Views, with_claims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.claims import Claim, ClaimIndex, Time
    from eild.web.browse.facets import Reader
    from eild.web.frame.site import Site

blueprint = Views("timeline", __name__)

_OFFERS: Final = (*FORMS, media.SVG)


def list_readers(index: ClaimIndex) -> dict[str, tuple[str, Reader]]:  # noqa: ARG001 - as other pages with facets
    """Return the facets of the timeline by name: what people read, and what tells a claim's values."""
    return {
        "actor": ("Actor", lambda claim: [*name_slot(claim, "actor"), *name_slot(claim, "about")]),
        "speaker": ("Source", lambda claim: [(item.iri, item.text) for item in claim.claimants]),
        "stance": ("Stance", lambda claim: [(claim.stance.slug, claim.stance.text)]),
        "election": ("Election", lambda claim: name_slot(claim, "election")),
    }


def _bounds(time: Time | None) -> tuple[Any, Any]:
    return (time.earliest, time.latest) if time else (None, None)


def list_rows(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """Return one row for each claim and time at which what it is about happened."""
    rows = []
    for moment in moments:
        for event in moment.events or (None,):
            earliest, latest = _bounds(event)
            said_earliest, said_latest = _bounds(moment.said)
            rows.append(
                {
                    "claim": moment.claim.iri,
                    "stance": moment.claim.stance.text,
                    "speakers": [item.text for item in moment.claim.claimants],
                    "propositions": [part.named.text for part in moment.claim.propositions],
                    "eventEarliest": earliest,
                    "eventLatest": latest,
                    "eventWords": event.verbatim if event else None,
                    "eventInferred": event.inferred or None if event else None,
                    "saidEarliest": said_earliest,
                    "saidLatest": said_latest,
                    "saidWords": moment.said.verbatim if moment.said else None,
                }
            )
    return rows


def make_timeline_query() -> str:
    """Return the query that finds what the picture shows."""
    body = """SELECT ?claim ?speaker ?stance ?what ?eventEarliest ?eventLatest ?saidEarliest ?saidLatest WHERE {
  ?claim a eild:Claim ; eild:claimant/rdfs:label ?speaker ; eild:stance/skos:prefLabel ?stance .
  OPTIONAL { ?claim eild:hasProposition ?proposition . ?proposition rdfs:label ?what
             OPTIONAL { ?proposition eild:eventTime ?event OPTIONAL { ?event eild:earliest ?eventEarliest }
                        OPTIONAL { ?event eild:latest ?eventLatest } } }
  OPTIONAL { ?claim eild:claimTime ?said OPTIONAL { ?said eild:earliest ?saidEarliest }
             OPTIONAL { ?said eild:latest ?saidLatest } }
  FILTER ( BOUND(?eventEarliest) || BOUND(?eventLatest) || BOUND(?saidEarliest) || BOUND(?saidLatest) )
} ORDER BY ?eventEarliest ?saidEarliest"""
    return make_query(body, ("eild", "rdfs", "skos"))


def _group_by_year(moments: Sequence[Moment]) -> list[tuple[int, list[tuple[int, Moment]]]]:
    groups: dict[int, list[tuple[int, Moment]]] = {}
    for number, moment in enumerate(moments, 1):
        groups.setdefault(moment.start.year, []).append((number, moment))
    return list(groups.items())


def _render(
    site: Site, facets: Sequence[Facet], moments: Sequence[Moment], undated: Sequence[Claim], scale: Scale | None
) -> bytes:
    return render_page(
        site,
        "timeline",
        request.path,
        facets=facets,
        overview=build_overview(moments),
        groups=_group_by_year(moments),
        rows=list_rows(moments),
        count=len(moments),
        undated=undated,
        scale=scale,
        stances=sorted({(moment.claim.stance.slug, moment.claim.stance.text) for moment in moments}),
        query=query_path(make_timeline_query()),
        parameters={key: value for key, value in request.args.items() if value and key != "format"},
    )


@blueprint.declare(
    Route(
        "/timeline",
        _OFFERS,
        refusals=(404,),
        query=("format",),
        section=SiteSection("Timeline", ("doc/time/",)),
        listed=with_claims,
    )
)
def show() -> Response:
    """Return the claims that match the filters, in chronological order."""
    site = current_site()
    if not site.claims.claims:
        message = "this dataset contains no claims in the EILD ontology"
        raise NotFoundError(message, hint="start at the home page")
    form = choose_form(_OFFERS)
    readers = list_readers(site.claims)
    facets = build_facets(readers, site.claims.curated, request.args)
    check_facets(facets)
    claims = choose_claims(readers, site.claims.curated, request.args)
    moments, undated = list_moments(claims)
    scale = make_scale(moments) if moments else None
    state = sorted((key, value) for key, value in request.args.items() if key != "format")
    tag = site.make_tag("timeline", form.name, repr(state))
    if form is media.SVG:
        return respond(lambda: draw_timeline(moments), form, tag=tag)
    if form is media.HTML:
        return respond(lambda: _render(site, facets, moments, undated, scale), form, tag=tag)
    write = write_csv if form is media.CSV else write_json
    return respond(lambda: write(list_rows(moments)), form, tag=tag)
