"""``/catalog``, ``/.well-known/void`` and ``/graph/…``: what is published, as RDF and as a page.

``/graph/<name>`` answers with the graph itself: by the SPARQL 1.1 Graph Store HTTP Protocol (section 4.1) that is what
the IRI of a named graph stands for. What the graph holds is said in the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request
from pyoxigraph import NamedNode, Triple

from eild import media
from eild.documents.descriptions import build_graph, describe
from eild.documents.index import load_named_graphs
from eild.errors import NotFoundError
from eild.publication.contents import GRAPH
from eild.rdf.writing import serialize_graph
from eild.terms import DCAT, VCARD
from eild.web.data.catalogview import view_catalog
from eild.web.frame.pages import list_forms, render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Signposts, Views
from eild.web.resources.documents import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.media import Format
    from eild.web.frame.site import Site

blueprint = Views("catalog", __name__)

_SUFFIXES = "any(ttl, nt, jsonld, rdf, html)"
_GRAPH_FORMS = tuple(form for form in media.DOCUMENT_FORMATS if form is not media.HTML)


def _render(site: Site) -> bytes:
    shown = view_catalog(site.catalog, site.publication.dataset_iri)
    return render_page(site, "catalog", request.path, catalog=shown, forms=list_forms("catalog"))


def _find_email(site: Site) -> list[Triple]:
    """Return the operator's e-mail address as that of the contact points, which portals require; often there is none.

    Only the document has it. The named graph has what was built, as in the endpoint.
    """
    if not site.settings.contact.startswith("mailto:"):
        return []
    email, address = NamedNode(str(VCARD.hasEmail)), NamedNode(site.settings.contact)
    known = {triple.subject for triple in site.catalog if triple.predicate == email}
    points = {triple.object for triple in site.catalog if triple.predicate.value == str(DCAT.contactPoint)}
    return [Triple(point, email, address) for point in points - known if isinstance(point, NamedNode)]


def answer_catalog(site: Site, form: Format, more: Sequence[Triple] = ()) -> Response:
    """Answer with the catalogue in a form.

    :param more: further triples of the answer
    """
    tag = site.make_tag("catalog", form.name, site.urls.absolute(""), site.settings.contact, request.path)
    if form is media.HTML:
        return respond(lambda: _render(site), form, tag=tag)
    triples = [*site.catalog, *_find_email(site), *more]
    return respond(lambda: serialize_graph(triples, form, site.prefixes), form, tag=tag)


def describe_here(site: Site, path: str) -> list[Triple]:
    """Return what third-party data says of the IRI of one of the server's own pages.

    :param path: path of the page, without a first slash
    """
    node = NamedNode(f"{site.urls.base}{path}")
    if not site.publication.foreign or site.live or not site.documents.knows(node):
        return []
    return build_graph(site.documents, describe(site.documents, node))


@blueprint.declare(
    Route("/catalog", media.DOCUMENT_FORMATS, query=("format",), signposts=Signposts.DATASET, section="Data")
)
def answer() -> Response:
    """Return the catalogue."""
    site = current_site()
    return answer_catalog(site, choose_form(media.DOCUMENT_FORMATS), describe_here(site, request.path.lstrip("/")))


@blueprint.declare(Route("/.well-known/void", media.DOCUMENT_FORMATS, query=("format",)))
def answer_void() -> Response:
    """Return the catalogue, which contains the VoID description of the dataset."""
    return answer()


@blueprint.declare(
    Route(
        f"/catalog.<{_SUFFIXES}:suffix>",
        media.DOCUMENT_FORMATS,
        refusals=(404,),
        negotiated=False,
        signposts=Signposts.DATASET,
        section="Data",
    )
)
def answer_form(suffix: str) -> Response:
    """Return the catalogue in one format."""
    return answer_catalog(current_site(), choose_form(media.DOCUMENT_FORMATS, suffix))


def _has_graph(site: Site, name: str) -> bool:
    iri = f"{site.publication.base}graph/{name}"
    return not site.publication.store and iri in {graph.iri for graph in site.publication.graphs.values()}


def _load_graph(site: Site, name: str) -> Sequence[Triple]:
    """Return the triples of a named graph below the base.

    :raises NotFoundError: if there is none of that name
    """
    publication = site.publication
    if not publication.foreign and f"graph/{name}" == GRAPH:
        return site.catalog
    if not _has_graph(site, name):
        message = f"there is no named graph {name[:100]!r}"
        raise NotFoundError(message, hint="the catalogue at /catalog lists the named graphs")
    iri = f"{publication.base}graph/{name}"
    return load_named_graphs(publication, [iri])[iri]


@blueprint.declare(Route("/graph/<name>", redirects=(303,), refusals=(404,), query=("format",), negotiated=False))
def answer_graph(name: str) -> Response:
    """Return a named graph."""
    site = current_site()
    form = choose_form(_GRAPH_FORMS)
    tag = site.make_tag("graph", name, form.name, site.urls.absolute(""))
    if site.publication.foreign and not _has_graph(site, name):
        return resolve(f"graph/{name}")  # somebody else's resource of that path
    triples = _load_graph(site, name)
    return respond(lambda: serialize_graph(triples, form, site.prefixes), form, tag=tag)
