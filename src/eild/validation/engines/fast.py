"""The fast engine: ``pyshacl-turbo``, which reads shapes as pySHACL does and applies them in compiled code.

It is given graphs that are parsed beforehand: it then reads and loads nothing. Where it is not known to report what
the reference reports, :mod:`eild.validation.engines.routing` takes the reference.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from rdflib import Graph, Literal
from rdflib.namespace import NamespaceManager

from eild.located.statements import Statements
from eild.validation.engines.failures import cannot_apply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

FAST_ENGINE: Final = "pyshacl-turbo"
"""The name of the library, as reports show it."""


def run_fast(data: Graph | Statements, shapes: Graph) -> Graph:
    """Validate a data graph against a shapes graph with pyshacl-turbo, and return the report graph.

    :param data: the data; not changed. Statements are handed over as text, which is a small part of the work
    :param shapes: the shapes; not changed
    :raises ShapesError: if the engine cannot apply the shapes
    """
    import pyshacl_turbo

    applied = Graph(bind_namespaces="none")
    for triple in shapes:
        applied.add(triple)
    compile_shapes: Any = pyshacl_turbo.compile_shapes  # the library does not say its types
    failures = (
        pyshacl_turbo.ReportableRuntimeError,
        pyshacl_turbo.ValidationFailure,
        NotImplementedError,
        RuntimeError,
        ValueError,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pyshacl_turbo.ShapeRecursionWarning)
        try:
            program = compile_shapes(applied, advanced=False)
            _, report, _ = program.validate(_input(data), _normalize_report_literals=False)
        except failures as error:
            raise cannot_apply(str(error.args[0]) if error.args else str(error)) from error
    written = shapes.objects() if isinstance(data, Statements) else (*data.objects(), *shapes.objects())
    return _with_language_tags(report, written)  # in statements all tags are in lower case


def _input(data: Graph | Statements) -> object:
    """Return data as the library takes them; without prefixes, so that messages show full IRIs."""
    from pyshacl_turbo.rdf import Input

    if isinstance(data, Statements):
        return Input(data.text(), "nt", None, {}, {}, preserve_ids=True)
    no_names = NamespaceManager(Graph(bind_namespaces="none"), bind_namespaces="none")
    return Graph(data.store, data.identifier, namespace_manager=no_names)


def _with_language_tags(report: Graph, terms: Iterable[Node]) -> Graph:
    """Return a report with its language tags as the source has them: the engine writes them in lower case."""
    written = {(str(term), tag): term for term in terms if isinstance(term, Literal) and (tag := language_key(term))}
    if not written:
        return report
    restored = Graph(bind_namespaces="none")
    for subject, predicate, obj in report:
        key = (str(obj), (obj.language or "").lower()) if isinstance(obj, Literal) else None
        restored.add((subject, predicate, written.get(key, obj) if key else obj))
    return restored


def language_key(literal: Literal) -> str | None:
    """Return a literal's language tag in lower case if it is not written so, otherwise nothing."""
    tag = literal.language
    return tag.lower() if tag and tag != tag.lower() else None
