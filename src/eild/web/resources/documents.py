"""Resources: ``/id/…`` answers 303 to ``/doc/…``, which says what is known, in the form that the client likes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from flask import Response, request

from eild import media, nodes
from eild.documents.descriptions import CLAIM, build_graph, describe, find_node, read_page_number, search_node
from eild.errors import GoneError, NotFoundError, RequestError
from eild.exchange.content import PUBLIC
from eild.exchange.links import Link, resolve_links, write_link_field
from eild.exchange.urls import relative_root
from eild.rdf.writing import serialize_graph
from eild.web.frame.pages import list_forms, render_page
from eild.web.frame.respond import choose_form, current_site, make_bodiless, respond
from eild.web.frame.routes import Route, Signposts, Views
from eild.web.frame.signposting import link_document
from eild.web.frame.statements import StatementReader
from eild.web.frame.structured import describe_page, describe_resource, write_block
from eild.web.frame.views import hide_text, hide_words, view_claim, view_claims, view_facts, view_term
from eild.web.resources.graphs import count_graph, load_graph
from eild.web.resources.metadata import build_metadata
from eild.web.resources.portraits import draw_portrait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyoxigraph import NamedNode

    from eild.documents.descriptions import ResourceDescription
    from eild.facts.retired import Retired
    from eild.web.frame.site import Site
    from eild.web.frame.views import FactView, TermView

blueprint = Views("documents", __name__)

MOST_MEMBERS: Final = 500
"""How many resources with fragments the page of their document describes; links lead to the others."""


def list_asked_iris(site: Site, path: str) -> tuple[str, ...]:
    """Return the IRIs below the base that the request may mean, those with its query part first.

    :param path: its decoded path, without a first slash
    """
    query = request.query_string.decode("utf-8", "replace")
    queries = [query, "&".join(part for part in query.split("&") if not part.startswith("format="))]
    spellings = [text for part in queries for text in (part, unquote(part)) if text]
    plain = site.urls.list_iris(path)
    return tuple(dict.fromkeys((*(f"{iri}?{text}" for text in spellings for iri in plain), *plain)))


def answer_instead(site: Site, *, queried: bool = False) -> Response | None:
    """Return the redirect to the document of a resource where the site's own page of that path has nothing to show.

    A request with parameters asks the page for something, unless they are a part of the IRI.

    :param queried: whether only IRIs with a query part count
    :returns: None if the data has no resource with the IRI that the request asks for
    """
    if not site.publication.foreign or request.method not in {"GET", "HEAD"}:
        return None
    iris = list_asked_iris(site, request.path.removeprefix("/"))
    asks = queried or not set(request.args) <= {"format"}
    node = search_node(site.described, [iri for iri in iris if "?" in iri or not asks])
    return None if node is None else _redirect(site, node)


def _find_retired(site: Site, iris: Sequence[str]) -> Retired | None:
    rows = site.publication.retired
    return next((rows[iri] for iri in iris if iri in rows), None)


def _redirect_renamed(site: Site, iris: Sequence[str], make_path: Callable[[str], str]) -> Response | None:
    """Return 301 Moved Permanently if a resource was renamed, otherwise None.

    :param iris: the IRIs that the request may mean
    :param make_path: makes the path, without a first slash, that is for the new IRI what the request's is for the old
    :raises GoneError: if one of the IRIs was withdrawn
    """
    row = _find_retired(site, iris)
    if row is None or search_node(site.described, iris):
        return None
    if not row.renamed_to:
        message = f"<{row.iri}> was withdrawn on {row.day.isoformat()}: {row.reason}"
        raise GoneError(message, hint="dumps of earlier versions contain it")
    response = make_bodiless(Response(), 301)
    response.headers["Location"] = relative_root(request.path) + make_path(row.renamed_to)
    response.headers["Cache-Control"] = PUBLIC
    return response


def _redirect(site: Site, node: NamedNode) -> Response:
    """Return 303 See Other to the document about a resource, as a relative reference; ``?format=`` names its form."""
    suffix = "" if "?" in node.value and "format=" in node.value else _find_extension()
    response = make_bodiless(Response(), 303)
    response.headers["Location"] = relative_root(request.path) + site.urls.document(node.value, suffix)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = PUBLIC
    return response


def _list_links(site: Site, description: ResourceDescription, form: media.Format, suffix: str) -> list[Link]:
    """Return the links of a document: its signposts, its pages and its other forms."""
    iri, page = description.node.value, description.page
    links = link_document(site, description.node, page)
    for relation, other in (("next", page + 1), ("prev", page - 1)):
        if 1 <= other <= description.pages:
            links.append(Link(relation, site.urls.page(iri, suffix, other), local=True))
    links += [
        Link("alternate", site.urls.page(iri, other.extension, page), other.media_type, local=True)
        for other in media.DOCUMENT_FORMATS
        if other is not form
    ]
    return links


@dataclass(frozen=True)
class MemberView:
    """A resource on the page of the document to which its IRI with a fragment belongs.

    :ivar anchor: the fragment
    :ivar term: the resource
    :ivar page: path of its own page
    :ivar facts: what the data says of it
    """

    anchor: str
    term: TermView
    page: str
    facts: Sequence[FactView]


def _view_members(site: Site, reader: StatementReader, description: ResourceDescription) -> list[MemberView]:
    return [
        MemberView(
            anchor=member.value.partition("#")[2],
            term=view_term(site, member),
            page=site.urls.document(member.value),
            facts=reader.read(member),
        )
        for member in description.members[:MOST_MEMBERS]
    ]


def _render(site: Site, description: ResourceDescription) -> bytes:
    document = site.urls.document(description.node.value)
    entity = describe_resource(site.described, description.node, site.about.licence)
    own = [triple for triple in description.outgoing if triple.subject == description.node]
    reader = StatementReader(site, description.outgoing)
    is_claim = CLAIM in site.documents.find_objects(description.node, nodes.RDF.type)
    subject = view_term(site, description.node)
    show_warned = request.args.get("words") == "all"
    hidden = () if show_warned else site.claims.list_warned_words()
    portrait = draw_portrait(site, description, reader, show_warned=show_warned)
    return render_page(
        site,
        portrait.template,
        request.path,
        subject=replace(subject, text=hide_text(subject.text, hidden)),
        description=description,
        facts=hide_words(view_facts(site, own), hidden),
        members=_view_members(site, reader, description),
        more_members=[view_term(site, member) for member in description.members[MOST_MEMBERS:]],
        graph=count_graph(site, description.node) if site.described.is_graph(description.node) else None,
        incoming=hide_words(reader.read_incoming(description.incoming), hidden),
        own_claim=view_claim(site, description.node) if is_claim else None,
        claims=view_claims(site, description),
        forms=list_forms(document),
        document=document,
        signposts=resolve_links(_list_links(site, description, media.HTML, ""), relative_root(request.path)),
        structured=write_block(describe_page(site, document, entity)),
        **portrait.values,
    )


def _answer(site: Site, node: NamedNode, form: media.Format, suffix: str) -> Response:
    description = describe(site.described, node, read_page_number(request.args.get("page", "1")))
    tag = site.make_tag("document", node.value, form.name, str(description.page), request.args.get("words", ""))
    links = resolve_links(_list_links(site, description, form, suffix), relative_root(request.path))
    headers = {"Link": write_link_field(links)}
    if form is media.HTML:
        return respond(lambda: _render(site, description), form, tag=tag, headers=headers)

    def make() -> bytes:
        triples = [*build_metadata(site, description), *build_graph(site.described, description)]
        if site.described.is_graph(node):
            triples = list(dict.fromkeys((*triples, *load_graph(site, node))))
        return serialize_graph(triples, form, site.prefixes)

    return respond(make, form, tag=tag, headers=headers)


@blueprint.declare(
    Route(
        "/id/<path:name>",
        redirects=(301, 303),
        refusals=(404, 410),
        query=("format",),
        negotiated=False,
        signposts=Signposts.NONE,
        section="Entities",
    )
)
def identify(name: str) -> Response:
    """Redirect from a resource to its document, or from a former IRI to the current one."""
    site = current_site()
    iris = site.urls.list_iris(f"id/{name}")
    query = {"format": wanted} if (wanted := request.args.get("format")) else {}
    moved = _redirect_renamed(site, iris, lambda iri: site.urls.identify(iri, query))
    return moved or _redirect(site, find_node(site.described, iris))


@blueprint.declare(
    Route(
        "/doc/<path:name>",
        media.DOCUMENT_FORMATS,
        redirects=(301,),
        refusals=(404, 410),
        query=("format", "page"),
        signposts=Signposts.DOCUMENT,
        section="Entities",
    )
)
def document(name: str) -> Response:
    """Return the document about a resource; an extension selects the format."""
    site = current_site()
    iris = site.urls.list_described_iris(name)
    stem, form = media.split_suffix(name, media.DOCUMENT_FORMATS)
    suffix = form.extension if form is not None else ""
    if form is not None:
        described = site.urls.list_described_iris(stem)
        if node := search_node(site.described, described):
            return _answer(site, node, form, suffix)
        iris = (*iris, *described)
    moved = _redirect_renamed(site, iris, lambda iri: site.urls.document(iri, suffix))
    return moved or _answer(site, find_node(site.described, iris), choose_form(media.DOCUMENT_FORMATS), "")


def _find_extension() -> str:
    """Return the extension of the format that ``?format=`` names; an empty string if the request has no such parameter.

    :raises UsageError: if it names none
    """
    wanted = request.args.get("format", "")
    return media.require_format(wanted, media.DOCUMENT_FORMATS).extension if wanted else ""


@blueprint.declare(
    Route(
        "/doc",
        media.DOCUMENT_FORMATS,
        redirects=(301,),
        refusals=(404, 410),
        query=("iri", "format", "page"),
        signposts=Signposts.DOCUMENT,
        section="Entities",
    )
)
def look_up() -> Response:
    """Return the document about the resource that ``iri`` names."""
    site = current_site()
    iri = request.args.get("iri", "").strip()
    if not iri:
        raise RequestError("the parameter 'iri' is missing", hint="use the full IRI, for example /doc?iri=https://…")
    suffix = _find_extension()
    moved = _redirect_renamed(site, [iri], lambda new: site.urls.document(new, suffix))
    return moved or _answer(site, find_node(site.described, [iri]), choose_form(media.DOCUMENT_FORMATS), suffix)


@blueprint.declare(
    Route(
        "/<path:name>", redirects=(303,), refusals=(404,), query=("format",), negotiated=False, signposts=Signposts.NONE
    )
)
def resolve(name: str) -> Response:
    """Redirect from any other resource below the base to its document."""
    site = current_site()
    try:
        node = find_node(site.described, list_asked_iris(site, name))
    except NotFoundError as error:
        message = f"there is nothing at /{name[:200]}"
        hint = "start at the home page, or look up a resource at /doc?iri=…"
        raise NotFoundError(message, suggestions=error.suggestions, hint=hint) from error
    return _redirect(site, node)
