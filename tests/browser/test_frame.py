"""What the small script of every page adds, and pages without it: colours, copying, printing; nothing needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from .visiting import DESKTOP, NARROWEST, PHONE

if TYPE_CHECKING:
    from .visiting import Visitor

THEME: Final = "document.documentElement.dataset.theme ?? ''"
PAPER: Final = "getComputedStyle(document.body).backgroundColor"
PAGES: Final = {
    "home": "",
    "compare": "compare",
    "compare-actor": "compare?actor=https://w3id.org/eild/id/agent/china",
    "cite": "cite?iri=https://w3id.org/eild/id/claim/000-012-4",
    "claims": "claims?stance=denies",
}


def test_theme_chosen_is_kept_and_can_be_given_back(own: Visitor) -> None:
    """Who chooses dark gets dark pages from then on, before anything is painted light; the system decides otherwise."""
    with own.visit(color_scheme="light") as visit:
        light = visit.page.evaluate(PAPER)
        visit.page.select_option(".theme select", "dark")
        dark = visit.page.evaluate(PAPER)
        assert dark != light
        visit.go("claims")
        assert visit.page.evaluate(THEME) == "dark"
        assert visit.page.evaluate(PAPER) == dark
        assert visit.page.input_value(".theme select") == "dark"
        visit.page.select_option(".theme select", "")
        assert (visit.page.evaluate(THEME), visit.page.evaluate(PAPER)) == ("", light)
        visit.go("")
        assert visit.page.evaluate(PAPER) == light


def test_theme_stored_by_somebody_else_is_passed_over(own: Visitor) -> None:
    """A value in the storage that is no theme changes nothing."""
    with own.visit(color_scheme="light") as visit:
        light = visit.page.evaluate(PAPER)
        visit.page.evaluate("localStorage.setItem('theme', 'constructor')")
        visit.go("")
        assert (visit.page.evaluate(THEME), visit.page.evaluate(PAPER)) == ("", light)


def test_copy_button_copies_exactly_the_text(own: Visitor) -> None:
    """Each form of a citation comes into the clipboard as it stands on the page, and a status says so."""
    with own.visit(PAGES["cite"], permissions=["clipboard-read", "clipboard-write"]) as visit:
        blocks = visit.page.locator("[data-copy]")
        buttons = visit.page.locator("button.copy")
        assert blocks.count() == buttons.count() == 4
        for number in range(blocks.count()):
            buttons.nth(number).click()
            visit.page.locator("main [role=status]", has_text="Copied").nth(number).wait_for()
            copied = visit.page.evaluate("navigator.clipboard.readText()")
            assert copied == blocks.nth(number).evaluate("block => block.textContent.trim()")


def test_copy_button_clipboard_refused_selects_the_text(own: Visitor) -> None:
    """Where the browser refuses the clipboard, the text is selected, and the status says what to do."""
    with own.visit(PAGES["cite"]) as visit:
        visit.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        visit.page.locator("button.copy").first.click()
        visit.page.locator("main [role=status]", has_text="Selected").wait_for()
        selected = visit.page.evaluate("getSelection().toString().trim()")
        assert selected == visit.page.locator("[data-copy]").first.inner_text().strip()


def test_print_shows_what_is_folded_and_folds_it_again(own: Visitor) -> None:
    """On paper nothing is folded and nothing is to be clicked; the licence is there. On the screen all is as before."""
    with own.visit("seed/000") as visit:
        folded = "document.querySelectorAll('details:not([open])').length"
        before = visit.page.evaluate(folded)
        assert before > 0
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate(folded) == 0
        shown = "selector => [...document.querySelectorAll(selector)].filter(item => item.checkVisibility()).length"
        assert visit.page.evaluate(shown, "form, nav, .skip, button") == 0
        assert visit.page.evaluate(shown, "footer a[rel=license]") == 1
        visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert visit.page.evaluate(folded) == before


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_page_without_script_has_no_dead_control(own: Visitor, path: str) -> None:
    """Without JavaScript no button stands there that would do nothing, and all text to copy is on the page."""
    with own.visit(path, script=False) as visit:
        assert visit.page.locator("button.copy, .theme").count() == 0
        for button in visit.page.locator("button:visible").all():
            assert button.evaluate("button => button.form !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_page_accessible_and_narrow_enough(own: Visitor, axe: str, path: str, scheme: str) -> None:
    """Axe finds nothing on desktop and phone in either scheme, and nothing is wider than the narrowest window."""
    with own.visit(path, color_scheme=scheme) as visit:
        for width in (DESKTOP, PHONE):
            visit.page.set_viewport_size({"width": width, "height": 900})
            assert visit.check_accessibility(axe) == []
        visit.page.set_viewport_size({"width": NARROWEST, "height": 900})
        assert visit.check_width() == []
        assert visit.check_headings() == []
