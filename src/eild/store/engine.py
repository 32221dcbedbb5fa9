"""What every query engine does: a request for a query in, complete bytes or an expected failure out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from eild.media import Format


@dataclass(frozen=True)
class QueryRequest:
    """A query and the forms in which its answer is wanted.

    :ivar text: the query, SPARQL 1.1
    :ivar results: the syntax for SELECT and ASK, or nothing if the client takes none
    :ivar graph: the syntax for CONSTRUCT and DESCRIBE, or nothing if the client takes none
    :ivar default_graphs: IRIs of the graphs whose merge is the default graph
    :ivar named_graphs: IRIs of the named graphs; if both are empty, FROM or the store decides
    """

    text: str
    results: Format | None = None
    graph: Format | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class QueryAnswer:
    """A complete answer: its syntax and its bytes."""

    format: Format
    body: bytes


@dataclass(frozen=True)
class QueryLimits:
    """What one query may use: seconds, bytes of result, mebibytes beyond the loaded data."""

    timeout: float
    result_bytes: int
    memory: int


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
