"""Under which heading of its article each unit stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from eild.claims.model import ClaimIndex

LEAD: Final = "Lead"
"""What pages call the part of an article before its first heading."""


def map_sections(index: ClaimIndex) -> dict[str, tuple[str, str]]:
    """Return the section of each unit, by the unit's number such as ``000-012``.

    A section is told by the number of the unit that heads it, which comes with the text of the heading.
    """
    sections = {}
    for article in index.articles.values():
        for unit in article.units:
            head = article.units[unit.section - 1]
            heading = LEAD if head.number == 1 else head.text
            sections[f"{article.number}-{unit.number:03d}"] = (f"{article.number}-{head.number:03d}", heading)
    return sections
