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
    :ivar fields: header fields, among them the length of the content
    :ivar body: content; None if only its tag is known, because the client had it already
    :ivar note: what else is known of it
    :ivar code: the status code
    :ivar packed: its content, packed (:mod:`eild.exchange.packing`), where that was done already
    :ivar is_held_back: whether other processes get it only if it is asked for again
    :param start: its head as sent, where that was rendered already
    """

    __slots__ = (
        "_modified",
        "_start",
        "_tag",
        "_unmodified",
        "body",
        "code",
        "fields",
        "is_held_back",
        "note",
        "packed",
        "status",
    )

    def __init__(
        self, status: str, fields: list[tuple[str, str]], body: bytes | None, note: Note, start: bytes | None = None
    ) -> None:
        self.status = status
        self.fields = fields
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
        self._fields = [*fields.items(), ("Content-Length", "")]
        names = [name for name, _ in self._fields]
        self._tag_place = names.index("ETag") if "ETag" in names else -1
        if self._tag_place >= 0:
            self._fields[self._tag_place] = ("ETag", _HOLE)
        start = render_start(status, self._fields).removesuffix(b"\r\n")
        self._before, _, self._after = start.partition(_HOLE.encode())

    def make(self, tag: str, body: bytes, note: Note) -> Answer:
        """Return an answer.

        :param tag: its entity tag; means nothing where the fields have none
        """
        fields, length = self._fields.copy(), str(len(body))
        fields[-1] = ("Content-Length", length)
        start = self._before
        if self._tag_place >= 0:
            fields[self._tag_place] = ("ETag", tag)
            start = b"%b%b%b" % (start, tag.encode("latin-1"), self._after)
        return Answer(self._status, fields, body, note, b"%b%b\r\n" % (start, length.encode()))
