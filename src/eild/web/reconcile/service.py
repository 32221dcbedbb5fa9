"""``/reconcile``: the service manifest, reconciliation and data extension queries, and a page that explains them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild import media
from eild.errors import BodyTooLargeError, MediaTypeError, RequestError
from eild.reconcile.extension import MOST_EXTENDED, extend
from eild.reconcile.matching import Matcher, list_rows
from eild.reconcile.queries import ReconciliationQuery, read_batch, read_extension
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Views
from eild.web.reconcile.answers import (
    FORMS,
    check_available,
    describe_entity,
    find_language,
    open_schema,
    read_callback,
    respond_json,
)
from eild.web.reconcile.manifest import MOST_QUERIES, build_manifest, list_default_types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.web.frame.site import Site

blueprint = Views("reconcile", __name__)

FORM_TYPES: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
"""Media types of the bodies that a POST may have."""
_FEW: Final = 25


def _is_searchable(site: Site, _path: str) -> bool:
    return not site.live


def _make_matcher(site: Site) -> Matcher:
    return Matcher(
        open_schema(site), site.search_index.get(), site.engine, find_language(site), timeout=site.settings.timeout
    )


def reconcile(site: Site, queries: Mapping[str, ReconciliationQuery]) -> dict[str, Any]:
    """Return the results of a batch of queries, by the keys of the queries.

    :raises BodyTooLargeError: if the batch has more than :data:`MOST_QUERIES` queries
    :raises RequestError: if a query names a type or a property that the data does not have
    :raises QueryTimeoutError: if the batch takes too long
    :raises BusyError: if the search index is still being built
    """
    if len(queries) > MOST_QUERIES:
        message = f"a batch must have at most {MOST_QUERIES} queries, not {len(queries)}"
        raise BodyTooLargeError(message, hint="send the queries in several batches")
    schema = open_schema(site)
    results = _make_matcher(site).match_all(queries)
    return {
        key: {"result": list_rows(result, lambda node: describe_entity(site, schema, node))} for key, result in results
    }


def _read_form(site: Site) -> Mapping[str, str]:
    """Return the parameters of a request, those of the body of a POST included.

    :raises MediaTypeError: if the body is not a form
    """
    if request.method != "POST":
        return request.args
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if request.mimetype not in FORM_TYPES or coding not in {"", "identity"}:
        what = f"media type {request.mimetype[:100]!r}" if request.mimetype else "body without Content-Type"
        message = f"unsupported {what}" if coding in {"", "identity"} else f"unsupported content coding {coding[:50]!r}"
        error = MediaTypeError(message, hint="send 'queries' or 'extend' as a form field")
        error.suggestions = FORM_TYPES
        raise error
    request.max_form_memory_size = site.settings.body_bytes
    return request.form


@dataclass(frozen=True)
class TrialView:
    """What the page shows of a query that somebody tries.

    :ivar text: the name
    :ivar type: identifier of the type; empty for none
    :ivar rows: the candidates, with the path of the page of each
    """

    text: str
    type: str
    rows: Sequence[Mapping[str, Any]]


def _try(site: Site, text: str, kind: str) -> TrialView:
    if not text:
        return TrialView("", kind, ())
    query = ReconciliationQuery(text[:1000], (kind,) if kind else (), "any", _FEW)
    rows = reconcile(site, {"q": query})["q"]["result"]
    return TrialView(text, kind, [{**row, "path": site.urls.link(row["id"])} for row in rows])


def _render(site: Site, trial: TrialView) -> bytes:
    return render_page(
        site,
        "reconcile",
        request.path,
        trial=trial,
        types=list_default_types(open_schema(site)),
        service=site.urls.absolute("reconcile"),
        most_queries=MOST_QUERIES,
    )


@blueprint.declare(
    Route(
        "/reconcile",
        (*FORMS, media.HTML),
        refusals=(404, 413, 415, 422),
        query=("queries", "extend", "callback", "q", "type", "format"),
        methods=("GET", "POST"),
        body="reconcile",
        section="Data",
        listed=_is_searchable,
    )
)
def answer() -> Response:
    """Return the manifest of the reconciliation service, or the results of reconciliation or data extension queries."""
    site = current_site()
    check_available(site)
    form = _read_form(site)
    asked = [name for name in ("queries", "extend") if name in form]
    if len(asked) > 1:
        raise RequestError("the request has both 'queries' and 'extend'", hint="send one of them")
    if not asked and request.method == "POST":
        raise RequestError("the request has neither 'queries' nor 'extend'", hint="send one of them as a form field")
    if not asked:
        return _explain(site)
    text = form[asked[0]]
    if asked[0] == "queries":
        queries = read_batch(text)
        return respond_json(site, lambda: reconcile(site, queries), "queries", text)
    extension = read_extension(text, MOST_EXTENDED)
    return respond_json(site, lambda: extend(open_schema(site), extension), "extend", text)


def _explain(site: Site) -> Response:
    """Return the manifest, or the page for people."""
    if not read_callback() and choose_form((media.PLAIN_JSON, media.HTML)) is media.HTML:
        text, kind = request.args.get("q", "").strip(), request.args.get("type", "").strip()
        tag = site.make_tag("reconcile", "page", text, kind, site.urls.absolute(""))
        trial = _try(site, text, kind)
        return respond(lambda: _render(site, trial), media.HTML, tag=tag)
    return respond_json(site, lambda: build_manifest(site, open_schema(site)), "manifest", site.urls.absolute(""))
