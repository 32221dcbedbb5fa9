"""One recording: entries by name, and each text once, by its digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TEXT_BYTES: Final = 200_000
"""Bytes of the longest body that is kept as text, for a readable comparison; of longer ones only the digest is."""


@dataclass
class Recorder:
    """What has been recorded so far.

    :ivar entries: what was observed, by a name that says how
    :ivar texts: bodies by digest
    :ivar places: paths of folders, with the roles that replace them in texts
    """

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    places: tuple[tuple[str, str], ...] = ()
    _times: dict[str, int] = field(default_factory=dict)

    def keep(self, content: bytes) -> str:
        """Return the digest and size of a body, and keep it as text if it is one and not too long."""
        digest = f"{hashlib.sha256(content).hexdigest()[:32]} {len(content)} bytes"
        if content and len(content) <= MOST_TEXT_BYTES and digest not in self.texts:
            try:
                self.texts[digest] = content.decode()
            except UnicodeDecodeError:
                return digest
        return digest

    def add(self, name: str, entry: Mapping[str, Any]) -> None:
        """Add an entry; when a name occurs again, it gets a number, so that repetitions are recorded too."""
        number = self._times[name] = self._times.get(name, 0) + 1
        self.entries[name if number == 1 else f"{name} #{number}"] = dict(entry)

    def dump(self) -> dict[str, Any]:
        """Return the record as it is written to a file."""
        return {"entries": self.entries, "texts": self.texts}
