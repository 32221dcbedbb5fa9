"""Tests of sources side by side: every claim stands with each of its claimants, by what its stance does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eild.claims.comparison import compare_sources
from eild.claims.model import Claim, Named, Proposition

if TYPE_CHECKING:
    from collections.abc import Iterable

BASE = "https://e.example/id/"
ANN, BEN, CLEO = (Named(name, f"{BASE}agent/{name.lower()}") for name in ("Ann", "Ben", "Cleo"))
AFFIRMS, DENIES = (Named(name, f"{BASE}concept/stance/{name}") for name in ("affirms", "denies"))
FLOOD, DROUGHT = (Proposition(Named(name, f"{BASE}proposition/{name}"), {}) for name in ("flood", "drought"))


def make_claim(number: int, stance: Named, claimants: Iterable[Named], *parts: Proposition) -> Claim:
    """Return a claim."""
    return Claim(f"{BASE}claim/{number}", str(number), f"claim {number}", stance, tuple(claimants), propositions=parts)


FIRST = make_claim(1, DENIES, [BEN], FLOOD)
SECOND = make_claim(2, AFFIRMS, [ANN, CLEO], FLOOD)
THIRD = make_claim(3, AFFIRMS, [CLEO], DROUGHT)


def test_compare_sources_claim_of_several_stands_with_each() -> None:
    """A claim that two make is shown with both; who makes the most claims comes first."""
    comparison = compare_sources([FIRST, SECOND, THIRD])
    assert [(source.named, source.count) for source in comparison.sources] == [(CLEO, 2), (ANN, 1), (BEN, 1)]
    assert comparison.sources[0].claims == ((SECOND, THIRD), ())
    assert comparison.sources[2].claims == ((), (FIRST,))
    assert comparison.columns == ((AFFIRMS,), (DENIES,))


def test_compare_sources_stances_that_speak_against_share_a_column() -> None:
    """To affirm, to speak against and to do neither are three columns, of which those that occur are there."""
    asks, pledges = (Named(name, f"{BASE}concept/stance/{name}") for name in ("asks", "pledges-not"))
    claims = [replace(FIRST, stance=stance) for stance in (asks, pledges, DENIES)]
    assert compare_sources(claims).columns == ((DENIES, pledges), (asks,))


def test_compare_sources_shared_statements_have_several_sources() -> None:
    """Only what at least two sources speak on is shared, with all stances on it."""
    (shared,) = compare_sources([FIRST, SECOND, THIRD]).shared
    assert shared.proposition == FLOOD.named
    assert shared.claims == (FIRST, SECOND)
    assert shared.stances == (AFFIRMS, DENIES)


def test_compare_sources_twice_by_one_source_not_shared() -> None:
    """Who repeats a statement does not make it shared."""
    again = replace(THIRD, iri=f"{BASE}claim/4", number="4")
    assert compare_sources([THIRD, again]).shared == ()


def test_compare_sources_nothing_empty() -> None:
    """Without claims there is nothing to compare."""
    comparison = compare_sources([])
    assert (comparison.columns, comparison.sources, comparison.shared) == ((), (), ())
