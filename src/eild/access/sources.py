"""Where the data of an open dataset come from: a publication on disk, or the endpoint of another server."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from eild import media
from eild.errors import EildError, UsageError
from eild.publication.manifest import choose_prefixes
from eild.query.engine import QueryRequest
from eild.terms import BASE

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Mapping, Sequence

    from pyoxigraph import Store

    from eild.documents.index import Documents
    from eild.publication.manifest import Publication
    from eild.query.engine import QueryEngine
    from eild.query.remote import RemoteEngine

MOST_BYTES: Final = 1024 * 1024 * 1024
"""The greatest length of a query, and of an answer in bytes."""

_OWN: Final = f"ASK {{ GRAPH <{BASE}graph/ontology> {{ ?s ?p ?o }} }}"
_DECLARED: Final = """SELECT DISTINCT ?prefix ?iri {
  ?any <http://www.w3.org/ns/shacl#declare> ?declaration .
  ?declaration <http://www.w3.org/ns/shacl#prefix> ?prefix ; <http://www.w3.org/ns/shacl#namespace> ?iri }"""


class Source(Protocol):
    """What an open dataset asks of where its data come from."""

    @property
    def title(self) -> str:
        """What the dataset is called."""

    @property
    def version(self) -> str:
        """The version; empty if the data may change at any time."""

    @property
    def base(self) -> str:
        """What paths of resources are below; empty if nothing is known of it."""

    @property
    def is_own(self) -> bool:
        """Whether it is EILD's own dataset as published."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that the dataset knows."""

    @property
    def engine(self) -> QueryEngine:
        """What evaluates queries."""

    @property
    def documents(self) -> Documents:
        """The triples by subject and object."""

    @property
    def files(self) -> Sequence[str] | None:
        """The files to validate; empty for EILD's own data, None if there are none."""

    def read_lines(self) -> bytes | None:
        """Return the default graph as N-Triples, literal for literal; None if a query must ask for it."""

    def make_store(self) -> Store:
        """Return a new store with all graphs.

        :raises UsageError: if the data are elsewhere
        """

    def close(self) -> None:
        """Release what is held."""


class LocalSource:
    """A :class:`Source` on disk.

    :param publication: the files
    :param files: paths of the files that it was made from; empty for EILD's own data, None if it is a store
    :param prefixes: prefixes in addition to those of the publication
    :param stack: what to close with it
    :param engine: what evaluates queries; one in this process if not given
    """

    def __init__(
        self,
        publication: Publication,
        files: Sequence[str] | None,
        prefixes: Mapping[str, str],
        stack: contextlib.ExitStack,
        engine: QueryEngine | None = None,
    ) -> None:
        self._publication = publication
        self._stack = stack
        self._engine = engine
        self.is_own = not publication.foreign
        self.files = files
        self.title = publication.title
        self.version = publication.version
        self.base = publication.base
        self.prefixes: Mapping[str, str] = {**choose_prefixes(publication), **prefixes}

    @cached_property
    def engine(self) -> QueryEngine:
        """What evaluates queries, loaded when the first is asked."""
        if self._engine is not None:
            return self._engine
        from eild.query.embedded import EmbeddedEngine

        engine = EmbeddedEngine.load(self._publication, prefixes=self.prefixes, result_bytes=MOST_BYTES)
        engine.prepare()
        return engine

    @cached_property
    def documents(self) -> Documents:
        """The triples, read when they are first asked for."""
        from eild.documents.index import load_documents

        return load_documents(self._publication)

    def read_lines(self) -> bytes | None:
        """Return the dump; None of a store."""
        return None if self._publication.store else self._publication.read_dump(".nt")

    def make_store(self) -> Store:
        """Return a store in memory; of a store on disk, that store, which cannot be changed."""
        from eild.query.embedded import EmbeddedEngine

        engine = EmbeddedEngine.load(self._publication, prefixes=self.prefixes)
        engine.prepare()
        return engine.store

    def close(self) -> None:
        """Release the store and remove temporary files."""
        if "engine" in self.__dict__:
            self.engine.close()
        self._stack.close()


class RemoteSource:
    """A :class:`Source` behind the endpoint of another server.

    :param engine: what asks it
    :param prefixes: the prefixes that are known of it; None if it is asked for those that it declares
    """

    files: Sequence[str] | None = None
    version = ""
    base = ""

    def __init__(self, engine: RemoteEngine, prefixes: Mapping[str, str] | None) -> None:
        self.engine = engine
        self.title = engine.url
        self._given = prefixes

    @cached_property
    def is_own(self) -> bool:
        """Whether the endpoint holds the graph of EILD's ontology."""
        try:
            return json.loads(self.engine.evaluate(QueryRequest(_OWN, media.JSON)).body)["boolean"] is True
        except EildError:
            return False

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The given prefixes, or those that the data declare (``sh:declare``, SHACL, section 5.2.1), if each is one."""
        if self._given is not None:
            return self._given
        try:
            answer = self.engine.evaluate(QueryRequest(_DECLARED, media.JSON))
        except EildError:
            return {}  # a server that cannot tell: the query that needs one is told by it
        found: dict[str, set[str]] = {}
        for row in json.loads(answer.body)["results"]["bindings"]:
            found.setdefault(row["prefix"]["value"], set()).add(row["iri"]["value"])
        return {prefix: iris.pop() for prefix, iris in sorted(found.items()) if len(iris) == 1}

    @cached_property
    def documents(self) -> Documents:
        """The triples, asked for one resource at a time."""
        from eild.documents.remote import RemoteDocuments

        return RemoteDocuments(self.engine)

    def read_lines(self) -> bytes | None:
        """Return None: a query asks for the graph."""

    def make_store(self) -> Store:
        """Refuse.

        :raises UsageError: always
        """
        message = "the data of an endpoint are in no store here"
        raise UsageError(message, hint="use ds.graph(), or download a dump and open that")

    def close(self) -> None:
        """Close all connections."""
        self.engine.close()
