"""A query in the colours of its parts, for pages: keywords, variables, names, texts and comments."""

from __future__ import annotations

import re
from typing import Final

from eild.query.text.tokens import SIGN

_KEYWORD: Final = re.compile(r"[A-Za-z_]+\d*")
_KINDS: Final = {"variable": "variable", "string": "text", "language": "text", "comment": "remark", "iri": "name"}


def split_query(text: str) -> list[tuple[str, str]]:
    """Return the parts of a query in their order, each with the name of its colour; empty for those that have none.

    :param text: a query, which need not be well-formed: the parts together are always the text
    """
    parts: list[tuple[str, str]] = []
    for match in SIGN.finditer(text):
        kind = _KINDS.get(match.lastgroup or "", "")
        if match.lastgroup == "word":
            kind = "name" if ":" in match[0] else "keyword" if _KEYWORD.fullmatch(match[0]) else ""
        if parts and parts[-1][0] == kind:
            parts[-1] = (kind, parts[-1][1] + match[0])
        else:
            parts.append((kind, match[0]))
    return parts
