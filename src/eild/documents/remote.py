"""Documents about resources of a SPARQL server elsewhere: their triples and names, by queries of this site's own.

What one document needs is asked for together and kept for a few seconds, so that a page makes a handful of queries.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from eild import media, nodes
from eild.documents.index import LABEL_PROPERTIES, REIFIES, Documents
from eild.errors import BackendError, BackendTimeoutError, QueryError
from eild.query.engine import QueryRequest
from eild.query.remote import list_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.query.remote import RemoteEngine

    Node = NamedNode | BlankNode

MOST_INCOMING: Final = 1000
"""How many triples that point to one node a document takes from a server; the rest is for queries."""

_KEEP_SECONDS: Final = 5.0
_BATCH: Final = 100
_COUNT: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_HAS_TERMS: Final = f"ASK {{ ?r {REIFIES} <<( ?s ?p ?o )>> }}"
_NAMING: Final = " ".join(str(term) for term in (*LABEL_PROPERTIES, nodes.RDF.type))


class RemoteDocuments(Documents):
    """The triples of the default graph of a SPARQL server.

    Blank nodes have no name that a later query could use: what is said about them comes with the resource that they
    belong to, one step far, and they have no documents.

    :param engine: what asks the server
    """

    most_incoming = MOST_INCOMING

    def __init__(self, engine: RemoteEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, Node], tuple[float, Sequence[Triple]]] = {}
        self._counted = (0.0, -1)
        self._knows_1_2: bool | None = None

    @property
    def size(self) -> int:
        """The number of triples, counted by the server.

        :raises BackendError: if it is away
        """
        moment, number = self._counted
        if number < 0 or time.monotonic() - moment > _KEEP_SECONDS:
            value = list_rows(self._engine, _COUNT)[0][0]
            number = int(value["value"]) if value else 0
            self._counted = (time.monotonic(), number)
        return number

    def _ask(self, kind: str, node: Node, query: str) -> Sequence[Triple]:
        """Return the triples that a CONSTRUCT query makes, asked anew where the last answer is not fresh."""
        with self._lock:
            moment, found = self._kept.get((kind, node), (0.0, ()))
        if moment and time.monotonic() - moment <= _KEEP_SECONDS:
            return found
        answer = self._engine.evaluate(QueryRequest(query, graph=media.N_TRIPLES))
        found = [quad.triple for quad in parse(answer.body, RdfFormat.N_TRIPLES)]
        self._keep({(kind, node): found})
        return found

    def _keep(self, found: dict[tuple[str, Node], Sequence[Triple]]) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._kept) > _BATCH * _BATCH:
                self._kept.clear()
            for key, triples in found.items():
                self._kept[key] = (now, triples)

    def outgoing(self, node: Node) -> Sequence[Triple]:
        """Return the triples about a node; see :meth:`Documents.outgoing`."""
        return [triple for triple in self.describe(node) if triple.subject == node]

    def describe(self, node: Node) -> list[Triple]:
        """Return the triples about a node, those about blank nodes that it points to, and annotations of the former."""
        if not isinstance(node, NamedNode):
            return []
        made = f"{node} ?p ?o . ?o ?q ?v"
        found = f"{node} ?p ?o OPTIONAL {{ ?o ?q ?v FILTER(isBlank(?o)) }}"
        if self._has_triple_terms():
            annotated = f"?r {REIFIES} <<( {node} ?p ?o )>> . ?r ?t ?u"
            made, found = f"{made} . {annotated}", f"{found} OPTIONAL {{ {annotated} }}"
        return list(self._ask("about", node, f"CONSTRUCT {{ {made} }} WHERE {{ {found} }}"))

    def _has_triple_terms(self) -> bool:
        """Return whether the server knows triple terms, which is asked once: servers of SPARQL 1.1 reject the query.

        :raises EildError: if it answers no query at all
        """
        if self._knows_1_2 is None:
            try:
                self._engine.evaluate(QueryRequest(_HAS_TERMS, results=media.JSON))
                self._knows_1_2 = True
            except BackendTimeoutError:
                raise
            except (QueryError, BackendError):
                self._engine.evaluate(QueryRequest("ASK {}", results=media.JSON))
                self._knows_1_2 = False
        return self._knows_1_2

    def incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node, no more than :data:`MOST_INCOMING`."""
        if not isinstance(node, NamedNode):
            return ()
        query = f"CONSTRUCT {{ ?s ?p {node} }} WHERE {{ ?s ?p {node} }} LIMIT {MOST_INCOMING}"
        return self._ask("to", node, query)

    def knows(self, node: Node) -> bool:
        """Return whether the node occurs; see :meth:`Documents.knows`."""
        if not isinstance(node, NamedNode):
            return False
        return bool(self.outgoing(node)) or bool(self.incoming(node))

    def is_described(self, node: Node) -> bool:
        """Return whether the server names or types the node; see :meth:`Documents.is_described`."""
        return bool(self.naming(node))

    def naming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that name or type a node; see :meth:`Documents.naming`."""
        if not isinstance(node, NamedNode):
            return ()
        query = f"CONSTRUCT {{ {node} ?p ?o }} WHERE {{ VALUES ?p {{ {_NAMING} }} {node} ?p ?o }}"
        return self._ask("names", node, query)

    def prepare(self, nodes: Iterable[Node]) -> None:
        """Ask for the names and types of some nodes together; see :meth:`Documents.prepare`."""
        wanted = [node for node in dict.fromkeys(nodes) if isinstance(node, NamedNode)]
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            values = " ".join(str(node) for node in batch)
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {values} }} VALUES ?p {{ {_NAMING} }} ?s ?p ?o }}"
            answer = self._engine.evaluate(QueryRequest(query, graph=media.N_TRIPLES))
            found: dict[tuple[str, Node], list[Triple]] = {("names", node): [] for node in batch}
            for quad in parse(answer.body, RdfFormat.N_TRIPLES):
                if ("names", quad.subject) not in found:
                    message = "the SPARQL backend of this site returned triples that were not requested"
                    raise BackendError(message, hint="ask the operator to check the backend")
                found["names", quad.subject].append(quad.triple)
            self._keep(dict(found))
