"""``/search``: what the data contains, by words; with suggestions while somebody types, and OpenSearch for browsers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from flask import Response, request
from pyoxigraph import NamedNode

from eild import media
from eild.errors import NotFoundError, RequestError
from eild.exchange.urls import relative_root
from eild.search.index import MOST_HITS
from eild.search.snippets import Excerpt, ExcerptPart
from eild.web.browse.facets import Facet, Option
from eild.web.frame.assets import asset_path
from eild.web.frame.listing import FORMS, write_csv, write_json
from eild.web.frame.pages import render_page
from eild.web.frame.respond import accept_header, choose_form, current_site, make_bodiless, respond
from eild.web.frame.routes import Route, Views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.search.index import Hit, Results
    from eild.web.frame.site import Site

blueprint = Views("search", __name__)

PAGE_SIZE: Final = 20
"""How many hits a page has."""
FACETS: Final = {"kind": "Kind", "stance": "Stance", "section": "Section", "source": "Speaker or document"}
"""What a search can be narrowed by: name of the parameter, and what people read."""

_SHORT_NAME: Final = 16  # as many characters OpenSearch 1.1 allows
_MAX_PAGE_DIGITS: Final = 4
_IRI: Final = re.compile(r"<?(https?://[^\s<>\"{}|\\^`]+|urn:[^\s<>\"{}|\\^`]+)>?")
_PREFIXED: Final = re.compile(r"([A-Za-z][\w-]*):([\w./-]+)")
_DESCRIPTION: Final = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{short}</ShortName>
<LongName>{long}</LongName>
<Description>Search {title}</Description>
<Image width="16" height="16" type="image/svg+xml">{icon}</Image>
<Url type="text/html" template="{start}search?q={{searchTerms}}&amp;page={{startPage?}}"/>
<Url type="application/json" template="{start}search?q={{searchTerms}}&amp;page={{startPage?}}&amp;format=json"/>
<Url type="application/x-suggestions+json" rel="suggestions" template="{start}search/suggest?q={{searchTerms}}"/>
<Url type="application/opensearchdescription+xml" rel="self" template="{start}opensearch.xml"/>
<Language>*</Language>
<InputEncoding>UTF-8</InputEncoding>
<OutputEncoding>UTF-8</OutputEncoding>
</OpenSearchDescription>
"""
"""OpenSearch 1.1, draft 6."""


@dataclass(frozen=True)
class HitView:
    """A hit as the page shows it.

    :ivar hit: what was found
    :ivar href: path of its page, without a first slash
    :ivar room: path of its sentence in the reading room; empty if it has none
    """

    hit: Hit
    href: str
    room: str


@dataclass(frozen=True)
class Page:
    """One page of hits.

    :ivar question: what was typed
    :ivar results: what was found
    :ivar hits: the hits of this page
    :ivar number: its number, from 1
    :ivar count: how many pages there are
    :ivar facets: what can be chosen, with how many hits have each value
    """

    question: str
    results: Results
    hits: tuple[HitView, ...]
    number: int
    count: int
    facets: tuple[Facet, ...]

    @property
    def is_narrowed(self) -> bool:
        """Whether hits must have something that was chosen."""
        return any(facet.chosen for facet in self.facets)

    @property
    def hides(self) -> bool:
        """Whether words on this page are not shown."""
        return any(view.hit.hides for view in self.hits)


def _find_unit(site: Site, unit: str) -> str:
    seed, _, _ = unit.partition("-")
    return f"seed/{seed}#s{unit}" if seed in site.claims.articles else ""


def _rename(site: Site, hit: Hit) -> Hit:
    """Return a hit with its name in the language that the request asks for, and the name that was matched beside."""
    name = " ".join(site.documents.find_name(NamedNode(hit.iri)).split()) if site.is_multilingual else ""
    if not name or not hit.named or name == hit.name.text:
        return hit
    matched = hit.matched or (hit.name if hit.name.spans else None)
    same = matched is not None and matched.text == name
    return replace(
        hit, name=matched if same and matched else Excerpt((ExcerptPart(name),)), matched=None if same else matched
    )


def _build_facets(results: Results, chosen: Mapping[str, str]) -> tuple[Facet, ...]:
    """Return the facets of what was found; a chosen value stays even where nothing has it."""
    facets = []
    for name, label in FACETS.items():
        options = [Option(*row) for row in results.facets.get(name, ())]
        value = chosen.get(name, "")
        if value and value not in {option.value for option in options}:
            options.append(Option(value, value, 0))
        if options:
            facets.append(Facet(name, label, tuple(options), value))
    return tuple(facets)


