"""Pages that list: one page for people, the same rows as JSON and CSV, and the query that finds them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from eild import media
from eild.terms import PREFIXES
from eild.web.frame.respond import choose_form, current_site, respond

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flask import Response

FORMS: Final = (media.HTML, media.PLAIN_JSON, media.CSV)
"""Forms of a page that lists."""


def write_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV (RFC 4180) with a header; several values of a field are joined by a vertical bar."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(rows[0] if rows else [])
    for row in rows:
        writer.writerow([_join(value) for value in row.values()])
    return buffer.getvalue().encode()


def _join(value: Any) -> Any:  # noqa: ANN401 - whatever a row holds
    if isinstance(value, list | tuple):
        return " | ".join(str(item) for item in value)
    return "" if value is None else value


def write_json(value: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """Return a value as JSON in UTF-8; days as ISO dates."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def respond_listing(
    name: str, render: Callable[[], bytes], list_rows: Callable[[], Sequence[Mapping[str, Any]]], state: object = None
) -> Response:
    """Return a page that lists, or its rows in the form that the request asks for.

    :param name: what the page is called, for the entity tag
    :param render: makes the page
    :param list_rows: makes the rows; all have the same fields
    :param state: what the page depends on besides the data, such as a filter; its ``repr`` tells states apart
    """
    form = choose_form(FORMS)
    tag = current_site().make_tag(name, form.name, repr(state))
    if form is media.HTML:
        return respond(render, form, tag=tag)
    write = write_csv if form is media.CSV else write_json
    return respond(lambda: write(list_rows()), form, tag=tag)


def make_query(body: str, prefixes: Iterable[str]) -> str:
    """Return a SPARQL query with the declarations of the prefixes that it uses, by their names."""
    header = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in prefixes)
    return header + body


def query_path(query: str, form: str = "") -> str:
    """Return the path, without a first slash, of a query's page, or of its answer in another form."""
    return f"sparql?{urlencode({'query': query, **({'format': form} if form else {})})}"
