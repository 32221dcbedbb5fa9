"""The base of somebody else's data: what relative IRIs resolve against, and what the server's own paths stand for."""

from __future__ import annotations

import re
from typing import Final

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
