"""The base of third-party data, and the URLs of endpoints and sites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from eild.config import DEFAULT_ADDRESS
from eild.errors import UsageError

if TYPE_CHECKING:
    from eild.publication.manifest import Manifest

_BASE: Final = re.compile(r"https?://[^\s<>\"{}|^`\\/]+/[^\s<>\"{}|^`\\]*")


@dataclass(frozen=True)
class Address:
    """The URL at which a server listens: the base of data for which the operator names none.

    :ivar url: the URL, with a final slash
    """

    url: str = DEFAULT_ADDRESS


def settle_base(base: str | Address) -> tuple[str, bool]:
    """Return the base of third-party data, and whether the dataset owns it.

    :param base: the IRI that the operator names, or where a server listens; empty stands for the default address
    :raises UsageError: if it is not an absolute http or https IRI
    """
    if isinstance(base, Address):
        return base.url, False
    check_base(base)
    return base or DEFAULT_ADDRESS, bool(base)


def check_base(base: str) -> None:
    """Check the base that an operator names; an empty string is none.

    :raises UsageError: if it is not an absolute http or https IRI with a path
    """
    if base and not _BASE.fullmatch(base):
        message = f"the base must be an absolute http or https IRI, not {base!r}"
        raise UsageError(message, hint="for example, --base https://example.org/data/")


def is_endpoint(store: str) -> bool:
    """Tell whether a store is named by the URL of an endpoint, and not by a directory."""
    return store.lower().startswith(("http://", "https://"))


def split_url(url: str) -> SplitResult:
    """Return the parts of the URL of an endpoint.

    :raises UsageError: if it is not an http or https URL without fragment
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment or not url.isascii():
        message = f"the URL of an endpoint must be an http or https URL, not {url[:200]!r}"
        raise UsageError(message, hint="for example, --store https://data.example.org/sparql")
    return parts


def choose_public_url(manifest: Manifest, configured: str, address: str) -> str:
    """Return the start of the absolute URLs of a site; empty if that is the base of the dataset.

    A dataset without a base of its own is reached where its server listens, wherever it was loaded.

    :param configured: what the operator set as public URL; empty if nothing
    :param address: where the server listens, never the Host field of a request
    """
    return configured or ("" if manifest.owned else address)
