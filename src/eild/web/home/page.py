"""The home page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, request

from eild import media
from eild.languages import WANTED
from eild.web.data.catalog import answer_catalog, describe_here
from eild.web.data.citations import write_text
from eild.web.data.citing import build_citation
from eild.web.frame.pages import render_page
from eild.web.frame.respond import accept_header, current_site, respond
from eild.web.frame.routes import Route, Signposts, Views, always
from eild.web.home.overview import build_overview
from eild.web.resources.documents import answer_instead

if TYPE_CHECKING:
    from eild.web.frame.site import Site

blueprint = Views("home", __name__)

_FORMS: Final = (media.HTML, *(form for form in media.DOCUMENT_FORMATS if form is not media.HTML))
"""What the root has: the page, which is the favourite, and the catalogue."""


def _name_latest(site: Site) -> str:
    """Return the name, without version, of the Turtle dump, packed where it is; empty if there is none."""
    names = site.publication.files
    ends = (f"{media.TURTLE.extension}.zst", media.TURTLE.extension)
    found = next((name for end in ends for name in names if name.endswith(end)), "")
    return found.replace(f"-{site.publication.version}", "", 1)


@blueprint.declare(Route("/", _FORMS, signposts=Signposts.DATASET, listed=always))
def welcome() -> Response:
    """Return the home page, or the catalogue if RDF is requested."""
    site = current_site()
    if request.query_string and (instead := answer_instead(site, queried=True)):
        return instead
    form = media.choose_format(accept_header(), _FORMS)
    if form is not media.HTML:
        return answer_catalog(site, form, describe_here(site, ""))
    address = site.urls.absolute("")
    tag = site.make_tag("home", address)

    def render() -> bytes:
        summary, language = site.publication.about.choose_summary(WANTED.get())
        return render_page(
            site,
            "home",
            request.path,
            view=build_overview(site),
            address=address.rstrip("/"),
            latest=_name_latest(site),
            citation=write_text(build_citation(site)),
            triples=site.triples,
            summary=summary,
            summary_language=language,
        )

    return respond(render, form, tag=tag)
