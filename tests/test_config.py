"""Tests of the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from eild.config import PREFIX, SETTINGS, Settings, load_settings
from eild.errors import UsageError


def test_load_settings_nothing_given_defaults() -> None:
    """Without arguments and environment every setting has its default."""
    assert load_settings({}) == Settings()


def test_load_settings_environment_and_argument_argument_wins() -> None:
    """An explicit argument wins over the environment, and the environment over the default."""
    environment = {"EILD_PORT": "9000", "EILD_TIMEOUT": "2.5", "EILD_DIST": "/srv/eild"}
    settings = load_settings(environment, port=9001, timeout=None)
    assert (settings.port, settings.timeout, settings.dist) == (9001, 2.5, Path("/srv/eild"))


def test_load_settings_empty_variable_counts_as_absent() -> None:
    """An empty variable is no value."""
    assert load_settings({"EILD_PORT": " "}).port == Settings().port


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"EILD_PORT": "http"}, "EILD_PORT must be an integer, not 'http'"),
        ({"EILD_TIMEOUT": "soon"}, "EILD_TIMEOUT must be a number, not 'soon'"),
        ({"EILD_PORT": "70000"}, "between 0 and 65535"),
        ({"EILD_TIMEOUT": "0"}, "--timeout must be greater than 0"),
        ({"EILD_TIMEOUT": "nan"}, "--timeout must be greater than 0"),
        ({"EILD_PUBLIC_URL": "example.org"}, "must be an http or https URL without user, query or fragment"),
        ({"EILD_PUBLIC_URL": "https://me:secret@example.org/"}, "without user"),
        ({"EILD_PUBLIC_URL": "https://example.org/?a=b"}, "without user, query or fragment"),
    ],
)
def test_load_settings_wrong_value_usage_error(environment: dict[str, str], words: str) -> None:
    """A value of the wrong type or out of range is refused by name, with what the setting is for."""
    with pytest.raises(UsageError) as caught:
        load_settings(environment)
    assert words in str(caught.value)
    assert caught.value.hint


def test_load_settings_public_url_gets_final_slash() -> None:
    """The public URL always ends with a slash, so that paths can be appended."""
    assert load_settings({}, public_url="https://example.org/eild").public_url == "https://example.org/eild/"


def test_load_settings_unknown_argument_type_error() -> None:
    """A misspelt setting is a fault of the program."""
    with pytest.raises(TypeError, match="prot"):
        load_settings({}, prot=1)


def test_settings_table_every_setting_documented() -> None:
    """Each setting has a help text, an option and a variable that follow from its name."""
    assert set(SETTINGS) == set(Settings.__dataclass_fields__)
    for name, info in SETTINGS.items():
        assert info.environment == PREFIX + name.upper()
        assert info.option == "--" + name.replace("_", "-")
        assert info.help.endswith(".")
