"""What the build derives: placement, relays, labels, mentions, shortcuts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS, XSD

from eild.dataset import BuiltDataset, build_dataset
from eild.dataset.labels import LIMIT, build_claim_labels, label_of
from eild.dataset.shortcuts import build_shortcuts
from eild.dataset.symmetry import complete_symmetric, list_symmetric
from eild.namespaces import CITO, EILD, NIF, OA, SCHEMA, resource_iri
from eild.terms import natural_order

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.term import Node

ARTICLE = resource_iri("source", "article-900")
OFFICIAL_SAYS = (
    "senior official of the harbour board affirms: consideration of closing the bridge; "
    "senior official of the harbour board negates: closure of the bridge by the board"
)


def claim(slug: str) -> URIRef:
    """Return the IRI of a claim."""
    return resource_iri("claim", slug)


def agent(slug: str) -> URIRef:
    """Return the IRI of an agent."""
    return resource_iri("agent", slug)


def stance(slug: str) -> URIRef:
    """Return the IRI of a stance."""
    return resource_iri("concept", f"stance/{slug}")


def test_relays_article_reports_what_nobody_else_relays(small: BuiltDataset) -> None:
    """One relay per sentence over its claims that no other claim reports and that are not the article's own."""
    relays = small.graphs["relays"]
    assert {(s, o) for s, o in relays.subject_objects(EILD.reportsClaim)} == {
        (claim("900-002-0"), claim("900-002-1")),
        (claim("900-005-0"), claim("900-005-1")),
        (claim("900-008-0"), claim("900-008-1")),
    }


def test_relays_are_complete_claims(small: BuiltDataset) -> None:
    """A relay has claimant, stance, document, basis, and the evidence of what it relays."""
    relays = small.graphs["relays"]
    relay = claim("900-005-0")
    assert set(relays.objects(relay, EILD.claimant)) == set(relays.objects(relay, EILD.statedIn)) == {ARTICLE}
    assert relays.value(relay, EILD.stance) == stance("reports")
    assert relays.value(relay, EILD.basis) == resource_iri("concept", "basis/derived")
    evidence = set(small.graphs["claims"].objects(claim("900-005-1"), EILD.evidence))
    assert set(relays.objects(relay, EILD.evidence)) == evidence
    assert (relay, EILD.hasProposition, None) not in relays


def test_relays_leave_out_the_article_and_the_editor(small_copy: Path) -> None:
    """Claims of the article itself and of the dataset's creator are relayed by nobody."""
    about = small_copy / "data" / "dataset.ttl"
    about.write_text(
        about.read_text().replace("dct:publisher agent:eild", "dct:publisher agent:eild ; dct:creator agent:eild")
    )
    path = small_copy / "data" / "claims" / "reactions.ttl"
    path.write_text(path.read_text().replace("eild:claimant agent:courier", "eild:claimant agent:eild"))
    dataset = build_dataset(seeds=small_copy / "seeds", data=small_copy / "data")
    relays = set(dataset.graphs["relays"].subjects(RDF.type, EILD.Claim))
    assert relays == {claim("900-002-0"), claim("900-005-0")}


def test_own_relays_start_every_chain_at_the_article(own_dataset: BuiltDataset) -> None:
    """Every claim of another voice than the article's and EILD's is reached from a relay of the article."""
    graph = own_dataset.merged()
    article = resource_iri("source", "article-000")
    relays = {s for s in graph.subjects(EILD.claimant, article) if (s, EILD.basis, _DERIVED) in graph}
    reached = set(graph.transitive_objects(None, EILD.reportsClaim)) if not relays else set()
    for relay in relays:
        reached |= set(graph.transitive_objects(relay, EILD.reportsClaim))
    others = {
        s
        for s in graph.subjects(RDF.type, EILD.Claim)
        if not {article, agent("eild")} & set(graph.objects(s, EILD.claimant))
    }
    assert relays
    assert others <= reached


_DERIVED = resource_iri("concept", "basis/derived")


