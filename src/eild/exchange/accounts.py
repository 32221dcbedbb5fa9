"""Counting and logging of answers, the same for every way that an answer is made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from eild.exchange.metrics import name_outcome
from eild.exchange.requestlog import Record, hash_query

if TYPE_CHECKING:
    from eild.errors import EildError
    from eild.exchange.answer import Note
    from eild.exchange.metrics import Metrics
    from eild.exchange.requestlog import RequestLog

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_NOT_MODIFIED: Final = 304
_FIRST_ERROR: Final = 400
_FIRST_SERVER_ERROR: Final = 500


def name_status(status: int, failure: EildError | None = None) -> str:
    """Return the outcome of a request, one of :data:`eild.exchange.metrics.OUTCOMES`.

    :param status: status code of the answer
    :param failure: the failure that the request met, if any; it says more than the status
    """
    if failure is not None:
        return name_outcome(failure)
    if status >= _FIRST_ERROR:
        return "refused" if status < _FIRST_SERVER_ERROR else "failed"
    return "not_modified" if status == _NOT_MODIFIED else "ok"


class Accounts:
    """Counts each answer and writes its line in the request log.

    :param metrics: counters of this process
    :param log: the request log; None if requests are not logged
    """

    def __init__(self, metrics: Metrics, log: RequestLog | None = None) -> None:
        self.metrics = metrics
        self._log = log
        self.logs = log is not None
        """Whether requests are logged."""

    def enter_many(self, note: Note, method: str, status: int, number: int) -> None:
        """Count answers that were sent from memory in next to no time, and the queries that they answer.

        They were found in the response cache.

        :param note: route, outcome and query of the answer
        :param number: how often it was sent
        """
        outcome = note.outcome if note.is_query else ""
        self.metrics.count_request(note.route, method, status, 0.0, number, outcome=outcome, cache="hit")

    def enter(  # noqa: PLR0913 - what a line of the log has, by name
        self,
        note: Note,
        *,
        method: str,
        path: str,
        status: int,
        size: int | None,
        started: float,
        in_flight: bool = False,
        cache: str = "",
    ) -> None:
        """Count an answer, and the query that it answers, and log the request.

        :param note: route, outcome and query of the answer
        :param path: path of the request, decoded
        :param size: bytes of content that are sent; None if not known before they are sent
        :param started: time at which the request came, by :func:`time.perf_counter`
        :param in_flight: whether the request was counted as in flight, as it no longer is
        :param cache: one of :data:`eild.exchange.metrics.CACHE`; empty if that was counted already
        """
        seconds = time.perf_counter() - started
        # A method that no route has is the client's invention: it must not make a series of its own.
        counted = method if method in _METHODS else "other"
        outcome = note.outcome if note.is_query else ""
        self.metrics.count_request(
            note.route, counted, status, seconds, outcome=outcome, cache=cache, in_flight=in_flight
        )
        if self._log is not None:
            hashed = None if note.query is None else hash_query(note.query)
            self._log.write(Record(method, path, status, round(1000 * seconds, 3), size, hashed, note.outcome))
