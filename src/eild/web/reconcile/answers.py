"""What all answers of the reconciliation service have in common: the schema of the data, JSON, and JSONP."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from flask import request

from eild import media
from eild.errors import NotFoundError, RequestError
from eild.exchange.content import PUBLIC, UNCACHED
from eild.languages import LANGUAGE_TAG, WANTED, rank_language
from eild.reconcile.summaries import summarize
from eild.reconcile.terms import Schema
from eild.web.frame.respond import accept_header, respond
from eild.web.frame.views import hide_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Response
    from pyoxigraph import NamedNode

    from eild.reconcile.terms import SchemaTerm
    from eild.web.frame.site import Site

FORMS: Final = (media.PLAIN_JSON, media.JAVASCRIPT)
"""Formats of the answers to programs; JavaScript is for those that name a ``callback``."""

_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_LONGEST_CALLBACK: Final = 200


def check_available(site: Site) -> None:
    """Raise an error if the data cannot be reconciled against.

    :raises NotFoundError: if it is on a remote endpoint
    """
    if site.live:
        message = "reconciliation is not available: the data is on a remote endpoint and may change at any time"
        raise NotFoundError(message, hint="publish a copy of the data with 'eild load' to reconcile against it")


def open_schema(site: Site) -> Schema:
    """Return the types and properties of the data."""
    uses = {(term.kind, term.iri): term.uses for term in site.query_terms if term.kind != "resource"}
    return Schema(site.documents, site.prefixes, uses)


def find_language(site: Site) -> str:
    """Return the language that ``lang`` asks for; an empty string if it asks for none that names of the data have."""
    lang = request.args.get("lang", "")
    known = site.publication.about.languages
    has_names = any(rank_language(tag, (lang,))[0] == 0 for tag in known)
    return lang if site.is_multilingual and LANGUAGE_TAG.fullmatch(lang) and has_names else ""


def write_type(term: SchemaTerm) -> dict[str, str]:
    """Return a type as the API writes it."""
    return {"id": term.iri, "name": term.name}


def describe_entity(site: Site, schema: Schema, node: NamedNode, types: str = "type") -> Mapping[str, Any]:
    """Return name, description and types of a resource as the API writes them; words with a content warning are hidden.

    :param types: name of the member that has the types
    """
    hidden = site.claims.list_warned_words()
    name = " ".join(schema.documents.find_name(node).split()) or node.value
    row: dict[str, Any] = {"name": hide_text(name, hidden)}
    if description := summarize(schema.documents, node):
        row["description"] = hide_text(description, hidden)
    row[types] = [write_type(term) for term in schema.list_types(node)]
    return row


def read_callback() -> str:
    """Return the name of the function that JSONP calls; an empty string if the request names none.

    :raises RequestError: if it is not the name of a function
    """
    name = request.values.get("callback", "")
    if name and (len(name) > _LONGEST_CALLBACK or not _CALLBACK.fullmatch(name)):
        message = f"'callback' must be the name of a JavaScript function, not {name[:50]!r}"
        raise RequestError(message, hint="leave it out, because scripts of other origins may read the response")
    return name


def respond_json(site: Site, make: Callable[[], Any], *parts: str) -> Response:
    """Return JSON, or a call of the function that ``callback`` names with it.

    :param make: makes the value
    :param parts: what tells the response from others of the service; it is cached only if the method is safe
    """
    callback = read_callback()
    form = media.choose_format(accept_header(), (media.JAVASCRIPT if callback else media.PLAIN_JSON,))

    def write() -> bytes:
        text = json.dumps(make(), indent=1)  # ASCII, in which JSON is JavaScript too
        return f"/**/{callback}({text});\n".encode() if callback else f"{text}\n".encode()

    if request.method == "POST":
        return respond(write, form, cache=UNCACHED)
    languages = ",".join(WANTED.get())
    tag = site.make_tag("reconcile", callback, request.args.get("lang", ""), languages, *parts)
    return respond(write, form, tag=tag, cache=PUBLIC)