@pytest.mark.parametrize(
    ("slug", "label"),
    [
        ("900-002-3", "senior official of the harbour board negates: closure of the bridge by the board"),
        (
            "900-002-0",
            "The article reports: Port Ann Gazette reports: " + OFFICIAL_SAYS,
        ),
    ],
)
def test_labels_say_who_takes_which_stance_toward_what(small: BuiltDataset, slug: str, label: str) -> None:
    """The label of a claim, and of a relay of a relay, reads as a sentence."""
    assert small.merged().value(claim(slug), RDFS.label) == Literal(label, lang="en")


def test_labels_curated_ones_stay_and_long_ones_are_counted() -> None:
    """A claim with a label gets no other; after the limit items are counted, in natural order."""
    graph = Graph()
    graph.add((claim("a"), RDF.type, EILD.Claim))
    graph.add((claim("a"), RDFS.label, Literal("mine", lang="en")))
    graph.add((claim("b"), RDF.type, EILD.Claim))
    graph.add((claim("b"), EILD.claimant, agent("some-body")))
    graph.add((claim("b"), EILD.stance, stance("pledges-not")))
    for number in range(1, 13):
        proposition = resource_iri("proposition", f"p-{number}")
        graph.add((claim("b"), EILD.hasProposition, proposition))
        graph.add((proposition, RDFS.label, Literal(f"{number} {'x' * 40}", lang="en")))
    labels = build_claim_labels(graph)
    assert (claim("a"), None, None) not in labels
    label = str(labels.value(claim("b"), RDFS.label))
    assert label.startswith("some body pledges not: 1 xxx")
    assert label.endswith("; and 7 more")
    assert len(label) < LIMIT + 60


def test_labels_circle_of_relays_ends() -> None:
    """Two claims that report each other still get labels."""
    graph = Graph()
    for one, other in (("a", "b"), ("b", "a")):
        graph.add((claim(one), RDF.type, EILD.Claim))
        graph.add((claim(one), EILD.reportsClaim, claim(other)))
    assert len(build_claim_labels(graph)) == 2


def test_label_of_prefers_english_then_any_then_the_slug() -> None:
    """Every resource can be shown."""
    graph = Graph()
    one, two = agent("one"), agent("two-words")
    graph.add((one, SKOS.prefLabel, Literal("eins", lang="de")))
    graph.add((one, SKOS.prefLabel, Literal("one", lang="en")))
    assert (label_of(graph, one), label_of(graph, two)) == ("one", "two words")


def test_mentions_are_what_the_words_name_or_show(small: BuiltDataset) -> None:
    """Names count wherever they occur, descriptions where the claims involve them; the article is never mentioned."""
    seed = small.graphs["seed"]
    mentioned = {
        str(s).rpartition("/")[2]: {str(o).rpartition("/")[2] for o in seed.objects(s, SCHEMA.mentions)}
        for s in seed.subjects(SCHEMA.mentions)
    }
    assert mentioned == {
        "900-002": {"gazette", "official", "board", "bridge"},
        "900-003": {"keller", "northland"},
        "900-005": {"mayor", "bridge"},
        "900-007": {"boats-of-keller", "election-2031"},
        "900-008": {"courier", "bridge", "election-2031"},
        "900-011": {"northland"},
    }


def _list_names(graph: Graph, entity: Node) -> set[str]:
    """Return the label and the other wordings of an entity in lower case."""
    found = {*graph.objects(entity, RDFS.label), *graph.objects(entity, SKOS.altLabel)}
    return {str(name).lower() for name in found}


def test_own_mentions_are_in_the_words_of_the_seed(own_dataset: BuiltDataset) -> None:
    """Each mention is a name that the unit holds, or has evidence in the unit."""
    graph = own_dataset.merged()
    wrong = []
    for unit, entity in graph.subject_objects(SCHEMA.mentions):
        words = str(graph.value(unit, NIF.anchorOf)).lower()
        shown = any((evidence, OA.hasScope, unit) in graph for evidence in graph.objects(entity, EILD.evidence))
        if not shown and not any(name in words for name in _list_names(graph, entity)):
            wrong.append((unit, entity))
    assert wrong == []


