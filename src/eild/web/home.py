"""The home page."""

from __future__ import annotations

from flask import Blueprint, Response, request

from eild import media
from eild.web.pages import render_page
from eild.web.respond import accept_header, current_site, respond
from eild.web.sparql import EXAMPLE

blueprint = Blueprint("home", __name__)


@blueprint.route("/")
def welcome() -> Response:
    """Answer with the home page."""
    site = current_site()
    form = media.choose_format(accept_header(), (media.HTML,))
    tag = site.make_tag("home", site.settings.public_url, f"{site.settings.host}:{site.settings.port}")
    settings = site.settings
    endpoint = f"{settings.public_url or f'http://{settings.host}:{settings.port}/'}sparql"

    def render() -> bytes:
        shown = {"endpoint": endpoint, "example": EXAMPLE, "triples": site.triples}
        return render_page(site, "home", request.path, **shown)

    return respond(render, form, tag=tag)
