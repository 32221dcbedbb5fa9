"""What a licence is called, by its IRI."""

from __future__ import annotations

import re
from typing import Final

_CREATIVE_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses/(?P<kind>by(?:-nc)?(?:-nd|-sa)?)|publicdomain/(?P<tool>zero|mark))"
    r"/(?P<version>[0-9]\.[0-9])(?:/(?P<region>[a-z]{2,4}))?(?:/(?:deed|legalcode)(?:\.[a-z-]+)?)?/?"
)
_TOOLS: Final = {"zero": "CC0", "mark": "Public Domain Mark"}


def name_licence(iri: str) -> str:
    """Return the usual name of a licence of Creative Commons, such as ``CC BY-SA 4.0``; of any other, its IRI.

    :param iri: IRI of the licence
    """
    match = _CREATIVE_COMMONS.fullmatch(iri)
    if match is None:
        return iri
    name = _TOOLS[match["tool"]] if match["tool"] else f"CC {match['kind'].upper()}"
    return " ".join(filter(None, (name, match["version"], (match["region"] or "").upper())))
