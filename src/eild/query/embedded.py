"""The embedded engine: a store in the memory of this process."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from eild.errors import DataError, EnvironmentFailure, Location, QueryError, UsageError
from eild.publication.contents import find_catalog_graph, load_catalog
from eild.publication.stores import OpenFiles, open_store_and_list
from eild.query.corrections.correct import (
    AGGREGATES,
    FUNCTIONS,
    Circumstances,
    correct_query,
    needs_functions,
)
from eild.query.corrections.corrector import Corrector
from eild.query.descriptions import Describer
from eild.query.merging import ChosenDataset, find_dataset, merge_graphs, resolve_iris, share_statements
from eild.query.results import serialize_results, serialize_triples
from eild.query.text.mistakes import explain_syntax_error
from eild.query.text.query import Query, read_query
from eild.rdf.kinds import learn_kinds
from eild.rdf.writing import Prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

    from eild.publication.manifest import Publication
    from eild.query.engine import QueryAnswer, QueryRequest
    from eild.rdf.kinds import Kinds

    GraphName = NamedNode | BlankNode | DefaultGraph

DEFAULT_RESULT_BYTES: Final = 64 * 1024 * 1024
"""The cap on an answer where the caller sets none."""

_UNREADABLE: Final = ("IO error", "Corruption")
"""How the engine begins to say that it cannot read a store on disk."""


def _load(store: Store, content: bytes, form: RdfFormat) -> None:
    """Load a dump; blank nodes keep their labels, so that one is the same in every graph."""
    if b"_:" in content:
        store.extend(parse(content, form))
    else:
        store.load(content, form)


def _graphs(iris: tuple[str, ...]) -> list[NamedNode]:
    try:
        return [NamedNode(iri) for iri in iris]
    except ValueError as error:
        message = f"a graph IRI is malformed: {error}"
        raise UsageError(message, hint="use absolute IRIs in default-graph-uri and named-graph-uri") from error


class EmbeddedEngine:
    """A :class:`~eild.query.engine.QueryEngine` that evaluates in this process, without a deadline.

    A store on disk is opened by the process that evaluates, at the latest with its first query: the engine's threads
    would not live on in a copy of a process that had it open. The attribute ``open_files`` tells what it has open then.

    :param store: the loaded store
    :param base: what relative IRIs in queries resolve against
    :param prefixes: what Turtle answers may abbreviate and hints propose
    :param result_bytes: the cap on an answer
    """

    def __init__(
        self,
        store: Store,
        *,
        base: str,
        prefixes: Mapping[str, str],
        result_bytes: int = DEFAULT_RESULT_BYTES,
    ) -> None:
        self.open_files = OpenFiles()
        self._stored: Publication | None = None
        self._store = store
        self._base = base
        self._prefixes = Prefixes(prefixes)
        self._result_bytes = result_bytes
        self._kinds: Mapping[str, Kinds] | None = None
        self._is_on_disk = False
        self._describer = Describer(base)
        self._corrector = Corrector(Circumstances(self.learn, self._list_graphs, self._resolve))

    @classmethod
    def load(
        cls,
        publication: Publication,
        *,
        prefixes: Mapping[str, str],
        result_bytes: int = DEFAULT_RESULT_BYTES,
        public_url: str = "",
    ) -> Self:
        """Load a publication: its N-Triples are the default graph, its N-Quads the named graphs, or open its store.

        The catalogue of EILD's own dataset is a named graph beside them; somebody else's graphs stay theirs.

        :param public_url: where the URLs of the catalogue lead; empty for the base
        :raises DataError: if a dump is missing, damaged or cannot be parsed
        """
        if publication.store:
            engine = cls(Store(), base=publication.base, prefixes=prefixes, result_bytes=result_bytes)
            engine._stored = publication
            engine._is_on_disk = True
            engine._kinds = publication.kinds
            return engine
        store = Store()
        path = publication.folder
        try:
            _load(store, publication.read_dump(".nt"), RdfFormat.N_TRIPLES)
            _load(store, publication.read_dump(".nq"), RdfFormat.N_QUADS)
        except SyntaxError as error:
            message = f"cannot parse a dump: {error.msg}"
            hint = "rebuild it with 'eild build --out DIR'"
            raise DataError(message, location=Location(str(path)), hint=hint) from error
        for info in publication.graphs.values():
            name = BlankNode(info.iri[2:]) if info.iri.startswith("_:") else NamedNode(info.iri)
            store.add_graph(name)
        if not publication.foreign:
            graph = NamedNode(find_catalog_graph(publication))
            store.extend(
                Quad(triple.subject, triple.predicate, triple.object, graph)
                for triple in load_catalog(publication, public_url)
            )
        return cls(store, base=publication.base, prefixes=prefixes, result_bytes=result_bytes)

    def share(self, result_bytes: int) -> Self:
        """Return another engine over the same store in memory.

        :param result_bytes: its cap on an answer
        """
        other = type(self)(self._store, base=self._base, prefixes=self._prefixes, result_bytes=result_bytes)
        other._kinds = self._kinds  # noqa: SLF001 - of the same class
        return other

    @property
    def store(self) -> Store:
        """The store that is asked."""
        return self._store

    def prepare(self) -> None:
        """Open the store on disk, if that is what the engine reads and it is not open yet.

        :raises DataError: if it is damaged
        """
        if self._stored is not None:
            self._store, self.open_files = open_store_and_list(self._stored)
            self._stored = None

    def learn(self) -> Mapping[str, Kinds] | None:
        """Return which kinds of literals the data hold, by predicate.

        A store on disk is not asked: they were noted when it was loaded. None if they were not.
        """
        if self._kinds is None and not self._is_on_disk:
            self._kinds = learn_kinds(self._store)
        return self._kinds

    def _choose_dataset(
        self, request: QueryRequest, query: Query
    ) -> tuple[Store, list[GraphName] | None, list[NamedNode | BlankNode] | None]:
        """Return the store to ask, and its default and named graphs where the store does not decide."""
        if request.default_graphs or request.named_graphs:
            default, named = _graphs(request.default_graphs), _graphs(request.named_graphs)
            chosen: ChosenDataset | None = ChosenDataset(tuple(dict.fromkeys(default)), tuple(named))
        elif query.structure is not None and query.structure.dataset:
            chosen = find_dataset(query, self._base)
        else:
            chosen = None
        if chosen is None:
            return self._store, None, None
        if len(chosen.default) > 1 and share_statements(self._store, chosen.default):
            return merge_graphs(self._store, chosen), [DefaultGraph()], list(chosen.named)
        return self._store, list(chosen.default), list(chosen.named)

    def _list_graphs(self) -> list[str]:
        return [str(name) for name in self._store.named_graphs()]

    def _resolve(self, query: Query, tokens: Sequence[int]) -> list[str]:
        return [str(name) for name in resolve_iris(query, tokens, self._base)]

    def _describe(self, request: QueryRequest) -> list[Triple] | None:
        """Return the descriptions that a query asks for; None if the engine has to find them."""
        if request.default_graphs or request.named_graphs:
            return None
        return self._describer.describe(self._store, read_query(request.text))

    def _ask(self, request: QueryRequest) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return what the engine answers to a query, rewritten where it would be wrong about it as it is."""
        query = read_query(request.text)
        store, default, named = self._choose_dataset(request, query)
        if named is None:
            text = self._corrector.correct(query)
            if text is query.given:  # as of most
                return store.query(text, base_iri=self._base)
        else:
            graphs = [str(name) for name in named]
            text = correct_query(query, Circumstances(self.learn, lambda: graphs, self._resolve))
        if text == query.text:
            return store.query(text, base_iri=self._base, default_graph=default, named_graphs=named)
        ask = partial(store.query, base_iri=self._base, default_graph=default, named_graphs=named)
        functions: dict[str, Any] = {"custom_functions": FUNCTIONS, "custom_aggregate_functions": AGGREGATES}
        try:
            return ask(text, **(functions if needs_functions(text) else {}))
        except SyntaxError as error:
            ask(query.text)  # which says what is wrong with the query as it was given
            message = "the query cannot be rewritten so that this engine evaluates it rightly"
            raise QueryError(message, hint="ask it in simpler parts") from error

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer; see :meth:`eild.query.engine.QueryEngine.evaluate`."""
        if self._stored is not None:
            self.prepare()
        try:
            described = self._describe(request)
            if described is not None:
                return serialize_triples(described, request, self._result_bytes, self._prefixes)
            return serialize_results(self._ask(request), request, self._result_bytes, self._prefixes)
        except SyntaxError as error:
            raise explain_syntax_error(request.text, error, self._prefixes) from error
        except (OSError, ValueError, RuntimeError) as error:
            if str(error).startswith(_UNREADABLE):  # nothing that the query could say is at fault
                message = f"cannot read the data: {str(error)[:300]}"
                hint = "try again; if that fails, load the store again with 'eild load'"
                raise EnvironmentFailure(message, hint=hint) from error
            message = f"cannot evaluate the query: {str(error)[:300]}"
            raise QueryError(message, hint="change the part of the query that the message names") from error

    def close(self) -> None:
        """Let the store go."""
        self._store = Store()
