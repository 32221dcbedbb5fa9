"""A query as a line of a shell and as lines of Python and R, to be copied: each asks the endpoint and shows the answer.

They need nothing but curl, the standard library and base R (4.0 or later).
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from eild.media import Format


@dataclass(frozen=True)
class Snippet:
    """A query in another language.

    :ivar language: its name
    :ivar text: what to copy
    """

    language: str
    text: str


def make_snippets(endpoint: str, query: str, form: Format) -> tuple[Snippet, ...]:
    """Return a query for curl, Python and R.

    :param endpoint: URL of the SPARQL endpoint
    :param query: the query
    :param form: the form of the answer that is asked for
    """
    text = query.strip() + "\n"
    return (
        Snippet("curl", _make_curl(endpoint, text, form)),
        Snippet("Python", _make_python(endpoint, text, form)),
        Snippet("R", _make_r(endpoint, text, form)),
    )


def _make_curl(endpoint: str, query: str, form: Format) -> str:
    """Return a command for a POSIX shell."""
    parts = ["curl --fail-with-body --silent --show-error", f"--header {shlex.quote(f'Accept: {form.media_type}')}"]
    parts += [f"--data-urlencode {shlex.quote(f'query={query}')}", shlex.quote(endpoint)]
    return " \\\n  ".join(parts) + "\n"


def quote_python(text: str) -> str:
    """Return a literal of Python that reads well and means exactly the text."""
    plain = all(sign == "\n" or sign.isprintable() for sign in text)
    if not plain or "\\" in text or '""' in text or text.endswith('"'):
        return repr(text)
    return f'"""{text}"""'


def _make_python(endpoint: str, query: str, form: Format) -> str:
    return f"""from urllib.parse import urlencode
from urllib.request import Request, urlopen

query = {quote_python(query)}
request = Request(
    {endpoint!r},
    data=urlencode({{"query": query}}).encode(),
    headers={{"Accept": {form.media_type!r}}},
)
with urlopen(request) as answer:
    print(answer.read().decode())
"""


def quote_r(text: str) -> str:
    """Return a raw string of R (4.0 or later) that means exactly the text."""
    dashes = ""
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'


def _make_r(endpoint: str, query: str, form: Format) -> str:
    parameters = urlencode({"format": form.name, "query": ""})
    read = "read.csv(address)" if form.name == "csv" else 'writeLines(readLines(address, encoding = "UTF-8"))'
    return f"""query <- {quote_r(query)}
address <- paste0({quote_r(f"{endpoint}?{parameters}")}, URLencode(query, reserved = TRUE))
{read}
"""
