"""``/disagreements``: who affirms, and who negates, denies, promises not to do or rejects it, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request

from eild.claims.disagreements import list_disagreements
from eild.errors import NotFoundError
from eild.web.frame.listing import FORMS, make_query, query_path, respond_listing
from eild.web.frame.pages import render_page
from eild.web.frame.respond import current_site
from eild.web.frame.routes import Route, SiteSection, Views, with_claims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.claims.disagreements import Disagreement
    from eild.web.frame.site import Site

blueprint = Views("disagreements", __name__)


def build_query(disagreement: Disagreement) -> str:
    """Return the query that finds the claims of a disagreement."""
    opposing = " ".join(f"<{row.right.iri}>" for row in disagreement.rows if row.right)
    body = f"""SELECT DISTINCT ?claim ?speaker ?stance ?what ?earliest ?latest WHERE {{
  VALUES ?opposing {{ {opposing} }}
  ?opposing (eild:contestedBy|cito:disagreesWith)? ?claim .
  ?claim eild:claimant/rdfs:label ?speaker ; eild:stance/skos:prefLabel ?stance .
  OPTIONAL {{ ?claim eild:hasProposition/rdfs:label ?what }}
  OPTIONAL {{ ?claim eild:claimTime ?time OPTIONAL {{ ?time eild:earliest ?earliest }}
             OPTIONAL {{ ?time eild:latest ?latest }} }}
}} ORDER BY ?earliest ?claim"""
    return make_query(body, ("cito", "eild", "rdfs", "skos"))


def list_rows(disagreements: Sequence[Disagreement]) -> list[dict[str, Any]]:
    """Return one row for each claim of each disagreement."""
    return [
        {
            "disagreement": disagreement.slug,
            "on": [item.text for item in disagreement.propositions],
            "claim": claim.iri,
            "stance": claim.stance.text,
            "speakers": [item.text for item in claim.claimants],
            "addressees": [item.text for item in claim.addressees],
            "says": [part.named.text for part in claim.propositions],
            "earliest": claim.time.earliest if claim.time else None,
            "latest": claim.time.latest if claim.time else None,
            "words": [words.exact for words in claim.words if not words.warning],
        }
        for disagreement in disagreements
        for claim in disagreement.claims
    ]


def _find(site: Site) -> tuple[Disagreement, ...]:
    if not site.claims.claims:
        message = "this dataset contains no claims that could disagree"
        raise NotFoundError(message, hint="this page shows claims in the EILD ontology")
    return list_disagreements(site.claims)


@blueprint.declare(
    Route(
        "/disagreements",
        FORMS,
        refusals=(404,),
        query=("format",),
        section=SiteSection("Disagreements"),
        listed=with_claims,
    )
)
def show() -> Response:
    """Return all disagreements."""
    site = current_site()
    found = _find(site)

    def render() -> bytes:
        queries = {item.slug: build_query(item) for item in found}
        links = {slug: (query_path(query), query_path(query, "csv")) for slug, query in queries.items()}
        return render_page(site, "disagreements", request.path, disagreements=found, links=links)

    return respond_listing("disagreements", render, lambda: list_rows(found))
