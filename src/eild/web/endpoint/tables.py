"""Answers to queries as tables on pages: terms with names and links, stances with their glyphs, numbers as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from eild.claims import STANCES
from eild.documents.names import shorten
from eild.rdf.terms import read_json_term
from eild.terms import resource_iri
from eild.web.frame.views import TermView, view_term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.rdf.terms import Term
    from eild.web.frame.site import Site

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
NUMBERS: Final = frozenset(
    f"{_XSD}{name}"
    for name in (
        "integer decimal double float int long short byte nonNegativeInteger positiveInteger nonPositiveInteger "
        "negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte"
    ).split()
)
"""Datatypes of numbers."""

SHOWN_ROWS: Final = 1000
"""How many rows a page shows; the other forms hold all of them."""

_STANCES: Final = {str(resource_iri("concept", f"stance/{slug}")): slug for slug in STANCES}
_GRAPH_COLUMNS: Final = ("subject", "property", "value")


@dataclass(frozen=True)
class Cell:
    """A value of a table.

    :ivar term: what people read
    :ivar stance: the stance that it is, empty for nearly all
    :ivar number: whether it is a number
    :ivar hidden: whether it holds words with a content warning, which are not shown unasked
    :ivar datatype: IRI of the datatype of a literal; empty for other terms and for text with a language
    """

    term: TermView
    stance: str = ""
    number: bool = False
    hidden: bool = False
    datatype: str = ""


@dataclass(frozen=True)
class TableView:
    """A table on a page: columns, the rows that are shown, and how many there are.

    :ivar numeric: for each column, whether it holds numbers alone
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: int
    numeric: Sequence[bool] = ()

    @property
    def hides(self) -> bool:
        """Whether words are hidden."""
        return any(cell.hidden for row in self.rows for cell in row)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:  # "x"^^xsd:integer is RDF, but no number
        return False
    return True


def _view_literal(site: Site, value: Mapping[str, Any], warned: Sequence[str]) -> Cell:
    datatype = value.get("datatype", "")
    note = "" if datatype.startswith(_XSD) else shorten(site.prefixes, datatype)
    language = value.get("xml:lang", "")
    direction = value.get("its:dir", "")
    if direction:
        language = f"{language}--{direction}"
    hidden = any(words in value["value"] for words in warned)
    term = TermView(value["value"], note=f"@{language}" if language else note, direction=direction)
    number = datatype in NUMBERS and _is_number(value["value"])
    return Cell(term, number=number, hidden=hidden, datatype=datatype)


def _view_iri(site: Site, iri: str, warned: Sequence[str]) -> Cell:
    try:
        term = view_term(site, NamedNode(iri))
    except ValueError:  # an engine elsewhere may answer with what is no IRI
        term = TermView(iri)
    return Cell(term, stance=_STANCES.get(iri, ""), hidden=any(words in term.text for words in warned))


def _view_value(site: Site, value: Mapping[str, Any] | None, warned: Sequence[str]) -> Cell:
    if value is None:
        return Cell(TermView(""))
    if value["type"] == "uri":
        return _view_iri(site, value["value"], warned)
    if value["type"] == "bnode":
        return Cell(TermView(f"_:{value['value']}"))
    if value["type"] in {"literal", "typed-literal"}:
        return _view_literal(site, value, warned)
    return _view_triple(site, read_json_term(value), warned)


def _view_triple(site: Site, term: Term, warned: Sequence[str]) -> Cell:
    view = view_term(site, term)
    return Cell(view, hidden=any(words in view.text for words in warned))


def build_table(site: Site, content: Mapping[str, Any], *, show_warned: bool = False) -> TableView:
    """Return the table for SPARQL 1.1 Query Results JSON that holds rows.

    :param content: the answer to a SELECT
    :param show_warned: whether words with a content warning are shown
    """
    warned = () if show_warned else site.claims.list_warned_words()
    columns = content["head"].get("vars", [])
    bindings = content["results"]["bindings"]
    rows = [[_view_value(site, row.get(name), warned) for name in columns] for row in bindings[:SHOWN_ROWS]]
    numeric = [bool(rows) and all(row[number].number for row in rows) for number in range(len(columns))]
    return TableView(columns, rows, len(bindings), numeric)


def build_graph_table(site: Site, turtle: bytes, *, show_warned: bool = False) -> TableView:
    """Return the table of a graph: a row for each triple, in the order of the names.

    :param turtle: the graph in Turtle
    :param show_warned: whether words with a content warning are shown
    """
    warned = () if show_warned else site.claims.list_warned_words()
    triples = [quad.triple for quad in parse(turtle, RdfFormat.TURTLE)]

    def view(term: Term) -> Cell:
        if isinstance(term, NamedNode):
            return _view_iri(site, term.value, warned)
        if isinstance(term, Literal):
            kind = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
            if term.direction:
                kind["its:dir"] = str(term.direction)
            return _view_literal(site, {"value": term.value, **kind}, warned)
        if isinstance(term, BlankNode):
            return Cell(TermView(f"_:{term.value}"))
        return _view_triple(site, term, warned)

    shown = triples[:SHOWN_ROWS]
    rows = [[view(part) for part in (triple.subject, triple.predicate, triple.object)] for triple in shown]
    return TableView(_GRAPH_COLUMNS, rows, len(triples), (False, False, False))
