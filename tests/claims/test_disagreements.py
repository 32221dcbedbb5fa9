"""Tests of disagreements: the data decide who is opposed; each claim stands on its side, in order of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from eild.claims import OPPOSED, Claim, ClaimIndex, Named, Proposition, Time
from eild.claims.disagreements import list_disagreements

WELL = Proposition(Named("pollution of the well", "urn:p/well"), {})
MILL = Proposition(Named("closure of the mill", "urn:p/mill"), {})


def make_claim(number: int, stance: str, part: Proposition = WELL, *, day: int = 0, **fields: tuple[str, ...]) -> Claim:
    """Return a claim, said on a day of March 2021 or at no date."""
    moment = date(2021, 3, day) if day else None
    return Claim(
        iri=f"urn:c{number}",
        number=f"000-001-{number}",
        label="",
        stance=Named(stance, f"urn:stance/{stance}"),
        propositions=(part,),
        time=Time("urn:t", "", earliest=moment, latest=moment) if moment else None,
        **fields,  # type: ignore[arg-type] # IRIs by field
    )


def make_index(*claims: Claim) -> ClaimIndex:
    """Return an index of claims."""
    return ClaimIndex({claim.iri: claim for claim in claims}, {})


def test_list_disagreements_denial_of_two_statements_one_with_sides_in_order_of_time() -> None:
    """Statements stand left, what speaks against them right, dated rows in order, undated last."""
    index = make_index(
        make_claim(1, "affirms", contested_by=("urn:c3",)),
        make_claim(2, "affirms", day=9, contested_by=("urn:c3",)),
        make_claim(3, "denies", day=4, contested_by=("urn:c1", "urn:c2")),
    )
    (found,) = list_disagreements(index)
    assert [item.text for item in found.propositions] == ["pollution of the well"]
    assert [(bool(row.left), bool(row.right), row.day) for row in found.rows] == [
        (False, True, date(2021, 3, 4)),
        (True, False, date(2021, 3, 9)),
        (True, False, None),
    ]
    assert [row.left.iri for row in found.undated if row.left] == ["urn:c1"]
    assert [(stance.text, count) for stance, count in found.count_stances()] == [("affirms", 2), ("denies", 1)]


def test_list_disagreements_answer_shares_the_row_of_what_it_answers() -> None:
    """Where the claim against answers exactly one claim, both stand side by side."""
    index = make_index(
        make_claim(1, "affirms", day=1, contested_by=("urn:c2",)),
        make_claim(2, "denies", contested_by=("urn:c1",), responds_to=("urn:c1",)),
    )
    (found,) = list_disagreements(index)
    assert [(row.left is not None, row.right is not None) for row in found.rows] == [(True, True)]


def test_list_disagreements_rebuttal_by_affirming_stands_on_the_other_side() -> None:
    """Who answers a claim by affirming something of it speaks against it, not the other way round."""
    index = make_index(
        make_claim(1, "affirms", contested_by=("urn:c2",)),
        make_claim(2, "affirms", MILL, contested_by=("urn:c1",), responds_to=("urn:c1",)),
    )
    (found,) = list_disagreements(index)
    assert [item.text for item in found.propositions] == ["closure of the mill"]
    assert [row.right.iri for row in found.rows if row.right] == ["urn:c2"]


def test_list_disagreements_same_proposition_denied_twice_one_disagreement() -> None:
    """Two speakers against one proposition are in one disagreement; another proposition is another."""
    index = make_index(
        make_claim(1, "affirms", contested_by=("urn:c2", "urn:c3", "urn:c4")),
        make_claim(2, "denies", contested_by=("urn:c1",)),
        make_claim(3, "negates", contested_by=("urn:c1",)),
        make_claim(4, "negates", MILL, contested_by=("urn:c1",)),
    )
    assert [len(found.claims) for found in list_disagreements(index)] == [3, 2]


def test_list_disagreements_nobody_contested_none() -> None:
    """Opposed stances alone make no disagreement: what the data do not call contested is not."""
    assert list_disagreements(make_index(make_claim(1, "affirms"), make_claim(2, "denies"))) == ()


stances = st.sampled_from(["affirms", "negates", "denies", "pledges-not"])


@given(st.lists(st.tuples(stances, st.sampled_from([WELL, MILL]), st.integers(0, 28)), max_size=7), st.data())
def test_list_disagreements_any_claims_each_once_and_on_its_side(
    rows: list[tuple[str, Proposition, int]], data: st.DataObject
) -> None:
    """Whatever is contested by whatever, a claim stands once in a disagreement, and opposed stances stand right."""
    plain = [make_claim(number, stance, part, day=day) for number, (stance, part, day) in enumerate(rows)]
    iris = [claim.iri for claim in plain]
    claims = [
        replace(claim, contested_by=tuple(data.draw(st.lists(st.sampled_from(iris), unique=True)))) for claim in plain
    ]
    for found in list_disagreements(make_index(*claims)):
        assert len({claim.iri for claim in found.claims}) == len(found.claims)
        assert all(row.right.stance.slug in OPPOSED for row in found.rows if row.right)
        assert all(row.left.stance.slug not in OPPOSED for row in found.rows if row.left)
        days = [row.day for row in found.dated if row.day]
        assert days == sorted(days)
        assert found.rows == (*found.dated, *found.undated)
