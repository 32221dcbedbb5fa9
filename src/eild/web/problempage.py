"""The page about an error: what was asked, why it was not answered, and what may help.

It says the same as the problem document, in words and links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

from pyoxigraph import NamedNode

from eild import media, nodes
from eild.web.frame.pages import render_page
from eild.web.frame.views import view_term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.exchange.problems import Problem
    from eild.web.frame.site import Site

HEADINGS: Final[dict[int, str]] = {
    HTTPStatus.BAD_REQUEST: "This request is not valid",
    HTTPStatus.FORBIDDEN: "This service is read-only",
    HTTPStatus.NOT_FOUND: "There is nothing at this address",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not support that method",
    HTTPStatus.NOT_ACCEPTABLE: "This resource is not available in that format",
    HTTPStatus.GONE: "This resource was withdrawn",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is too large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is too long",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "That input format is not supported",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request exceeds a limit or is inconsistent",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The server failed",
    HTTPStatus.BAD_GATEWAY: "The backend returned an invalid response",
    HTTPStatus.SERVICE_UNAVAILABLE: "The service is temporarily unavailable",
    HTTPStatus.GATEWAY_TIMEOUT: "The backend timed out",
}
"""What people read first, by status; for others the phrase of the status."""

_LONGEST_SHOWN: Final = 200
_LONGEST_SEARCH: Final = 80
_NOT_WORDS: Final = re.compile(r"[\W_]+")
_FORM_NAMES: Final = {
    form.media_type: form
    for form in (media.CSV, media.PLAIN_JSON, media.TEXT, *media.RESULT_FORMATS, *media.GRAPH_FORMATS, media.HTML)
}


@dataclass(frozen=True)
class FailedRequest:
    """What a request asked for.

    :ivar path: its path
    :ivar parameters: its parameters
    :ivar takes_format: whether ``?format=`` is understood there
    """

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    takes_format: bool = False


@dataclass(frozen=True)
class Near:
    """Something that may have been meant.

    :ivar text: what people read
    :ivar href: where it leads, relative to the root of the site, or an absolute URL; empty for what is no link
    :ivar note: of what kind it is, or its IRI
    """

    text: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class ProblemPage:
    """What the page about an error shows.

    :ivar heading: what went wrong, in a few words
    :ivar asked: what was asked for
    :ivar near: what may have been meant, or would do
    :ivar near_title: what these are
    :ivar search: words to search for instead; empty if a search would not help
    :ivar advice: what may help, a sentence each
    """

    heading: str
    asked: str
    near: tuple[Near, ...]
    near_title: str
    search: str
    advice: tuple[str, ...]


def _name_near(site: Site, text: str) -> Near:
    """Return a suggestion; an IRI by its name, with its kind and where it is."""
    if not text.startswith(("http://", "https://")):
        return Near(text)
    if site.live:
        return Near(text, site.urls.link(text))
    node = NamedNode(text)
    view = view_term(site, node)
    kinds = [view_term(site, kind) for kind in site.documents.find_objects(node, nodes.RDF.type)]
    kind = kinds[0].text if kinds else ""
    return Near(view.text, view.href or site.urls.link(text), " · ".join(filter(None, (kind, text))))


def _name_form(asked: FailedRequest, media_type: str) -> Near:
    """Return a form that there is, as a link where the address understands ``?format=``."""
    form = _FORM_NAMES.get(media_type)
    if form is None or not asked.takes_format:
        return Near(form.label if form else media_type, note=media_type if form else "")
    parameters = {**asked.parameters, "format": form.name}
    return Near(form.label, f"{quote(asked.path.removeprefix('/'))}?{urlencode(parameters)}", media_type)


def _guess_words(asked: FailedRequest) -> str:
    """Return the words of what was asked for: those of the last part of the IRI or the path."""
    wanted = asked.parameters.get("iri") or asked.path
    parts = urlsplit(wanted)
    last = unquote(parts.fragment or parts.path.rstrip("/").rpartition("/")[2])
    return _NOT_WORDS.sub(" ", last).strip()[:_LONGEST_SEARCH]


def _advise(problem: Problem) -> tuple[str, ...]:
    """Return what may help, by status."""
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return (
            f"Try again in {problem.headers.get('Retry-After', 'some')} seconds. The server may be busy.",
            "If you sent a query, add a LIMIT, or name a class or an IRI in each pattern.",
            "To run longer queries, download the dataset and run them on your own machine.",
        )
    if problem.status == HTTPStatus.NOT_ACCEPTABLE:
        return ("Request one of these formats in the Accept field, or follow a link.",)
    if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return (
            "If you sent a query, page through the result with LIMIT and OFFSET, or select fewer variables.",
            "The dumps of the whole dataset have no size limit.",
        )
    return ()


def build_problem_page(site: Site, problem: Problem, asked: FailedRequest) -> ProblemPage:
    """Return what the page about an error shows.

    :param site: the site
    :param problem: what went wrong
    :param asked: what was asked for
    """
    missing = problem.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    if problem.status == HTTPStatus.NOT_ACCEPTABLE:
        near, title = [_name_form(asked, item) for item in problem.suggestions], "Available formats"
    else:
        near, title = [_name_near(site, item) for item in problem.suggestions], "Did you mean?"
    shown = asked.parameters.get("iri") or asked.path
    return ProblemPage(
        heading=HEADINGS.get(problem.status, problem.title),
        asked=shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 1]}…",
        near=tuple(near),
        near_title=title,
        search=_guess_words(asked) if missing else "",
        advice=_advise(problem),
    )


def render_problem_page(site: Site, problem: Problem, asked: FailedRequest) -> bytes:
    """Return the page about an error."""
    return render_page(
        site,
        "problem",
        asked.path,
        problem=problem,
        view=build_problem_page(site, problem, asked),
        has_search=not site.live,
        structured="",
        signposts=(),
    )
