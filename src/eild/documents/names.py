"""How resources and terms are named where they have no label: IRIs abbreviated by prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild.terms import RDF

if TYPE_CHECKING:
    from collections.abc import Mapping

RDF_TYPE: Final = NamedNode(RDF.type)
"""The property that names the classes of a resource."""


def shorten(prefixes: Mapping[str, str], iri: str) -> str:
    """Return an IRI abbreviated by the longest of some prefixes that fits, or the full IRI if none does."""
    best = max(
        ((name, start) for name, start in prefixes.items() if iri.startswith(start)),
        key=lambda pair: len(pair[1]),
        default=None,
    )
    return f"{best[0]}:{iri[len(best[1]) :]}" if best else iri
