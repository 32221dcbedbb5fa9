"""Names of resources and terms: their labels, or IRIs abbreviated by prefixes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

    from eild.documents.index import Documents


def shorten(prefixes: Mapping[str, str], iri: str) -> str:
    """Return an IRI abbreviated by the longest of some prefixes that fits, or the full IRI if none does."""
    best = max(
        ((name, start) for name, start in prefixes.items() if iri.startswith(start)),
        key=lambda pair: len(pair[1]),
        default=None,
    )
    return f"{best[0]}:{iri[len(best[1]) :]}" if best else iri


def make_sort_key(name: str) -> str:
    """Return what sorts names as people expect: without case, diacritics and what stands before the first letter."""
    if name.isascii():
        plain = name.lower()
    else:
        text = unicodedata.normalize("NFKD", name.casefold())
        plain = "".join(character for character in text if not unicodedata.combining(character))
    return plain.lstrip(" \"'([{<«„“”‘’") or plain


def choose_name(documents: Documents, prefixes: Mapping[str, str], node: NamedNode) -> str:
    """Return the label of a resource, or its abbreviated IRI if it has none."""
    return documents.find_name(node) or shorten(prefixes, node.value)
