"""The nodes that a shape targets (SHACL, section 2.1.3; SHACL 1.2; SHACL Advanced Features, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib.namespace import SH

from eild.validation.exact.terms import to_term
from eild.validation.grammar.terms import sh

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.validation.exact.model import Evaluation
    from eild.validation.exact.terms import Term


def find_targets(run: Evaluation, shape: Node) -> dict[Term, None]:
    """Return the target nodes of a shape, each once.

    :raises ShapesError: if the query of a target cannot be run
    """
    found: dict[Term, None] = {}
    index = run.index
    for _, predicate, target in run.applied.targets_of(shape):
        if predicate == SH.targetNode:
            found[to_term(target)] = None
        elif predicate == SH.targetClass:
            found |= dict.fromkeys(index.instances(to_term(target)))
        elif predicate == SH.targetSubjectsOf:
            found |= dict.fromkeys(index.having(to_term(target)))
        elif predicate == SH.targetObjectsOf:
            found |= dict.fromkeys(index.had(to_term(target)))
        elif predicate == sh("targetWhere"):
            where = run.shape(target)
            found |= {node: None for node in index.nodes() if run.conforms(where, node)}
        elif predicate == sh("target"):
            found |= dict.fromkeys(run.queries.select_targets(target))
    found |= dict.fromkeys(index.subjects(to_term(sh("shape")), to_term(shape)))
    return found
