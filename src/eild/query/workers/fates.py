"""What the fork server says: that it is ready, and how query processes terminated.

These words are apart from the fork server, so that whoever talks to it need not load an engine.
"""

from __future__ import annotations

from typing import Final

READY: Final = b"ready\n"
"""Output of the fork server when it accepts connections."""
STOP: Final = b"."
"""Input that stops the fork server, like the end of the input."""
NAME: Final = "eild-queries"
"""Name of the process of the fork server, and of its copies."""
FATES: Final = ".fates"
"""Suffix of the name of the second socket."""

DEADLINE: Final = "deadline"
"""Fate of a query process whose query timed out."""
ABANDONED: Final = "abandoned"
"""The fate of a query process for whose answer nobody waited."""
LARGE: Final = "large"
"""The fate of a query process that used most of the memory of all by itself."""
CROWDED: Final = "crowded"
"""The fate of the largest query process when all together used too much memory."""
KILLED: Final = "killed"
"""Fate of a query process that was killed from outside."""
CRASHED: Final = "crashed"
"""Fate of a query process that exceeded its memory limit or crashed in the engine."""
