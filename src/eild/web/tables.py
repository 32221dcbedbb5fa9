"""Query results as tables on pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from eild.web.views import TermView, shorten, view_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.web.site import Site

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"

SHOWN_ROWS: Final = 1000
"""How many rows a page shows; the other forms hold all of them."""


@dataclass(frozen=True)
class TableView:
    """A table on a page: columns, the rows that are shown, and how many there are."""

    columns: Sequence[str]
    rows: Sequence[Sequence[TermView]]
    total: int


def _view_value(site: Site, value: dict[str, Any] | None) -> TermView:
    if value is None:
        return TermView("")
    if value["type"] == "uri":
        return view_term(site, NamedNode(value["value"]))
    if value["type"] == "bnode":
        return TermView(f"_:{value['value']}")
    if value["type"] == "literal":
        datatype = value.get("datatype", "")
        note = "" if datatype.startswith(_XSD) else shorten(site, datatype)
        return TermView(value["value"], note=value.get("xml:lang", "") or note)
    return TermView(str(value["value"]))


def build_table(site: Site, content: dict[str, Any]) -> TableView:
    """Return the table for SPARQL 1.1 Query Results JSON; an ASK makes one cell."""
    if "boolean" in content:
        return TableView(["answer"], [[TermView("yes" if content["boolean"] else "no")]], 1)
    columns = content["head"].get("vars", [])
    bindings = content["results"]["bindings"]
    rows = [[_view_value(site, row.get(name)) for name in columns] for row in bindings[:SHOWN_ROWS]]
    return TableView(columns, rows, len(bindings))
