"""``eild coverage`` as people call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from eild.cli import main
from eild.seed.languages import ENGLISH
from eild.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def of_small(small_copy: Path) -> list[str]:
    """Return the options that name a copy of the small dataset, whose base is EILD's."""
    return ["--seeds", str(small_copy / "seeds"), "--data", str(small_copy / "data"), "--base", BASE]


def test_coverage_text_has_a_row_per_sentence_and_exit_code_1(of_small: list[str]) -> None:
    """Uncovered content words are listed per sentence, and the exit code says so."""
    outcome = CliRunner().invoke(main, ["coverage", *of_small])
    assert outcome.exit_code == 1
    rows = outcome.output.splitlines()
    assert rows[1].startswith("900-002")
    assert rows[1].endswith("senior official harbour board said")
    assert rows[-1].endswith("Cite them, or explain why they express no claim.")


def test_coverage_json_has_the_same_figures(of_small: list[str]) -> None:
    """The machine form has shares, spans and uncovered words."""
    outcome = CliRunner().invoke(main, ["coverage", "--format", "json", *of_small])
    report = json.loads(outcome.output)
    assert outcome.exit_code == 1
    assert report["sentences"][0]["uncovered"] == ["senior", "official", "harbour", "board", "said"]
    assert report["uncoveredContentWords"] == sum(len(row["uncovered"]) for row in report["sentences"])


def test_coverage_wrong_evidence_is_told_instead(small_copy: Path, of_small: list[str]) -> None:
    """Words that do not stand in the text are a problem in the data, exit code 3."""
    path = small_copy / "data" / "claims" / "lead.ttl"
    path.write_text(path.read_text().replace("Gazette reported", "Gazette wrote"))
    outcome = CliRunner().invoke(main, ["coverage", *of_small])
    assert outcome.exit_code == 3
    assert "lead.ttl:31:" in outcome.stderr


def test_coverage_words_prints_the_published_list() -> None:
    """The list of function words can be read without the code."""
    assert set(CliRunner().invoke(main, ["coverage", "--words"]).output.split()) == ENGLISH.function_words


def test_coverage_own_data_leave_no_content_word() -> None:
    """Every content word of the packaged seed is evidence of some record, and no span is taken for the sentence."""
    outcome = CliRunner().invoke(main, ["coverage", "--format", "json"])
    report = json.loads(outcome.output)
    missing = {row["sentence"]: row["uncovered"] for row in report["sentences"] if row["uncovered"]}
    assert missing == {}
    assert outcome.exit_code == 0
    assert report["spans"] > 100


def test_coverage_words_of_a_language() -> None:
    """Each language has its own list; of an unknown one it is said which there are."""
    assert {"der", "und"} <= set(CliRunner().invoke(main, ["coverage", "--words", "--language", "de"]).output.split())
    outcome = CliRunner().invoke(main, ["coverage", "--words", "--language", "xx"])
    assert outcome.exit_code == 2
    assert "use one of de, en, es, fr" in outcome.output
