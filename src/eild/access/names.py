"""IRIs and their short names by prefix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from eild.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")


def expand(name: str, prefixes: Mapping[str, str], base: str) -> tuple[str, ...]:
    """Return the IRIs that a name may stand for: a full IRI, a prefixed name, or a path below the base."""
    bare = name.strip().removeprefix("<").removesuffix(">")
    prefix, colon, local = bare.partition(":")
    found = [bare] if colon else []
    if colon and prefix in prefixes:
        found.insert(0, prefixes[prefix] + local)
    if not colon and base:
        path = bare.lstrip("/")
        found += [base + path, f"{base}id/{path}"]
    return tuple(found)


def resolve(name: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI of a prefixed name or of an IRI.

    :raises UsageError: if it is neither, or its prefix is unknown
    """
    found = expand(name, prefixes, "")
    if found and _ABSOLUTE.fullmatch(found[0]) and (len(found) > 1 or "//" in name or name.startswith("urn:")):
        return found[0]
    hint = "write a full IRI, or a name with one of the dataset's prefixes, such as 'agent:joe-biden'"
    raise UsageError(f"{name!r:.200} is no IRI, and no name with a known prefix", hint=hint)


class Shortener:
    """Abbreviates IRIs by the longest prefix that fits.

    :param prefixes: IRIs by prefix
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._starts = sorted(
            ((start, name) for name, start in prefixes.items() if start), key=lambda row: -len(row[0])
        )

    def shorten(self, iri: str) -> str:
        """Return an IRI as a prefixed name, or as it is if no prefix fits."""
        return next((f"{name}:{iri[len(start) :]}" for start, name in self._starts if iri.startswith(start)), iri)
