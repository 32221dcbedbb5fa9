"""Validation for programs: one call from data to a report with typed findings.

>>> import eild
>>> report = eild.validate("boats.ttl", "shapes.ttl")                    # doctest: +SKIP
>>> for finding in report.findings:                                     # doctest: +SKIP
...     print(finding.location, finding.severity.value, finding.message)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eild.errors import DataError, ShapesError, UsageError
from eild.validation.formats import FORMATS
from eild.validation.inputs import load_data, load_input
from eild.validation.shapes import Shapes, build_shapes
from eild.validation.validate import validate as validate_graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph

    from eild.validation.findings import Report
    from eild.validation.formats import Sources
    from eild.validation.inputs import Source


def validate(  # noqa: PLR0913 - two sources with their syntax, all but the data optional and by name
    data: Source | Iterable[Source] | None = None,
    shapes: Shapes | Source | Iterable[Source] | None = None,
    *,
    ontology: Source | Iterable[Source] | None = None,
    data_format: str = "",
    shapes_format: str = "",
    engine: str = "auto",
) -> Report:
    """Hold RDF data against SHACL shapes. Nothing is fetched, and nothing changed that is handed over.

    :param data: a path or pattern, a graph of RDFLib, or several of them, which are merged; a text if ``data_format``
        is given; EILD's own data if not given
    :param shapes: likewise; EILD's own shapes if not given
    :param ontology: likewise, files or graphs only: a vocabulary that the data and shapes refer to. It takes part as
        context, and terms in the shapes that it does not know are faults of the shapes
    :param data_format: the syntax of the data if they are a text: ``ttl``, ``jsonld``, ``text/turtle`` …
    :param shapes_format: the syntax of the shapes if they are a text
    :param engine: ``auto``, ``pyshacl`` or ``fast``
    :raises DataError: if data are missing, unreadable or not well-formed
    :raises ShapesError: if the shapes are missing, unreadable, not well-formed or cannot be applied
    :raises UsageError: if the arguments do not fit
    """
    known = load_input(ontology).graph if ontology is not None else None
    applied = shapes if shapes is None or isinstance(shapes, Shapes) else read_shapes(shapes, shapes_format, known)
    if data is None:
        from eild.validation.published import validate_project

        return validate_project(applied, engine=engine)
    if applied is None:
        from eild.validation.project import validate_data

        return validate_data(load_data(data, data_format), ontology=known, engine=engine)
    return validate_graph(load_data(data, data_format), applied, context=known, engine=engine)


def read_shapes(source: Source | Iterable[Source], syntax: str = "", ontology: Graph | None = None) -> Shapes:
    """Return shapes from whatever they are given as, once they are found well-formed.

    :param source: a path or pattern, a graph of RDFLib, a text (if ``syntax`` is given), or several of them
    :param syntax: the syntax of a text
    :param ontology: the vocabulary whose terms the shapes may use; not checked if not given
    :raises ShapesError: if they are missing, unreadable or ill-formed
    """
    try:
        located = load_input(source, syntax)
    except DataError as error:
        raise ShapesError(error.message, location=error.location, hint=error.hint) from error
    return build_shapes(located, ontology=ontology)


def format_report(report: Report, form: str, sources: Sources | None = None) -> str:
    """Return a report as text: what ``eild validate --format`` writes.

    :param report: the report
    :param form: ``text``, ``json``, ``turtle``, ``nt``, ``jsonld``, ``rdf``, ``trig``, ``nq``, ``junit``, ``sarif``,
        ``github`` or ``html``
    :param sources: the texts that the report speaks of, for excerpts; files are read from disk if not given
    :raises UsageError: if there is no such form, or it cannot carry the report
    """
    if form not in FORMATS:
        raise UsageError(f"unknown report format {form!r}", hint=f"use one of {', '.join(FORMATS)}")
    return FORMATS[form](report, sources)
