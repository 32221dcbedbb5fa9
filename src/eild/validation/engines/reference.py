"""The reference engine: pySHACL, called so that it fetches nothing and leaves the process as it found it.

* Data and shapes are parsed beforehand and handed over as graphs: pySHACL then reads and loads nothing.
* ``owl:imports``, SHACL-JS, advanced features (rules, SPARQL targets) and inference are off.
* pySHACL sets RDFLib's process-wide ``NORMALIZE_LITERALS`` while it loads; it is put back.
* pySHACL has the text of a SPARQL constraint parsed anew for each focus node. The data graph that it gets here keeps
  parsed queries, which takes most of that time away and changes nothing else.
* Queries that would fetch (``SERVICE``, ``FROM``) are refused.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import rdflib
from rdflib import Graph, Literal
from rdflib.namespace import SH, NamespaceManager

from eild.validation.exact.lexical import is_well_formed
from eild.validation.grammar.algebra import parse_translated
from eild.validation.grammar.queries import EngineFailures, cannot_apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.plugins.sparql.sparql import Query
    from rdflib.query import Result
    from rdflib.term import Node

_PREFIX_LINE: Final = re.compile(r"PREFIX (?P<prefix>[^\s:]*): <(?P<namespace>[^<>\s]*)>\n")


def _without_header(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """Part a query from the prefixes that pySHACL puts before it, in an order that differs from run to run."""
    prefixes: dict[str, str] = {}
    end = 0
    while match := _PREFIX_LINE.match(text, end):
        prefixes[match["prefix"]] = match["namespace"]
        end = match.end()
    return tuple(sorted(prefixes.items())), text[end:].removeprefix("\n")


class _PreparedGraph(Graph):
    """A view of a graph whose queries are parsed once."""

    def query(self, query_object: str | Query, *arguments: Any, **options: Any) -> Result:  # noqa: ANN401 - RDFLib's
        """Run a query, parsed or as text, over the graph; a text names all prefixes that it uses."""
        if isinstance(query_object, str):
            query_object = parse_translated(*_without_header(query_object))
        return super().query(query_object, *arguments, **options)


def _judge(node: Node) -> Node:
    """Return a literal of which RDFLib knows whether XML Schema has its lexical form: RDFLib asks Python instead."""
    if not isinstance(node, Literal) or node.datatype is None:
        return node
    ill_typed = not is_well_formed(str(node), str(node.datatype))
    if bool(node.ill_typed) == ill_typed:
        return node
    judged = Literal(str(node), datatype=node.datatype, normalize=False)
    judged._ill_typed = ill_typed  # noqa: SLF001 - RDFLib has no other way to say so
    return judged


@contextmanager
def _process_unchanged() -> Iterator[None]:
    """Put back what pySHACL changes for the whole process."""
    normalize = rdflib.NORMALIZE_LITERALS
    logger = logging.getLogger("pyshacl-validate")
    handlers, level = list(logger.handlers), logger.level
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = normalize
        logger.handlers[:] = handlers
        logger.setLevel(level)


def run_reference(data: Graph, shapes: Graph) -> Graph:
    """Validate a data graph against a shapes graph with pySHACL, and return the report graph.

    :param data: the data; not changed
    :param shapes: an excerpt of the shapes (:mod:`eild.validation.engines.excerpt`); not changed
    :raises ShapesError: if pySHACL cannot apply the shapes
    """
    import pyshacl

    no_names = NamespaceManager(Graph(bind_namespaces="none"), bind_namespaces="none")  # else collected per query
    view = _PreparedGraph(bind_namespaces="none", namespace_manager=no_names)
    for subject, predicate, obj in data:
        view.add((subject, predicate, _judge(obj)))
    applied = Graph(bind_namespaces="none")
    for triple in shapes:
        applied.add(triple)
    with _process_unchanged(), EngineFailures():
        _, report, text = pyshacl.validate(
            view,
            shacl_graph=applied,
            inplace=True,
            inference="none",
            advanced=(None, SH.target, None) in shapes,
            js=False,
            meta_shacl=False,
            do_owl_imports=False,
        )
    if not isinstance(report, Graph):
        raise cannot_apply(text.removeprefix("Validation Failure - "))
    return report
