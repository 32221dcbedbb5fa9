"""The home page and the files that pages need."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from eild import media
from eild.web.pages import ASSETS, asset_path, load_asset, render_page
from eild.web.respond import IMMUTABLE, accept_header, current_site, respond
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


@blueprint.route("/assets/<digest>/<name>")
def send_asset(digest: str, name: str) -> Response:
    """Answer with a bundled file under the name that its content gives it."""
    if name not in ASSETS or asset_path(name) != f"assets/{digest}/{name}":
        abort(404)
    response = Response(load_asset(name), content_type=ASSETS[name])
    response.headers["Cache-Control"] = IMMUTABLE
    return response
