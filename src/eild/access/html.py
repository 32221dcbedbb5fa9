"""Answers as HTML tables, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild.access.names import Shortener
from eild.rdf.terms import write_term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.rdf.terms import Term

SHOWN: Final = 50
"""The number of rows that a table shows."""


def render_html(columns: Sequence[str], rows: Sequence[Sequence[Term | None]], prefixes: Mapping[str, str]) -> str:
    """Return rows as an HTML table with short, linked IRIs; of many rows, the first.

    :param rows: terms in the order of the columns; None where there is no value
    :param prefixes: what IRIs are abbreviated by
    """
    shortener = Shortener(prefixes)
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{_render(term, shortener)}</td>' for term in row)}</tr>" for row in rows[:SHOWN]
    )
    count = f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}"
    note = f"{count}, of which the first {SHOWN} are shown" if len(rows) > SHOWN else count
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{note}</p>"


def _render(term: Term | None, shortener: Shortener) -> str:
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        name = escape(shortener.shorten(term.value))
        if term.value.lower().startswith(("http://", "https://")):
            return f'<a href="{escape(term.value)}">{name}</a>'
        return name
    if isinstance(term, Literal):
        language = f' lang="{escape(term.language)}"' if term.language else ""
        return f'<span dir="auto"{language}>{escape(term.value)}</span>'
    if isinstance(term, BlankNode):
        return escape(str(term))
    return escape(write_term(term, lambda node: shortener.shorten(node.value)))
