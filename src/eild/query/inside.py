"""Queries that are cheap for sure, evaluated in the process that asks: no process of its own could pay for itself.

Nobody can end a query here, so only what :mod:`eild.query.cost.cheap` has judged is evaluated; all else is left to the
query processes, where every query has its deadline. Data on disk, on another server or beyond some size are not held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from eild.query.cost.cheap import Judge
from eild.query.cost.statistics import MOST_QUADS
from eild.query.embedded import EmbeddedEngine
from eild.query.text.query import read_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.publication.manifest import Publication
    from eild.query.engine import QueryAnswer, QueryRequest

MOST_BYTES: Final = 2 * 1024 * 1024
"""Bytes of an answer at most, where less is not the limit of all; a larger one is left to the query processes."""


class InsideEngine:
    """A :class:`~eild.query.engine.QueryEngine` for queries that it takes itself to be cheap.

    :param engine: evaluates in this process
    """

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine = engine
        self._judge = Judge(engine.store)
        engine.learn()

    @classmethod
    def load(
        cls, publication: Publication, *, prefixes: Mapping[str, str], result_bytes: int, public_url: str = ""
    ) -> Self | None:
        """Load a publication; nothing where it is not to be held in this process.

        :param prefixes: what Turtle answers may abbreviate and hints propose
        :param result_bytes: the limit of an answer, whatever evaluates it
        :param public_url: where the URLs of the catalogue lead; empty for the base
        :raises DataError: if a dump is missing, damaged or cannot be parsed
        """
        statements = 2 * sum(graph.triples for graph in publication.graphs.values())
        if publication.store or max(statements, publication.triples or 0) > MOST_QUADS:
            return None
        most = min(MOST_BYTES, result_bytes)
        engine = EmbeddedEngine.load(publication, prefixes=prefixes, result_bytes=most, public_url=public_url)
        return cls(engine)

    def share(self, result_bytes: int) -> EmbeddedEngine:
        """Return an engine over the same store that takes every query.

        :param result_bytes: its cap on an answer
        """
        return self._engine.share(result_bytes)

    def takes(self, request: QueryRequest) -> bool:
        """Tell whether a query is cheap for sure; of another dataset than the whole, nothing is known."""
        return (
            not request.default_graphs and not request.named_graphs and self._judge.is_cheap(read_query(request.text))
        )

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer; see :meth:`eild.query.engine.QueryEngine.evaluate`."""
        return self._engine.evaluate(request)

    def close(self) -> None:
        """Let the store go."""
        self._engine.close()
