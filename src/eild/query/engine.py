"""The interface of query engines: they take a query and return a complete result or raise an expected error."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.config import Settings
    from eild.media import Format


@dataclass(slots=True, unsafe_hash=True)  # as nothing changes one; a frozen one takes three times as long to make
class QueryRequest:
    """A query and the formats of its result.

    :ivar text: the query, SPARQL 1.1
    :ivar results: format for SELECT and ASK; None if the client accepts none
    :ivar graph: format for CONSTRUCT and DESCRIBE; None if the client accepts none
    :ivar default_graphs: IRIs of the graphs whose merge is the default graph
    :ivar named_graphs: IRIs of the named graphs; if both are empty, FROM or the store decides
    :ivar is_abandoned: returns whether the client has disconnected, for engines that can terminate a query early
    """

    text: str
    results: Format | None = None
    graph: Format | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    is_abandoned: Callable[[], bool] | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class QueryAnswer:
    """A complete result.

    :ivar format: its format
    :ivar body: its bytes
    :ivar packed: the same, packed (:mod:`eild.exchange.packing`); None if it is not large, or was not packed yet
    :ivar seconds: how long the engine took, where that was measured
    """

    format: Format
    body: bytes
    packed: bytes | None = field(default=None, compare=False, repr=False)
    seconds: float = field(default=inf, compare=False, repr=False)


@dataclass(frozen=True)
class QueryLimits:
    """The limits of queries.

    :ivar timeout: time limit for a query, in seconds
    :ivar result_bytes: maximum size of its result, in bytes
    :ivar memory: memory limit for a query in MiB, in addition to the loaded data
    :ivar total_memory: memory limit for all running queries, in MiB
    """

    timeout: float
    result_bytes: int
    memory: int
    total_memory: int = 288


def query_limits(settings: Settings) -> QueryLimits:
    """Return the limits of queries from the settings."""
    return QueryLimits(settings.timeout, settings.result_bytes, settings.query_memory, settings.total_memory)


class QueryEngine(Protocol):
    """Evaluates queries on one version of a dataset."""

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete result.

        :raises QueryError: if the query is malformed or too complex
        :raises ResultTooLargeError: if the result exceeds the limit
        :raises QueryTimeoutError: if the query times out
        :raises BusyError: if too many queries are waiting
        :raises NotAcceptableError: if the client accepts no format for the kind of the result
        """

    def close(self) -> None:
        """Release the resources of the engine."""
