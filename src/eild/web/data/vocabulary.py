"""``/ontology`` and ``/shapes``: the vocabularies of the dataset and their versions, as RDF and as documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request
from pyoxigraph import NamedNode

from eild import media
from eild.errors import NotFoundError
from eild.exchange.urls import relative_root
from eild.rdf.writing import serialize_graph
from eild.web.frame.pages import list_forms, render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Signposts, Views
from eild.web.vocabularies.graph import VocabularyGraph
from eild.web.vocabularies.headers import read_header
from eild.web.vocabularies.ontology import OntologyReader, list_mappings
from eild.web.vocabularies.shapes import read_shapes
from eild.web.vocabularies.versions import find_document, list_versions

if TYPE_CHECKING:
    from eild.web.frame.site import Site
    from eild.web.vocabularies.versions import VocabularyDocument

blueprint = Views("vocabulary", __name__)


def _render(site: Site, document: VocabularyDocument) -> bytes:
    """Return the page about a vocabulary, or about one of its modules or alignments."""
    graph = VocabularyGraph(document.triples)
    common = {
        "document": document,
        "versions": list_versions(site, document.vocabulary),
        "forms": list_forms(document.path),
    }
    if document.vocabulary == "shapes":
        return render_page(site, "shapes", request.path, page=read_shapes(site, graph), **common)
    whole, alignments, shapes = (
        VocabularyGraph(document.graphs.get(name, ())) for name in ("ontology", "alignments", "shapes")
    )
    page = OntologyReader(site, whole, alignments, shapes, count_uses=not document.former).read()
    if not document.module:
        return render_page(site, "ontology", request.path, page=page, **common)
    return render_page(
        site,
        "module",
        request.path,
        page=page,
        header=read_header(graph, NamedNode(f"{site.urls.shared}ontology/{document.module}")),
        terms=[term for term in page.terms if term.module == document.module],
        mappings=list_mappings(site, graph),
        **common,
    )


def _answer(name: str, rest: str, suffix: str) -> Response:
    site = current_site()
    document = find_document(site, name, rest)
    form = choose_form(media.DOCUMENT_FORMATS, suffix)
    tag = site.make_tag("vocabulary", document.path, form.name)
    headers = {"Link": _links(document, form)}
    if form is media.HTML:
        return respond(lambda: _render(site, document), form, tag=tag, headers=headers)
    return respond(lambda: serialize_graph(document.triples, form, site.prefixes), form, tag=tag, headers=headers)


def _links(document: VocabularyDocument, form: media.Format) -> str:
    """Return the Link field: the other forms of a document."""
    root = relative_root(request.path)
    return ", ".join(
        f'<{root}{document.path}{other.extension}>; rel="alternate"; type="{other.media_type}"'
        for other in media.DOCUMENT_FORMATS
        if other is not form
    )


def _is_documented(site: Site, path: str) -> bool:
    """Return whether the data has a vocabulary of its own at a path."""
    try:
        find_document(site, path)
    except NotFoundError:
        return False
    return True


@blueprint.declare(
    Route(
        "/<any(ontology, shapes):name>",
        media.DOCUMENT_FORMATS,
        refusals=(404,),
        query=("format",),
        signposts=Signposts.VOCABULARY,
        section="Data",
        listed=_is_documented,
    )
)
def answer(name: str) -> Response:
    """Return a vocabulary."""
    return _answer(name, "", "")


@blueprint.declare(
    Route(
        "/<any(ontology, shapes):name>.<any(ttl, nt, jsonld, rdf, html):suffix>",
        media.DOCUMENT_FORMATS,
        refusals=(404,),
        negotiated=False,
        signposts=Signposts.VOCABULARY,
        section="Data",
    )
)
def answer_form(name: str, suffix: str) -> Response:
    """Return a vocabulary in one format."""
    return _answer(name, "", suffix)


@blueprint.declare(
    Route(
        "/<any(ontology, shapes):name>/<path:rest>",
        media.DOCUMENT_FORMATS,
        refusals=(404,),
        query=("format",),
        section="Data",
    )
)
def answer_part(name: str, rest: str) -> Response:
    """Return a version, a module or an alignment of a vocabulary; an extension selects the format."""
    stem, form = media.split_suffix(rest, media.DOCUMENT_FORMATS)
    return _answer(name, stem, form.name if form else "")
