"""The forms of a report: one function per form, from report to text. The same report gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.validation.formats.github import format_github
from eild.validation.formats.json import format_json
from eild.validation.formats.junit import format_junit
from eild.validation.formats.text import format_text
from eild.validation.formats.turtle import format_turtle

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.validation.findings import Report

FORMATS: Final[dict[str, Callable[[Report], str]]] = {
    "text": format_text,
    "json": format_json,
    "turtle": format_turtle,
    "junit": format_junit,
    "github": format_github,
}
"""The forms by the names that the command line knows."""

__all__ = ["FORMATS", "format_github", "format_json", "format_junit", "format_text", "format_turtle"]
