"""Fixtures that all tests share: a small dataset with a seed text of its own, and EILD's own dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from eild.dataset import PublishedDataset, build_dataset

SMALL = Path(__file__).parent / "fixtures" / "small"


@pytest.fixture(scope="session")
def small() -> PublishedDataset:
    """Return the small dataset, built with the packaged ontology and a small shape of its own."""
    return build_dataset(seeds=SMALL / "seeds", data=SMALL / "data", shapes=SMALL / "shapes")


@pytest.fixture(scope="session")
def own_dataset() -> PublishedDataset:
    """Return EILD's own dataset, built from the checkout."""
    return build_dataset()


@pytest.fixture
def small_copy(tmp_path: Path) -> Path:
    """Return a writable copy of the small dataset's folders ``seeds`` and ``data``."""
    for source in SMALL.rglob("*"):
        if source.is_file():
            target = tmp_path / "small" / source.relative_to(SMALL)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    return tmp_path / "small"
