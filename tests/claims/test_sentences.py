"""Tests of the sentence for each claim: it says what the data say, in words that are one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from eild.claims import ClaimIndex, load_claims
from eild.claims.model import Claim, Named, Proposition
from eild.claims.sentences import build_sentence, with_indefinite_article
from eild.documents.index import DocumentIndex
from eild.media import N_TRIPLES
from eild.rdf.canonical import serialize_graph
from eild.terms import BASE

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset

CLUMSY = re.compile(r"\b(?:the the|a a|a the|the a|any any|no no|any no|the any|, ,)\b|  |\.\.$| ,")


@pytest.fixture(scope="module")
def index(own_dataset: BuiltDataset) -> ClaimIndex:
    """Return the claims of EILD's own dataset."""
    content = serialize_graph(own_dataset.merged(), N_TRIPLES)
    return load_claims(DocumentIndex(quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)))


def test_build_sentence_every_claim_one_sentence_with_all_it_says(index: ClaimIndex) -> None:
    """Each sentence begins with a capital, ends once, and has every proposition, speaker and hedge of its claim."""
    for claim in index.claims.values():
        sentence = build_sentence(claim, index)
        assert sentence[0] == sentence[0].upper(), sentence
        assert sentence.endswith("."), sentence
        assert not CLUMSY.search(sentence), sentence
        for part in claim.propositions:
            assert part.named.text in sentence, sentence
        for hedge in claim.hedges:
            assert f"“{hedge}”" in sentence, sentence
        for speaker in claim.claimants:
            named = speaker.text[1:] in sentence or sentence.lower().startswith(("the article", "according to", "in "))
            assert named, sentence


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (
            "000-018-2",
            (
                "According to The Washington Post, a senior official with the Office of the Director of National "
                "Intelligence finds no attempt by China to influence the presidential race."
            ),
        ),
        (
            "000-012-4",
            (
                "On 2023-11-15, Xi Jinping pledges no interference by China in the 2024 presidential election, "
                "speaking to Joe Biden."
            ),
        ),
        ("000-012-5", "Joe Biden asks Xi Jinping about interference by China in the 2024 presidential election."),
        (
            "000-016-4",
            (
                "U.S. intelligence agencies find no targeting of a particular candidate by Chinese government "
                "interference."
            ),
        ),
        ("000-036-4", "Xi Jinping pledges no conduct that the words “to do so” refer to."),
        ("000-003-2", "The article describes Salt Typhoon as an advanced persistent threat group."),
        (
            "000-022-8",
            "The article affirms more than 8,000 accounts of Green Cicada on X, as possible, in the words “may”.",
        ),
        (
            "000-039-1",
            (
                "In 2023, Chinese Ministry of Foreign Affairs denies China having interfered in the 2022 election and "
                "China interfering in the 2022 election."
            ),
        ),
        (
            "000-018-1",
            (
                "The Washington Post reports 2 claims of a senior official with the Office of the Director of National "
                "Intelligence."
            ),
        ),
    ],
)
def test_build_sentence_each_stance_its_verb(index: ClaimIndex, number: str, expected: str) -> None:
    """Stance, chain of speakers, date, addressee and hedges stand where a reader expects them."""
    claim = index.claims[f"{BASE}id/claim/{number}"]
    assert build_sentence(claim, index) == expected


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        *(("engineer", "an engineer"), ("election office", "an election office"), ("hour", "an hour")),
        *(("honourable member", "an honourable member"), ("heir", "an heir"), ("umbrella firm", "an umbrella firm")),
        *(("unnamed official", "an unnamed official"), ("usher", "an usher")),
        *(("union", "a union"), ("university", "a university"), ("user", "a user"), ("euro group", "a euro group")),
        *(("one-time ally", "a one-time ally"), ("house", "a house"), ("ferry owner", "a ferry owner")),
    ],
)
def test_indefinite_article_follows_the_sound(noun: str, expected: str) -> None:
    """The article is "an" before the sound of a vowel, and "a" before any other."""
    assert with_indefinite_article(noun) == expected


@pytest.mark.parametrize(
    ("stance", "label", "action", "expected"),
    [
        ("denies", "ban of posters", "ban", "An engineer denies any ban of posters."),
        ("denies", "the vote as a referendum", "is-a", "An engineer denies the vote as a referendum."),
        ("denies", "all bans of posters", "ban", "An engineer denies all bans of posters."),
        ("denies", "Blue Heron as a network", "is-a", "An engineer denies Blue Heron as a network."),
        ("negates", "ban of posters", "ban", "An engineer finds no ban of posters."),
        ("negates", "the 3 bans of posters", "ban", "An engineer finds the 3 bans of posters not to be so."),
        ("pledges-not", "sale of the park", "sell", "An engineer pledges no sale of the park."),
        ("pledges-not", "another sale", "sell", "An engineer pledges not to bring about another sale."),
        ("affirms", "the vote on the bridge", "vote", "An engineer affirms the vote on the bridge."),
    ],
)
def test_opposed_propositions_take_one_determiner(stance: str, label: str, action: str, expected: str) -> None:
    """A label that has a determiner or a number takes no "any" or "no"."""
    proposition = Proposition(Named(label, "p"), {"action": (Named(action, f"act/{action}"),)})
    speaker = Named("engineer", "https://example.org/id/agent/engineer")
    claim = Claim("c", "000-001-1", "", Named(stance, f"stance/{stance}"), (speaker,), propositions=(proposition,))
    assert build_sentence(claim, ClaimIndex({"c": claim}, {})) == expected
