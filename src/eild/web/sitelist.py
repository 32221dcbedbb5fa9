"""The root of a server with several sites: the list of sites, and what programs ask of a server as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from flask import Flask, Response, current_app, g, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.exceptions import HTTPException

from eild import __version__, media
from eild.errors import EildError, NotFoundError
from eild.exchange.answer import REFUSAL
from eild.exchange.content import CONTENT_POLICY, PUBLIC, UNCACHED, Wishes, make_content
from eild.exchange.head import check_request
from eild.exchange.metrics import CONTENT_TYPE
from eild.exchange.problems import RETRY_SECONDS, build_problem, choose_problem_format, render_json, render_text
from eild.languages import read_accept_language
from eild.query.engine import QueryRequest
from eild.web.app import translate_error, watch_requests
from eild.web.frame.assets import asset_path
from eild.web.frame.respond import accept_header, read_wishes
from eild.web.home.discovery import list_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eild.exchange.accounts import Accounts
    from eild.exchange.problems import Problem
    from eild.web.frame.site import Site

FORMS: Final = (media.HTML, media.PLAIN_JSON)
"""Formats of the list."""
_SITEMAPS: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_STYLES: Final = ("site.css", "data.css")


def _environment() -> Environment:
    loader = PackageLoader("eild.web")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def list_rows(sites: Mapping[str, Site], languages: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Return the sites with path, title, description and URL.

    :param languages: the languages in which titles are wanted, the best first
    """
    rows = []
    for path, site in sites.items():
        about = site.publication.about
        wanted = (*languages, *site.usual_languages)
        rows.append(
            {
                "path": f"{path}/",
                "title": about.choose_title(wanted)[0] or site.publication.title,
                "description": about.choose_summary(wanted)[0],
                "url": site.urls.absolute(""),
            }
        )
    return rows


def _send(content: bytes, form: media.Format, cache: str = UNCACHED) -> Response:
    """Return a response; the list of sites has no version of its own, so it has no tag."""
    sites: Mapping[str, Site] = current_app.extensions["eild.sites"]()
    issued = max(site.publication.issued for site in sites.values())
    wishes = Wishes(read_wishes().coding)
    made = make_content(lambda: content, form, wishes, issued, tag="", cache=cache)
    response = Response(made.body)
    response.headers.pop("Content-Type")
    response.headers.update(made.fields)
    return response


def _render(template: str, **values: object) -> bytes:
    """Return a page, with the style sheets of the first site."""
    sites: Mapping[str, Site] = current_app.extensions["eild.sites"]()
    root = "../" * (request.path.count("/") - 1) or "./"
    styles = [f"{root}{next(iter(sites))}/{asset_path(name)}" for name in _STYLES]
    return (
        _environment()
        .get_template(f"{template}.html")
        .render(root=root, styles=styles, program_version=__version__, **values)
        .encode()
    )


def _show_problem(problem: Problem) -> Response:
    form = choose_problem_format(accept_header())
    writers = {media.PROBLEM: render_json, media.TEXT: render_text}
    content = writers[form](problem) if form in writers else _render("siteproblem", problem=problem)
    response = _send(content, form)
    response.status_code = problem.status
    response.headers.update(problem.headers)
    return response


def create_list_app(list_sites: Callable[[], Mapping[str, Site]], accounts: Accounts) -> Flask:
    """Return the application that answers what belongs to none of several sites.

    :param list_sites: returns the sites in service by path, without slashes around
    :param accounts: counts and logs answers
    """
    app = Flask("eild.web.sitelist", static_folder=None)
    app.url_map.merge_slashes = False
    app.extensions["eild.sites"] = list_sites
    watch_requests(app, accounts)

    @app.before_request
    def check_head() -> None:
        g.is_abandoned = None
        if REFUSAL in request.environ:
            raise request.environ[REFUSAL]
        check_request(request.environ)

    @app.after_request
    def set_fields(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Access-Control-Allow-Origin"] = "*"
        if response.mimetype == media.HTML.media_type:
            response.headers["Content-Security-Policy"] = CONTENT_POLICY
        return response

    @app.errorhandler(EildError)
    def answer_failure(error: EildError) -> Response:
        g.failure = error
        return _show_problem(build_problem(error))

    @app.errorhandler(HTTPException)
    def answer_http_error(error: HTTPException) -> Response:
        return _show_problem(translate_error(error))

    _add_pages(app, list_sites)
    _add_operations(app, list_sites, accounts)
    return app


def _add_pages(app: Flask, list_sites: Callable[[], Mapping[str, Site]]) -> None:
    """Add what people and crawlers read: the list, rules for crawlers, and the way to a site."""

    @app.get("/")
    def show() -> Response:
        form = media.select_format(request.args.get("format", ""), accept_header(), FORMS)
        languages = read_accept_language(",".join(request.headers.getlist("Accept-Language")))
        rows = list_rows(list_sites(), languages)
        if form is media.HTML:
            return _send(_render("sitelist", sites=rows), form)
        return _send(json.dumps({"sites": rows}, ensure_ascii=False, indent=1).encode(), form)

    def send_robots() -> Response:
        sites = list_sites()
        rules = [rule for site in sites.values() for rule in list_rules(site)]
        maps = [f"Sitemap: {site.urls.absolute('sitemap.xml')}" for site in sites.values()]
        return _send("\n".join(["User-agent: *", *rules, "", *maps, ""]).encode(), media.TEXT, PUBLIC)

    def send_sitemap() -> Response:
        urls = (site.urls.absolute("sitemap.xml") for site in list_sites().values())
        parts = "\n".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_SITEMAPS}">\n{parts}\n</sitemapindex>\n'
        return _send(text.encode(), media.SITEMAP, PUBLIC)

    app.add_url_rule("/robots.txt", view_func=send_robots)
    app.add_url_rule("/sitemap.xml", view_func=send_sitemap)

    @app.get("/<path:name>")
    def lead(name: str) -> Response:
        if name not in list_sites():
            message = f"there is no site at /{name[:200]}"
            raise NotFoundError(message, hint="start at the list of sites", suggestions=_suggest(list_sites()))
        response = Response(status=308)
        response.headers.pop("Content-Type")
        query = request.query_string.decode("latin-1")
        response.headers["Location"] = f"{name.rpartition('/')[2]}/{'?' if query else ''}{query}"
        response.headers["Cache-Control"] = PUBLIC
        return response


def _add_operations(app: Flask, list_sites: Callable[[], Mapping[str, Site]], accounts: Accounts) -> None:
    """Add what operators ask: whether the server runs and can answer, and what it has done."""

    @app.get("/health/live")
    def live() -> Response:
        return _send(json.dumps({"status": "live"}).encode(), media.PLAIN_JSON)

    @app.get("/health/ready")
    def ready() -> Response:
        problems = {}
        for path, site in list_sites().items():
            try:
                site.engine.evaluate(QueryRequest("ASK {}", results=media.JSON))
            except EildError as error:
                problems[path] = error.message
        status = {"status": "degraded", "sites": problems} if problems else {"status": "ready"}
        response = _send(json.dumps(status).encode(), media.PLAIN_JSON)
        if problems:
            response.status_code = 503
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        versions = (f"{path} {site.publication.version}" for path, site in list_sites().items())
        response = Response(accounts.metrics.render(", ".join(versions)), content_type=CONTENT_TYPE)
        response.headers["Cache-Control"] = UNCACHED
        return response


def _suggest(sites: Mapping[str, Site]) -> tuple[str, ...]:
    return tuple(f"/{path}/" for path in sites)
