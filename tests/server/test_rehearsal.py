"""Tests of the requests that are answered before the HTTP processes are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.config import Settings
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import RequestLog
from eild.server import rehearsal
from eild.server.switch import ActiveRelease
from eild.server.version import Version, load_version

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """Return what counts requests, and logs them to a file."""
    return Accounts(Metrics(), RequestLog(str(tmp_path / "log")))


@pytest.fixture
def version(build: Path, tmp_path: Path, accounts: Accounts) -> Version:
    """Return the small dataset as the HTTP processes share it."""
    return load_version(ActiveRelease(1, build, tmp_path / "queries"), Settings(), accounts)


def test_rehearse_small_data_made_ahead_and_nothing_counted(
    version: Version, accounts: Accounts, tmp_path: Path
) -> None:
    """What pages need is there, and neither the metrics nor the log tell of requests that nobody sent."""
    before = accounts.metrics.render("1")
    rehearsal.rehearse(version)
    assert {"claims", "catalog", "described", "about"} <= vars(version.site).keys()
    assert accounts.metrics.render("1") == before
    assert not (tmp_path / "log").exists()


def test_rehearse_large_data_not_delayed(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    """The start does not wait for what large data needs; a thread of the server makes it."""
    monkeypatch.setattr(rehearsal, "MANY", 1)
    rehearsal.rehearse(version)
    assert "claims" not in vars(version.site)
