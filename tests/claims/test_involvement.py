"""Tests of how a resource takes part in claims."""

from __future__ import annotations

from eild.claims import Claim, ClaimIndex, Named, Proposition, Time
from eild.claims.involvement import ROLES, find_involvements

AFFIRMS = Named("affirms", "x:stance/affirms")
CITY, RIVAL, PAPER, DAY = (Named(name, f"x:{name}") for name in ("city", "rival", "paper", "day"))


def make_claim(number: str, *, speaker: Named = PAPER, slots: dict[str, tuple[Named, ...]], **more: object) -> Claim:
    """Return a claim on a proposition of its own."""
    part = Proposition(Named("what", f"x:what-{number}"), slots)
    return Claim(f"x:{number}", number, number, AFFIRMS, (speaker,), propositions=(part,), **more)  # type: ignore[arg-type]


def make_index(*claims: Claim) -> ClaimIndex:
    """Return an index of some claims."""
    return ClaimIndex({claim.iri: claim for claim in claims}, {})


def test_find_involvements_every_role_told_apart() -> None:
    """Claims about a resource, by it, to it, in it, at it and then are told apart."""
    index = make_index(
        make_claim("0-1", slots={"actor": (CITY,)}),
        make_claim("0-2", speaker=CITY, slots={}),
        make_claim("0-3", slots={}, addressees=(CITY,)),
        make_claim("0-4", slots={}, documents=(CITY,)),
        make_claim("0-5", slots={}, occasions=(CITY,)),
        make_claim("0-6", slots={}, time=Time(CITY.iri, "then")),
    )
    found = {item.role: [claim.number for claim in item.claims] for item in find_involvements(index, CITY.iri)}
    assert found == {
        "about": ["0-1"],
        "claimant": ["0-2"],
        "addressee": ["0-3"],
        "document": ["0-4"],
        "occasion": ["0-5"],
        "time": ["0-6"],
    }
    scale = [item.role for item in find_involvements(index, AFFIRMS.iri)]
    proposition = [item.role for item in find_involvements(index, "x:what-0-1")]
    assert (scale, proposition) == (["scale"], ["proposition"])
    assert {*found, *scale, *proposition} == set(ROLES)


def test_find_involvements_contested_first_then_as_subject_then_plain() -> None:
    """The most telling claims come first; claims of equal weight stay in the order of the text."""
    index = make_index(
        make_claim("0-1", slots={"target": (CITY,)}),
        make_claim("0-2", slots={"actor": (CITY,)}, hedges=("perhaps",)),
        make_claim("0-3", slots={"actor": (CITY,)}),
        make_claim("0-4", slots={"target": (CITY,)}, contested_by=("x:0-1",)),
        make_claim("0-5", slots={"about": (CITY,)}),
    )
    (about,) = find_involvements(index, CITY.iri)
    assert [claim.number for claim in about.claims] == ["0-4", "0-3", "0-5", "0-2", "0-1"]


def test_find_involvements_relays_left_out() -> None:
    """The relay of a sentence by its article is not counted beside the claim that it relays."""
    index = make_index(make_claim("0-0", slots={"actor": (CITY,)}))
    assert find_involvements(index, CITY.iri) == ()


def test_find_involvements_unnamed_resource_has_none() -> None:
    """A resource that no claim names takes part in none."""
    assert find_involvements(make_index(make_claim("0-1", slots={"actor": (CITY,)})), RIVAL.iri) == ()
