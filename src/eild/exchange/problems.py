"""The one shape of every error: a problem document (RFC 9457), a page or text, by Accept.

Machine forms stay under two kilobytes and hold no traceback and no path of the server's file system.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from eild import media
from eild.errors import EildError, MethodError, NotAcceptableError

if TYPE_CHECKING:
    from eild.media import Format

MAX_BYTES: Final = 2048
"""The most bytes of a problem document or text."""
RETRY_SECONDS: Final = 5
"""What Retry-After says where waiting helps."""

_WORTH_WAITING: Final = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
_MAX_TEXT: Final = 500
_MAX_LIST: Final = 10
_PARTS: Final = {"query", "data", "shapes"}
"""The parts of a request that lines and columns count in."""
_OFFERS: Final = (media.PROBLEM, media.HTML, media.TEXT)


@dataclass(frozen=True)
class Problem:
    """What went wrong, for people and programs.

    :ivar status: the HTTP status
    :ivar detail: what is wrong
    :ivar hint: what to do
    :ivar line: line in the query or data, 0 if none
    :ivar column: column in the query or data, 0 if none
    :ivar suggestions: names or media types that would do
    :ivar headers: fields that go with the status
    """

    status: int
    detail: str
    hint: str = ""
    line: int = 0
    column: int = 0
    suggestions: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The phrase of the status."""
        return HTTPStatus(self.status).phrase


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def build_problem(error: EildError) -> Problem:
    """Return the problem that an expected failure makes."""
    headers: dict[str, str] = {}
    if isinstance(error, MethodError):
        headers["Allow"] = ", ".join(error.allowed)
    if error.http_status in _WORTH_WAITING:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if error.http_status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        types = error.suggestions or ("application/x-www-form-urlencoded", "application/sparql-query")
        headers["Accept-Post"] = ", ".join(types)
    in_query = error.location if error.location and error.location.path in _PARTS else None
    return Problem(
        status=error.http_status,
        detail=_shorten(error.message),
        hint=_shorten(error.hint),
        line=in_query.line if in_query else 0,
        column=in_query.column if in_query else 0,
        suggestions=tuple(_shorten(item) for item in error.suggestions[:_MAX_LIST]),
        headers=headers,
    )


def choose_problem_format(accept: str | None) -> Format:
    """Return the format of a problem: the best match for Accept, otherwise the problem document."""
    try:
        return media.choose_format(accept, _OFFERS)
    except NotAcceptableError:
        return media.PROBLEM


def render_json(problem: Problem) -> bytes:
    """Return the problem document; if it exceeds the limit, suggestions and hint are dropped."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    extra: dict[str, Any] = {
        "hint": problem.hint,
        "line": problem.line,
        "column": problem.column,
        "suggestions": list(problem.suggestions),
    }
    content.update({name: value for name, value in extra.items() if value})
    for name in ("suggestions", "hint", "detail"):
        text = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        if len(text) <= MAX_BYTES:
            break
        content.pop(name, None)
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def render_text(problem: Problem) -> bytes:
    """Return the problem as lines of text."""
    lines = [f"{problem.status} {problem.title}", problem.detail]
    if problem.line:
        lines.append(f"line {problem.line}, column {problem.column}")
    if problem.hint:
        lines.append(problem.hint)
    lines += problem.suggestions
    text = "\n".join(lines).encode("utf-8", "replace")[: MAX_BYTES - 1]
    return text.decode("utf-8", "ignore").encode() + b"\n"
