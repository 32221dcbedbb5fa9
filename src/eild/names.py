"""IRIs of a project: everything that its data own is below its base.

EILD's own dataset has the base :data:`eild.terms.BASE`. A project of somebody else has another one, and shares with
EILD the ontology, the shapes and the concept schemes. Concepts that such a project adds are below its own base, in
``id/concept/<scheme>/``, whether their scheme is a shared one or its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from eild.errors import UsageError
from eild.terms import BASE, KINDS, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONCEPTS: Final = f"{BASE}id/concept/"
_OWNED: Final = tuple(f"{BASE}{path}" for path in (*(f"id/{kind}/" for kind in KINDS if kind != "concept"), "graph/"))
_OWN_BASE: Final = re.compile(r"https?://[^\s<>\"{}|\\^`?#]+/")


@dataclass(frozen=True)
class Names:
    """The IRIs that a project owns.

    :ivar base: what they begin with
    """

    base: str = BASE

    @property
    def is_eild(self) -> bool:
        """Whether the project is EILD itself."""
        return self.base == BASE

    def resource(self, kind: str, slug: str) -> str:
        """Return the IRI of a resource, e.g. ``resource("claim", "000-012-1")``.

        :raises ValueError: if the kind is not one of :data:`eild.terms.KINDS`
        """
        if kind not in KINDS:
            message = f"unknown kind {kind!r}: use one of {', '.join(KINDS)}"
            raise ValueError(message)
        return f"{self.base}id/{kind}/{slug}"

    def graph(self, module: str) -> str:
        """Return the IRI of a module's named graph."""
        return f"{self.base}graph/{module}"

    def part(self, name: str) -> str:
        """Return the IRI of a part of the publication, such as ``dataset``, ``catalog``, ``sparql`` or ``queries``."""
        return f"{self.base}{name}"

    def find_kind(self, iri: str) -> str:
        """Return the kind of a resource that the project owns, or of a shared concept; an empty string for others."""
        for base in dict.fromkeys((self.base, BASE)):
            if iri.startswith(f"{base}id/"):
                kind = iri[len(base) + 3 :].partition("/")[0]
                return kind if base == self.base or kind == "concept" else ""
        return ""

    def owns(self, iri: str) -> bool:
        """Return whether a resource must be described by the project's data or by the shared concept schemes."""
        return iri.startswith((f"{self.base}id/", _CONCEPTS))

    def shorten(self, iri: str) -> str:
        """Return an IRI without the base and ``id/``, for messages."""
        return iri.removeprefix(f"{self.base}id/").removeprefix(f"{BASE}id/")

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of the project: those of EILD, with the project's resources in place of EILD's.

        The prefixes of concept schemes stand for the shared concepts. ``own-topic`` and its like stand for the
        project's own.
        """
        if self.is_eild:
            return PREFIXES
        found = {
            name: self.base + start[len(BASE) :] if start.startswith(_OWNED) else start
            for name, start in PREFIXES.items()
        }
        concepts = {name: start for name, start in PREFIXES.items() if start.startswith(_CONCEPTS)}
        own = {f"own-{name}": self.base + start[len(BASE) :] for name, start in concepts.items()}
        return {**found, **own}


OWN: Final = Names()
"""The names of EILD's own dataset."""


def choose_names(base: str) -> Names:
    """Return the names of a project.

    :param base: start of its IRIs; an empty string for EILD's own
    :raises UsageError: if it cannot be the start of a project's IRIs
    """
    if base in {"", BASE}:
        return OWN
    if not _OWN_BASE.fullmatch(base):
        message = f"--base must be an http or https IRI without query or fragment that ends with a slash, not {base!r}"
        raise UsageError(message, hint="for example, --base https://data.example.org/town/")
    if base.startswith(BASE) or BASE.startswith(base):
        message = f"--base must not be above or below {BASE}, whose IRIs belong to EILD"
        raise UsageError(message, hint="use an address of your own, for example https://data.example.org/town/")
    return Names(base)
