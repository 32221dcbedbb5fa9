"""EILD's own shapes, and validation of anybody's data against them.

EILD's ontology and schemes take part as context, so that classes and concepts are known; what is wrong with these
themselves is not reported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat
from rdflib import Graph

from eild.errors import UsageError
from eild.facts.ontology import load_ontology
from eild.located import LocatedGraph
from eild.located.statements import Statements
from eild.resources import display_path, resource_files, resource_folder
from eild.terms import BASE
from eild.validation.files import load_rdf, parse_rdf
from eild.validation.shapes import Shapes, build_shapes, load_shapes
from eild.validation.validate import validate

if TYPE_CHECKING:
    from eild.validation.findings import Report


_OWN: Final = BASE.encode()


def load_project_shapes(*, for_others: bool = False) -> Shapes:
    """Read EILD's own shapes.

    :param for_others: whether locations are shown to others, to whom folders of this machine mean nothing
    :raises ShapesError: if they are unparsable or ill-formed
    """
    paths = resource_files("shapes", "**/*.ttl")
    if not for_others:
        return load_shapes(map(display_path, paths))
    folder = resource_folder("shapes")
    names = {path: f"shapes/{path.relative_to(folder).as_posix()}" for path in paths}
    parsed = (parse_rdf(path.read_bytes(), RdfFormat.TURTLE, name=name) for path, name in names.items())
    return build_shapes(LocatedGraph().merge(parsed))


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


def leave_out_vacuous(report: Report) -> Report:
    """Return a report without vacuous targets: EILD's shapes speak of records that a project need not have."""
    return replace(report, vacuous=())


def load_project_context() -> Graph:
    """Return EILD's ontology and schemes as one graph: what data may refer to."""
    context = Graph(bind_namespaces="none")
    for module in load_ontology().modules.values():
        context += module.graph
    for path in resource_files("data", "concepts/*.ttl"):
        context += load_rdf(path).graph
    return context
