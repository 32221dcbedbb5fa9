"""Tests of the checks themselves: each finds what it is there to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .visiting import find_negations

if TYPE_CHECKING:
    from .visiting import Visitor

HEAD = '<!doctype html><html lang="en"><title>A page</title>'
FRAME = "<header></header><main><h1>One</h1>{}</main><footer></footer>"


def test_visit_inline_style_against_policy_is_trouble(own: Visitor) -> None:
    """What the content security policy blocks is noticed."""
    with pytest.raises(AssertionError, match="Content Security Policy"), own.visit() as visit:
        visit.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>')")


def test_visit_missing_file_is_trouble(own: Visitor) -> None:
    """A picture that does not load is noticed."""
    with pytest.raises(AssertionError, match="404: "), own.visit() as visit:
        visit.page.evaluate("fetch('/static/nothing.svg')")


def test_visit_foreign_host_is_trouble(own: Visitor) -> None:
    """A request to another host is noticed, even where the policy stops it."""
    with pytest.raises(AssertionError, match=r"elsewhere|Content Security Policy"), own.visit() as visit:
        visit.page.evaluate("fetch('http://127.0.0.2:9/').catch(() => null)")


def test_check_accessibility_picture_without_words_is_found(own: Visitor, axe: str) -> None:
    """A picture without a description, and a target smaller than a finger, are named with their elements."""
    with own.visit("health/live") as visit:
        targets = '<p><a href="#a" style="font-size: 4px">a</a><br><a href="#b" style="font-size: 4px">b</a></p>'
        visit.page.set_content(HEAD + FRAME.format(f'<img src="data:,">{targets}'))
        found = visit.check_accessibility(axe)
    assert any(finding.startswith("image-alt at img") for finding in found)


def test_check_width_wide_word_is_found(own: Visitor) -> None:
    """What sticks out of a narrow window is named; what scrolls in a frame of its own is not."""
    with own.visit("health/live") as visit:
        wide = '<p style="width: 700px">{}</p>'
        visit.page.set_content(HEAD + FRAME.format(f'<div style="overflow-x: auto">{wide.format("held")}</div>'))
        assert visit.check_width() == []
        visit.page.set_content(HEAD + FRAME.format(wide.format("loose")))
        assert "loose" in visit.check_width()[0]


def test_check_headings_skipped_level_is_found(own: Visitor) -> None:
    """Two tops and a skipped level are found."""
    with own.visit("health/live") as visit:
        visit.page.set_content(HEAD + FRAME.format("<h3>Three</h3><h1>Another</h1>"))
        assert visit.check_headings() == ["2 headings of the first level", "h1 is followed by h3"]


def test_check_landmarks_two_of_a_name_are_found(own: Visitor) -> None:
    """Two navigations of one name are found, and a page without its frame."""
    with own.visit("health/live") as visit:
        visit.page.set_content(HEAD + FRAME.format('<nav aria-label="a"></nav><nav aria-label="a"></nav>'))
        assert visit.check_landmarks() == ["nav “a” is there more than once"]
        visit.page.set_content(f"{HEAD}<main></main>")
        assert visit.check_landmarks() == ["0 of body > header", "0 of body > footer"]


@pytest.mark.parametrize(
    ("text", "negations"),
    [
        ("negates China deployed influence efforts", []),
        ("negates China did not deploy influence efforts", ["not"]),
        ("denies that it didn’t, or never would", ["n’t", "never"]),
        ("negates “did not deploy” · in another year", []),
        ("affirms a notable nothingness of Norway", []),
    ],
)
def test_find_negations_outside_quotation_marks(text: str, negations: list[str]) -> None:
    """Words that negate are found as words, and quoted ones are left to who spoke them."""
    assert find_negations(text) == negations
