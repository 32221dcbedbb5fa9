"""``/validate``: data, and shapes if there are any, in by POST; a validation report out; a page to try it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Response, g, request
from markupsafe import Markup

from eild import media
from eild.errors import MediaTypeError, RequestError
from eild.exchange.content import UNCACHED
from eild.web.frame.pages import render_page
from eild.web.frame.respond import accept_header, current_site, respond
from eild.web.frame.routes import Route, Views
from eild.web.validate.jobs import FRAGMENT, Job
from eild.web.validate.service import get_service

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

    from eild.media import Format
    from eild.web.frame.site import Site

blueprint = Views("validate", __name__)

FORM_TYPES: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
"""Media types of forms, with the fields or files ``data`` and ``shapes``."""
ACCEPTED: Final = (*(form.media_type for form in media.GRAPH_FORMATS), *FORM_TYPES)
"""Media types that a POST may have."""

_FORM_NAMES: Final = {"ttl": "turtle", "txt": "text"}
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]*)", re.IGNORECASE)
_SHOWN: Final = 100


@dataclass(frozen=True)
class Part:
    """Data or shapes as they were sent.

    :ivar content: the bytes
    :ivar syntax: name or media type of the syntax; empty if it is to be guessed
    """

    content: bytes
    syntax: str = ""


@blueprint.declare(
    Route(
        "/validate",
        media.REPORT_FORMATS,
        refusals=(413, 415, 422),
        query=("format",),
        methods=("GET", "POST"),
        body="data",
        section="Data",
    )
)
def answer() -> Response:
    """Return the validation page, or validate data and return the report."""
    site = current_site()
    if request.method != "POST":
        tag = site.make_tag("validate")
        return respond(lambda: _render(site), media.HTML, tag=tag)
    wanted = request.args.get("format", "")
    data, shapes = _read_parts(site)
    wanted = wanted or (request.form.get("format", "") if _is_form() else "")
    form = media.select_format(wanted, accept_header(), media.REPORT_FORMATS)
    job = Job(
        data_syntax=data.syntax,
        shapes_syntax=shapes.syntax if shapes else "",
        own_shapes=shapes is None,
        form=FRAGMENT if form is media.HTML else _FORM_NAMES.get(form.name, form.name),
        timeout=site.settings.validate_timeout,
        memory=site.settings.validate_memory,
        report_bytes=site.settings.result_bytes,
    )
    service = get_service(site.settings.validate_workers)
    outcome, report = service.validate(job, data.content, shapes.content if shapes else b"", g.get("is_abandoned"))
    headers = {"EILD-Conforms": str(outcome["conforms"]).lower(), "EILD-Engine": outcome["engine"]}
    if form is media.HTML:
        shown = {
            "report": Markup(report.decode("utf-8")),  # noqa: S704 - written by a template that escapes
            "data": _show(data),
            "shapes": _show(shapes),
        }
        return respond(lambda: _render(site, **shown), form, cache=UNCACHED, headers=headers)
    return respond(lambda: report, form, cache=UNCACHED, headers=headers)


def _render(site: Site, **values: Any) -> bytes:  # noqa: ANN401 - template values
    shown: dict[str, Any] = {"report": "", "data": "", "shapes": "", **values}
    limit = f"{site.settings.body_bytes // 1024} KiB"
    forms = [(form.name, form.label) for form in media.REPORT_FORMATS if form is not media.HTML]
    return render_page(site, "validate", request.path, limit=limit, report_forms=forms, **shown)


def _show(part: Part | None) -> str:
    return part.content.decode("utf-8", "replace") if part else ""


def _is_form() -> bool:
    return request.mimetype in FORM_TYPES


def _refuse(message: str, hint: str) -> MediaTypeError:
    error = MediaTypeError(message, hint=hint)
    error.suggestions = ACCEPTED
    return error


def _read_parts(site: Site) -> tuple[Part, Part | None]:
    """Return the data of a request, and its shapes if it has any.

    :raises MediaTypeError: if it has a media type, charset or coding that is not understood
    :raises RequestError: if it has no data
    """
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in {"", "identity"}:
        raise _refuse(f"unsupported content coding {coding[:_SHOWN]!r}", "send the body without Content-Encoding")
    kind = request.mimetype
    _check_charset(request.headers.get("Content-Type", ""))
    if _is_form():
        request.max_form_memory_size = site.settings.body_bytes
        data, shapes = _read_field("data"), _read_field("shapes")
        if data is None:
            raise RequestError("the form contains no data", hint="send the data as the field or file 'data'")
        return data, shapes
    form = media.find_format(kind, media.GRAPH_FORMATS) if kind else None
    if form is None:
        message = f"unsupported media type {kind[:_SHOWN]!r}" if kind else "the body has no Content-Type"
        raise _refuse(message, "send RDF, or a form with 'data' and 'shapes'")
    content = request.get_data(cache=False)
    if not content.strip():
        raise RequestError("the request contains no data", hint="send RDF as the body")
    return Part(content, form.name), None


def _check_charset(content_type: str) -> None:
    charset = _CHARSET.search(content_type)
    if charset and charset[1].lower() not in {"", "utf-8", "utf8", "us-ascii"}:
        raise _refuse(f"unsupported charset {charset[1][:_SHOWN]!r}", "send UTF-8")


def _read_field(name: str) -> Part | None:
    """Return a file or field of a form; a field that is empty counts as not there, for browsers send it so.

    Its syntax is what ``<name>-syntax`` says, else the type or the ending of the file's name, else it is guessed.
    """
    syntax = request.form.get(f"{name}-syntax", "").strip()
    if syntax and media.find_format(syntax, media.GRAPH_FORMATS) is None:
        names = ", ".join(form.name for form in media.GRAPH_FORMATS)
        raise RequestError(f"unknown {name}-syntax {syntax[:_SHOWN]!r}", hint=f"use one of {names}")
    for file in request.files.getlist(name):
        content = file.read()
        if content.strip():
            return Part(content, syntax or _find_syntax(file))
    text = request.form.get(name, "")
    return Part(text.encode("utf-8", "replace"), syntax) if text.strip() else None


def _find_syntax(file: FileStorage) -> str:
    """Return the syntax that a file says it has; empty if it does not say."""
    found: Format | None = media.find_format(file.mimetype, media.GRAPH_FORMATS) if file.mimetype else None
    _, dot, ending = (file.filename or "").rpartition(".")
    if found is None and dot:
        found = media.find_format(ending, media.GRAPH_FORMATS)
    return found.name if found else ""
