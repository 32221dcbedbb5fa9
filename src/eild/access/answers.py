"""The answer to a query: rows as mappings, a graph, or yes or no; and what it can become."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, overload

from pyoxigraph import QueryBoolean, QueryResultsFormat, RdfFormat, parse, parse_query_results

from eild import media
from eild.access.names import Shortener
from eild.access.values import Iri, read_value
from eild.errors import UsageError
from eild.query.engine import QueryRequest
from eild.query.results import serialize_triples
from eild.query.tables import render_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    import polars as pl
    from rdflib import Graph

    from eild.access.values import Value
    from eild.query.engine import QueryAnswer
    from eild.rdf.terms import Term

TRIPLE_COLUMNS: Final = ("subject", "predicate", "object")
"""The columns of a graph, of which each row is a triple."""


class Answer(Sequence["dict[str, Value | None]"]):
    """The complete answer to a query: a sequence of rows, each a mapping from column to value.

    The rows of a graph are its triples. The answer to ASK has no rows: it is true or false itself.

    :ivar columns: the names of the columns; none if the query was ASK
    :ivar boolean: the answer to ASK; None if the query was another
    :ivar is_graph: whether the query was CONSTRUCT or DESCRIBE
    """

    def __init__(self, answer: QueryAnswer, prefixes: Mapping[str, str]) -> None:
        self._body = answer.body
        self._prefixes = prefixes
        self._terms: list[tuple[Term | None, ...]] = []
        self.columns: tuple[str, ...] = ()
        self.boolean: bool | None = None
        self.is_graph = answer.format is media.N_TRIPLES
        if self.is_graph:
            self.columns = TRIPLE_COLUMNS
            quads = parse(answer.body, RdfFormat.N_TRIPLES)
            self._terms = [(quad.subject, quad.predicate, quad.object) for quad in quads]
            return
        found = parse_query_results(answer.body, format=QueryResultsFormat.JSON)
        if isinstance(found, QueryBoolean):
            self.boolean = bool(found)
        else:
            self.columns = tuple(variable.value for variable in found.variables)
            self._terms = [tuple(solution) for solution in found]

    def __bool__(self) -> bool:
        """Return the answer to ASK; of another query, whether there are rows."""
        return bool(self._terms) if self.boolean is None else self.boolean

    def __len__(self) -> int:
        """Return the number of rows.

        :raises UsageError: if the query was ASK
        """
        return len(self.terms)

    @overload
    def __getitem__(self, index: int) -> dict[str, Value | None]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Value | None]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Value | None] | list[dict[str, Value | None]]:
        """Return a row, or several.

        :raises UsageError: if the query was ASK
        """
        found = self.terms[index]
        return [self._make_row(row) for row in found] if isinstance(found, list) else self._make_row(found)

    def _make_row(self, terms: Iterable[Term | None]) -> dict[str, Value | None]:
        values = (None if term is None else read_value(term) for term in terms)
        return dict(zip(self.columns, values, strict=True))

    @property
    def terms(self) -> list[tuple[Term | None, ...]]:
        """The rows as terms of pyoxigraph, in the order of the columns; None where a variable has no value.

        :raises UsageError: if the query was ASK
        """
        if self.boolean is not None:
            raise UsageError("the answer to ASK has no rows", hint="use bool(answer)")
        return self._terms

    def to_dicts(self, *, short_iris: bool = False) -> list[dict[str, Value | None]]:
        """Return the rows as a list of dictionaries, with None where a variable has no value.

        :param short_iris: whether IRIs are abbreviated by the dataset's prefixes, such as ``agent:joe-biden``
        :raises UsageError: if the query was ASK
        """
        rows = self[:]
        if not short_iris:
            return rows
        shorten = Shortener(self._prefixes).shorten
        return [
            {name: shorten(value) if isinstance(value, Iri) else value for name, value in row.items()} for row in rows
        ]

    def to_pandas(self, *, short_iris: bool = False) -> pd.DataFrame:
        """Return the rows as a data frame of pandas, whose columns have the types of their values.

        :param short_iris: whether IRIs are abbreviated by the dataset's prefixes
        :raises UsageError: if the query was ASK, or pandas is not installed
        """
        from eild.access.frames import make_pandas_frame

        return make_pandas_frame(self.columns, self.to_dicts(short_iris=short_iris))

    def to_polars(self, *, short_iris: bool = False) -> pl.DataFrame:
        """Return the rows as a data frame of Polars, whose columns have the types of their values.

        :param short_iris: whether IRIs are abbreviated by the dataset's prefixes
        :raises UsageError: if the query was ASK, or Polars is not installed
        """
        from eild.access.frames import make_polars_frame

        return make_polars_frame(self.columns, self.to_dicts(short_iris=short_iris))

    def graph(self) -> Graph:
        """Return the answer to CONSTRUCT or DESCRIBE as a graph of RDFLib.

        :raises UsageError: if the query was another
        """
        if not self.is_graph:
            raise UsageError("only CONSTRUCT and DESCRIBE return a graph", hint="use the rows, or to_pandas()")
        from eild.access.graphs import make_graph

        return make_graph(self._body, self._prefixes)

    def __str__(self) -> str:
        """Return the answer as text: a table, Turtle, or yes or no."""
        if self.is_graph:
            triples = [quad.triple for quad in parse(self._body, RdfFormat.N_TRIPLES)]
            request = QueryRequest("", graph=media.TURTLE)
            return serialize_triples(triples, request, sys.maxsize, self._prefixes).body.decode().rstrip("\n")
        return render_table(json.loads(self._body), dict(self._prefixes)).rstrip("\n")

    def __repr__(self) -> str:
        """Return what kind of answer it is, and how much of it there is."""
        if self.boolean is not None:
            return f"<Answer: {'yes' if self.boolean else 'no'}>"
        if self.is_graph:
            return f"<Answer: graph of {len(self)} triples>"
        return f"<Answer: {len(self)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """Return the answer as an HTML table, which notebooks show."""
        from eild.access.html import render_html

        if self.boolean is not None:
            return f"<p>{'yes' if self.boolean else 'no'}</p>"
        return render_html(self.columns, self.terms, self._prefixes)

    def __eq__(self, other: object) -> bool:
        """Return whether another answer has the same columns and rows in the same order, or the same yes or no."""
        if not isinstance(other, Answer):
            return NotImplemented
        if self.columns != other.columns or self.boolean != other.boolean:
            return False
        return self.boolean is not None or self.terms == other.terms

    def __hash__(self) -> int:
        """Return a hash that equal answers share."""
        return hash((self.columns, self.boolean, len(self._terms)))
