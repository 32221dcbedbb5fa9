"""The option that writes the expected results anew, so that a change of the data shows up as a reviewable diff."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-expected``, for use with this folder: ``pytest tests/queries --update-expected``."""
    parser.addoption(
        "--update-expected",
        action="store_true",
        default=False,
        help="write the answers of the engine to queries/expected/ and remove files that belong to no query",
    )


@pytest.fixture(scope="session")
def update_expected(request: pytest.FixtureRequest) -> bool:
    """Tell whether expected results are to be written and not compared."""
    return bool(request.config.getoption("update_expected", default=False))
