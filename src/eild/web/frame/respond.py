"""From content to a response: entity tag, conditions, content coding, caching and the fields of every answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from eild import media
from eild.exchange.conditions import Preconditions
from eild.exchange.content import PUBLIC, UNCACHED, VARY, Wishes, find_coding, make_content
from eild.exchange.problems import Problem, choose_problem_format, render_json, render_text
from eild.rdf.versions import check_version
from eild.web.frame.languages import depends_on_field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from eild.exchange.content import Content
    from eild.media import Format
    from eild.web.frame.site import Site


_WITH_NAMES: Final = (media.HTML, media.PLAIN_JSON, media.CSV, media.SVG, media.TEXT, media.SUGGESTIONS)
"""Forms whose names are in the language that the request asks for; RDF has them in all languages."""


def list_image_origins(setting: str) -> list[str]:
    """Return the origins whose images pages may show, as the operator lists them."""
    return [origin.rstrip("/") for origin in setting.replace(",", " ").split()]


def allows_image(setting: str, url: str) -> bool:
    """Return whether pages may show an image, so that browsers ask its host for it.

    :param setting: the origins as the operator lists them
    :param url: where the image is
    """
    allowed = list_image_origins(setting)
    try:
        parts = urlsplit(url)
    except ValueError:  # such as http://[
        return False
    return "*" in allowed or f"{parts.scheme}://{parts.netloc}" in allowed


def current_site() -> Site:
    """Return the site of the running application."""
    site: Site = current_app.extensions["eild"]
    return site


def accept_header() -> str | None:
    """Return the Accept field of the request, repeated lines joined."""
    return ",".join(request.headers.getlist("Accept")) or None


def choose_form(offers: Sequence[Format], extension: str = "") -> Format:
    """Return the format that a request asks for: by extension, otherwise by ``format``, otherwise by Accept.

    :param offers: the formats that there are; the first if the request leaves it open
    :param extension: name of the format in the path, if it has one
    :raises UsageError: if extension or ``format`` name none of the offers
    :raises NotAcceptableError: if Accept excludes all of them
    """
    return media.select_format(extension or request.args.get("format", ""), accept_header(), offers)


def choose_coding() -> str | None:
    """Return the content coding that the request likes best."""
    return find_coding(",".join(request.headers.getlist("Accept-Encoding")) or None)


def read_wishes() -> Wishes:
    """Return what the request says of how it wants content."""
    return Wishes(choose_coding(), Preconditions.read(request.environ))


def is_unmodified(tag: str, issued: datetime) -> bool:
    """Return whether the client has this version already (RFC 9110, section 13.2.2).

    :param tag: the entity tag of the content
    :param issued: when the content was released
    :raises PreconditionError: if a precondition of the request is false
    """
    conditions = Preconditions.read(request.environ)
    conditions.require(tag, issued)
    return conditions.is_unmodified(tag, issued)


def make_bodiless(response: Response, status: int) -> Response:
    """Return a response with a status that has no content, and so no type of content."""
    response.status_code = status
    response.headers.pop("Content-Type", None)
    return response


def respond(
    make: Callable[[], bytes],
    form: Format,
    *,
    tag: str = "",
    cache: str = PUBLIC,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a response with content in a form.

    :param make: makes the content; not called if the client names its tag. A date or an asterisk claims nothing,
        so content that cannot be made fails as usual
    :param form: its form
    :param tag: a strong entity tag of the content without coding; empty if it differs each time
    :param cache: the Cache-Control field
    :param headers: further fields
    :raises PreconditionError: if a precondition of the request is false
    :raises NotAcceptableError: if the content has terms of RDF 1.2 and the client takes version 1.1 only
    """
    site = current_site()
    g.form = form
    policy = UNCACHED if site.live and not tag else cache
    named = form in _WITH_NAMES and cache is PUBLIC and not (form is media.CSV and request.path.startswith("/sparql"))
    if named and depends_on_field(site):
        policy, headers = policy.replace("public", "private"), {**(headers or {}), "Vary": f"{VARY}, Accept-Language"}
    accept = None if "format" in request.args else accept_header()

    def make_checked() -> bytes:
        return check_version(make(), form, accept)

    content = make_content(
        make_checked, form, read_wishes(), site.publication.issued, tag=tag, cache=policy, headers=headers
    )
    return _send(content)


def _send(content: Content) -> Response:
    """Return the response that has a content."""
    response = make_bodiless(Response(), content.status)
    response.headers.update(content.fields)
    origins = list_image_origins(current_site().settings.images)
    if origins and "Content-Security-Policy" in response.headers:
        policy = response.headers["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace(
            "img-src 'self'", f"img-src 'self' {' '.join(origins)}"
        )
    if content.status == 200:  # noqa: PLR2004 - 304 has none
        response.set_data(content.body)
    return response


def respond_problem(problem: Problem, render_page: Callable[[Problem], bytes]) -> Response:
    """Return the response that an error makes, in the form that the client likes best.

    :param render_page: makes the page for people
    """
    form = choose_problem_format(accept_header())
    renderers = {media.PROBLEM: render_json, media.HTML: render_page, media.TEXT: render_text}
    # Preconditions do not apply to errors (RFC 9110, section 13.2.1), so the wishes leave them out.
    wishes, issued = Wishes(choose_coding()), current_site().publication.issued
    make = partial(renderers[form], problem)
    response = _send(make_content(make, form, wishes, issued, tag="", cache=UNCACHED, headers=problem.headers))
    response.status_code = problem.status
    return response