def test_own_proper_names_are_mentioned_wherever_they_occur(own_dataset: BuiltDataset) -> None:
    """No sentence that holds the name of a person or a body fails to mention one of that name."""
    graph = own_dataset.merged()
    bearers: dict[str, set[Node]] = {}
    for kind in (EILD.Person, EILD.Organization):
        for entity in graph.subjects(RDF.type, kind):
            for name in {*graph.objects(entity, RDFS.label), *graph.objects(entity, SKOS.altLabel)}:
                bearers.setdefault(str(name), set()).add(entity)
    missed = [
        (unit, name)
        for unit, words in graph.subject_objects(NIF.anchorOf)
        for name, entities in bearers.items()
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", str(words))
        and not entities & set(graph.objects(unit, SCHEMA.mentions))
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("unit", "slug", "mentioned"),
    [
        ("000-033", "vance", True),
        ("000-037", "time", True),
        ("000-038", "the-associated-press", True),
        ("000-025", "graphika", False),
        ("000-003", "salt-typhoon", True),
        ("000-003", "salt-typhoon-campaign", False),
        ("000-034", "salt-typhoon-campaign", True),
        ("000-040", "american-social-media-users", True),
    ],
)
def test_own_mentions_known_cases(own_dataset: BuiltDataset, unit: str, slug: str, mentioned: bool) -> None:
    """Named in passing, not named though a report of it goes on, and one name for a group and for a campaign."""
    triple = (resource_iri("sentence", unit), SCHEMA.mentions, agent(slug))
    assert (triple in own_dataset.graphs["seed"]) is mentioned


def test_shortcuts_small_dataset(small: BuiltDataset) -> None:
    """The person behind a targeted group, the states of agents, the end of a relay, and opposed claims."""
    shortcuts = small.graphs["shortcuts"]
    found = {(str(s).rpartition("/")[2], str(p).rpartition("#")[2], str(o).rpartition("/")[2]) for s, p, o in shortcuts}
    both_ways = [("900-002-3", "900-008-1"), ("900-005-1", "900-008-1"), ("900-005-1", "900-007-1")]
    assert found == {
        ("boats-turned-away", "effectiveTarget", "keller"),
        ("northland", "ofState", "northland"),
        ("board", "ofState", "northland"),
        ("official", "ofState", "northland"),
        ("900-002-1", "rootClaimant", "official"),
        ("900-002-0", "rootClaimant", "official"),
        ("900-005-0", "rootClaimant", "mayor"),
        ("900-008-0", "rootClaimant", "courier"),
        ("900-007-1", "aboutElection", "election-2031"),
        *((one, "contestedBy", other) for one, other in both_ways),
        *((other, "contestedBy", one) for one, other in both_ways),
    }


def test_shortcuts_effective_target_is_of_acts_only() -> None:
    """A person at the other end of a relation is no target of an act."""
    graph = Graph()
    person, act, top = agent("person"), resource_iri("concept", "action-type/hit"), "action-type/influence-act"
    office, relation = resource_iri("concept", "action-type/advises"), resource_iri("concept", "action-type/relation")
    graph.add((person, RDF.type, EILD.Person))
    graph.add((act, SKOS.broader, resource_iri("concept", top)))
    graph.add((office, SKOS.broader, relation))
    for name, action in (("hits", act), ("advises", office)):
        proposition = resource_iri("proposition", name)
        graph.add((proposition, EILD.action, action))
        graph.add((proposition, EILD.target, person))
    found = set(build_shortcuts(graph).subjects(EILD.effectiveTarget, person))
    assert found == {resource_iri("proposition", "hits")}


