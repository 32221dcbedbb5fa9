"""Evidence: words found to the character, or told where they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat
from rdflib import Literal
from rdflib.namespace import RDF

from eild.facts.evidence import build_evidence_graph, check_evidence
from eild.located import LocatedGraph, parse_located_content
from eild.namespaces import EILD, OA, resource_iri
from eild.seed.seeds import Seed, load_seed
from eild.seed.segmentation import segment
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset

HEAD = "".join(f"@prefix {prefix}: <{namespace}> . " for prefix, namespace in PREFIXES.items()) + "\n"


@pytest.fixture
def seed(small_copy: Path) -> Seed:
    """Return the small dataset's seed."""
    return load_seed(small_copy / "seeds" / "900_bridge.txt")


def parse_facts(turtle: str) -> LocatedGraph:
    """Parse facts from a file called ``f.ttl`` whose first line holds the prefixes."""
    return parse_located_content((HEAD + turtle).encode(), RdfFormat.TURTLE, name="f.ttl")


def evidence(words: str, *sentences: int, kind: str = "Evidence", more: str = "", slug: str = "x") -> str:
    """Return an evidence as curators write it."""
    named = " , ".join(f"sentence:900-{number:03d}" for number in sentences)
    exact = Literal(words).n3()
    return f"evidence:{slug} a eild:{kind} ;\n oa:hasSource {named} ;\n oa:exact {exact} {more} .\n"


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        (evidence("the board", 2, more='; oa:prefix "said "'), 'the board "considered'),
        (evidence("the board", 2, more='; oa:prefix "said"'), 'the board "considered'),
        (evidence("Reactions", 4), "Reactions ==\n"),
        (evidence('closed. It may open in June."', 5, 6), "closed. It may open"),
        (evidence("No bridge was closed. It may open in June.", 5, 6, kind="Quotation"), "No bridge was closed. It"),
        (evidence("No bridge was closed. It may open in June", 5, 6, kind="Quotation"), "No bridge was closed. It"),
        (evidence("tens", 7, kind="Quotation"), 'tens" of boats'),
    ],
)
def test_check_evidence_exact_words_are_found(seed: Seed, turtle: str, expected: str) -> None:
    """Words are found in their sentence, over two sentences, and by what stands before them."""
    reading = check_evidence(parse_facts(turtle), (seed,))
    assert not reading.findings
    (span,) = reading.spans.values()
    assert seed.text[span.begin :].startswith(expected)


@pytest.mark.parametrize(
    ("turtle", "line", "words"),
    [
        (evidence("the mayor", 2), 4, "does not occur in sentence:900-002"),
        (evidence("The mayor", 2), 4, "they occur in sentence:900-005"),
        (
            evidence("the mayor denied", 5),
            4,
            "the text has 'The mayor denied'; quotation marks, dashes and case must match",
        ),
        (evidence("“tens” of boats", 7), 4, "the text has '\"tens\" of boats'"),
        (evidence("The mayor denied it all", 5), 4, "did you mean 'The mayor denied that "),
        (evidence("quite other words", 5), 4, "copy them from the text"),
        (evidence("the", 5), 4, "2 times in sentence:900-005 (select one occurrence with oa:prefix: preceded by"),
        (evidence("the", 5, more=';\n oa:prefix "of "'), 5, "the prefix 'of ' matches 0 of 2 occurrences"),
        (evidence("bridge", 5, more=';\n oa:prefix "x"'), 5, "the prefix 'x' matches 0 of 2 occurrences"),
        (evidence("The mayor", 5, 6), 3, "does not span all of sentence:900-005, sentence:900-006"),
        (evidence("The mayor", 5, 7), 3, "must be consecutive"),
        (evidence("The mayor", 5, 99), 3, "must list sentences of one seed only"),
        (evidence("The mayor ", 5), 4, "must not be empty, or start or end with white space"),
        (evidence("", 5), 4, "must not be empty"),
        ('evidence:x a eild:Evidence ; oa:exact "The" .', 2, "does not list a sentence"),
        (evidence("The mayor", 5, kind="Quotation"), 4, "must be between quotation marks in the text"),
        (evidence("may open in June", 6, kind="Quotation"), 4, "must be between quotation marks in the text"),
    ],
)
def test_check_evidence_wrong_words_are_told_with_place_and_hint(
    seed: Seed, turtle: str, line: int, words: str
) -> None:
    """Words that do not stand there, stand there twice, or name the wrong sentences are told at their line."""
    reading = check_evidence(parse_facts(turtle), (seed,))
    assert not reading.spans
    (finding,) = reading.findings
    assert words in str(finding)
    assert str(finding).startswith(f"f.ttl:{line}:")


