"""Tests of the SPARQL 1.1 Protocol as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild import media
from eild.errors import (
    EildError,
    MediaTypeError,
    MethodError,
    NotAcceptableError,
    RequestError,
    UpdateRefusedError,
    UsageError,
)
from eild.query.text.guard import QueryShape
from eild.web.endpoint.protocol import (
    FORM,
    QUERY,
    UPDATE,
    Call,
    choose_forms,
    decode_query,
    find_query_alone,
    parse_call,
)

CALLS = [
    ("GET", b"query=ASK%20%7B%7D", "", b"", Call("ASK {}")),
    ("GET", b"query=ASK+%7B%7D&format=csv", "", b"", Call("ASK {}", format="csv")),
    ("GET", b"", "", b"", Call(None)),
    ("HEAD", b"query=%C3%A9", "", b"", Call("é")),
    ("GET", b"query=", "", b"", Call("")),
    ("GET", b"&&query=a=b&", "", b"", Call("a=b")),
    ("GET", b"query=%2525", "", b"", Call("%25")),
    (
        "GET",
        b"query=x&default-graph-uri=http://a/&default-graph-uri=http://b/&named-graph-uri=urn:x",
        "",
        b"",
        Call("x", ("http://a/", "http://b/"), ("urn:x",)),
    ),
    ("POST", b"", FORM, b"query=ASK+%7B%7D", Call("ASK {}")),
    ("POST", b"", f"{FORM}; charset=UTF-8", b"query=x&named-graph-uri=http://a/", Call("x", (), ("http://a/",))),
    ("POST", b"default-graph-uri=http://a/", FORM, b"query=x", Call("x", ("http://a/",))),
    ("POST", b"default-graph-uri=http://a/", QUERY, b"ASK {}", Call("ASK {}", ("http://a/",))),
    ("POST", b"", QUERY.upper(), "ASK { ?é ?p ?o }".encode(), Call("ASK { ?é ?p ?o }")),
    ("POST", b"", QUERY, b"a+b%20c", Call("a+b%20c")),
]


@pytest.mark.parametrize(("method", "url", "content_type", "body", "expected"), CALLS)
def test_parse_call_well_formed_request_call(
    method: str, url: bytes, content_type: str, body: bytes, expected: Call
) -> None:
    """Query and dataset are taken from URL, form and body, decoded exactly once."""
    assert parse_call(method, url, content_type, body) == expected


REFUSED = [
    ("GET", b"query=x&query=y", "", b"", RequestError, "2 queries"),
    ("POST", b"query=x", FORM, b"query=y", RequestError, "2 queries"),
    ("POST", b"query=x", QUERY, b"y", RequestError, "2 queries"),
    ("GET", b"query=%", "", b"", RequestError, "invalid percent-encoding"),
    ("GET", b"query=%zz", "", b"", RequestError, "invalid percent-encoding"),
    ("GET", b"query=%C3%28", "", b"", RequestError, "not UTF-8"),
    ("POST", b"", FORM, b"query=\xff", RequestError, "not UTF-8"),
    ("POST", b"", QUERY, b"\xff", RequestError, "not UTF-8"),
    ("POST", b"", FORM, b"", RequestError, "no query"),
    ("GET", b"query=x&default-graph-uri=relative", "", b"", RequestError, "must be an absolute IRI"),
    ("GET", b"query=x&named-graph-uri=", "", b"", RequestError, "must be an absolute IRI"),
    ("GET", b"query=x&named-graph-uri=http://a/%20b", "", b"", RequestError, "must be an absolute IRI"),
    ("GET", b"update=x", "", b"", UpdateRefusedError, "update"),
    ("POST", b"", FORM, b"update=x", UpdateRefusedError, "update"),
    ("POST", b"", UPDATE, b"x", UpdateRefusedError, "update"),
    ("POST", b"", "", b"x", MediaTypeError, "no Content-Type"),
    ("POST", b"", "text/plain", b"x", MediaTypeError, "text/plain"),
    ("POST", b"", f"{QUERY}; charset=iso-8859-1", b"x", MediaTypeError, "iso-8859-1"),
    ("PUT", b"", "", b"", MethodError, "PUT"),
]


@pytest.mark.parametrize(("method", "url", "content_type", "body", "kind", "words"), REFUSED)
def test_parse_call_malformed_request_refused(
    method: str, url: bytes, content_type: str, body: bytes, kind: type[EildError], words: str
) -> None:
    """Whatever the protocol forbids is refused with its own status, reason and hint."""
    with pytest.raises(kind, match=words) as caught:
        parse_call(method, url, content_type, body)
    assert caught.value.hint


@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from([FORM, QUERY, UPDATE, "", "a/b"]))
def test_parse_call_any_bytes_call_or_refusal(url: bytes, body: bytes, content_type: str) -> None:
    """No bytes lead to anything but a call or an expected refusal."""
    status = 200
    try:
        parse_call("POST", url, content_type, body)
    except EildError as error:
        status = error.http_status
    assert status in {200, 400, 403, 415}


SELECT = QueryShape("SELECT", volatile=False)
CONSTRUCT = QueryShape("CONSTRUCT", volatile=False)
UNKNOWN = QueryShape("", volatile=False)

CHOSEN = [
    (SELECT, "", None, (media.JSON, None)),
    (SELECT, "", "text/csv", (media.CSV, None)),
    (SELECT, "csv", "text/html", (media.CSV, None)),
    (SELECT, "", "text/html,*/*;q=0.8", (media.HTML, None)),
    (CONSTRUCT, "", None, (None, media.TURTLE)),
    (CONSTRUCT, "", "application/sparql-results+json, application/rdf+xml;q=0.1", (None, media.RDF_XML)),
    (CONSTRUCT, "trig", None, (None, media.TRIG)),
    (UNKNOWN, "", None, (media.JSON, media.TURTLE)),
    (UNKNOWN, "", "text/turtle", (None, media.TURTLE)),
    (UNKNOWN, "nq", None, (None, media.N_QUADS)),
]


@pytest.mark.parametrize(("shape", "wanted", "accept", "expected"), CHOSEN)
def test_choose_forms_query_kind_forms(
    shape: QueryShape, wanted: str, accept: str | None, expected: tuple[media.Format | None, media.Format | None]
) -> None:
    """Rows and graphs are negotiated among their own forms, and ``format`` wins over Accept."""
    assert choose_forms(shape, wanted, accept) == expected


@pytest.mark.parametrize(
    ("shape", "wanted", "accept", "kind"),
    [
        (SELECT, "", "text/turtle", NotAcceptableError),
        (CONSTRUCT, "", "text/csv", NotAcceptableError),
        (UNKNOWN, "", "image/png", NotAcceptableError),
        (SELECT, "ttl", None, UsageError),
        (CONSTRUCT, "csv", None, UsageError),
        (UNKNOWN, "pdf", None, UsageError),
    ],
)
def test_choose_forms_form_of_other_kind_refused(
    shape: QueryShape, wanted: str, accept: str | None, kind: type[EildError]
) -> None:
    """A form that the kind of query cannot have is refused."""
    with pytest.raises(kind):
        choose_forms(shape, wanted, accept)


ENCODED = st.lists(st.sampled_from(["%", "%4", "%41", "%c3%a9", "%EF%BB%BF", "+", "a", "0", "%0a", "%3d", "~", "%zz"]))


@given(ENCODED.map("".join))
def test_decode_query_is_what_all_parameters_say(text: str) -> None:
    """A query that is read without looking for other parameters is the one that is read with them."""
    parameters = f"query={text}"
    try:
        expected = parse_call("GET", parameters.encode(), "", b"").query
    except RequestError:
        expected = None
    found = find_query_alone(parameters)
    assert found == (text.encode() or None)
    assert (decode_query(found) if found else "") == expected


@pytest.mark.parametrize("more", ["&", "&format=csv", "#", "=", "/", "?", "\u0661", "(", "\n"])
def test_find_query_alone_others_are_left(more: str) -> None:
    """Whatever may be another parameter, or is not encoded as is usual, is left to the reading of all parameters."""
    assert find_query_alone("query=ASK+%7B%7D") == b"ASK+%7B%7D"
    assert find_query_alone(f"query=ASK+%7B%7D{more}") is None
    assert find_query_alone("queries=ASK+%7B%7D") is None
