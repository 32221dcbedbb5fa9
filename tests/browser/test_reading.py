"""The reading room in a browser: no claim opens a hole in the text, at any width, also without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect

from .visiting import DESKTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .visiting import Visitor

GAPS: Final = """() => [...document.querySelectorAll(".paragraph > .text")].map(text => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return Math.round(text.parentElement.getBoundingClientRect().bottom - range.getBoundingClientRect().bottom);
})"""
"""How far each paragraph goes on below its words, in pixels."""
SPACING: Final = 30
"""Pixels that part a paragraph from the next at most, with the rest of its last line."""
FOLDED: Final = 90
"""The same where the line that unfolds the list of claims stands between them."""


def find_box(locator: Locator) -> dict[str, Any]:
    """Return where an element is in the window."""
    box = locator.bounding_box()
    assert box is not None
    return dict(box)


def follow(page: Page, number: int) -> None:
    """Follow the number of a claim in the text, and wait until it is shown."""
    page.locator(f".article sup a[href='#n{number}']").click()
    expect(page.locator(f"#n{number}")).to_be_visible()


def test_claims_beside_the_text_part_no_sentences(own: Visitor, axe: str) -> None:
    """On a wide screen claims are beside their paragraph and never taller; a number leads to its claim, unfolded."""
    with own.visit("seed/000", width=DESKTOP, reduced_motion="reduce") as visit:
        page = visit.page
        gaps = page.evaluate(GAPS)
        assert len(gaps) > 10
        assert max(gaps) <= SPACING
        paragraph = page.locator(".paragraph").nth(1)
        text, column = find_box(paragraph.locator(".text")), find_box(paragraph.locator(".beside"))
        assert column["x"] > text["x"] + text["width"]
        expect(paragraph.locator(".claim summary").first).to_be_visible()
        follow(page, 20)
        note = page.locator(".claim:has(#n20)")
        expect(note.get_by_role("link", name="Claim 000-")).to_be_in_viewport()
        expect(page.locator("#w20 ~ a").first).to_be_in_viewport()
        assert max(page.evaluate(GAPS)) <= SPACING
        assert visit.check_accessibility(axe) == []
        note.locator("a.back").click()
        expect(page.locator("mark:has(#w20)")).to_be_in_viewport()


def test_claims_on_a_phone_after_the_paragraph_if_unfolded(own: Visitor, axe: str) -> None:
    """On a phone one line after a paragraph counts its claims; unfolded, it is their list, and so by their numbers."""
    with own.visit("seed/000", width=PHONE, reduced_motion="reduce") as visit:
        page = visit.page
        assert max(page.evaluate(GAPS)) <= FOLDED
        paragraph = page.locator(".paragraph").nth(1)
        expect(paragraph.locator(".claim").first).to_be_hidden()
        paragraph.locator(".beside > summary").click()
        expect(paragraph.locator(".claim").last).to_be_visible()
        text, first = find_box(paragraph.locator(".text")), find_box(paragraph.locator(".claim").first)
        assert first["y"] >= text["y"] + text["height"]
        follow(page, 1)
        expect(page.locator(".claim:has(#n1) a.back")).to_be_in_viewport()
        assert visit.check_accessibility(axe) == []
        assert visit.check_width() == []


def test_claims_in_place_open_after_their_sentence(own: Visitor, axe: str) -> None:
    """Who chooses so opens the claims of one sentence where it ends; it stays in view, and closing mends the text."""
    with own.visit("seed/000", width=PHONE, reduced_motion="reduce") as visit:
        page = visit.page
        page.get_by_label("Claims", exact=True).select_option("within")
        page.get_by_role("button", name="Apply").click()
        page.wait_for_url("**notes=within**")
        assert page.locator(".within:visible").count() == 0
        assert max(page.evaluate(GAPS)) <= SPACING
        follow(page, 20)
        expect(page.locator(".within:visible")).to_have_count(1)
        expect(page.locator("#n20")).to_be_in_viewport()
        number = find_box(page.locator("sup a[href='#n23']"))
        assert 0 < number["y"] < find_box(page.locator("#n20"))["y"]
        assert visit.check_accessibility(axe) == []
        page.locator(".within:visible").get_by_role("link", name="Close").click()
        expect(page.locator(".within:visible")).to_have_count(0)
        assert visit.check_width() == []


def test_claims_without_a_script_unfold_where_their_numbers_lead(own: Visitor) -> None:
    """Without a script a number still leads to its claim, unfolded: beside the text, after it, and in place."""
    with own.visit("seed/000", width=DESKTOP, script=False, reduced_motion="reduce") as visit:
        follow(visit.page, 20)
        expect(visit.page.locator(".claim:has(#n20) a.back")).to_be_in_viewport()
        visit.page.set_viewport_size({"width": PHONE, "height": 900})
        follow(visit.page, 50)
        expect(visit.page.locator(".claim:has(#n50) a.back")).to_be_in_viewport()
        visit.go("seed/000?notes=within")
        follow(visit.page, 20)
        expect(visit.page.locator("#n20")).to_be_in_viewport()


def test_claims_on_paper_are_all_there(own: Visitor) -> None:
    """Printed without a script, all claims are there in full, beside the text or after their sentence."""
    with own.visit("seed/000", script=False) as visit:
        for path in ("seed/000", "seed/000?notes=within"):
            visit.go(path)
            visit.page.emulate_media(media="print")
            hidden = visit.evaluate_all(".claim", "element => element.checkVisibility({contentVisibilityAuto: true})")
            assert len(hidden) > 100
            assert all(hidden)
            expect(visit.page.locator("#n20")).to_be_visible()
