"""The concept schemes that every project of EILD's kind shares, as far as a project uses them.

A dataset of another base than EILD's includes the shared schemes, so that its labels and hierarchies are known without
a look elsewhere. Closed lists, such as the stances, are included as they are. Of open schemes, such as topics and
kinds, only the concepts are included that the project uses, with everything broader; and of these schemes, only those
of which it uses or adds a concept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib.namespace import DCTERMS, RDF, SKOS

from eild.located import LocatedGraph, parse_located
from eild.namespaces import empty_graph, resource_iri
from eild.resources import display_path, resource_files
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph
    from rdflib.term import Node

OPEN: Final = frozenset(
    resource_iri("concept", scheme)
    for scheme in ("action-type", "kind", "narrative", "office", "quality", "technique", "topic")
)
"""Schemes to which an article adds concepts; all others are closed lists."""
TOPS: Final = frozenset(
    resource_iri("concept", f"action-type/{top}")
    for top in ("influence-act", "cyber-act", "political-act", "speech-act", "attitude", "relation", "state")
)
"""Tops of the action types, by which queries ask, whether or not a project uses them."""
_LINKS: Final = (SKOS.hasTopConcept, SKOS.related, SKOS.narrower)


def load_shared() -> LocatedGraph:
    """Read the packaged concept schemes and the description of their creator.

    :raises DataError: if a file is unreadable or not well-formed
    """
    paths = [*resource_files("data", "concepts/*.ttl"), *resource_files("data", "publisher.ttl")]
    return LocatedGraph().merge(parse_located(display_path(path), base=BASE) for path in paths)


def choose_shared(shared: Graph, used: Iterable[Node]) -> Graph:
    """Return the part of the shared schemes that a project needs.

    :param shared: the schemes, from :func:`load_shared`
    :param used: everything that the project's data refer to
    """
    concepts, referred = set(shared.subjects(SKOS.inScheme)), set(used)
    wanted = {concept for concept in concepts if not OPEN & set(shared.objects(concept, SKOS.inScheme))}
    waiting = [*(concepts & referred), *TOPS]
    while waiting:
        concept = waiting.pop()
        if concept not in wanted:
            wanted.add(concept)
            waiting += shared.objects(concept, SKOS.broader)
    filled = {scheme for concept in wanted for scheme in shared.objects(concept, SKOS.inScheme)}
    schemes = set(shared.subjects(RDF.type, SKOS.ConceptScheme)) & {*filled, *referred}
    kept = {*wanted, *schemes, *(creator for scheme in schemes for creator in shared.objects(scheme, DCTERMS.creator))}
    graph = empty_graph()
    for subject, predicate, obj in shared:
        if subject in kept and (predicate not in _LINKS or obj in wanted):
            graph.add((subject, predicate, obj))
    return graph