def _contest(**changes: URIRef) -> Graph:
    """Return two opposed claims with shared state and election, one thing of the second changed."""
    graph = Graph()
    state = agent("state")
    graph.add((state, RDF.type, EILD.State))
    for name, its_stance in (("one", "affirms"), ("two", "denies")):
        doer, proposition = agent(f"doer-{name}"), resource_iri("proposition", name)
        graph.add((doer, RDF.type, EILD.Organization))
        graph.add((doer, EILD.pertainsTo, changes.get("state", state) if name == "two" else state))
        graph.add((proposition, EILD.actor, doer))
        election = resource_iri("event", "election")
        graph.add((changes.get("election", election), RDF.type, EILD.Election))
        graph.add((election, RDF.type, EILD.Election))
        graph.add((proposition, EILD.election, changes.get("election", election) if name == "two" else election))
        graph.add((claim(name), EILD.hasProposition, proposition))
        graph.add((claim(name), EILD.claimant, changes.get("claimant", agent(name)) if name == "two" else agent(name)))
        graph.add(
            (
                claim(name),
                EILD.stance,
                changes.get("stance", stance(its_stance)) if name == "two" else stance(its_stance),
            )
        )
    return graph


@pytest.mark.parametrize(
    ("changes", "contested"),
    [
        ({}, True),
        ({"stance": stance("negates")}, True),
        ({"stance": stance("pledges-not")}, False),
        ({"stance": stance("affirms")}, False),
        ({"stance": stance("asks")}, False),
        ({"state": agent("other-state")}, False),
        ({"election": resource_iri("event", "other")}, False),
        ({"claimant": agent("one")}, False),
    ],
)
def test_shortcuts_contested_by_needs_opposed_stances_and_shared_state_and_election(
    changes: dict[str, URIRef], contested: bool
) -> None:
    """Two claimants, opposed stances, the same state and the same election or target make a contest; pledges do not."""
    shortcuts = build_shortcuts(_contest(**changes))
    assert ((claim("one"), EILD.contestedBy, claim("two")) in shortcuts) is contested
    assert ((claim("two"), EILD.contestedBy, claim("one")) in shortcuts) is contested


@pytest.mark.parametrize(
    ("predicate", "its_stance", "contested"),
    [
        ("contrasts", "affirms", True),
        ("respondsTo", "denies", True),
        ("respondsTo", "pledges-not", False),
        ("contrasts", "pledges-not", True),
        ("disagreesWith", "denies", False),
        ("respondsTo", "asks", False),
        ("contrasts", "raises", False),
        ("contrasts", "reports", False),
    ],
)
def test_shortcuts_linked_claims_are_contested_unless_one_takes_no_stance(
    predicate: str, its_stance: str, contested: bool
) -> None:
    """Claims that the text sets against each other are contested, questions and relays are not."""
    graph = Graph()
    graph.add((claim("one"), EILD.stance, stance("affirms")))
    graph.add((claim("two"), EILD.stance, stance(its_stance)))
    graph.add((claim("two"), CITO[predicate] if predicate == "disagreesWith" else EILD[predicate], claim("one")))
    assert bool(build_shortcuts(graph)) is contested


def _add_times(graph: Graph, one: str, two: str) -> None:
    """Give each of two opposed propositions one day."""
    for name, day in (("one", one), ("two", two)):
        time = resource_iri("time", name)
        graph.add((resource_iri("proposition", name), EILD.eventTime, time))
        for bound in (EILD.earliest, EILD.latest):
            graph.add((time, bound, Literal(day, datatype=XSD.date)))


@pytest.mark.parametrize(("day", "contested"), [("2031-05-01", True), ("2031-05-02", False)])
def test_shortcuts_contested_by_needs_times_that_may_overlap(day: str, contested: bool) -> None:
    """What was done on one day is not contested by a denial about another."""
    graph = _contest()
    _add_times(graph, "2031-05-01", day)
    assert ((claim("one"), EILD.contestedBy, claim("two")) in build_shortcuts(graph)) is contested


@pytest.mark.parametrize(
    ("first", "second", "contested"),
    [
        ("race", "race", True),
        ("race", "election", True),
        ("race", "people", False),
        ("people", "people", True),
    ],
)
def test_shortcuts_contested_by_needs_a_shared_target_or_contests_of_one_election(
    first: str, second: str, contested: bool
) -> None:
    """That a shared election is concerned is not enough: "no candidate" is not opposed to "the election"."""
    graph = _contest()
    election, race = resource_iri("event", "election"), resource_iri("event", "race")
    graph.add((race, EILD.pertainsTo, election))
    targets = {"race": race, "election": election, "people": agent("people")}
    graph.add((resource_iri("proposition", "one"), EILD.target, targets[first]))
    graph.add((resource_iri("proposition", "two"), EILD.target, targets[second]))
    assert ((claim("one"), EILD.contestedBy, claim("two")) in build_shortcuts(graph)) is contested


