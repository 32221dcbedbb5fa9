"""The SPARQL 1.1 Protocol (W3C Recommendation 2013, section 2) as pure functions: bytes in, a call out.

Parameters are decoded once and strictly: a percent sign that begins no byte, or bytes that are no UTF-8, are told to
the client instead of being replaced.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild import media
from eild.errors import MediaTypeError, MethodError, NotAcceptableError, RequestError, UpdateRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.media import Format
    from eild.query.text.guard import QueryShape

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
"""The methods of the endpoint."""

_BAD_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]*)", re.IGNORECASE)
_CHARSETS: Final = {"", "utf-8", "utf8", "us-ascii"}
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_ALONE: Final = re.compile(r"query=([A-Za-z0-9._~%+*-]+)").fullmatch
_MARK: Final = "\ufeff"
"""A byte order mark, which some editors put before a text."""
_SHOWN: Final = 100


@dataclass(frozen=True)
class Call:
    """What a client asked of the endpoint.

    :ivar query: the query; None if the request has none
    :ivar default_graphs: values of ``default-graph-uri``
    :ivar named_graphs: values of ``named-graph-uri``
    :ivar format: the value of ``format``; empty if there was none
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""


def _decode(part: bytes, what: str) -> str:
    if match := _BAD_ESCAPE.search(part):
        shown = part[match.start() : match.start() + 3].decode("latin-1")
        message = f"invalid percent-encoding in the {what}: {shown!r}"
        raise RequestError(message, hint="encode a literal percent sign as %25")
    # The standard library undoes quoted-printable in C, and percent-encoding differs from that in its sign alone.
    plain = binascii.a2b_qp(part.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"="))
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the {what} is not UTF-8: byte {error.start + 1} of {part[:_SHOWN].decode('latin-1')!r}"
        raise RequestError(message, hint="encode text as UTF-8 before percent-encoding it") from error


def parse_parameters(text: bytes, what: str) -> list[tuple[str, str]]:
    """Return names and values of ``a=b&c=d`` in their order.

    :param text: percent-encoded parameters
    :param what: where they stand, for messages
    :raises RequestError: if an escape is malformed or the bytes are no UTF-8
    """
    pairs = []
    for part in text.split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            pairs.append((_decode(name, what), _decode(value, what)))
    return pairs


def find_query_alone(parameters: str) -> bytes | None:
    """Return the query of parameters that are it alone, encoded as browsers and libraries do; None of any others.

    :param parameters: what follows ``?`` in the URL
    """
    match = _ALONE(parameters)
    return None if match is None else match[1].encode("ascii")


def decode_query(part: bytes) -> str | None:
    """Return a query that is encoded as browsers and libraries do; None if it is malformed.

    :param part: letters, digits, and ``._~%+*-``
    """
    plain = binascii.a2b_qp(part.replace(b"+", b" ").replace(b"%", b"="))
    if len(plain) + 2 * part.count(b"%") != len(part):
        return None  # a percent sign begins no byte: each that does makes one of three
    try:
        return plain.decode("utf-8").removeprefix(_MARK)
    except UnicodeDecodeError:
        return None


