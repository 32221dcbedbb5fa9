"""Shapes that ``--shapes`` knows by name: conditions of vocabularies that many datasets use.

``skos`` is the integrity conditions of SKOS (W3C "SKOS Reference", sections 4.4, 5.4, 8.4, 9.4 and 10.4).
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from eild.errors import ShapesError

PROFILES: Final = ("skos",)
"""The names of the shapes that are included."""

_ELSEWHERE: Final = {"dcat-ap": "https://github.com/SEMICeu/DCAT-AP/tree/master/releases"}
"""Names of shapes that others publish, each with the address of the files."""


def find_profile(name: str) -> Path | None:
    """Return the file of shapes that are known by name; None if there are none of that name.

    :raises ShapesError: if others publish such shapes
    """
    if name in _ELSEWHERE:
        message = f"the shapes {name} are not included"
        raise ShapesError(message, hint=f"download them from {_ELSEWHERE[name]} and name the files with --shapes")
    return Path(str(files("eild.validation.profiles") / f"{name}.ttl")) if name in PROFILES else None
