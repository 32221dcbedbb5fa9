"""``/cite``: how to cite the dataset or any resource of it, for people and reference managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, request
from pyoxigraph import NamedNode

from eild import media
from eild.documents.descriptions import find_node
from eild.errors import GoneError
from eild.web.data.citations import Citation, write_bibtex, write_csl, write_ris, write_text
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Views

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.media import Format
    from eild.web.frame.site import Site

blueprint = Views("citing", __name__)

FORMS: Final = (media.HTML, media.BIBTEX, media.CSL_JSON, media.RIS, media.TEXT)
"""The page, and what reference managers read."""
WRITERS: Final[dict[Format, Callable[[Citation], bytes]]] = {
    media.BIBTEX: write_bibtex,
    media.CSL_JSON: write_csl,
    media.RIS: write_ris,
    media.TEXT: lambda citation: f"{write_text(citation)}\n".encode(),
}
"""What writes a citation, by form."""


def _find_name(site: Site, iri: str) -> str:
    """Return what a resource is called; empty if the data does not say."""
    return site.documents.find_name(NamedNode(iri)) if iri else ""


def _follow(site: Site, iri: str) -> str:
    """Return the IRI that a resource has now.

    :raises GoneError: if it was withdrawn
    """
    row = site.publication.retired.get(iri)
    if row is None or site.documents.knows(NamedNode(iri)):
        return iri
    if not row.renamed_to:
        message = f"<{row.iri}> was withdrawn on {row.day.isoformat()}: {row.reason}"
        raise GoneError(message, hint="cite the version of the dataset that holds it")
    return row.renamed_to


def build_citation(site: Site, iri: str = "") -> Citation:
    """Return how to cite a resource.

    :param iri: its IRI; empty for the dataset
    :raises NotFoundError: if the data does not have it
    :raises GoneError: if it was withdrawn
    """
    publication, about = site.publication, site.about
    author, issued = about.author_name or _find_name(site, about.author), publication.released
    if not iri or iri == about.dataset:
        url = publication.about.iri or about.dataset or site.urls.public_url
        return Citation(author, publication.title, issued, publication.edition, url, licence=about.licence)
    node = find_node(site.described, [_follow(site, iri)])
    claim = site.claims.claims.get(node.value)
    title = f"Claim {claim.number}: {claim.label}" if claim else _find_name(site, node.value) or node.value
    return Citation(
        author,
        title,
        issued,
        publication.edition,
        node.value,
        container=publication.title,
        licence=about.licence,
        accessed_as=claim.number if claim else node.value.rstrip("/#").replace("#", "/").rpartition("/")[2],
    )


@blueprint.declare(Route("/cite", FORMS, refusals=(404, 410), query=("iri?", "format")))
def show() -> Response:
    """Return the citation of the dataset, or of the resource that ``iri`` names."""
    site = current_site()
    iri = request.args.get("iri", "").strip()
    form = choose_form(FORMS)
    citation = build_citation(site, iri)
    tag = site.make_tag("cite", form.name, iri, site.urls.absolute(""))
    if form is not media.HTML:
        return respond(lambda: WRITERS[form](citation), form, tag=tag)

    def render() -> bytes:
        texts = [(other, write(citation).decode()) for other, write in WRITERS.items() if other is not media.TEXT]
        return render_page(
            site,
            "cite",
            request.path,
            citation=citation,
            line=write_text(citation),
            texts=texts,
            parameters={"iri": iri} if iri else {},
        )

    return respond(render, form, tag=tag)
