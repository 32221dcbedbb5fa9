"""What assistants can ask of a dataset: search, descriptions, queries, and claims with their words."""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from eild import media
from eild.access.dataset import Dataset
from eild.access.names import expand
from eild.assistant.records import find_claims, find_credit
from eild.claims import load_claims
from eild.documents.descriptions import build_graph, describe, search_node
from eild.errors import NotFoundError, ResultTooLargeError, UsageError
from eild.query.engine import QueryRequest
from eild.query.results import serialize_triples
from eild.query.text.guard import check_query_text
from eild.query.text.prefixes import supply_prefixes
from eild.search.loading import build_index

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from eild.access.sources import Source
    from eild.assistant.records import Credit
    from eild.config import Settings
    from eild.search.index import SearchIndex

MOST_HITS: Final = 50
"""The number of results of a search, or of claims, that one call returns at most."""

_LABELS: Final = """SELECT DISTINCT ?iri ?name {
  ?iri <http://www.w3.org/2000/01/rdf-schema#label>|<http://www.w3.org/2004/02/skos/core#prefLabel> ?name
  FILTER(isIRI(?iri) && CONTAINS(LCASE(STR(?name)), LCASE(?words))) } ORDER BY STRLEN(?name) ?iri LIMIT """
_FORMATS: Final = (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)


class AssistantTools:
    """The tools over one dataset.

    :param source: where its data come from; its engine bounds queries
    :param settings: limits of queries and results
    """

    def __init__(self, source: Source, settings: Settings) -> None:
        self._source = source
        self._settings = settings
        self.dataset = Dataset(source)

    @cached_property
    def _index(self) -> SearchIndex | None:
        """The full-text index; None of an endpoint, whose labels are searched."""
        if not self._source.version:
            return None
        documents = self._source.documents
        return build_index(documents, load_claims(documents))

    @cached_property
    def _credit(self) -> Credit:
        return find_credit(self.dataset)

    def search(self, words: str, limit: int = 10) -> dict[str, Any]:
        """Find resources by name, definition or words of the text: people, bodies, documents, events, claims, terms.

        :param words: the words to look for; quotation marks keep words together
        :param limit: how many results to return, from 1 to 50
        """
        _check_limit(limit)
        if not words.strip():
            raise UsageError("the words to look for are missing", hint="name what you look for")
        if self._index is None:
            rows = self.dataset.query(f"{_LABELS}{limit + 1}", words=_make_text(words))
            hits = [{"iri": str(row["iri"]), "name": str(row["name"])} for row in rows]
            return {"searched": "labels", "complete": len(hits) <= limit, "results": hits[:limit]}
        found = self._index.search(words, count=limit)
        results = [
            {
                "iri": hit.iri,
                "kind": hit.kind[1],
                "name": hit.name.text,
                **({"words": hit.words.text} if hit.words else {}),
                **({"text": hit.text.text} if hit.text else {}),
                **({"sentence": hit.unit} if hit.unit else {}),
            }
            for hit in found.hits
        ]
        corrected = {"did_you_mean": found.corrected} if found.corrected else {}
        return {"searched": "names, definitions and words", "total": found.total, **corrected, "results": results}

    def describe(self, name: str, page: int = 1) -> str:
        """Return everything that the dataset says about a resource as Turtle, with claims about it and their evidence.

        :param name: an IRI, a prefixed name such as agent:joe-biden, or the exact name of a resource
        :param page: page number of a long description
        """
        documents = self._source.documents
        found = describe(documents, self._resolve(name), page)
        triples = build_graph(documents, found)
        request = QueryRequest("", graph=media.TURTLE)
        prefixes = self.dataset.prefixes
        body = serialize_triples(triples, request, self._settings.result_bytes, prefixes).body.decode()
        more = f"# page {page} of {found.pages}\n" if found.pages > 1 else ""
        return f"{more}{body}"

    def query(self, sparql: str, format: str = "") -> str:  # noqa: A002 - as the parameter of the endpoint is called
        """Return the complete result of a SPARQL 1.1 query: SELECT, ASK, CONSTRUCT or DESCRIBE.

        The prefixes of the dataset need no declaration. Nothing is cut: a result that is too large is an error.

        :param sparql: the query
        :param format: csv, tsv, json or xml for rows, csv by default; ttl, nt, jsonld, rdf, trig or nq for graphs, ttl
            by default
        """
        chosen = media.find_format(format, _FORMATS) if format else None
        if format and chosen is None:
            names = ", ".join(form.name for form in _FORMATS)
            raise UsageError(f"unknown format {format!r:.40}", hint=f"use one of {names}")
        text = check_query_text(sparql, self._settings.query_bytes).text
        supplied = supply_prefixes(text, self.dataset.prefixes)
        rows = chosen if chosen in media.RESULT_FORMATS else None if chosen else media.CSV
        graph = chosen if chosen in media.GRAPH_FORMATS else None if chosen else media.TURTLE
        with supplied.placing():
            answer = self._source.engine.evaluate(QueryRequest(supplied.text, rows, graph))
        if len(answer.body) > self._settings.result_bytes:
            message = f"the result is too large (limit: {self._settings.result_bytes} bytes)"
            raise ResultTooLargeError(message, hint="add LIMIT, or select fewer columns")
        return answer.body.decode()

    def claims(self, who: str, limit: int = 10) -> dict[str, Any]:
        """Return claims by, to or about somebody or something, each with stance, exact words, evidence and citation.

        A claim says what its claimant says. The dataset never says that it is true.

        :param who: an IRI, a prefixed name such as agent:joe-biden, or the exact name of a person, body or thing
        :param limit: how many claims to return, from 1 to 50
        """
        _check_limit(limit)
        iri = self._resolve(who).value
        records, total = find_claims(self.dataset, iri, limit)
        cited = [
            {**asdict(record), "citation": self._credit.cite(record.iri, f"Claim: {record.label}")}
            for record in records
        ]
        return {"about": iri, "total": total, "licence": self._credit.licence, "claims": cited}

    def _resolve(self, name: str) -> NamedNode:
        """Return the resource that a name stands for.

        :raises NotFoundError: if there is none, or the name is that of several
        """
        documents = self._source.documents
        iris = expand(name, self.dataset.prefixes, self._source.base)
        if node := search_node(documents, iris):
            return node
        hits = self.search(name, MOST_HITS)["results"] if name.strip() else []
        same = [hit for hit in hits if hit["name"].casefold() == name.strip().casefold()]
        if len(same) == 1 and (node := search_node(documents, [same[0]["iri"]])):
            return node
        nearest = tuple(f"{hit['name']} <{hit['iri']}>" for hit in (same or hits)[:5])
        nearest = nearest or tuple(f"<{iri}>" for iri in (documents.suggest(iris[0]) if iris else ()))
        if len(same) > 1:
            raise NotFoundError(
                f"{name!r:.100} names several resources", suggestions=nearest, hint="give the IRI of one"
            )
        message = f"the dataset has no resource {name!r:.100}"
        raise NotFoundError(message, suggestions=nearest, hint="did you mean" if nearest else "use the tool search")


def _make_text(words: str) -> object:
    from pyoxigraph import Literal

    return Literal(words.strip())


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_HITS:
        raise UsageError(f"the limit must be from 1 to {MOST_HITS}, not {limit}", hint="ask again with another limit")
