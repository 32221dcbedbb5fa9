"""The home page."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from eild import media
from eild.web.catalog import answer_catalog
from eild.web.pages import render_page
from eild.web.respond import accept_header, current_site, respond
from eild.web.sparql import EXAMPLE

blueprint = Blueprint("home", __name__)

_FORMS: Final = (media.HTML, *(form for form in media.DOCUMENT_FORMATS if form is not media.HTML))
"""What the root has: the page, which is the favourite, and the catalogue."""


@blueprint.route("/")
def welcome() -> Response:
    """Answer with the home page, and programs that ask for RDF with the catalogue."""
    site = current_site()
    form = media.choose_format(accept_header(), _FORMS)
    if form is not media.HTML:
        return answer_catalog(site, form)
    tag = site.make_tag("home", site.settings.public_url, f"{site.settings.host}:{site.settings.port}")
    settings = site.settings
    endpoint = f"{settings.public_url or f'http://{settings.host}:{settings.port}/'}sparql"

    def render() -> bytes:
        shown = {"endpoint": endpoint, "example": EXAMPLE, "triples": site.triples}
        return render_page(site, "home", request.path, **shown)

    return respond(render, form, tag=tag)
