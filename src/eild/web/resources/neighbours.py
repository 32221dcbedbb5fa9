"""``/neighbours``: what stands around a resource, as a picture and as the table behind it."""

from __future__ import annotations

from flask import Response, request
from markupsafe import Markup

from eild import media
from eild.documents.descriptions import find_node
from eild.errors import RequestError
from eild.exchange.urls import relative_root
from eild.web.frame.listing import FORMS, write_csv, write_json
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Views
from eild.web.resources.neighbourhood import Neighbourhood, build_neighbourhood, list_rows
from eild.web.resources.picture import MOST_SHOWN, draw_neighbours

blueprint = Views("neighbours", __name__)

_OFFERS = (*FORMS, media.SVG)


def _draw_page(found: Neighbourhood) -> bytes:
    site = current_site()
    root = relative_root(request.path)
    picture = draw_neighbours(found, lambda iri: root + site.urls.link(iri), inline=True).decode()
    return render_page(
        site,
        "neighbours",
        request.path,
        found=found,
        picture=Markup(picture),  # noqa: S704 - ElementTree escapes what it writes
        shown=MOST_SHOWN,
        parameters={"iri": found.named.iri},
    )


@blueprint.declare(Route("/neighbours", _OFFERS, refusals=(404,), query=("iri", "format")))
def show() -> Response:
    """Return the neighbours of the resource that ``iri`` names."""
    site = current_site()
    iri = request.args.get("iri", "").strip()
    if not iri:
        message = "the parameter 'iri' is missing"
        raise RequestError(message, hint="use the full IRI, for example /neighbours?iri=https://…")
    form = choose_form(_OFFERS)
    node = find_node(site.described, [iri])
    tag = site.make_tag("neighbours", form.name, node.value)

    def make() -> bytes:
        found = build_neighbourhood(site, node)
        if form is media.HTML:
            return _draw_page(found)
        if form is media.SVG:
            return draw_neighbours(found, _lead_away)
        return write_csv(list_rows(found)) if form is media.CSV else write_json(list_rows(found))

    return respond(make, form, tag=tag)


def _lead_away(iri: str) -> str:
    """Return where the box of a resource leads in a picture of its own: to its IRI, if browsers follow it."""
    return iri if iri.startswith(("http://", "https://")) else current_site().urls.link(iri)
