"""Candidates for reconciliation queries: found by name or property, scored, and matched if exactly one is certain.

The search index finds resources by words of their names; all that have the very name are taken in addition, so that
namesakes never go unnoticed. The score is a weighted mean of the similarities of name and properties, from 0 to 100.
A candidate is certain if a name of it is equal except for case and white space, it has the wanted types, all given
values of properties, and is not deprecated. It is a match only if no other candidate is certain.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from eild import media
from eild.documents.thesaurus import Thesaurus
from eild.errors import QueryTimeoutError
from eild.query.engine import QueryRequest
from eild.reconcile.names import NameMatch, compare_names, list_names
from eild.reconcile.queries import EntityValue
from eild.reconcile.terms import has_types, make_node
from eild.reconcile.values import compare_values, read_number
from eild.search.index import MOST_NAMESAKES
from eild.search.kinds import list_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from eild.query.engine import QueryEngine
    from eild.reconcile.queries import Condition, ReconciliationQuery, Value
    from eild.reconcile.terms import Schema
    from eild.search.index import SearchIndex

MOST_FOUND: Final = 50
"""The maximum number of resources with similar names that are scored for one query."""
MOST_WITH_VALUE: Final = 200
"""The maximum number of resources with one value of a property that are scored for one query."""

_MOST_WORDS: Final = 16
_LONGEST_NAME: Final = 300
_NAME_WEIGHT: Final = 2.0
_OF_OTHER_TYPE: Final = 0.8
_LITERALS: Final = """SELECT DISTINCT ?s WHERE {{ ?s {property} ?o FILTER(ISIRI(?s) && ISLITERAL(?o) && {test}) }}
LIMIT {limit}"""


@dataclass(frozen=True)
class Candidate:
    """A resource that a query may mean.

    :ivar node: the resource
    :ivar score: how well it fits, from 0 to 100
    :ivar features: what the score is made of, by name
    :ivar certain: whether it fits in every respect
    """

    node: NamedNode
    score: float
    features: Mapping[str, float | bool]
    certain: bool


@dataclass(frozen=True)
class MatchResult:
    """The candidates for a query.

    :ivar candidates: the candidates, the best first
    :ivar match: the only one that is certain; None if there is no such candidate
    """

    candidates: tuple[Candidate, ...]
    match: Candidate | None = None


@dataclass(frozen=True)
class _Wanted:
    """A query with the terms of the data that it names."""

    query: ReconciliationQuery
    types: tuple[frozenset[str], ...]
    conditions: tuple[tuple[NamedNode, Condition], ...]


@dataclass
class _Found:
    """Resources that a query may mean, and whether there can be no other certain ones."""

    nodes: dict[NamedNode, None]
    complete: bool = True


class Matcher:
    """Finds and scores candidates.

    :param schema: the terms of the dataset, with its triples
    :param index: its search index
    :param engine: evaluates queries for values of properties
    :param language: the language in which a name must be to be certain, unless it has none; empty for any
    :param timeout: the time limit for a batch, in seconds
    """

    def __init__(
        self, schema: Schema, index: SearchIndex, engine: QueryEngine, language: str = "", timeout: float = 5.0
    ) -> None:
        self._schema = schema
        self._documents = schema.documents
        self._index = index
        self._engine = engine
        self._language = language
        self._thesaurus = Thesaurus(schema.documents)
        self._timeout = timeout

    def match_all(self, queries: Mapping[str, ReconciliationQuery]) -> Iterator[tuple[str, MatchResult]]:
        """Yield the candidates for each query of a batch.

        :raises RequestError: if a query names a type or a property that the data does not have
        :raises QueryTimeoutError: if the batch takes too long
        """
        names = {name for query in queries.values() for name in query.types}
        types = {name: self._schema.require_types(name) for name in sorted(names)}  # once, as classes may be large
        wanted = {key: self._understand(query, types) for key, query in queries.items()}
        deadline = time.monotonic() + self._timeout
        for number, (key, query) in enumerate(wanted.items()):
            if time.monotonic() > deadline:
                message = f"the batch timed out after {number} of {len(wanted)} queries (limit: {self._timeout:g} s)"
                raise QueryTimeoutError(message, hint="send fewer queries in one batch")
            yield key, self._match(query)

    def _understand(self, query: ReconciliationQuery, types: Mapping[str, frozenset[str]]) -> _Wanted:
        return _Wanted(
            query,
            tuple(types[name] for name in query.types),
            tuple((self._schema.require_property(item.pid), item) for item in query.conditions),
        )

    def _match(self, wanted: _Wanted) -> MatchResult:
        found = self._find_by_name(wanted) if wanted.query.text.strip() else self._find_by_values(wanted)
        scored = (self._score(node, wanted) for node in found.nodes)
        candidates = sorted(filter(None, scored), key=lambda item: (-item.certain, -item.score, item.node.value))
        certain = [item for item in candidates if item.certain]
        match = certain[0] if len(certain) == 1 and found.complete else None
        ordered = sorted(candidates, key=lambda item: (item is not match, -item.score, item.node.value))
        return MatchResult(tuple(ordered[: wanted.query.limit]), match)

    def _has_types(self, iri: str, wanted: _Wanted) -> bool:
        return has_types(list_types(self._documents, NamedNode(iri)), wanted.types, wanted.query.strict)

    def _find_by_name(self, wanted: _Wanted) -> _Found:
        text = wanted.query.text.strip()
        if (node := self._schema.find(text)) is not None:
            return _Found({node: None})
        namesakes = self._index.list_namesakes(text)
        accept: Callable[[str], bool] | None = None
        if wanted.types:

            def accept(iri: str) -> bool:
                return self._has_types(iri, wanted)

        words = " ".join(text[:_LONGEST_NAME].split()[:_MOST_WORDS])
        similar = self._index.list_named_like(words, MOST_FOUND, accept)
        if accept is not None and wanted.query.strict == "should":
            similar += self._index.list_named_like(words, MOST_FOUND)
        complete = self._index.complete and len(namesakes) < MOST_NAMESAKES
        return _Found(dict.fromkeys(map(NamedNode, (*namesakes, *similar))), complete)

    def _find_by_values(self, wanted: _Wanted) -> _Found:
        found = _Found({})
        for predicate, condition in wanted.conditions:
            nodes: dict[NamedNode, None] = {}
            for value in condition.values:
                nodes |= dict.fromkeys(self._find_with_value(predicate, value))
            found.complete = found.complete and len(nodes) < MOST_WITH_VALUE
            found.nodes |= dict.fromkeys(list(nodes)[:MOST_WITH_VALUE])
        return found

    def _find_with_value(self, predicate: NamedNode, value: Value) -> Iterator[NamedNode]:
        """Yield resources that have a value of a property: first resources as values, by identifier or name."""
        targets: list[str] = []
        if isinstance(value, EntityValue):
            targets = [self._schema.expand(value.id)]
        elif isinstance(value, str) and value.strip():
            targets = [self._schema.expand(value), *self._index.list_namesakes(value)]
        for target in filter(None, targets):
            node = make_node(target)
            if node is not None:
                yield from islice(self._documents.find_subjects(predicate, node), MOST_WITH_VALUE)
        test = _write_test(value)
        query = _LITERALS.format(property=predicate, test=test, limit=MOST_WITH_VALUE)
        answer = self._engine.evaluate(QueryRequest(query, results=media.JSON))
        for row in json.loads(answer.body)["results"]["bindings"]:
            yield NamedNode(row["s"]["value"])

    def _score(self, node: NamedNode, wanted: _Wanted) -> Candidate | None:
        """Return a resource with its score; None if its types exclude it."""
        query, features = wanted.query, dict[str, float | bool]()
        typed = self._has_types(node.value, wanted)
        if not typed and query.strict != "should":
            return None
        parts: list[tuple[float, float]] = []
        exact = True
        if text := query.text.strip():
            name = compare_names(text, list_names(self._documents, node), self._language)
            if self._schema.find(text) == node:
                name = NameMatch(1.0, exact=True)
            features |= {"name_similarity": name.similarity, "name_exact": name.exact}
            parts.append((_NAME_WEIGHT, name.similarity))
            exact = name.exact
        if wanted.types:
            features["type_match"] = typed
        for predicate, condition in wanted.conditions:
            values = self._documents.find_objects(node, predicate)
            fit = compare_values(self._schema, condition.values, values)
            features[f"property:{condition.pid}"] = fit
            parts.append((1.0, fit))
            exact = exact and fit == 1.0
        mean = sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)
        deprecated = self._thesaurus.is_deprecated(node)
        if deprecated:
            features["deprecated"] = True
        score = 100 * mean * (1.0 if typed else _OF_OTHER_TYPE)
        return Candidate(node, round(score, 2), features, certain=exact and typed and not deprecated)


def _write_test(value: Value) -> str:
    """Return the SPARQL expression that is true if ``?o`` is a value that a client gives."""
    if isinstance(value, bool):
        return 'STR(?o) IN ("true", "1")' if value else 'STR(?o) IN ("false", "0")'
    if isinstance(value, int | float):
        return f"?o = {Literal(float(value))}"
    text = value.id if isinstance(value, EntityValue) else value.strip()
    tests = [f"LCASE(STR(?o)) = LCASE({Literal(text)})"]
    number = read_number(text)
    if number is not None:
        tests.append(f"?o = {Literal(number)}")
    return f"({' || '.join(tests)})"


def list_rows(result: MatchResult, describe: Callable[[NamedNode], Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the candidates as the API writes them.

    :param describe: returns name, description and types of a resource
    """
    return [
        {
            "id": item.node.value,
            **describe(item.node),
            "score": item.score,
            "match": item is result.match,
            "features": [{"id": name, "value": value} for name, value in item.features.items()],
        }
        for item in result.candidates
    ]
