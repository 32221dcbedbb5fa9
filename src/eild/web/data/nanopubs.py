"""``/np/``: nanopublications at their trusty IRIs, as RDF with named graphs and as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, request
from pyoxigraph import Literal, NamedNode, Triple

from eild import media
from eild.errors import NotFoundError
from eild.exchange.content import IMMUTABLE, PUBLIC
from eild.exchange.links import Link, resolve_links, write_link_field
from eild.exchange.urls import relative_root
from eild.publication.contents import CODE_LENGTH
from eild.rdf.writing import select_prefixes, serialize_quads
from eild.terms import NPX, RDFS
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Views
from eild.web.frame.views import view_facts, view_term
from eild.web.resources.documents import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Quad

    from eild.web.frame.site import Site

blueprint = Views("nanopubs", __name__)

FORMS: Final = (media.TRIG, media.HTML, media.N_QUADS, media.JSON_LD)
"""Forms of a nanopublication: TriG where the client leaves it open. Syntaxes of single graphs cannot carry one."""

_PARTS: Final = {
    "assertion": "Assertion",
    "provenance": "Provenance",
    "pubinfo": "Publication info",
}
_INTRODUCES: Final = NamedNode(NPX.introduces)
_STATEMENT: Final = NamedNode(RDFS.comment)


def _write(site: Site, iri: str, quads: Sequence[Quad], form: media.Format) -> bytes:
    """Return a nanopublication in a syntax, its own IRIs abbreviated as is the custom."""
    triples = [quad.triple for quad in quads]
    prefixes = {"this": iri, "sub": f"{iri}#", **select_prefixes(triples, site.prefixes)}
    return serialize_quads(quads, form, prefixes)


def _render(site: Site, iri: str, quads: Sequence[Quad]) -> bytes:
    """Return the page about a nanopublication: its graphs, each by subject."""
    parts = []
    for name, heading in _PARTS.items():
        by_subject: dict[NamedNode, list[Triple]] = {}
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and quad.graph_name == NamedNode(f"{iri}#{name}"):
                by_subject.setdefault(quad.subject, []).append(quad.triple)
        parts.append(
            (name, heading, [(view_term(site, node), view_facts(site, found)) for node, found in by_subject.items()])
        )
    claim = view_term(site, _find_claim(quads))
    code = iri.rpartition("/")[2]
    forms = [(form.label, f"np/{code}{form.extension}") for form in FORMS if form is not media.HTML]
    return render_page(
        site,
        "nanopub",
        request.path,
        iri=iri,
        claim=claim,
        parts=parts,
        statement=_find_statement(iri, quads),
        forms=forms,
    )


def _find_statement(iri: str, quads: Sequence[Quad]) -> str:
    """Return what a nanopublication says of what it asserts."""
    said = (quad.object for quad in quads if quad.subject == NamedNode(iri) and quad.predicate == _STATEMENT)
    return next((text.value for text in said if isinstance(text, Literal)), "")


def _find_claim(quads: Sequence[Quad]) -> NamedNode:
    return next(quad.object for quad in quads if quad.predicate == _INTRODUCES and isinstance(quad.object, NamedNode))


def _links(iri: str, quads: Sequence[Quad], form: media.Format) -> str:
    """Return the Link field: its persistent name, the claim that it is of, its other forms."""
    claim = _find_claim(quads)
    code = iri.rpartition("/")[2]
    links = [Link("cite-as", iri), Link("describes", claim.value)]
    links += [
        Link("alternate", f"np/{code}{other.extension}", other.media_type, local=True)
        for other in FORMS
        if other is not form
    ]
    return write_link_field(resolve_links(links, relative_root(request.path)))


@blueprint.declare(Route("/np/<name>", FORMS, refusals=(404,), query=("format",), section="Data"))
def answer(name: str) -> Response:
    """Return a nanopublication; an extension selects the format."""
    site = current_site()
    code, form = media.split_suffix(name, FORMS)
    if site.publication.foreign or not (code.startswith("RA") and len(code) == CODE_LENGTH):
        return resolve(f"np/{name}")
    quads = site.nanopubs.find(code)
    if not quads:
        message = f"there is no nanopublication {code}"
        raise NotFoundError(message, hint="the dct:hasFormat of each claim names its nanopublication")
    form = form or choose_form(FORMS)
    iri = f"{site.publication.base}np/{code}"
    headers = {"Link": _links(iri, quads, form)}
    tag = site.make_tag("nanopub", code, form.name)
    if form is media.HTML:
        return respond(lambda: _render(site, iri, quads), form, tag=tag, cache=PUBLIC, headers=headers)
    return respond(lambda: _write(site, iri, quads, form), form, tag=tag, cache=IMMUTABLE, headers=headers)
