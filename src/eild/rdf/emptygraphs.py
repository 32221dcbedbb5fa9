"""Empty named graphs of TriG: they hold no statement, so a parser of statements cannot see them.

A linear scan of the text (W3C TriG, sections 2 and 5) that finds each pair of braces with nothing between them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, RdfFormat, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGN: Final = re.compile(
    r"""
    (?P<string>\"\"\"(?:[^"\\]|\\.|"{1,2}(?!"))*\"\"\"|'''(?:[^'\\]|\\.|'{1,2}(?!'))*'''
              |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<comment>\#[^\n\r]*)
    |(?P<space>\s+)
    |(?P<brace>[{}])
    |(?P<word>[^\s"'<>{}\#]+)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def _graph_name(sign: str, prefixes: Mapping[str, str], base: str) -> str | None:
    """Return the graph's name as in N-Quads, or nothing where the sign names none."""
    header = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    try:
        quads = list(parse(f"{header}{sign} a <x:x> .", RdfFormat.TURTLE, base_iri=base))
    except SyntaxError:
        return None
    subject = quads[0].subject
    return str(subject) if isinstance(subject, NamedNode) else None


def find_empty_graphs(text: str, prefixes: Mapping[str, str], base: str) -> set[str]:
    """Return the names, as in N-Quads, of the graphs that a well-formed TriG text writes with empty braces.

    :param prefixes: what the document's prefixes stand for
    :param base: what relative IRIs resolve against
    """
    names = set()
    before = label = ""
    for match in _SIGN.finditer(text):
        if match.lastgroup in {"space", "comment"}:
            continue
        sign = match[0]
        if sign == "{":
            label = before
        elif sign == "}" and before == "{" and (name := _graph_name(label, prefixes, base)):
            names.add(name)
        before = sign
    return names
