"""``/sparql``: queries by the SPARQL 1.1 Protocol, the service description, and a form for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_from_bytes

from flask import Response, g, request

from eild import media
from eild.errors import BodyTooLargeError, EildError, NotAcceptableError, UriTooLongError
from eild.exchange.answer import FAILURE
from eild.exchange.content import PUBLIC, UNCACHED
from eild.exchange.problems import build_problem, choose_problem_format
from eild.query.functions import list_extension_functions
from eild.query.text.guard import check_query_text
from eild.rdf.writing import serialize_graph
from eild.web.endpoint import protocol, querypage, service
from eild.web.endpoint.asking import plan_query
from eild.web.frame.respond import accept_header, current_site, make_bodiless, respond, respond_problem
from eild.web.frame.routes import Route, Signposts, SiteSection, Views, always

if TYPE_CHECKING:
    from eild.query.text.guard import QueryShape
    from eild.web.endpoint.protocol import Call
    from eild.web.frame.site import Site

blueprint = Views("sparql", __name__)

_RESULTS: Final = (*media.RESULT_FORMATS, *media.GRAPH_FORMATS, media.HTML)
_DESCRIPTION_FORMS: Final = (*media.GRAPH_FORMATS, media.HTML)


def _check(site: Site, query: str) -> QueryShape:
    """Return the kind of a query; in a URL it is the URL that is too long."""
    try:
        return check_query_text(query, site.settings.query_bytes)
    except BodyTooLargeError as error:
        if request.method == "POST":
            raise
        raise UriTooLongError(error.message, hint="shorten the query; the limit is the same for POST") from error


def _answer_description(site: Site, call: Call) -> Response:
    """Answer a request without a query: a form for browsers, the service description for programs."""
    form = media.select_format(call.format, accept_header(), _DESCRIPTION_FORMS)
    tag = site.make_tag("service", form.name, site.urls.absolute(""), request.args.get("example", ""))
    if form is media.HTML:
        name = request.args.get("example", "")
        query = querypage.find_question(site, name).text if name else querypage.EXAMPLE
        shown = replace(call, query=query)
        return respond(lambda: querypage.render_query_page(site, shown, request.path), form, tag=tag)

    def make() -> bytes:
        triples = service.build_service_description(
            site.catalog,
            site.publication.service or f"{site.publication.base}sparql",
            list_extension_functions(),
            live=site.live,
            triples=site.documents.size if site.live else None,
        )
        return serialize_graph(triples, form, site.prefixes)

    return respond(make, form, tag=tag)


def _answer_query(site: Site, call: Call) -> Response:
    choices = querypage.Choices.read(request.args)
    plan = plan_query(
        site,
        call,
        _check(site, call.query or ""),
        accept_header(),
        is_safe=request.method != "POST",
        is_abandoned=g.get("is_abandoned"),
        page_parts=querypage.list_parts(choices),
    )
    g.form = plan.form
    if FAILURE in request.environ:  # the query was asked already, and is not asked twice
        raise request.environ.pop(FAILURE)
    cache = PUBLIC if plan.cacheable else UNCACHED
    if plan.is_page:

        def render() -> bytes:
            return querypage.render_answer(site, call, plan.request, request.path, choices)

        return respond(render, media.HTML, tag=plan.tag, cache=cache)
    headers = _name_file(request.args.get("download"), plan.form)
    if not plan.cacheable:
        answer = site.engine.evaluate(plan.request)
        return respond(lambda: answer.body, answer.format, cache=cache, headers=headers)
    return respond(
        lambda: site.engine.evaluate(plan.request).body, plan.form, tag=plan.tag, cache=cache, headers=headers
    )


def _name_file(download: str | None, form: media.Format) -> dict[str, str]:
    """Return the field that has browsers save an answer where the request asks for it."""
    return {"Content-Disposition": f'attachment; filename="answer{form.extension}"'} if download else {}


@blueprint.declare(
    Route(
        "/sparql",
        _RESULTS,
        refusals=(403, 413, 414, 415, 422),
        query=("query", "default-graph-uri", "named-graph-uri", "format", "download"),
        methods=("GET", "POST"),
        body="query",
        signposts=Signposts.NONE,
        section=SiteSection("Query", ("doc/queries/",)),
        listed=always,
    )
)
def answer() -> Response:
    """Evaluate a query by the SPARQL 1.1 Protocol; without a query, return the service description or the editor."""
    site = current_site()
    body = request.get_data() if request.method == "POST" else b""
    content_type = request.headers.get("Content-Type", "")
    coding = request.headers.get("Content-Encoding", "")
    call = protocol.parse_call(request.method, request.query_string, content_type, body, coding)
    g.query = call.query
    if call.query is None:
        return _answer_description(site, call)
    try:
        return _answer_query(site, call)
    except EildError as error:
        if isinstance(error, NotAcceptableError) or choose_problem_format(accept_header()) is not media.HTML:
            raise
        g.failure = error
        return respond_problem(
            build_problem(error), lambda problem: querypage.render_failure(site, call, problem, request.path)
        )


@blueprint.declare(
    Route(
        "/sparql/",
        redirects=(308,),
        refusals=(413,),
        methods=("GET", "POST"),
        negotiated=False,
        signposts=Signposts.NONE,
        section="Query",
    )
)
def redirect_to_endpoint() -> Response:
    """Redirect from the path of the endpoint with a trailing slash, keeping method and body."""
    parameters = quote_from_bytes(request.query_string, safe="%&=+;:/?@!$'()*,~-._")
    target = f"../sparql?{parameters}" if parameters else "../sparql"
    return make_bodiless(Response(headers={"Location": target, "Cache-Control": PUBLIC}), 308)
