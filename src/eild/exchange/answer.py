"""A complete answer with its validators, and what the application says of it besides.

The application and the server leave each other notes in the WSGI environment, under the names here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from eild.exchange.conditions import is_older, matches_tag, names_tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOTE: Final = "eild.note"
"""Where in the WSGI environment the application leaves its :class:`Note`."""
STARTED: Final = "eild.started"
"""Where in the WSGI environment the application finds when the request came, by :func:`time.perf_counter`."""
FAILURE: Final = "eild.failure"
"""Where in the WSGI environment the application finds the failure of a query that was evaluated already."""
REFUSAL: Final = "eild.refusal"
"""Where in the WSGI environment the application finds why the server refuses the request."""
IS_GONE: Final = "eild.is-gone"
"""Where in the WSGI environment the application finds a function that tells whether the client has disconnected."""
ALONE: Final = "eild.alone"
"""Where in the WSGI environment the server leaves the encoded query of a request that has no other parameter."""
NOT_MODIFIED: Final = "304 NOT MODIFIED"
"""The status of an answer without content for a client that has the content."""

_CONTENT_FIELDS: Final = frozenset(
    {"content-type", "content-length", "content-encoding", "content-security-policy", "last-modified"}
)


_HOLE: Final = "\0"


def render_start(status: str, fields: Sequence[tuple[str, str]]) -> bytes:
    """Return the status line and the fields of an answer, but for the empty line at the end (RFC 9112, section 4).

    :param status: status code and reason
    """
    lines = [f"HTTP/1.1 {status}", *[f"{name}: {value}" for name, value in fields], ""]
    return "\r\n".join(lines).encode("latin-1")


def _read_fields(start: bytes) -> list[tuple[str, str]]:
    """Return the fields of what :func:`render_start` has made."""
    fields = []
    for line in start.decode("latin-1").split("\r\n")[1:-1]:
        name, _, value = line.partition(": ")
        fields.append((name, value))
    return fields


@dataclass(slots=True)
class Note:
    """What the application says of an answer besides the answer.

    :ivar route: the rule that the request came by
    :ivar outcome: one of :data:`eild.exchange.metrics.OUTCOMES`
    :ivar is_query: whether it counts as the outcome of a query
    :ivar query: text of the query; None if the request has none
    """

    route: str
    outcome: str
    is_query: bool = False
    query: str | None = None


class Answer:
    """A complete answer. What is found out of it is found when it is first asked for, and kept.

    :ivar status: status code and reason
    :ivar body: content; None if only its tag is known, because the client had it already
    :ivar note: what else is known of it
    :ivar code: the status code
    :ivar packed: its content, packed (:mod:`eild.exchange.packing`), where that was done already
    :ivar is_held_back: whether other processes get it only if it is asked for again
    :param fields: header fields, among them the length of the content; None if they are in its head
    :param start: its head as sent, where that was rendered already
    """

    __slots__ = (
        "_fields",
        "_modified",
        "_start",
        "_tag",
        "_unmodified",
        "body",
        "code",
        "is_held_back",
        "note",
        "packed",
        "status",
    )

    def __init__(
        self,
        status: str,
        fields: list[tuple[str, str]] | None,
        body: bytes | None,
        note: Note,
        start: bytes | None = None,
    ) -> None:
        self.status = status
        self._fields = fields
        self.body = body
        self.note = note
        self.code = int(status[:3])
        self.packed: bytes | None = None
        self.is_held_back = False
        self._start = start
        self._tag: str | None = None
        self._modified: str | None = None
        self._unmodified: Answer | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Its header fields, among them the length of the content."""
        if self._fields is None:
            self._fields = _read_fields(self.start)
        return self._fields

    @property
    def start(self) -> bytes:
        """Its head as sent, but for what each connection adds."""
        if self._start is None:
            self._start = render_start(self.status, self.fields)
        return self._start

    @property
    def tag(self) -> str:
        """Its entity tag; empty if it has none."""
        if self._tag is None:
            self._tag = self.find("etag")
        return self._tag

    @property
    def modified(self) -> str:
        """Its Last-Modified field; empty if it has none."""
        if self._modified is None:
            self._modified = self.find("last-modified")
        return self._modified

    def make_unmodified(self) -> Answer:
        """Return the answer for a client that has this one already; made once."""
        if self._unmodified is None:
            kept = [pair for pair in self.fields if pair[0].lower() not in _CONTENT_FIELDS]
            note = replace(self.note, outcome="not_modified")
            self._unmodified = Answer(NOT_MODIFIED, kept, b"", note)
        return self._unmodified

    def is_held(self, none_match: str | None, modified_since: str | None) -> bool:
        """Return whether the client has this answer already (RFC 9110, section 13.2.2).

        :param none_match: the If-None-Match field of the request
        :param modified_since: its If-Modified-Since field
        """
        if none_match is None and modified_since is None:
            return False
        if not self.tag or self.code not in {200, 304}:
            return False
        if self.body is None:
            return names_tag(none_match, self.tag)
        if none_match is not None:
            return none_match == self.tag or matches_tag(none_match, self.tag)
        if modified_since is None or not self.modified:
            return False
        return modified_since == self.modified or is_older(modified_since, parsedate_to_datetime(self.modified))

    def find(self, name: str) -> str:
        """Return the value of a header field; an empty string if there is none.

        :param name: in lowercase
        """
        return next((value for key, value in self.fields if key.lower() == name), "")


class Mould:
    """Makes complete answers that differ in tag, content and note alone; all else of their heads is written once.

    :param status: status code and reason
    :param fields: the header fields of one of them, but for the length; of ``ETag`` only the presence counts
    """

    def __init__(self, status: str, fields: Mapping[str, str]) -> None:
        self._status = status
        self._has_tag = "ETag" in fields
        holes = {**fields, "Content-Length": ""}
        if self._has_tag:
            holes["ETag"] = _HOLE
        start = render_start(status, list(holes.items())).removesuffix(b"\r\n")
        self._before, _, self._after = start.partition(_HOLE.encode())

    def make(self, tag: str, body: bytes, note: Note) -> Answer:
        """Return an answer.

        :param tag: its entity tag; means nothing where the fields have none
        """
        tagged = tag.encode("latin-1") if self._has_tag else b""
        start = b"%b%b%b%d\r\n" % (self._before, tagged, self._after, len(body))
        return Answer(self._status, None, body, note, start)
