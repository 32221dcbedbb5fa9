"""The W3C test suites of the RDF 1.1 and 1.2 syntaxes, through the reading and writing that every command shares.

The suites are not part of the project. ``EILD_SUITES`` names their folder; the summary says how many tests ran, or
that the folder is absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.conformance import PAGE, write_table
from benchmarks.suites import FOLDERS, canonicalize, find_suites, load_tests
from pyoxigraph import DefaultGraph, Literal, Quad, Triple

from eild import media
from eild.errors import NotAcceptableError
from eild.rdf.reading import read_bytes
from eild.rdf.syntaxes import RDF_FORMATS
from eild.rdf.writing import serialize_graph, serialize_quads

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.suites import SyntaxTest

    Record = Callable[[str, object], None]

FEWEST = {"rdf11": 60, "rdf12": 25}
"""The least number of tests in a folder, so that a filter cannot empty one unseen."""
SUITES = find_suites()
needs_suites = pytest.mark.skipif(SUITES is None, reason="the W3C suites are absent: set EILD_SUITES to their folder")


def load(folder: str) -> list[SyntaxTest]:
    """Return the tests of a folder."""
    assert SUITES is not None
    tests = load_tests(SUITES / folder)
    assert len(tests) >= FEWEST[folder.split("/")[1]]
    return tests


@needs_suites
@pytest.mark.parametrize("folder", FOLDERS)
def test_suite_is_read_as_it_says(folder: str, record_property: Record) -> None:
    """Well-formed documents give the statements that the suite gives, malformed ones are refused."""
    tests = load(folder)
    record_property("w3c_tests", len(tests))
    assert [failure for test in tests if (failure := test.find_failure())] == []


@needs_suites
@pytest.mark.parametrize("folder", FOLDERS)
def test_suite_is_written_and_read_again(folder: str) -> None:
    """What was read is written in every syntax that has a way to, and read again as the same statements."""
    for test in load(folder):
        if test.is_negative:
            continue
        quads = test.read()
        for form in media.GRAPH_FORMATS:
            if not form.quads and any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads):
                continue
            try:
                if form.quads and form is not media.JSON_LD:
                    content = serialize_quads(quads, form, {})
                else:
                    content = serialize_graph([quad.triple for quad in quads], form, {"": "http://a.example/"})
            except NotAcceptableError:
                content = b""
            assert bool(content) or must_be_refused(quads, form) or not quads, f"{test.name} as {form.label}"
            if not content:
                continue
            again, _ = read_bytes(content, RDF_FORMATS[form.name], name=test.name)
            expected = quads if form.quads and form is not media.JSON_LD else [strip(quad) for quad in quads]
            assert canonicalize(again) == canonicalize(expected), f"{test.name} as {form.label}"


def strip(quad: Quad) -> Quad:
    """Return a statement without its graph."""
    return Quad(quad.subject, quad.predicate, quad.object)


def must_be_refused(quads: list[Quad], form: media.Format) -> bool:
    """Return whether a syntax has no way to write statements: JSON-LD triple terms, XML some characters and names."""
    if form is media.JSON_LD:
        return any(isinstance(quad.object, Triple) for quad in quads)
    signs = {sign for quad in quads for sign in find_text(quad)}
    no_name = any(not quad.predicate.value[-1:].isalnum() or has_no_name(quad) for quad in quads)
    return form is media.RDF_XML and (no_name or any(ord(sign) < 32 or sign in "\ufffe\uffff" for sign in signs))


def find_text(quad: Quad) -> str:
    """Return the text of the literals of a statement."""
    term = quad.object
    while isinstance(term, Triple):
        term = term.object
    return term.value if isinstance(term, Literal) else ""


def has_no_name(quad: Quad) -> bool:
    """Return whether a predicate ends in digits only, with no letter that an element name could begin with."""
    predicates, term = [quad.predicate.value], quad.object
    while isinstance(term, Triple):
        predicates.append(term.predicate.value)
        term = term.object
    return any(not any(sign.isalpha() for sign in iri.rpartition("/")[2]) for iri in predicates)


@needs_suites
def test_page_has_the_figures_of_the_command() -> None:
    """The documentation says how many tests there are and how many pass."""
    assert SUITES is not None
    assert write_table(SUITES) in PAGE.read_text(encoding="utf-8")