def build_page(site: Site, question: str, chosen: Mapping[str, str], number: int, *, show_hidden: bool) -> Page:
    """Return a page of hits.

    :param question: what was typed
    :param chosen: the value that hits must have, by facet
    :param number: number of the page, from 1
    :param show_hidden: whether words are shown that call for care
    :raises RequestError: if the question is too long
    :raises NotFoundError: if there is no such page
    :raises QueryTimeoutError: if the search takes too long
    :raises BusyError: if the index is still being built
    """
    results = site.search_index.get().search(
        question, chosen, start=(number - 1) * PAGE_SIZE, count=PAGE_SIZE, show_hidden=show_hidden
    )
    count = max(1, -(-results.total // PAGE_SIZE))
    if number > count:
        raise NotFoundError(f"there is no page {number}; the last page is {count}", hint="start at page 1")
    hits = tuple(
        HitView(_rename(site, hit), site.urls.link(hit.iri), _find_unit(site, hit.unit)) for hit in results.hits
    )
    return Page(question, results, hits, number, count, _build_facets(results, chosen))


def find_named(site: Site, text: str) -> str:
    """Return the IRI that somebody typed, whole or with a known prefix, where the data know it; else nothing."""
    iri = ""
    if match := _IRI.fullmatch(text):
        iri = match[1]
    elif (match := _PREFIXED.fullmatch(text)) and match[1] in site.prefixes:
        iri = f"{site.prefixes[match[1]]}{match[2]}"
    try:
        return iri if iri and site.documents.knows(NamedNode(iri)) else ""
    except ValueError:
        return ""


def _check_searchable(site: Site) -> None:
    if site.live:
        message = "full-text search is not available: the data is on a remote endpoint and may change at any time"
        raise NotFoundError(message, hint="use SPARQL with FILTER(CONTAINS(…)), or look up an IRI at /doc?iri=…")


def _read_number() -> int:
    text = request.args.get("page", "") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > _MAX_PAGE_DIGITS or not int(text):
        raise RequestError(f"'page' must be a page number, not {text[:20]!r}", hint="pages are numbered from 1")
    return int(text)


def _write_snippet(snippet: Excerpt | None) -> dict[str, Any] | None:
    return {"text": snippet.text, "marks": snippet.spans} if snippet else None


def list_rows(site: Site, page: Page) -> list[dict[str, Any]]:
    """Return the hits of a page as rows of text."""
    start = (page.number - 1) * PAGE_SIZE
    return [
        {
            "rank": start + place,
            "iri": view.hit.iri,
            "kind": view.hit.kind[1],
            "stance": next((label for _, label in view.hit.stances), None),
            "name": view.hit.name.text,
            "words": view.hit.words.text if view.hit.words else None,
            "text": view.hit.text.text if view.hit.text else None,
            "page": site.urls.absolute(view.href),
        }
        for place, view in enumerate(page.hits, 1)
    ]


def describe_page(site: Site, page: Page) -> dict[str, Any]:
    """Return a page of hits as JSON has it."""
    results = page.results
    rows = list_rows(site, page)
    for row, view in zip(rows, page.hits, strict=True):
        named = {"name": view.hit.name, "words": view.hit.words, "text": view.hit.text}
        row.update({key: _write_snippet(snippet) for key, snippet in named.items()})
        row["sentence"] = site.urls.absolute(view.room) if view.room else None
        row["hidden"] = view.hit.hides
    return {
        "question": page.question,
        "corrected": results.corrected or None,
        "words": len(results.words),
        "wordsMatched": results.least,
        "total": results.total,
        "complete": site.search_index.get().complete and results.total < MOST_HITS,
        "page": page.number,
        "pages": page.count,
        "facets": {
            facet.name: [{"value": o.value, "label": o.label, "count": o.count} for o in facet.options]
            for facet in page.facets
        },
        "results": rows,
    }


def _render(site: Site, page: Page, state: Mapping[str, str]) -> bytes:
    def link(**changes: str) -> str:
        """Return the query string of this page with something else chosen."""
        merged = {**state, **changes}
        return f"?{urlencode({key: value for key, value in merged.items() if value})}"

    return render_page(site, "search", request.path, page=page, link=link, state=state)


@blueprint.declare(
    Route(
        "/search",
        FORMS,
        redirects=(303,),
        refusals=(404,),
        query=("q", "kind", "stance", "section", "source", "page", "words", "format"),
    )
)
def show() -> Response:
    """Return search results, or redirect to the resource whose IRI was entered."""
    site = current_site()
    _check_searchable(site)
    form = choose_form(FORMS)
    question = request.args.get("q", "").strip()
    if iri := find_named(site, question):
        response = make_bodiless(Response(), 303)
        response.headers["Location"] = relative_root(request.path) + site.urls.link(iri)
        return response
    chosen = {name: request.args.get(name, "") for name in FACETS}
    show_hidden = request.args.get("words") == "all"
    page = build_page(site, question, chosen, _read_number(), show_hidden=show_hidden)
    state = {"q": question, **chosen, "words": "all" if show_hidden else ""}
    tag = site.make_tag("search", form.name, repr(state), str(page.number))
    if form is media.HTML:
        return respond(lambda: _render(site, page, state), form, tag=tag)
    if form is media.CSV:
        return respond(lambda: write_csv(list_rows(site, page)), form, tag=tag)
    return respond(lambda: write_json(describe_page(site, page)), form, tag=tag)


@blueprint.declare(Route("/search/suggest", (media.SUGGESTIONS,), refusals=(404,), query=("q",)))
def suggest() -> Response:
    """Return completions of a search text (OpenSearch Suggestions 1.1)."""
    site = current_site()
    _check_searchable(site)
    form = media.choose_format(accept_header(), (media.SUGGESTIONS,))
    question = request.args.get("q", "")
    found = site.search_index.get().suggest(question)
    names, kinds = [item.name for item in found], [item.kind for item in found]
    pages = [site.urls.absolute(site.urls.link(item.iri)) for item in found]
    tag = site.make_tag("suggest", question, site.urls.absolute(""))
    return respond(lambda: write_json([question, names, kinds, pages]), form, tag=tag)


@blueprint.declare(Route("/opensearch.xml", (media.OPENSEARCH,), refusals=(404,)))
def describe() -> Response:
    """Return the description of the search for browsers and other programs (OpenSearch 1.1)."""
    site = current_site()
    _check_searchable(site)
    form = media.choose_format(accept_header(), (media.OPENSEARCH,))
    start, title = site.urls.absolute(""), site.publication.title
    text = _DESCRIPTION.format(
        short=escape("EILD" if site.publication.is_eild else title[:_SHORT_NAME].strip()),
        long=escape(title[:48].strip()),
        title=escape(title[:900]),
        icon=escape(f"{start}{asset_path('icon.svg')}"),
        start=escape(start),
    )
    return respond(text.encode, form, tag=site.make_tag("opensearch", site.urls.absolute("")))
