"""Notes: what shapes or data say without effect on the verdict, and a reader should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eild.errors import Location


@dataclass(frozen=True)
class Note:
    """Something that a validation ignored, or that shapes state without effect.

    :ivar message: what it is
    :ivar location: its place in the shapes or the data
    :ivar hint: what to do about it
    :ivar strict: whether it fails a strict run
    """

    message: str
    location: Location | None = None
    hint: str = ""
    strict: bool = True