@pytest.mark.parametrize("nesting", ["content", "purpose", "because", "about", "target"])
def test_shortcuts_about_election_reaches_nested_propositions(nesting: str) -> None:
    """Whatever holds the proposition that names the election, the claim is about the election."""
    graph = Graph()
    outer, inner, election = (resource_iri("proposition", name) for name in ("outer", "inner", "vote"))
    graph.add((claim("one"), EILD.hasProposition, outer))
    graph.add((outer, EILD[nesting], inner))
    graph.add((inner, EILD[nesting], outer))
    graph.add((inner, EILD.election, election))
    graph.add((election, RDF.type, EILD.Election))
    for proposition in (outer, inner):
        graph.add((proposition, RDF.type, EILD.Proposition))
    assert set(build_shortcuts(graph)) == {(claim("one"), EILD.aboutElection, election)}


@pytest.mark.parametrize("way", ["target", "contest", "time", "elsewhere"])
def test_shortcuts_about_election_by_target_contest_and_time(way: str) -> None:
    """An election that is a target, that a contest pertains to, or that anchors a time is what the claim is about."""
    graph = Graph()
    proposition, election, other = (resource_iri("event", name) for name in ("proposition", "election", "other"))
    graph.add((claim("one"), EILD.hasProposition, proposition))
    graph.add((proposition, RDF.type, EILD.Proposition))
    graph.add((election, RDF.type, EILD.Election))
    steps = {
        "target": [(proposition, EILD.target, election)],
        "contest": [(proposition, EILD.about, other), (other, EILD.pertainsTo, election)],
        "time": [(proposition, EILD.eventTime, other), (other, EILD.relativeTo, election)],
        "elsewhere": [(other, EILD.target, election)],
    }[way]
    for step in steps:
        graph.add(step)
    assert ((claim("one"), EILD.aboutElection, election) in build_shortcuts(graph)) is (way != "elsewhere")


SYMMETRIC = (EILD.alternativeTo, EILD.contestedBy, EILD.possiblySameAs, CITO.disagreesWith)


@pytest.mark.parametrize("predicate", SYMMETRIC, ids=lambda term: term.rpartition("/")[2])
def test_symmetric_statements_hold_in_both_directions_in_one_graph(
    own_dataset: BuiltDataset, predicate: URIRef
) -> None:
    """Whatever direction a query asks for, it finds each pair, in the graph that holds the other direction."""
    for graph in own_dataset.graphs.values():
        pairs = set(graph.subject_objects(predicate))
        assert pairs == {(other, one) for one, other in pairs}
    assert (None, predicate, None) in own_dataset.merged()


def test_symmetric_properties_are_those_of_the_ontology(own_dataset: BuiltDataset) -> None:
    """A property that the ontology declares symmetric is completed, and the editor's view has no direction."""
    declared = list_symmetric(own_dataset.graphs["ontology"])
    assert declared == set(SYMMETRIC)


def test_symmetric_statement_stated_once_is_completed_in_its_graph() -> None:
    """The other direction goes into the graph of the first, and no other property is touched."""
    one, other = Graph(), Graph()
    one.add((claim("a"), EILD.alternativeTo, claim("b")))
    one.add((claim("a"), EILD.respondsTo, claim("b")))
    complete_symmetric((one, other), [EILD.alternativeTo])
    assert set(one) == {
        (claim("a"), EILD.alternativeTo, claim("b")),
        (claim("b"), EILD.alternativeTo, claim("a")),
        (claim("a"), EILD.respondsTo, claim("b")),
    }
    assert not set(other)


def test_natural_order_counts_numbers() -> None:
    """The tenth claim comes after the second."""
    assert sorted(["c-10", "c-2", "b"], key=natural_order) == ["b", "c-2", "c-10"]
