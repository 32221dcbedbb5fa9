"""The forms of a report: one function per form, from report to text. The same report gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from eild import media
from eild.validation.formats.github import format_github
from eild.validation.formats.json import format_json, load_json_schema
from eild.validation.formats.rdf import RdfReport
from eild.validation.formats.sarif import format_sarif
from eild.validation.formats.sources import Sources
from eild.validation.formats.text import format_text

if TYPE_CHECKING:
    from eild.validation.findings import Report


class ReportFormat(Protocol):
    """Writes a report in one form."""

    def __call__(self, report: Report, sources: Sources | None = None, /) -> str:
        """Return the report as text.

        :param report: the report
        :param sources: the files that it speaks of, for excerpts
        :raises UsageError: if the form cannot carry the report
        """


def format_html(report: Report, sources: Sources | None = None, /) -> str:
    """Return a report as HTML; templates are loaded only then."""
    from eild.validation.formats import html

    return html.format_html(report, sources)


def format_junit(report: Report, sources: Sources | None = None, /) -> str:
    """Return a report as JUnit XML; the XML library is loaded only then."""
    from eild.validation.formats import junit

    return junit.format_junit(report, sources)


FORMATS: Final[dict[str, ReportFormat]] = {
    "text": format_text,
    "json": format_json,
    "turtle": RdfReport(media.TURTLE),
    "nt": RdfReport(media.N_TRIPLES),
    "jsonld": RdfReport(media.JSON_LD),
    "rdf": RdfReport(media.RDF_XML),
    "trig": RdfReport(media.TRIG),
    "nq": RdfReport(media.N_QUADS),
    "junit": format_junit,
    "sarif": format_sarif,
    "github": format_github,
    "html": format_html,
}
"""The forms by the names that the command line knows."""

__all__ = ["FORMATS", "ReportFormat", "Sources", "format_text", "load_json_schema"]
