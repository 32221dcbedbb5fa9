"""``/ontology`` and ``/shapes``: the vocabularies of the dataset, as RDF and as a page that lists their terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from eild import media
from eild.store.serialize import serialize_graph
from eild.web.pages import list_forms, render_page
from eild.web.respond import accept_header, current_site, respond
from eild.web.views import view_facts, view_term

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from eild.web.site import Site

blueprint = Blueprint("vocabulary", __name__)


def _render(site: Site, name: str) -> bytes:
    by_subject: dict[NamedNode, list[Triple]] = {}
    for triple in site.find_vocabulary(name):
        if isinstance(triple.subject, NamedNode):
            by_subject.setdefault(triple.subject, []).append(triple)
    terms = [
        (view_term(site, subject), subject.value.rpartition("#")[2], view_facts(site, triples))
        for subject, triples in by_subject.items()
        if "#" in subject.value
    ]
    terms.sort(key=lambda term: term[1])
    header = [view_facts(site, triples) for subject, triples in by_subject.items() if "#" not in subject.value]
    return render_page(site, "vocabulary", request.path, name=name, terms=terms, header=header, forms=list_forms(name))


def _answer(name: str, suffix: str) -> Response:
    site = current_site()
    triples = site.find_vocabulary(name)
    wanted = suffix or request.args.get("format", "")
    if wanted:
        form = media.require_format(wanted, media.DOCUMENT_FORMATS)
    else:
        form = media.choose_format(accept_header(), media.DOCUMENT_FORMATS)
    tag = site.make_tag("vocabulary", name, form.name)
    if form is media.HTML:
        return respond(lambda: _render(site, name), form, tag=tag)
    return respond(lambda: serialize_graph(triples, form, site.prefixes), form, tag=tag)


@blueprint.route("/<any(ontology, shapes):name>")
def answer(name: str) -> Response:
    """Answer with a vocabulary in the form that the client likes best."""
    return _answer(name, "")


@blueprint.route("/<any(ontology, shapes):name>.<any(ttl, nt, jsonld, rdf, html):suffix>")
def answer_form(name: str, suffix: str) -> Response:
    """Answer with a vocabulary in one form."""
    return _answer(name, suffix)