def test_check_evidence_part_is_sought_within_its_quotation(seed: Seed) -> None:
    """Words that occur twice in the sentence need no prefix where only one place lies within the quotation."""
    whole = evidence("No bridge was closed. It may open in June.", 5, 6, kind="Quotation", slug="whole")
    part = evidence("bridge", 5, more="; dct:isPartOf evidence:whole", slug="part")
    reading = check_evidence(parse_facts(part + whole), (seed,))
    assert not reading.findings
    assert seed.text[reading.spans[resource_iri("evidence", "part")].begin :].startswith("bridge was closed")


def test_build_evidence_graph_gives_both_selectors(small: BuiltDataset) -> None:
    """Published evidence has the seed as source, its sentences as scope, and position and quote selectors."""
    graph = small.graphs["evidence"]
    subject = resource_iri("evidence", "900-005-2")
    assert set(graph.objects(subject, RDF.type)) == {EILD.Quotation, OA.SpecificResource}
    assert set(graph.objects(subject, OA.hasSource)) == {resource_iri("seed", "900")}
    assert set(graph.objects(subject, OA.hasScope)) == {resource_iri("sentence", f"900-00{n}") for n in (5, 6)}
    position, quote = sorted(graph.objects(subject, OA.hasSelector), key=str)
    assert str(position) == f"{subject}-position"
    begin, end = (int(str(graph.value(position, term))) for term in (OA.start, OA.end))
    assert end - begin == len(str(graph.value(subject, OA.exact))) == len(str(graph.value(quote, OA.exact)))
    assert str(graph.value(quote, OA.prefix)).endswith('saying: "')
    assert str(graph.value(quote, OA.suffix)).startswith('" However,')
    assert (subject, OA.prefix, None) not in graph


@given(st.data())
def test_check_evidence_any_slice_of_a_sentence_is_found_again(data: st.DataObject) -> None:
    """Whatever words a curator copies, with what stands before them, are found where they were copied."""
    text = data.draw(st.text(alphabet="ab .\"'“”U🚲", min_size=1, max_size=80))
    units = segment(text)
    if not units:
        return
    unit = data.draw(st.sampled_from(units))
    begin = data.draw(st.integers(unit.begin, unit.end - 1))
    end = data.draw(st.integers(begin + 1, unit.end))
    words = text[begin:end]
    if words != words.strip():
        return
    made = Seed("900", Path("900_made.txt"), text, units, LocatedGraph())
    more = f"; oa:prefix {Literal(text[:begin]).n3()}" if text[:begin].strip() else ""
    reading = check_evidence(parse_facts(evidence(words, unit.number, more=more)), (made,))
    places = {span.begin for span in reading.spans.values()}
    assert places == {begin} or reading.findings[0].message.count("times") or "matches" in reading.findings[0].message
    for span in reading.spans.values():
        graph = build_evidence_graph(LocatedGraph(), {resource_iri("evidence", "x"): replace(span)})
        quote = resource_iri("evidence", "x-quote")
        before, exact, after = (str(graph.value(quote, term)) for term in (OA.prefix, OA.exact, OA.suffix))
        assert (before + exact + after) in text
        assert exact == words
