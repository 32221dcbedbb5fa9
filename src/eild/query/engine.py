"""What every query engine does: a request for a query in, complete bytes or an expected failure out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.config import Settings
    from eild.media import Format


@dataclass(frozen=True)
class QueryRequest:
    """A query and the forms in which its answer is wanted.

    :ivar text: the query, SPARQL 1.1
    :ivar results: the syntax for SELECT and ASK, or nothing if the client takes none
    :ivar graph: the syntax for CONSTRUCT and DESCRIBE, or nothing if the client takes none
    :ivar default_graphs: IRIs of the graphs whose merge is the default graph
    :ivar named_graphs: IRIs of the named graphs; if both are empty, FROM or the store decides
    :ivar is_abandoned: tells whether nobody waits for the answer any more; engines that can end a query early ask it
    """

    text: str
    results: Format | None = None
    graph: Format | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    is_abandoned: Callable[[], bool] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class QueryAnswer:
    """A complete answer: its syntax and its bytes."""

    format: Format
    body: bytes


@dataclass(frozen=True)
class QueryLimits:
    """What queries may use.

    :ivar timeout: seconds of one query
    :ivar result_bytes: bytes of its result
    :ivar memory: mebibytes of one query beyond the loaded data
    :ivar total_memory: mebibytes of all queries that run at the same time
    """

    timeout: float
    result_bytes: int
    memory: int
    total_memory: int = 768


def query_limits(settings: Settings) -> QueryLimits:
    """Return the limits of one query that the settings make."""
    return QueryLimits(settings.timeout, settings.result_bytes, settings.query_memory, settings.total_memory)


class QueryEngine(Protocol):
    """Answers queries over one version of a dataset."""

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer.

        :raises QueryError: if the query is malformed or too complex
        :raises ResultTooLargeError: if the answer exceeds the limit
        :raises QueryTimeoutError: if the deadline passed
        :raises BusyError: if too many queries are waiting
        :raises NotAcceptableError: if the query is of a kind whose form the client does not take
        """

    def close(self) -> None:
        """Give back what the engine holds."""
