"""``/openapi.json``: every route as OpenAPI 3.1, made from the declarations of the views.

Paths, methods and summaries come from the application, limits from its settings, and everything else from what each
view declares (:class:`eild.web.frame.routes.Route`).
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app

from eild import __version__, media
from eild.web.frame.respond import accept_header, current_site, respond
from eild.web.frame.routes import Route, Views, expand_choice, list_routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from werkzeug.routing import Rule

    from eild.web.frame.site import Site

    Json = dict[str, Any]

blueprint = Views("openapi", __name__)


PARAMETERS: Final[dict[str, Json]] = {
    "format": {"schema": {"type": "string"}, "description": "Format of the response. Takes precedence over Accept."},
    "page": {
        "schema": {"type": "integer", "minimum": 1},
        "description": "Page number, from 1, for search results, lists and incoming links.",
    },
    "iri": {"schema": {"type": "string", "format": "iri"}, "required": True, "description": "IRI of a resource."},
    "iri?": {
        "schema": {"type": "string", "format": "iri"},
        "description": "IRI of a resource. If omitted, the dataset.",
    },
    "q": {"schema": {"type": "string", "maxLength": 1000}, "description": "Words to search for, or an IRI."},
    "kind": {"schema": {"type": "string"}, "description": "Kind of the hits, for example claim or person."},
    "stance": {"schema": {"type": "string"}, "description": "Stance of the claims, for example denies."},
    "section": {
        "schema": {"type": "string"},
        "description": "Number of the unit that is the section's heading, for example 000-005.",
    },
    "source": {"schema": {"type": "string", "format": "iri"}, "description": "Speaker or document of the claims."},
    "scheme?": {
        "schema": {"type": "string", "format": "iri"},
        "description": "IRI of a concept scheme. If omitted, the only one, or all.",
    },
    "letter": {"schema": {"type": "string"}, "description": "First letter of the labels to list."},
    "words": {"schema": {"enum": ["", "all"]}, "description": "If set to all, offensive words are shown."},
    "of": {"schema": {"type": "string", "default": "/"}, "description": "Path of a page of this site."},
    "query": {"schema": {"type": "string"}, "description": "A SPARQL 1.1 query."},
    "default-graph-uri": {
        "schema": {"type": "array", "items": {"type": "string", "format": "iri"}},
        "description": "Graph to include in the default graph. Repeatable.",
    },
    "named-graph-uri": {
        "schema": {"type": "array", "items": {"type": "string", "format": "iri"}},
        "description": "Named graph. Repeatable.",
    },
    "queries": {"schema": {"type": "string"}, "description": "A batch of reconciliation queries, as JSON."},
    "extend": {"schema": {"type": "string"}, "description": "A data extension query, as JSON."},
    "callback": {"schema": {"type": "string"}, "description": "JavaScript function to call with the response (JSONP)."},
    "prefix": {"schema": {"type": "string"}, "description": "Start of a name, or an IRI."},
    "cursor": {"schema": {"type": "integer", "minimum": 0}, "description": "Number of suggestions to skip."},
    "type": {"schema": {"type": "string"}, "description": "IRI of a type, or its name with a prefix of the data."},
    "limit": {"schema": {"type": "integer", "minimum": 1}, "description": "Maximum number of properties."},
    "id": {"schema": {"type": "string"}, "required": True, "description": "IRI of a resource."},
    "download": {
        "schema": {"type": "string"},
        "description": "If set to any value, browsers save the response as a file.",
    },
}
"""The parameters in query strings, by name; one that most routes need and some do not has a second row with ``?``."""

_ALWAYS: Final = (400, 431, 502, 503, 504)
_ANY: Final = re.compile(r"<any\(([^)]*)\):(\w+)>")
_VARIABLE: Final = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_FORM: Final = "application/x-www-form-urlencoded"


def _list_names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def expand_rule(rule: str) -> Iterator[tuple[str, list[Json]]]:
    """Yield the path templates of a route with their parameters: fixed words in place of a choice of first words."""
    for text in expand_choice(rule):
        choices = {found[2]: _list_names(found[1]) for found in _ANY.finditer(text)}
        plain = _ANY.sub(r"<\2>", text)
        parameters = []
        for kind, name in _VARIABLE.findall(plain):
            schema: Json = {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string", "minLength": 1}
            if name in choices:
                schema = {"type": "string", "enum": choices[name]}
            parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
        yield _VARIABLE.sub(r"{\2}", plain), parameters


def _describe_problem(status: int) -> Json:
    types = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    types |= {form.content_type: {"schema": {"type": "string"}} for form in (media.HTML, media.TEXT)}
    return {"description": HTTPStatus(status).phrase, "content": types}


def _list_responses(route: Route) -> Json:
    """Return all answers that a view may give, by status."""
    responses: Json = {}
    names = [form if isinstance(form, str) else form.content_type for form in route.forms]
    content: Json = {name: {"schema": {}} for name in names}
    if content:
        responses["200"] = {"description": "the complete response", "content": content}
        responses["304"] = {"description": "not modified: the client has the current version"}
    if 416 in route.refusals:  # noqa: PLR2004 - what takes ranges also answers with parts
        responses["206"] = {"description": "the requested range of the file", "content": content}
    location = {"Location": {"schema": {"type": "string"}, "required": True}}
    for status in route.redirects:
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "headers": location}
    for status in sorted({*_ALWAYS, *route.refusals, *((406,) if route.negotiated else ())}):
        responses[str(status)] = {"description": HTTPStatus(416).phrase} if status == 416 else _describe_problem(status)  # noqa: PLR2004 - RFC 9110 gives it no content here
    return responses


def _describe_form(required: str, *names: str) -> Json:
    fields = {name: PARAMETERS.get(name, {}).get("schema", {"type": "string"}) for name in (required, *names)}
    return {"schema": {"type": "object", "required": [required], "properties": fields}}


def _describe_query(limit: int) -> Json:
    """Return what may be sent to the endpoint (SPARQL 1.1 Protocol, section 2.1)."""
    form = _describe_form("query", "default-graph-uri", "named-graph-uri", "format")
    return {_FORM: form, "application/sparql-query": {"schema": {"type": "string", "maxLength": limit}}}


def _describe_data(limit: int) -> Json:
    """Return what may be sent to be validated: RDF, or a form with data and shapes."""
    form = _describe_form("data", "shapes", "data-syntax", "shapes-syntax", "format")
    text = {"schema": {"type": "string", "maxLength": limit}}
    return {_FORM: form, "multipart/form-data": form, **{rdf.media_type: text for rdf in media.GRAPH_FORMATS}}


def _describe_reconciliation(_limit: int) -> Json:
    """Return what may be sent to be reconciled: a form with queries, or with a data extension query."""
    fields = {name: PARAMETERS[name]["schema"] for name in ("queries", "extend", "callback")}
    one = [{"required": ["queries"]}, {"required": ["extend"]}]
    form = {"schema": {"type": "object", "properties": fields, "oneOf": one}}
    return {_FORM: form, "multipart/form-data": form}


BODIES: Final[dict[str, Callable[[int], Json]]] = {
    "query": _describe_query,
    "data": _describe_data,
    "reconcile": _describe_reconciliation,
}
"""What a POST may send, by name, for the most bytes that it may have."""


def _describe_operation(app: Flask, site: Site, rule: Rule, method: str, path: list[Json]) -> Json:
    route, view = list_routes(app)[rule.endpoint], app.view_functions[rule.endpoint]
    query = [{"name": name.rstrip("?"), "in": "query", **PARAMETERS[name]} for name in route.query]
    if method == "post":
        query = []
    operation: Json = {
        "summary": (view.__doc__ or rule.endpoint).partition("\n")[0],
        "tags": [rule.endpoint.partition(".")[0]],
        "parameters": [*path, *query],
        "responses": _list_responses(route),
    }
    if method == "post" and route.body:
        limit = site.settings.query_bytes if route.body == "query" else site.settings.body_bytes
        operation["requestBody"] = {"required": True, "content": BODIES[route.body](limit)}
    return operation


def build_description(app: Flask, site: Site) -> Json:
    """Return the OpenAPI 3.1 description of an application's routes.

    :param site: what it serves, for its URL, version and limits
    """
    paths: dict[str, Json] = {}
    rules: Iterable[Rule] = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    for rule in rules:
        for template, parameters in expand_rule(rule.rule):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                operation = _describe_operation(app, site, rule, method.lower(), parameters)
                paths.setdefault(template, {})[method.lower()] = operation
    text = {"type": "string"}
    properties = {
        **dict.fromkeys(("type", "title", "detail", "hint"), text),
        **{name: {"type": "integer"} for name in ("status", "line", "column")},
        "suggestions": {"type": "array", "items": text},
    }
    problem = {"type": "object", "required": ["type", "title", "status"], "properties": properties}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": site.publication.title,
            "version": __version__,
            "description": "Read-only API. HEAD works wherever GET does, and OPTIONS lists the methods. Every response "
            "states the version of the data in EILD-Dataset-Version.",
            "contact": {"url": site.urls.absolute("contact")},
        },
        "servers": [{"url": site.urls.absolute("").rstrip("/")}],
        "paths": paths,
        "components": {"schemas": {"Problem": problem}},
    }


@blueprint.declare(Route("/openapi.json", (media.OPENAPI,)))
def describe() -> Response:
    """Return the OpenAPI description of all routes."""
    site = current_site()
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - its documented use
    form = media.choose_format(accept_header(), (media.OPENAPI,))
    limits = (str(site.settings.query_bytes), site.urls.absolute(""))
    tag = site.make_tag("openapi", *limits)
    return respond(lambda: json.dumps(build_description(app, site), indent=1).encode(), form, tag=tag)
