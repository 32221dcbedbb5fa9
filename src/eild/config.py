"""The settings: one table that feeds command-line options, ``EILD_*`` variables and documentation.

An explicit argument wins over the environment, the environment over the default.
"""

from __future__ import annotations

import os
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_type_hints
from urllib.parse import urlsplit

from eild.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "EILD_"
"""What the environment variables of all settings begin with."""

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
"""The settings that must be greater than zero."""

_LARGEST_PORT: Final = 65535
_ANY_ADDRESS: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def find_reachable_host(host: str) -> str:
    """Return an address at which this machine reaches a server that listens on a host, also on all of them."""
    return _ANY_ADDRESS.get(host, host)


def _setting(default: Any, help_text: str) -> Any:  # noqa: ANN401 - stands for a field of any type
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """Everything about a server that its operator decides; the fields are the table of settings."""

    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on; 0 takes a free one.")
    workers: int = _setting(min(2, os.cpu_count() or 1), "Processes that answer HTTP requests.")
    public_url: str = _setting(
        "", "Where the public reaches this server: the start of absolute URLs (never the Host header)."
    )
    dist: Path | None = _setting(  # noqa: RUF009 - it returns a dataclass field
        None, "Directory that 'eild build --out' wrote; without it one is built."
    )
    store: str = _setting("", "Directory that 'eild load' filled, or URL of a SPARQL endpoint to stand in front of.")
    timeout: float = _setting(5.0, "Seconds a query may run before it is ended with 503.")
    query_workers: int = _setting(
        max(2, os.cpu_count() or 1), "Queries evaluated at the same time by each HTTP process."
    )
    query_memory: int = _setting(512, "Mebibytes that a query may use beyond the loaded data.")
    total_memory: int = _setting(768, "Mebibytes that all running queries may use together; the largest is ended.")
    query_bytes: int = _setting(65536, "Bytes of query text that are accepted.")
    result_bytes: int = _setting(64 * 1024 * 1024, "Bytes of a result that are accepted before 422.")
    body_bytes: int = _setting(1024 * 1024, "Bytes of a request body that are accepted before 413.")
    cache_memory: int = _setting(16, "Mebibytes of answers that each HTTP process keeps to give again; 0 keeps none.")
    contact: str = _setting("", "Where requests for corrections go: an http, https or mailto URL, shown at /contact.")
    validate_timeout: float = _setting(20.0, "Seconds a validation over HTTP may take before it is ended with 503.")
    validate_memory: int = _setting(512, "Mebibytes that a validation over HTTP may use beyond the program.")
    validate_workers: int = _setting(1, "Validations that run at the same time for each HTTP process.")
    log: str = _setting("off", "File for the log of requests, one JSON object a line; - for standard error.")

    @property
    def address(self) -> str:
        """URL at which this machine reaches the server, with a final slash."""
        host = find_reachable_host(self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


@dataclass(frozen=True)
class SettingInfo:
    """What is known about one setting besides its value."""

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
        message = f"{info.environment}={text!r} is not {'an integer' if info.type is int else 'a number'}"
        raise UsageError(message, hint=info.help) from error


def _check(settings: Settings) -> None:
    for name in POSITIVE:
        if not getattr(settings, name) > 0:
            message = f"{SETTINGS[name].option} must be greater than 0, not {getattr(settings, name)}"
            raise UsageError(message, hint=SETTINGS[name].help)
    if settings.cache_memory < 0:
        message = f"--cache-memory must not be negative, not {settings.cache_memory}"
        raise UsageError(message, hint=SETTINGS["cache_memory"].help)
    if not 0 <= settings.port <= _LARGEST_PORT:
        message = f"--port must lie between 0 and {_LARGEST_PORT}, not {settings.port}"
        raise UsageError(message, hint=SETTINGS["port"].help)
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
            message = f"the public URL {settings.public_url!r} is no plain http or https URL"
            raise UsageError(message, hint="give it as in EILD_PUBLIC_URL=https://data.example.org/eild/")
    _check_contact(settings.contact)


def _check_contact(contact: str) -> None:
    if contact and (urlsplit(contact).scheme not in {"http", "https", "mailto"} or " " in contact):
        message = f"the contact {contact!r} is no http, https or mailto URL"
        raise UsageError(message, hint="give it as in EILD_CONTACT=mailto:corrections@data.example.org")


def load_settings(environment: Mapping[str, str], **explicit: Any) -> Settings:  # noqa: ANN401 - any setting
    """Return the settings: explicit arguments first, then ``EILD_*`` variables, then defaults.

    :param environment: usually :data:`os.environ`; empty values count as not given
    :param explicit: values by setting name; ``None`` counts as not given
    :raises UsageError: if a value is not of its type or out of range
    :raises TypeError: if an explicit name is no setting
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
    _check(settings)
    return settings
