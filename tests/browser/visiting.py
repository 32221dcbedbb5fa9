"""Visits to pages in a real browser: what is seen there, and everything that goes wrong on the way."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

    Scheme = Literal["light", "dark"]

DESKTOP: Final = 1280
PHONE: Final = 390
NARROWEST: Final = 320
HEIGHT: Final = 900
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
PATIENCE: Final = 30_000
"""Milliseconds that anything may take on a busy machine."""

_AXE_OPTIONS: Final = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_DARK_OPTIONS: Final = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
_RUN_AXE: Final = """async options => (await axe.run(document, options)).violations.flatMap(violation =>
    violation.nodes.map(node => `${violation.id} at ${node.target.flat().join(" ")}: ${node.failureSummary}`))"""
_FIND_WIDE: Final = """() => {
    const width = document.documentElement.clientWidth;
    const isHeld = element => {
        for (let at = element.parentElement; at; at = at.parentElement)
            if (at !== document.body && getComputedStyle(at).overflowX !== "visible") return true;
        return false;
    };
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.body.querySelectorAll("*")]
        .filter(element => element.getBoundingClientRect().right > width + 1 && !isHeld(element))
        .map(element => element.outerHTML.slice(0, 160)).concat("the page scrolls sideways");
}"""


@dataclass
class Visit:
    """A page that a browser shows.

    :ivar page: the page, to be used further
    :ivar root: the URL of the site, with a final slash
    :ivar troubles: what went wrong so far: errors on the console, in scripts and of requests
    """

    page: Page
    root: str
    troubles: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note from now on what goes wrong; a page that answers with an error is no trouble, as it says so itself."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("request", self._check_host)
        self.page.on("requestfailed", self._note_failure)
        self.page.on("response", self._check_status)

    def _hear(self, message: ConsoleMessage) -> None:
        """Note errors and warnings of the console; failed loads are noted as responses, with their URL."""
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def _check_host(self, request: Request) -> None:
        if not request.url.startswith((self.root, "data:", "blob:")):
            self.troubles.append(f"request to elsewhere: {request.url}")

    def _note_failure(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # so end downloads, and what a page left behind still loads
            self.troubles.append(f"failed request: {request.url} ({request.failure})")

    def _check_status(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.troubles.append(f"{response.status}: {response.url}")

    def go(self, path: str) -> Response:
        """Go to a path of the site and return its answer."""
        response = self.page.goto(urljoin(self.root, path))
        assert response is not None
        return response

    def show(self, width: int, scheme: Scheme) -> None:
        """Give the window a width, and the page light or dark colours."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=scheme)

    def check_accessibility(self, axe: str, *, colours_only: bool = False) -> list[str]:
        """Return what the rules of axe-core find, each with rule, element and remedy.

        :param axe: the script
        :param colours_only: whether only the rules that look at colours are applied
        """
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate(axe)
        found: list[str] = self.page.evaluate(_RUN_AXE, _DARK_OPTIONS if colours_only else _AXE_OPTIONS)
        return found

    def check_headings(self) -> list[str]:
        """Return where the outline of the page has no single top, or skips a level."""
        levels = [int(tag[1]) for tag in self.evaluate_all("h1, h2, h3, h4, h5, h6", "element => element.localName")]
        found = [] if levels.count(1) == 1 else [f"{levels.count(1)} headings of the first level"]
        pairs = pairwise(levels)
        return found + [f"h{upper} is followed by h{lower}" for upper, lower in pairs if lower > upper + 1]

    def check_landmarks(self) -> list[str]:
        """Return which landmarks are missing, and which share kind and name with another."""
        counts = {name: self.page.locator(name).count() for name in ("body > header", "main", "body > footer")}
        found = [f"{count} of {name}" for name, count in counts.items() if count != 1]
        script = "element => `${element.localName} “${element.ariaLabel ?? element.getAttribute('aria-labelledby')}”`"
        named = self.evaluate_all("nav, aside, [role=search]", script)
        return found + [f"{name} is there more than once" for name in sorted(set(named)) if named.count(name) > 1]

    def check_width(self) -> list[str]:
        """Return what is wider than a window of the smallest width."""
        self.page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
        found: list[str] = self.page.evaluate(_FIND_WIDE)
        return found

    def evaluate_all(self, selector: str, script: str) -> list[str]:
        """Return what a function of JavaScript says of each element that a selector finds."""
        found: list[str] = self.page.locator(selector).evaluate_all(f"elements => elements.map({script})")
        return found


class Visitor:
    """Somebody who opens pages of one site, each in a browser without memory of others.

    :param browser: the browser
    :param root: the URL of the site, with a final slash
    """

    def __init__(self, browser: Browser, root: str) -> None:
        self._browser = browser
        self.root = root

    @contextmanager
    def visit(
        self,
        path: str = "",
        *,
        width: int = DESKTOP,
        script: bool = True,
        **options: Any,
    ) -> Iterator[Visit]:
        """Open a page, and fail at the end if anything went wrong meanwhile.

        :param path: the path, without a first slash
        :param width: how wide the window is
        :param script: whether the browser runs JavaScript
        :param options: what else the browser is told, by Playwright's names
        """
        context: BrowserContext = self._browser.new_context(
            viewport={"width": width, "height": HEIGHT}, java_script_enabled=script, accept_downloads=True, **options
        )
        context.set_default_timeout(PATIENCE)
        try:
            visit = Visit(context.new_page(), self.root)
            visit.watch()
            visit.go(path)
            yield visit
            assert not visit.troubles, "\n".join(visit.troubles)
        finally:
            context.close()


_QUOTED: Final = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")
_NEGATION: Final = re.compile(
    r"\b(not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n[’']t\b", re.IGNORECASE
)


def find_negations(text: str) -> list[str]:
    """Return the words of a text that negate, outside quotation marks."""
    return [match[0] for match in _NEGATION.finditer(_QUOTED.sub(" ", text))]
