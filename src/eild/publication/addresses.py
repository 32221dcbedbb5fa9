"""The base of somebody else's data, and the URL of an endpoint that holds them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from eild.errors import UsageError

UNNAMED_BASE: Final = "https://data.invalid/"
"""What relative IRIs resolve against where the operator names no base."""

_BASE: Final = re.compile(r"https?://[^\s<>\"{}|^`\\/]+/[^\s<>\"{}|^`\\]*")


def check_base(base: str) -> None:
    """Check what an operator gives as base; empty is none.

    :raises UsageError: if it is no absolute http or https IRI with a path
    """
    if base and not _BASE.fullmatch(base):
        message = f"the base {base!r} is no absolute http or https IRI"
        raise UsageError(message, hint="give it as in --base https://example.org/data/")


def split_url(url: str) -> SplitResult:
    """Return the parts of the URL of an endpoint.

    :raises UsageError: if it is no plain http or https URL
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment or not url.isascii():
        message = f"{url[:200]!r} is no http or https URL of an endpoint"
        raise UsageError(message, hint="give it as in --store https://data.example.org/sparql")
    return parts
