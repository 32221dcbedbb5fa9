"""Which IRIs of third-party data a server would use itself: in its catalogue, or as the paths of its own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode

from eild.catalog.description import MINTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Store, Triple

OWN_PATHS: Final = frozenset(
    """catalog catalog.html catalog.jsonld catalog.nt catalog.rdf catalog.ttl cite concepts contact context.jsonld doc
    dumps dumps/ entities health/live health/ready linkset metrics neighbours openapi.json opensearch.xml reconcile
    reconcile/flyout reconcile/preview reconcile/properties reconcile/suggest/entity reconcile/suggest/property
    reconcile/suggest/type robots.txt search search/suggest sitemap.xml sparql sparql/ sparql/terms.json validate
    .well-known/void""".split()
)
"""Paths at which a site answers whatever its data is."""
MOST_HIDDEN: Final = 100
"""How many IRIs at such paths are listed."""


def _list_watched(base: str) -> dict[str, str]:
    """Return the IRIs that may collide, each with what follows the base."""
    return {f"{base}{name}": name for name in (*MINTED, *OWN_PATHS)}


def find_used(triples: Iterable[Triple], base: str) -> frozenset[str]:
    """Return the IRIs of :data:`MINTED` and :data:`OWN_PATHS` below a base that triples are about or point to.

    A fragment counts for the document that it belongs to.
    """
    watched = frozenset(map(NamedNode, _list_watched(base)))
    starts = tuple(f"{base}{name}#" for name in MINTED)
    terms = {term for triple in triples for term in (triple.subject, triple.object) if isinstance(term, NamedNode)}
    used = {term.value for term in terms & watched}
    used |= {term.value.partition("#")[0] for term in terms if term.value.startswith(starts)}
    return frozenset(used)


def find_used_in_store(store: Store, base: str) -> frozenset[str]:
    """Return what :func:`find_used` does for the default graph of a store; fragments are not looked for."""

    def occurs(node: NamedNode) -> bool:
        patterns = ((node, None), (None, node))
        return any(
            next(iter(store.quads_for_pattern(subject, None, value, DefaultGraph())), None) is not None
            for subject, value in patterns
        )

    return frozenset(iri for iri in _list_watched(base) if occurs(NamedNode(iri)))


def list_hidden(used: Iterable[str], base: str) -> tuple[str, ...]:
    """Return the IRIs at which a server answers with its own pages, sorted."""
    return tuple(sorted(iri for iri in used if iri.removeprefix(base) in OWN_PATHS))[:MOST_HIDDEN]
