"""``/sparql/terms.json``: completion terms for query authors, which are the prefixes and the terms of the data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from eild import media
from eild.web.frame.listing import write_json
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Views

if TYPE_CHECKING:
    from flask import Response

    from eild.web.frame.site import Site

blueprint = Views("terms", __name__)


def describe_terms(site: Site) -> dict[str, Any]:
    """Return the document that editors read: prefixes, and terms without what is empty."""
    rows = [{name: value for name, value in asdict(term).items() if value} for term in site.query_terms]
    return {"prefixes": dict(site.prefixes), "terms": rows}


@blueprint.declare(Route("/sparql/terms.json", (media.PLAIN_JSON,), query=("format",), section="Query"))
def send_terms() -> Response:
    """Return completion terms for query authors."""
    site = current_site()
    form = choose_form((media.PLAIN_JSON,))
    tag = site.make_tag("terms", form.name)
    return respond(lambda: write_json(describe_terms(site)), form, tag=tag)