def _take_iris(pairs: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    """Return the values of a parameter, each once: a dataset holds a graph or does not."""
    values = tuple(dict.fromkeys(value for key, value in pairs if key == name))
    for value in values:
        if not _IRI.fullmatch(value):
            message = f"{name} must be an absolute IRI, not {value[:_SHOWN]!r}"
            raise RequestError(message, hint="use an IRI such as https://w3id.org/eild/graph/claims")
    return values


def _build_call(pairs: Sequence[tuple[str, str]], direct: str | None = None) -> Call:
    """Return the call that parameters and a query sent directly make.

    :raises RequestError: if there are two queries or a graph IRI is malformed
    :raises UpdateRefusedError: if there is an update
    """
    if any(name == "update" for name, _ in pairs):
        message = "updates are rejected: this endpoint is read-only"
        raise UpdateRefusedError(message, hint="to work on a copy of the data, download a dump from /dumps/")
    queries = [value.removeprefix(_MARK) for name, value in pairs if name == "query"]
    if direct is not None:
        queries.append(direct)
    if len(queries) > 1:
        message = f"the request contains {len(queries)} queries"
        raise RequestError(message, hint="send exactly one 'query', in the URL or in the body")
    formats = [value for name, value in pairs if name == "format"]
    return Call(
        query=queries[0] if queries else None,
        default_graphs=_take_iris(pairs, "default-graph-uri"),
        named_graphs=_take_iris(pairs, "named-graph-uri"),
        format=formats[-1] if formats else "",
    )


def _read_text(body: bytes) -> str:
    """Return a query that was sent directly, without the byte order mark that some editors put before it."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the query is not UTF-8: byte {error.start + 1}"
        raise RequestError(message, hint="send the query encoded as UTF-8") from error


def _find_kind(content_type: str, coding: str) -> str:
    """Return the media type of a body that is UTF-8 and not compressed.

    :raises MediaTypeError: if the body is something else
    """
    if coding.strip().lower() not in {"", "identity"}:
        message = f"unsupported content coding {coding[:_SHOWN]!r}"
        raise MediaTypeError(message, hint="send the body without Content-Encoding")
    charset = _CHARSET.search(content_type)
    if charset and charset[1].lower() not in _CHARSETS:
        raise MediaTypeError(f"unsupported charset {charset[1][:_SHOWN]!r}", hint="send UTF-8")
    return content_type.partition(";")[0].strip().lower()


def _require_query(call: Call) -> Call:
    """Return a call unless it chooses a dataset for a query that is not there.

    :raises RequestError: if it does
    """
    if call.query is None and (call.default_graphs or call.named_graphs):
        message = "the request names graphs but contains no query"
        raise RequestError(message, hint="add the parameter 'query'")
    return call


def parse_call(method: str, query_string: bytes, content_type: str, body: bytes, coding: str = "") -> Call:
    """Return what a request asks of the endpoint.

    Unknown parameters are ignored. Graphs may be named in the URL, in the form or in both. If ``format`` is given more
    than once, the last value counts.

    :param method: the HTTP method
    :param query_string: what follows ``?`` in the URL, still encoded
    :param content_type: the Content-Type field; empty if there was none
    :param body: the body of a POST
    :param coding: the Content-Encoding field; empty if there was none
    :raises RequestError: if the request is malformed
    :raises MethodError: if the method is none of :data:`METHODS`
    :raises MediaTypeError: if the body of a POST is neither a form nor a query
    :raises UpdateRefusedError: if it holds an update
    """
    pairs = parse_parameters(query_string, "URL")
    if method in {"GET", "HEAD"}:
        return _require_query(_build_call(pairs))
    if method != "POST":
        raise MethodError(f"{method} is not allowed here", allowed=METHODS, hint="use GET or POST")
    kind = _find_kind(content_type, coding)
    if kind == FORM:
        call = _build_call([*pairs, *parse_parameters(body, "form")])
    elif kind == QUERY:
        call = _build_call(pairs, _read_text(body))
    elif kind == UPDATE:
        call = _build_call([*pairs, ("update", "")])
    else:
        message = f"unsupported media type {kind[:_SHOWN]!r}" if kind else "the body has no Content-Type"
        raise MediaTypeError(message, hint=f"send {FORM} with 'query', or {QUERY}")
    if call.query is None:
        raise RequestError("the POST request contains no query", hint="send 'query' as a form field")
    return call


def choose_forms(shape: QueryShape, wanted: str, accept: str | None) -> tuple[Format | None, Format | None]:
    """Return the forms for rows and for a graph, of which the query needs one.

    :param shape: what the query is; where its form is unknown both are chosen and one may be nothing
    :param wanted: the ``format`` parameter, which wins over Accept
    :param accept: the Accept field
    :raises NotAcceptableError: if no form that the query can have is acceptable
    :raises UsageError: if ``format`` names no form that the query can have
    """
    rows = (*media.RESULT_FORMATS, media.HTML)
    graph = (*media.GRAPH_FORMATS, media.HTML)
    if shape.makes_graph:
        return None, media.select_format(wanted, accept, graph)
    if shape.form:
        return media.select_format(wanted, accept, rows), None
    chosen: list[Format | None] = []
    for offers in (rows, graph):
        found = media.find_format(wanted, offers) if wanted else None
        if not wanted:
            try:
                found = media.choose_format(accept, offers)
            except NotAcceptableError:
                found = None
        chosen.append(found)
    if not any(chosen):
        media.select_format(wanted, accept, (*rows, *graph))
    return chosen[0], chosen[1]


def list_tag_parts(
    form: Format, query: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return what tells the answer to a query from all others over the same data."""
    return "query", form.name, query, " ".join(default_graphs), " ".join(named_graphs)
