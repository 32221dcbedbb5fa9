"""Human-readable labels of claims: claimant, stance and proposition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Graph, Literal
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS

from eild.namespaces import EILD, empty_graph
from eild.terms import natural_order

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rdflib.term import Node

LIMIT: Final = 240
"""Maximum length in code points of a list in a label; further items are only counted."""


def build_claim_labels(graph: Graph, articles: Collection[Node] = ()) -> Graph:
    """Return an English label for each claim that has none.

    For example, ``Gazette reports: mayor denies: closure of the bridge``: claimant, stance, and the labels of the
    propositions or, for a relay, of the claims that it relays.

    :param graph: all claims, propositions, agents, documents and stances, with their labels
    :param articles: documents to call "The article", because their titles would read as part of the proposition; if
        there are several, their titles follow
    """
    names = {
        article: "The article" if len(articles) == 1 else f"The article “{label_of(graph, article)}”"
        for article in articles
    }
    labels = empty_graph()
    for claim in graph.subjects(RDF.type, EILD.Claim):
        if (claim, RDFS.label, None) not in graph:
            labels.add((claim, RDFS.label, Literal(_claim_label(graph, names, claim, ()), lang="en")))
    return labels


def label_of(graph: Graph, term: Node) -> str:
    """Return the English label of a resource, otherwise its first label, otherwise its slug in words."""
    for predicate in (RDFS.label, SKOS.prefLabel, DCTERMS.title):
        labels = sorted(
            (label for label in graph.objects(term, predicate) if isinstance(label, Literal)),
            key=lambda label: (label.language != "en", str(label)),
        )
        if labels:
            return str(labels[0])
    return str(term).rpartition("/")[2].replace("-", " ")


def _claim_label(graph: Graph, names: Mapping[Node, str], claim: Node, outer: tuple[Node, ...]) -> str:
    """Return the label of a claim that is relayed by the outer claims (a cycle of relays ends with the slug)."""
    if claim in outer:
        return label_of(graph, claim)
    if (claim, RDFS.label, None) in graph:
        return label_of(graph, claim)
    claimants = " and ".join(
        names.get(agent) or label_of(graph, agent) for agent in _ordered(graph, claim, EILD.claimant)
    )
    stances = " and ".join(label_of(graph, stance) for stance in _ordered(graph, claim, EILD.stance))
    objects = [label_of(graph, proposition) for proposition in _ordered(graph, claim, EILD.hasProposition)]
    objects += [
        _claim_label(graph, names, reported, (*outer, claim)) for reported in _ordered(graph, claim, EILD.reportsClaim)
    ]
    said = f"{claimants or 'unknown claimant'} {stances or '(no stance)'}"
    return f"{said}: {_cut(objects)}" if objects else said


def _ordered(graph: Graph, subject: Node, predicate: Node) -> list[Node]:
    return sorted(graph.objects(subject, predicate), key=lambda term: natural_order(str(term)))


def _cut(items: list[str]) -> str:
    """Join items with semicolons. The first is always shown; those beyond the limit are only counted."""
    shown = 1
    while shown < len(items) and len("; ".join(items[: shown + 1])) <= LIMIT:
        shown += 1
    rest = len(items) - shown
    return "; ".join(items[:shown]) + (f"; and {rest} more" if rest else "")
