"""The nodes that a shape targets (SHACL, section 2.1.3; SHACL 1.2; SHACL Advanced Features, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib.namespace import SH

from eild.validation.exact.terms import to_term
from eild.validation.grammar.terms import sh

if TYPE_CHECKING:
    from rdflib import URIRef
    from rdflib.term import Node

    from eild.validation.exact.model import Evaluation
    from eild.validation.exact.terms import Term


def find_targets(run: Evaluation, shape: Node) -> dict[Term, None]:
    """Return the target nodes of a shape, each once.

    :raises ShapesError: if the query of a target cannot be run
    """
    found: dict[Term, None] = {}
    for _, predicate, target in run.applied.targets_of(shape):
        found |= select_target(run, predicate, target)
    found |= dict.fromkeys(run.index.subjects(to_term(sh("shape")), to_term(shape)))
    return found


def select_target(run: Evaluation, predicate: URIRef, target: Node) -> dict[Term, None]:
    """Return the nodes that one target declaration selects, each once.

    :param run: the validation
    :param predicate: how the target is declared, such as ``sh:targetClass``
    :param target: the value of the declaration
    :raises ShapesError: if the query of a target cannot be run
    """
    index = run.index
    if predicate == SH.targetNode:
        return {to_term(target): None}
    if predicate == SH.targetClass:
        return dict.fromkeys(index.instances(to_term(target)))
    if predicate == SH.targetSubjectsOf:
        return dict.fromkeys(index.having(to_term(target)))
    if predicate == SH.targetObjectsOf:
        return dict.fromkeys(index.had(to_term(target)))
    if predicate == sh("targetWhere"):
        where = run.shape(target)
        return {node: None for node in index.nodes() if run.conforms(where, node)}
    return dict.fromkeys(run.queries.select_targets(target))
