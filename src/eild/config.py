"""The settings: one table for command-line options, ``EILD_*`` variables and documentation.

Explicit arguments take precedence over the environment, and the environment over the defaults.
"""

from __future__ import annotations

import os
import re
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_type_hints
from urllib.parse import urlsplit

from eild.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "EILD_"
"""Start of the names of all environment variables."""

POSITIVE: Final = (
    "workers",
    "timeout",
    "query_workers",
    "query_memory",
    "total_memory",
    "query_bytes",
    "result_bytes",
    "body_bytes",
    "validate_timeout",
    "validate_memory",
    "validate_workers",
)
"""Settings that must be greater than zero."""

_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/?")
_LARGEST_PORT: Final = 65535
_ANY_ADDRESS: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def find_reachable_host(host: str) -> str:
    """Return an address at which this machine reaches a server that listens on a host, also on all of them."""
    return _ANY_ADDRESS.get(host, host)


def _setting(default: Any, help_text: str) -> Any:  # noqa: ANN401 - stands for a field of any type
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """The settings of a server; the fields are the table of settings."""

    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on; 0 selects a free port.")
    workers: int = _setting(min(2, os.cpu_count() or 1), "Number of HTTP processes.")
    public_url: str = _setting(
        "", "URL at which clients reach this server, the start of absolute URLs; the Host header is never used."
    )
    dist: Path | None = _setting(  # noqa: RUF009 - it returns a dataclass field
        None, "Build directory, as written by 'eild build'; by default, the dataset is built."
    )
    store: str = _setting("", "Store directory, as written by 'eild load', or URL of a SPARQL endpoint to serve.")
    timeout: float = _setting(5.0, "Time limit for a query, in seconds; longer queries get 503.")
    query_workers: int = _setting(max(2, os.cpu_count() or 1), "Concurrent queries per HTTP process.")
    query_memory: int = _setting(288, "Memory limit for a query in MiB, in addition to the loaded data.")
    total_memory: int = _setting(288, "Memory limit for all running queries in MiB; the largest query is terminated.")
    query_bytes: int = _setting(1024 * 1024, "Maximum length of a query, in bytes.")
    result_bytes: int = _setting(64 * 1024 * 1024, "Maximum size of a result, in bytes; larger results get 422.")
    body_bytes: int = _setting(4 * 1024 * 1024, "Maximum size of a request body, in bytes; larger bodies get 413.")
    cache_memory: int = _setting(32, "Response cache per HTTP process, in MiB; 0 turns it off.")
    contact: str = _setting("", "URL for correction requests (http, https or mailto), shown at /contact.")
    images: str = _setting(
        "", "Origins whose images pages show, separated by commas, or * for all; other images are links."
    )
    validate_timeout: float = _setting(
        20.0, "Time limit for a validation over HTTP, in seconds; longer validations get 503."
    )
    validate_memory: int = _setting(512, "Memory limit for a validation over HTTP in MiB, in addition to the program.")
    validate_workers: int = _setting(1, "Concurrent validations per HTTP process.")
    log: str = _setting("off", "File for the request log, one JSON object per line; - is standard error.")

    @property
    def address(self) -> str:
        """URL at which this machine reaches the server, with a final slash."""
        host = find_reachable_host(self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


@dataclass(frozen=True)
class SettingInfo:
    """The description of a setting."""

    name: str
    environment: str
    option: str
    type: type
    default: Any
    help: str


def _base_type(hint: Any) -> type:  # noqa: ANN401 - a type hint
    for kind in (int, float, Path, str):
        if hint == kind or hint == kind | None:
            return kind
    message = f"settings of type {hint} are not supported"
    raise TypeError(message)


def list_settings() -> tuple[SettingInfo, ...]:
    """Return the table of settings: name, environment variable, option, type, default and help of each."""
    hints = get_type_hints(Settings)
    return tuple(
        SettingInfo(
            name=item.name,
            environment=PREFIX + item.name.upper(),
            option="--" + item.name.replace("_", "-"),
            type=_base_type(hints[item.name]),
            default=None if item.default is MISSING else item.default,
            help=item.metadata["help"],
        )
        for item in fields(Settings)
    )


DEFAULT_ADDRESS: Final = Settings().address
"""The address of a server with the default settings."""

SETTINGS: Final[dict[str, SettingInfo]] = {info.name: info for info in list_settings()}
"""The table of settings by name."""


def _convert(info: SettingInfo, text: str) -> Any:  # noqa: ANN401 - the setting's own type
    try:
        return info.type(text)
    except ValueError as error:
        message = f"{info.environment} must be {'an integer' if info.type is int else 'a number'}, not {text!r}"
        raise UsageError(message, hint=info.help) from error


def check_settings(settings: Settings) -> None:
    """Check the values of settings.

    :raises UsageError: if one is out of range
    """
    for name in POSITIVE:
        if not getattr(settings, name) > 0:
            message = f"{SETTINGS[name].option} must be greater than 0, not {getattr(settings, name)}"
            raise UsageError(message, hint=SETTINGS[name].help)
    if settings.cache_memory < 0:
        message = f"--cache-memory must be at least 0, not {settings.cache_memory}"
        raise UsageError(message, hint=SETTINGS["cache_memory"].help)
    if not 0 <= settings.port <= _LARGEST_PORT:
        message = f"--port must be between 0 and {_LARGEST_PORT}, not {settings.port}"
        raise UsageError(message, hint=SETTINGS["port"].help)
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        extra = parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme not in {"http", "https"} or not parts.netloc or extra:
            message = (
                "the public URL must be an http or https URL without user, query or fragment, "
                f"not {settings.public_url!r}"
            )
            raise UsageError(message, hint="for example, EILD_PUBLIC_URL=https://data.example.org/eild/")
    _check_contact(settings.contact)
    for origin in settings.images.replace(",", " ").split():
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            message = f"--images must be origins such as https://images.example.org, or *, not {origin!r}"
            raise UsageError(message, hint=SETTINGS["images"].help)


def _check_contact(contact: str) -> None:
    if contact and (urlsplit(contact).scheme not in {"http", "https", "mailto"} or " " in contact):
        message = f"the contact must be an http, https or mailto URL, not {contact!r}"
        raise UsageError(message, hint="for example, EILD_CONTACT=mailto:corrections@data.example.org")


def load_settings(environment: Mapping[str, str], **explicit: Any) -> Settings:  # noqa: ANN401 - any setting
    """Return the settings from explicit arguments, ``EILD_*`` variables and defaults, in this order of precedence.

    :param environment: usually :data:`os.environ`; empty values are ignored
    :param explicit: values by name of the setting; ``None`` is ignored
    :raises UsageError: if a value has the wrong type or is out of range
    :raises TypeError: if an explicit name is not a setting
    """
    values: dict[str, Any] = {}
    for info in SETTINGS.values():
        if text := environment.get(info.environment, "").strip():
            values[info.name] = _convert(info, text)
    for name, value in explicit.items():
        if name not in SETTINGS:
            message = f"unknown setting {name!r}"
            raise TypeError(message)
        if value is not None:
            values[name] = value
    if url := values.get("public_url"):
        values["public_url"] = url.rstrip("/") + "/"
    settings = Settings(**values)
    check_settings(settings)
    return settings
