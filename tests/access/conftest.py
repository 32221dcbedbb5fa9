"""EILD's own dataset, opened once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import eild

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def ds(own_build: Path) -> Iterator[eild.Dataset]:
    """Return EILD's own dataset, as opened from a build."""
    with eild.open(own_build) as dataset:
        yield dataset
