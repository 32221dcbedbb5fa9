"""The application factory."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from eild import media
from eild.errors import EildError, MethodError, NotAcceptableError, NotFoundError, RequestError
from eild.exchange.accounts import Accounts, name_status
from eild.exchange.answer import IS_GONE, NOTE, REFUSAL, STARTED, Note
from eild.exchange.head import check_request
from eild.exchange.metrics import Metrics
from eild.exchange.problems import Problem, build_problem
from eild.languages import DEFAULT_LANGUAGES, WANTED
from eild.web.blueprints import BLUEPRINTS
from eild.web.frame.languages import settle_languages
from eild.web.frame.respond import respond_problem
from eild.web.frame.routes import current_route, register_views
from eild.web.home.discovery import add_links
from eild.web.problempage import FailedRequest, render_problem_page
from eild.web.resources.documents import answer_instead

if TYPE_CHECKING:
    from eild.publication.manifest import Publication
    from eild.web.frame.site import Site

EXPOSED: Final = (
    "Accept-Ranges, Allow, Content-Disposition, Content-Encoding, Content-Range, EILD-Conforms, EILD-Dataset-Version, "
    "EILD-Engine, ETag, Link, Location, Retry-After"
)
"""Fields that scripts of other origins may read."""
ALLOWED: Final = (
    "Accept",
    "Content-Type",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Range",
)
"""Fields that scripts of other origins may send, besides those that their preflight request names."""
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_MOST_FIELDS: Final = 100
_PREFLIGHT_SECONDS: Final = "86400"

_ADVICE: Final = {
    404: "start at the home page, or look up a resource at /doc?iri=…",
    413: "send less data, or split it into several requests",
    414: "send the query by POST",
}


def _name_version(publication: Publication) -> str:
    """Return the name of the version as a field of HTTP has it: ASCII only (RFC 9110, section 5.5)."""
    name = publication.edition
    return name if name.isascii() and name.isprintable() else publication.version


def list_common_fields(site: Site) -> dict[str, str]:
    """Return the fields of every answer; CORS is open to all and without credentials."""
    return {
        "EILD-Dataset-Version": _name_version(site.publication),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": EXPOSED,
    }


def list_allowed_fields(asked: str) -> str:
    """Return the value of Access-Control-Allow-Headers for a preflight request (Fetch, CORS protocol).

    Fields without a meaning here are ignored, so a script may send any. Each is named, because the asterisk doesn't
    cover Authorization.

    :param asked: the value of Access-Control-Request-Headers; names that are not tokens are left out
    """
    known = {name.lower() for name in ALLOWED}
    names = [name.strip() for name in asked.split(",", _MOST_FIELDS)[:_MOST_FIELDS]]
    others = {name.lower(): name for name in names if _TOKEN.fullmatch(name)}
    return ", ".join([*ALLOWED, *(name for key, name in others.items() if key not in known)])


def _set_common_fields(site: Site, response: Response) -> Response:
    """Set the fields of every answer, and those of an answer to OPTIONS."""
    fields = response.headers
    for name, value in list_common_fields(site).items():
        fields[name] = value
    if allowed := fields.get("Allow"):
        fields["Allow"] = ", ".join(sorted(re.split(r"\s*,\s*", allowed)))
    if request.method == "OPTIONS" and response.status_code < 300:  # noqa: PLR2004 - the successful ones
        fields["Access-Control-Allow-Methods"] = fields.get("Allow", "GET, HEAD, OPTIONS")
        fields["Access-Control-Allow-Headers"] = list_allowed_fields(
            request.headers.get("Access-Control-Request-Headers", "")
        )
        fields.add("Vary", "Access-Control-Request-Headers")
        fields["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    return response


def translate_error(error: HTTPException) -> Problem:
    """Return the problem for an error that the framework raised."""
    status = error.code or 500
    if isinstance(error, MethodNotAllowed):
        allowed = tuple(sorted({*(error.valid_methods or ()), "OPTIONS"}))
        wrong = MethodError(f"{request.method[:20]} is not allowed here", allowed=allowed)
        return build_problem(wrong)
    details = {
        404: f"there is nothing at {request.path[:200]}",
        413: "the body of the request is too large",
        500: "the server failed because of an internal error, which has been recorded",
    }
    detail = details.get(status, error.description or "")
    return Problem(status, detail, hint=_ADVICE.get(status, ""))


def _count_bytes(response: Response) -> int | None:
    """Return the number of bytes of content that are sent; None if it is not known before they are sent."""
    if request.method == "HEAD" or response.status_code in {204, 304}:
        return 0
    return response.calculate_content_length() if response.content_length is None else response.content_length


def watch_requests(app: Flask, accounts: Accounts) -> None:
    """Have each request counted and logged, and each query counted by how it ended."""

    def begin() -> None:
        g.started = request.environ.get(STARTED) or time.perf_counter()
        accounts.metrics.begin_request()

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        failure = g.get("failure")
        asks = failure is not None or request.method == "POST" or "query" in request.args
        outcome = name_status(response.status_code, failure)
        note = Note(route, outcome, is_query=route == "/sparql" and asks, query=g.get("query"))
        request.environ[NOTE] = note
        accounts.enter(
            note,
            method=request.method,
            path=f"{request.script_root}{request.path}",
            status=response.status_code,
            size=_count_bytes(response),
            started=g.started,
            in_flight=True,
        )
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request_funcs.setdefault(None, []).insert(0, end)


def _choose_languages(app: Flask, site: Site) -> None:
    """Have names shown in the language that each request asks for."""

    def begin() -> None:
        settle_languages(site)

    def end(_error: BaseException | None) -> None:
        WANTED.set(DEFAULT_LANGUAGES)  # the thread does something else next

    app.before_request_funcs.setdefault(None, []).append(begin)
    app.teardown_request_funcs.setdefault(None, []).append(end)


def _answer_otherwise(app: Flask, error: EildError) -> Response | EildError:
    """Answer a request whose content the format that it prefers cannot represent, in the next one that it accepts.

    :returns: the error to report if there is no such format, or if another error occurs
    """
    environ = request.environ
    if not isinstance(error, NotAcceptableError):
        return error
    given = accept = environ.get("HTTP_ACCEPT", "")
    if request.method == "POST" and not request.get_data():
        return error  # its body was read and not kept
    tried: set[media.Format] = set()
    while given and "format" not in request.args and (form := g.pop("form", None)) is not None:
        if form in tried:
            return error  # the path names the format, and not the field
        tried.add(form)
        environ["HTTP_ACCEPT"] = accept = media.exclude_format(accept, form)
        try:
            return app.make_response(app.dispatch_request())
        except NotAcceptableError:
            continue
        except EildError as other:
            return other
        finally:
            environ["HTTP_ACCEPT"] = given
    return error


def _answer_for_resource(site: Site, answer: Response | EildError) -> Response | EildError:
    """Return the redirect to a resource of the data whose IRI is that of a page with nothing to show, or the answer."""
    missing = isinstance(answer, NotFoundError | NotAcceptableError)
    return answer_instead(site) or answer if missing else answer


def create_app(site: Site, accounts: Accounts | None = None) -> Flask:
    """Return the WSGI application that serves a site.

    :param site: the dataset, its documents and its query engine
    :param accounts: counts and logs answers; without it they are counted and not logged
    """
    accounts = accounts or Accounts(Metrics())
    app = Flask("eild.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = site.settings.body_bytes
    app.url_map.merge_slashes = False
    app.extensions["eild"] = site
    app.extensions["eild.metrics"] = accounts.metrics
    register_views(app, BLUEPRINTS)

    def page(problem: Problem) -> bytes:
        route = current_route()
        takes_format = route is not None and "format" in route.query
        return render_problem_page(site, problem, FailedRequest(request.path, request.args.to_dict(), takes_format))

    watch_requests(app, accounts)
    _choose_languages(app, site)

    @app.before_request
    def check_head() -> None:
        environ = request.environ
        g.is_abandoned = environ.get(IS_GONE)
        try:
            if REFUSAL in environ:
                raise environ[REFUSAL]
            check_request(environ)
        except RequestError:
            g.close = True  # where the next request begins is not sure
            raise

    @app.after_request
    def set_common_fields(response: Response) -> Response:
        if g.get("close"):
            response.headers["Connection"] = "close"
        return _set_common_fields(site, add_links(site, response))

    @app.errorhandler(EildError)
    def answer_failure(error: EildError) -> Response:
        answer = _answer_for_resource(site, _answer_otherwise(app, error))
        if isinstance(answer, Response):
            return answer
        g.failure = answer
        return respond_problem(build_problem(answer), page)

    @app.errorhandler(HTTPException)
    def answer_http_error(error: HTTPException) -> Response:
        return respond_problem(translate_error(error), page)

    return app
