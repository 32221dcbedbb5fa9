"""EILD's own shapes, and validation of anybody's data against them.

EILD's ontology and schemes take part as context, so that classes and concepts are known; what is wrong with these
themselves is not reported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rdflib import Graph

from eild.errors import UsageError
from eild.facts.ontology import load_ontology
from eild.located.statements import Statements
from eild.resources import display_path, resource_files
from eild.terms import BASE
from eild.validation.files import load_rdf
from eild.validation.shapes import Shapes, load_shapes
from eild.validation.validate import validate

if TYPE_CHECKING:
    from eild.located import LocatedGraph
    from eild.validation.findings import Report


_OWN: Final = BASE.encode()


def load_project_shapes() -> Shapes:
    """Read EILD's own shapes.

    :raises ShapesError: if they are unparsable or ill-formed
    """
    return load_shapes(display_path(path) for path in resource_files("shapes", "**/*.ttl"))


def validate_data(data: LocatedGraph | Statements, *, ontology: Graph | None = None, engine: str = "auto") -> Report:
    """Validate data against EILD's own shapes.

    :param data: the data
    :param ontology: a vocabulary that takes part as context too
    :param engine: one of :data:`eild.validation.engines.ENGINES`
    :raises ShapesError: if the shapes cannot be applied
    :raises UsageError: if the data have nothing to do with EILD
    """
    if isinstance(data, Statements) and data.parts and not any(_OWN in part.lines for part in data.parts):
        message = "the data do not use EILD's vocabulary, so EILD's shapes say nothing about them"
        raise UsageError(message, hint="name the shapes that the data must conform to: --shapes FILES")
    context = load_project_context()
    if ontology is not None:
        context += ontology
    return leave_out_own_notes(validate(data, load_project_shapes(), context=context, engine=engine))


def leave_out_own_notes(report: Report) -> Report:
    """Return a report without the notes on its shapes: who is held against EILD's shapes cannot change them."""
    return replace(report, notes=tuple(note for note in report.notes if note not in report.shapes.notes))


def load_project_context() -> Graph:
    """Return EILD's ontology and schemes as one graph: what data may refer to."""
    context = Graph(bind_namespaces="none")
    for module in load_ontology().modules.values():
        context += module.graph
    for path in resource_files("data", "concepts/*.ttl"):
        context += load_rdf(path).graph
    return context
