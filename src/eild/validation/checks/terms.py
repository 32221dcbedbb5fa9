"""Terms of the SHACL vocabulary that do not exist, with what is probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH

from eild.errors import Location, ShapesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located import LocatedGraph

SHACL_TERMS: Final = frozenset(
    [str(term).removeprefix(str(SH)) for term in dir(SH) if not term.startswith("_")]
    + "and class in not or".split()  # keywords of Python, which dir() leaves out
    + "if then else exists count distinct min max sum limit offset orderBy desc groupConcat separator minus".split()
    + "values".split()
)
"""Every term of the SHACL vocabulary: core, SPARQL, advanced features and JavaScript."""

_OF_DATA: Final = frozenset({SH.targetNode, SH.hasValue, SH.focusNode, SH.value})
"""Terms by which shapes and reports point to data."""


def did_you_mean(name: str, known: Iterable[str], *, prefix: str = "", otherwise: str = "") -> str:
    """Return a hint that names the known word nearest to one, or another hint if none is near."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {prefix}{near[0]}?" if near else otherwise


def check_terms(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield a fault for each place of a term in the ``sh:`` namespace that SHACL does not have.

    Data that stand in one file with the shapes may use what they like: no engine looks there for SHACL.
    """
    found: dict[tuple[str, Location | None], ShapesError] = {}
    for triple, places in located.places.items():
        for term in triple:
            name = str(term).removeprefix(str(SH))
            if not isinstance(term, URIRef) or name == str(term) or name in SHACL_TERMS or not name:
                continue
            if term == triple[1] and _is_data(located.graph, triple[0]):
                continue
            hint = did_you_mean(
                name, SHACL_TERMS, prefix="sh:", otherwise="see https://www.w3.org/TR/shacl/ for its terms"
            )
            place = places[0] if places else None
            found[name, place] = ShapesError(f"unknown SHACL term sh:{name}", location=place, hint=hint)
    yield from found.values()


def _is_data(graph: Graph, node: Node) -> bool:
    """Tell whether a node is of a class of somebody's own and has nothing to do with what SHACL knows."""
    kinds = [str(kind) for kind in graph.objects(node, RDF.type)]
    if not kinds or any(kind.startswith((str(SH), str(RDFS), str(OWL))) for kind in kinds):
        return False
    related = {*graph.predicates(node), *graph.predicates(None, node)} - _OF_DATA
    return not any(str(predicate).removeprefix(str(SH)) in SHACL_TERMS for predicate in related)
