"""A query as a line of a shell and as lines of Python and R, to be copied: each asks the endpoint and shows the answer.

They need nothing but curl, Python and base R (4.0 or later); in Python, rows become a data frame of pandas.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.media import Format


@dataclass(frozen=True)
class Snippet:
    """A query in another language.

    :ivar language: its name
    :ivar text: what to copy
    """

    language: str
    text: str


def make_snippets(
    endpoint: str, query: str, form: Format, graphs: Sequence[tuple[str, str]] = ()
) -> tuple[Snippet, ...]:
    """Return a query for curl, Python and R.

    :param endpoint: URL of the SPARQL endpoint
    :param query: the query
    :param form: the form of the answer that is asked for
    :param graphs: names and values of the parameters that choose the dataset of the query
    """
    text = query.strip() + "\n"
    return (
        Snippet("curl", _make_curl(endpoint, text, form, graphs)),
        Snippet("Python", _make_python(endpoint, text, form, graphs)),
        Snippet("R", _make_r(endpoint, text, form, graphs)),
    )


def _make_curl(endpoint: str, query: str, form: Format, graphs: Sequence[tuple[str, str]]) -> str:
    """Return a command for a POSIX shell."""
    parts = ["curl --fail-with-body --silent --show-error", f"--header {shlex.quote(f'Accept: {form.media_type}')}"]
    parts += [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in (("query", query), *graphs)]
    return " \\\n  ".join([*parts, shlex.quote(endpoint)]) + "\n"


def quote_python(text: str) -> str:
    """Return a literal of Python that reads well and means exactly the text."""
    plain = all(sign == "\n" or sign.isprintable() for sign in text)
    if not plain or "\\" in text or '""' in text or text.endswith('"'):
        return repr(text)
    return f'"""{text}"""'


def _make_python(endpoint: str, query: str, form: Format, graphs: Sequence[tuple[str, str]]) -> str:
    """Return a program that shows a data frame, or the text of an answer that has no rows.

    Unbound values alone are missing in the data frame: text such as ``NA`` or ``null`` stays as it is.
    """
    # JSON without escaped letters is Python too, and has the quotation marks of the rest.
    pairs = "".join(f"    ({json.dumps(name)}, {json.dumps(value, ensure_ascii=False)}),\n" for name, value in graphs)
    is_table = form.name == "csv"
    first = "\nimport pandas as pd  # pip install pandas\n" if is_table else ""
    show = (
        """    frame = pd.read_csv(answer, keep_default_na=False, na_values=[""])
print(frame)"""
        if is_table
        else "    print(answer.read().decode())"
    )
    return f"""from urllib.parse import urlencode
from urllib.request import urlopen
{first}
query = {quote_python(query)}
parameters = [
    ("query", query),
{pairs}    ("format", "{form.name}"),
]
with urlopen({json.dumps(endpoint)}, data=urlencode(parameters).encode()) as answer:
{show}
"""


def quote_r(text: str) -> str:
    """Return a raw string of R (4.0 or later) that means exactly the text."""
    dashes = ""
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'


def _make_r(endpoint: str, query: str, form: Format, graphs: Sequence[tuple[str, str]]) -> str:
    parameters = urlencode([("format", form.name), *graphs, ("query", "")])
    read = "read.csv(address)" if form.name == "csv" else 'writeLines(readLines(address, encoding = "UTF-8"))'
    return f"""query <- {quote_r(query)}
address <- paste0({quote_r(f"{endpoint}?{parameters}")}, URLencode(query, reserved = TRUE))
{read}
"""
