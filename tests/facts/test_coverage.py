"""Coverage: words outside all evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.facts.coverage import SentenceCoverage, measure_coverage
from eild.facts.evidence import check_evidence
from eild.facts.reading import load_facts
from eild.seed.languages import ENGLISH
from eild.seed.seeds import load_seeds
from eild.seed.words import split_words

if TYPE_CHECKING:
    from pathlib import Path


def measure(folder: Path) -> dict[str, SentenceCoverage]:
    """Measure a small dataset."""
    seeds, facts = load_seeds(folder / "seeds"), load_facts(folder / "data")
    rows = measure_coverage(facts.located, check_evidence(facts.located, seeds).spans, seeds)
    return {row.sentence: row for row in rows}


def test_measure_coverage_counts_words_spans_and_what_is_left(small_copy: Path) -> None:
    """Sentences of running text only; overlapping spans count each; content words outside all spans are listed."""
    rows = measure(small_copy)
    assert list(rows) == ["900-002", "900-003", "900-005", "900-006", "900-007", "900-008", "900-009"]
    row = rows["900-002"]
    assert row.uncovered == ("senior", "official", "harbour", "board", "said")
    assert (row.words, row.covered, row.spans, row.longest) == (26, 17, 3, 9)
    assert row.mean == pytest.approx((8 + 5 + 9) / 3)
    assert rows["900-006"].uncovered == ()
    assert rows["900-003"].share == 0


def test_measure_coverage_evidence_that_nothing_cites_counts_for_nothing(small_copy: Path) -> None:
    """Only words that a record rests on are covered."""
    path = small_copy / "data" / "claims" / "reactions.ttl"
    path.write_text(
        path.read_text().replace("eild:evidence evidence:900-008-1 ;", "eild:evidence evidence:900-007-1 ;")
    )
    assert "Courier" in measure(small_copy)["900-008"].uncovered


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("China's U.S. plans, A.I.-made: 1,000.5 or 26-27.", "China s U.S. plans A.I. made 1,000.5 or 26 27"),
        ("state-level “races” – naïve", "state level races naïve"),
        ("", ""),
    ],
)
def test_split_words_are_letters_numbers_and_dotted_abbreviations(text: str, words: str) -> None:
    """Hyphens and apostrophes separate words, periods of abbreviations and numbers do not."""
    assert " ".join(word.text for word in split_words(text)) == words
    assert all(text[word.begin : word.end] == word.text for word in split_words(text))


@pytest.mark.parametrize("word", "not no never some may might could would however despite after before many".split())
def test_function_words_have_none_that_carries_meaning(word: str) -> None:
    """Negations, quantifiers, modal verbs, and words of time and contrast need evidence."""
    assert word not in ENGLISH.function_words
