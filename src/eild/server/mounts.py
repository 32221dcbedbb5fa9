"""The sites of a server: where each begins, what its settings are, and where it says which version is in service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.config import Settings


@dataclass(frozen=True)
class Mount:
    """A site of a server.

    :ivar settings: its settings
    :ivar path: where its paths begin, without slashes around; empty if it is the only site
    :ivar control: the directory that says which version of it is in service
    """

    settings: Settings
    path: str = ""
    control: Path = Path()


def find_common_settings(mounts: Sequence[Mount]) -> Settings:
    """Return the settings that hold for a server as a whole: of limits of requests, the largest."""
    limits = {name: max(getattr(mount.settings, name) for mount in mounts) for name in ("timeout", "body_bytes")}
    return replace(mounts[0].settings, **limits)
