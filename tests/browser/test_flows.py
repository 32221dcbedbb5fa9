"""Ways through the site in a real browser, with scripts and without, by mouse and by keyboard."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import expect

from eild.namespaces import EILD

from .visiting import HEIGHT, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .visiting import Visitor

QUERY: Final = f"PREFIX eild: <{EILD}> SELECT ?claim {{ ?claim a eild:Claim }} ORDER BY ?claim LIMIT 3"
MOST_BYTES: Final = 150 * 1024
"""What the home page may weigh on the way, with all that it loads."""
MOST_STYLE_BYTES: Final = 20 * 1024
MOST_SCRIPT_BYTES: Final = 10 * 1024
STATIC: Final = Path(__file__).parents[2] / "src" / "eild" / "web" / "static"


def focus_key(page: Page) -> str:
    """Return what has the focus, as its address or text."""
    found: str = page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.textContent")
    return found


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [1280, PHONE])
def test_reader_from_article_to_download(own: Visitor, *, script: bool, width: int) -> None:
    """One reads, follows words to a claim, its evidence and an entity, and asks; with scripts and without."""
    with own.visit("seed/000", script=script, width=width) as visit:
        page = visit.page
        claim = page.locator(".notes li:has(a[href$='doc/claim/000-012-1'])")
        page.locator(f".article mark a[href='#{claim.locator('p[id]').get_attribute('id')}']").first.click()
        claim.locator("a[href$='doc/claim/000-012-1']").click()
        expect(page).to_have_url(re.compile("/doc/claim/"))
        page.locator("main a[href*='doc/evidence/']").first.click()
        expect(page).to_have_url(re.compile("/doc/evidence/"))
        page.go_back()
        page.locator("main a[href*='doc/agent/']").first.click()
        expect(page).to_have_url(re.compile("/doc/agent/"))
        visit.go(f"sparql?query={quote(QUERY)}")
        assert page.locator("table tbody tr").count() == 3
        link = page.locator("a[href*='format=csv']").first
        answer = httpx.get(page.evaluate("element => element.href", link.element_handle()), timeout=30)
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert len(answer.text.splitlines()) == 4


def test_form_without_scripts_runs_query(own: Visitor) -> None:
    """Without scripts, the query is a plain field and its button gives the table."""
    with own.visit("sparql", script=False) as visit:
        visit.page.locator("#query-text").fill(QUERY)
        visit.page.get_by_role("button", name="Run query").click()
        visit.page.wait_for_url("**/sparql?*")
        assert visit.page.locator("table tbody tr").count() == 3


def test_skip_link_first_key_leads_to_content(own: Visitor) -> None:
    """The first press of Tab reaches the link over the navigation, which becomes visible, and Enter follows it."""
    with own.visit("claims") as visit:
        visit.page.keyboard.press("Tab")
        assert focus_key(visit.page) == "#main"
        assert visit.page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
        visit.page.keyboard.press("Enter")
        expect(visit.page).to_have_url(re.compile(r"#main$"))
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("!!document.activeElement.closest('main')")


def test_reading_keyboard_from_words_to_note_and_back(own: Visitor) -> None:
    """The keyboard leads from words of the article to the note on them, and from the note back."""
    with own.visit("seed/000") as visit:
        words = visit.page.locator(".article mark a").first
        number = words.get_attribute("href")
        assert number is not None
        words.focus()
        visit.page.keyboard.press("Enter")
        expect(visit.page).to_have_url(re.compile(rf"{number}$"))
        visit.page.locator(f".notes li:has({number}) a.back").focus()
        visit.page.keyboard.press("Enter")
        expect(visit.page).to_have_url(re.compile(rf"{number.replace('#n', '#w')}$"))


@pytest.mark.parametrize("script", [True, False])
def test_timeline_keyboard_from_the_picture_to_an_entry(own: Visitor, *, script: bool) -> None:
    """The picture fits a screen, its lanes are stops of the Tab key with an outline, and Enter leads to the entry."""
    with own.visit("timeline", script=script, reduced_motion="reduce") as visit:
        page = visit.page
        box = page.locator(".overview > svg").bounding_box()
        assert box is not None
        assert box["height"] < HEIGHT
        lanes = page.locator(".overview a")
        lanes.first.focus()
        page.keyboard.press("Tab")
        expect(lanes.nth(1)).to_be_focused()
        strokes = visit.evaluate_all(".overview .lane", "element => getComputedStyle(element).strokeWidth")
        assert [stroke for stroke in strokes if stroke == "3px"] == [strokes[1]]
        page.keyboard.press("Enter")
        entry = page.locator(".timeline li:target")
        expect(entry).to_be_in_viewport()
        expect(entry).to_contain_text((lanes.nth(1).get_attribute("aria-label") or "").rpartition(": ")[2] or "nothing")
        page.emulate_media(media="print")
        expect(page.locator(".overview > svg")).to_be_visible()


@pytest.mark.parametrize("path", ["", "seed/000", "doc/claim/000-012-1", "claims", "timeline", "sparql"])
def test_keyboard_every_stop_is_seen(own: Visitor, path: str) -> None:
    """Each stop of the Tab key is a thing that is seen and has an outline: focus is never lost or hidden."""
    with own.visit(path) as visit:
        for _ in range(30):
            visit.page.keyboard.press("Tab")
            seen = visit.page.evaluate("""() => {
                let at = document.activeElement;
                while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                const box = at.getBoundingClientRect();
                return at === document.body || (box.width > 0 && box.height > 0);
            }""")
            assert seen, visit.page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("path", ["", "seed/000", "doc/claim/000-012-1", "timeline"])
def test_print_chrome_away_words_stay(own: Visitor, path: str) -> None:
    """On paper the navigation is gone and the content is there."""
    with own.visit(path) as visit:
        visit.page.emulate_media(media="print")
        expect(visit.page.locator("header nav")).to_be_hidden()
        expect(visit.page.locator("main h1")).to_be_visible()


def test_forced_colours_stance_keeps_word_and_line(own: Visitor) -> None:
    """Where a system sets the colours, a stance is still told by its word, and words keep their line."""
    with own.visit("seed/000", forced_colors="active") as visit:
        expect(visit.page.locator(".notes .stance").first).to_be_visible()
        lines = visit.evaluate_all(".article mark a", "element => getComputedStyle(element).textDecorationLine")
        assert all("underline" in line for line in lines)


def test_home_weight_within_budget(own: Visitor) -> None:
    """The home page with all that it loads is small on the way."""
    sizes: list[int] = []
    with own.visit("contact") as visit:
        session = visit.page.context.new_cdp_session(visit.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        visit.go("")
        visit.page.wait_for_timeout(200)
    assert len(sizes) > 4
    assert sum(sizes) <= MOST_BYTES, json.dumps(sizes)


def test_assets_style_and_scripts_within_budget() -> None:
    """The style sheet of all pages is small, and so are all scripts but the editor together."""
    assert (STATIC / "site.css").stat().st_size <= MOST_STYLE_BYTES
    scripts = [gzip.compress(path.read_bytes()) for path in STATIC.glob("*.js")]
    assert scripts
    assert sum(map(len, scripts)) <= MOST_SCRIPT_BYTES
