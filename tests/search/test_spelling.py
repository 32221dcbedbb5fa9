"""Tests of spelling: which known word an unknown one is taken for."""

from __future__ import annotations

import pytest

from eild.search.question import SearchWord
from eild.search.spelling import correct, find_nearest

KNOWN = {"harbour": 3, "harvest": 1, "boathouse": 1, "master": 2, "muster": 9, "cat": 5}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("harbor", "harbour"),
        ("ahrbour", "harbour"),
        ("haarbour", "harbour"),
        ("boethouze", "boathouse"),
        ("mastr", "master"),
        ("maester", "master"),
        ("mxster", "muster"),
        ("harbxyr", ""),
        ("cta", ""),
        ("", ""),
    ],
)
def test_find_nearest_one_slip_or_two_in_long_words(typed: str, meant: str) -> None:
    """One slip is forgiven, two in long words, none in short ones; of equally near words the frequent one is taken."""
    assert find_nearest(typed, KNOWN) == meant


def test_correct_only_unknown_words_change() -> None:
    """Known words stay as they are, phrases stay phrases, and two words that make one become it."""
    words = (
        SearchWord("cat"),
        SearchWord("harbor mastr", phrase=True),
        SearchWord("boat"),
        SearchWord("house", prefix=True),
    )
    found = correct(words, words[1:], KNOWN)
    assert found == (SearchWord("cat"), SearchWord("harbour master", phrase=True), SearchWord("boathouse"))
