"""A complete answer with its validators, and what the application says of it besides.

The application and the layer in front of it leave each other notes in the WSGI environment, under the names here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Final

from eild.exchange.conditions import is_older, matches_tag, names_tag

NOTE: Final = "eild.note"
"""Where in the WSGI environment the application leaves its :class:`Note`."""
STARTED: Final = "eild.started"
"""Where in the WSGI environment the application finds when the request came, by :func:`time.perf_counter`."""
FAILURE: Final = "eild.failure"
"""Where in the WSGI environment the application finds the failure of a query that was evaluated already."""
NOT_MODIFIED: Final = "304 NOT MODIFIED"
"""The status of an answer without content for a client that has the content."""

_CONTENT_FIELDS: Final = frozenset(
    {"content-type", "content-length", "content-encoding", "content-security-policy", "last-modified"}
)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer.

    :ivar status: status code and reason
    :ivar fields: header fields, among them the length of the content
    :ivar body: content; None if only its tag is known, because the client had it already
    :ivar note: what else is known of it
    :ivar tag: its entity tag; empty if it has none
    :ivar modified: its Last-Modified field; empty if it has none
    :ivar code: the status code
    """

    status: str
    fields: list[tuple[str, str]]
    body: bytes | None
    note: Note
    tag: str = field(init=False, default="")
    modified: str = field(init=False, default="")
    code: int = field(init=False, default=0)
    _unmodified: list[Answer] = field(init=False, default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the validators from the header fields."""
        found = {name.lower(): value for name, value in self.fields}
        object.__setattr__(self, "tag", found.get("etag", ""))
        object.__setattr__(self, "modified", found.get("last-modified", ""))
        object.__setattr__(self, "code", int(self.status[:3]))

    def make_unmodified(self) -> Answer:
        """Return the answer for a client that has this one already; made once."""
        if not self._unmodified:
            kept = [pair for pair in self.fields if pair[0].lower() not in _CONTENT_FIELDS]
            note = replace(self.note, outcome="not_modified")
            self._unmodified.append(Answer(NOT_MODIFIED, kept, b"", note))
        return self._unmodified[0]

    def is_held(self, none_match: str | None, modified_since: str | None) -> bool:
        """Return whether the client has this answer already (RFC 9110, section 13.2.2).

        :param none_match: the If-None-Match field of the request
        :param modified_since: its If-Modified-Since field
        """
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
