"""What crawlers ask for: ``/linkset``, ``/sitemap.xml`` and ``/robots.txt``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlencode
from xml.sax.saxutils import escape

from flask import Response, request

from eild import media
from eild.documents.index import DocumentIndex
from eild.errors import NotFoundError, RequestError
from eild.exchange.links import resolve_links, write_link_field, write_linkset, write_linkset_json
from eild.exchange.urls import relative_root
from eild.web.frame.respond import accept_header, choose_form, current_site, respond
from eild.web.frame.routes import Route, Signposts, Views, current_route, find_route, list_routes
from eild.web.frame.signposting import LINKSET_FORMS, find_links, find_linkset

if TYPE_CHECKING:
    from eild.web.frame.site import Site

blueprint = Views("discovery", __name__)

MOST_URLS: Final = 50_000
"""How many URLs one sitemap lists (https://www.sitemaps.org/protocol.html); more make an index of sitemaps."""
ROBOTS: Final = "User-agent: *\n{rules}\n\nSitemap: {url}\n"
"""Queries are no pages, and resources of others are not this site's to be found by."""

_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


def add_links(site: Site, response: Response) -> Response:
    """Add signposts to the Link field of an answer that is a page or a form of one, or a file of the dataset."""
    if response.status_code not in {200, 206, 304} or request.method == "OPTIONS":
        return response
    route = current_route()
    if route is None or route.signposts in {Signposts.NONE, Signposts.DOCUMENT}:
        return response
    links = write_link_field(
        resolve_links(find_links(site, route.signposts, request.path.removeprefix("/")), relative_root(request.path))
    )
    response.headers["Link"] = ", ".join(filter(None, (response.headers.get("Link", ""), links)))
    return response


@blueprint.declare(Route("/linkset", LINKSET_FORMS, refusals=(404,), query=("of",), signposts=Signposts.NONE))
def send_linkset() -> Response:
    """Return all typed links of the page that ``of`` names by its path."""
    site = current_site()
    page = request.args.get("of", "/")
    if not page.startswith("/"):
        raise RequestError("'of' must be a path of this site", hint="for example, /linkset?of=/doc/agent/…")
    form = choose_form(LINKSET_FORMS)
    path = page.removeprefix("/")
    write = write_linkset_json if form is media.LINKSET_JSON else write_linkset
    route = find_route(unquote(path.partition("?")[0]))
    links = resolve_links(
        find_linkset(site, route.signposts if route else Signposts.NONE, path), site.urls.absolute("")
    )
    tag = site.make_tag("linkset", path, form.name, site.urls.absolute(""))
    return respond(lambda: write(site.urls.absolute(path), links), form, tag=tag)


def list_pages(site: Site) -> list[str]:
    """Return the paths, without a first slash, of all pages that search engines should know, each once.

    They are the sections of the site, the pages about the dataset's vocabularies, and those about the resources below
    its base, or all resources if it has no base; of a store on disk or a server elsewhere, whose resources are not
    counted over, only the former.
    """
    fixed = [path for route in list_routes().values() for path in route.list_paths(site)]
    if not isinstance(site.documents, DocumentIndex):
        return fixed
    graphs = (graph.iri for graph in site.publication.graphs.values() if not graph.iri.startswith("_:"))
    named = (node.value for node in site.documents.list_named())
    iris = {*named, *site.documents.list_fragmented(), *(graphs if site.publication.foreign else ())}
    start = site.urls.base if site.publication.owned else ""
    documents = {site.urls.document(iri) for iri in iris if iri.startswith(start)}
    if not site.publication.foreign:
        documents = {path for path in documents if path.startswith("doc/")}
    return [*fixed, *sorted(documents)]


def _list_document_rules(site: Site, path: str) -> list[str]:
    """Return the rules for documents that are looked up by IRI: the longest rule that fits decides (RFC 9309)."""
    if not site.publication.owned:
        return []
    start = f"{path}doc?{urlencode({'iri': site.urls.base})}"
    return [f"Disallow: {path}doc?iri=", *([f"Allow: {start}"] if site.publication.foreign else [])]


def list_rules(site: Site) -> list[str]:
    """Return the rules for crawlers, with paths from the root of the server."""
    path = "/" + site.urls.absolute("").split("/", 3)[3]
    queries = ("sparql?query=", "search?", "reconcile?", "reconcile/")
    return [*(f"Disallow: {path}{start}" for start in queries), *_list_document_rules(site, path)]


def _write_urls(site: Site, root: str, element: str, paths: list[str]) -> bytes:
    day = site.publication.issued.date().isoformat()
    start = site.urls.absolute("")
    lines = [f"<{element}><loc>{escape(start + path)}</loc><lastmod>{day}</lastmod></{element}>" for path in paths]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">'
    return "\n".join([head, *lines, f"</{root}>\n"]).encode()


def _send_sitemap(number: int) -> Response:
    """Return a sitemap, or the index of all of them.

    :param number: from 1; 0 for the only one, or the index
    """
    site = current_site()
    pages = list_pages(site)
    count = -(-len(pages) // MOST_URLS)
    if number > count or (number and count == 1):
        raise NotFoundError(f"there is no sitemap {number}", hint="start at /sitemap.xml")
    form = media.choose_format(accept_header(), (media.SITEMAP,))
    tag = site.make_tag("sitemap", str(number), site.urls.absolute(""))
    if number or count == 1:
        start = (number - 1) * MOST_URLS if number else 0
        return respond(lambda: _write_urls(site, "urlset", "url", pages[start : start + MOST_URLS]), form, tag=tag)
    parts = [f"sitemap-{part}.xml" for part in range(1, count + 1)]
    return respond(lambda: _write_urls(site, "sitemapindex", "sitemap", parts), form, tag=tag)


@blueprint.declare(Route("/sitemap.xml", (media.SITEMAP,), signposts=Signposts.NONE))
def send_sitemap() -> Response:
    """Return the list of all pages, or an index of such lists."""
    return _send_sitemap(0)


@blueprint.declare(
    Route("/sitemap-<int(max=99999):number>.xml", (media.SITEMAP,), refusals=(404,), signposts=Signposts.NONE)
)
def send_part(number: int) -> Response:
    """Return one of several lists of pages."""
    return _send_sitemap(number)


@blueprint.declare(Route("/robots.txt", (media.TEXT,), signposts=Signposts.NONE))
def send_robots() -> Response:
    """Return the rules for crawlers, with the address of the sitemap."""
    site = current_site()
    text = ROBOTS.format(rules="\n".join(list_rules(site)), url=site.urls.absolute("sitemap.xml"))
    tag = site.make_tag("robots", site.urls.absolute(""))
    form = media.choose_format(accept_header(), (media.TEXT,))
    return respond(text.encode, form, tag=tag)
