"""Data of any size over EILD's schema: the published dataset, and copies of all that its seed says.

Each copy has names of its own for the seed, its sentences, claims, evidence, agents, events and so on, and shares the
ontology and the concept schemes. So the copies conform to the shapes as the original does. The same arguments give
the same bytes.

Run ``python -m benchmarks.generate 1000000 data.nt`` for a million triples, with ``--faults 1000`` to leave out every
thousandth triple of the copies.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.publication.cache import ensure_build
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERED: Final = re.compile(rf"(<{re.escape(BASE)}id/(?:seed|sentence|claim|evidence)/)(\d{{3}})")
_PROJECT: Final = r"(?!agent/eild>)"  # the project itself speaks in all copies
_NAMED: Final = re.compile(
    rf"(<{re.escape(BASE)}id/{_PROJECT}(?:agent|event|source|thing|proposition|time|quantity)/[^>#]+)"
)
_COPIED: Final = re.compile(
    rf"<{re.escape(BASE)}id/{_PROJECT}"
    r"(?:seed|sentence|claim|evidence|agent|event|source|thing|proposition|time|quantity)/"
)
_NUMBER: Final = "\x00"
_SUFFIX: Final = "\x01"


class Template:
    """The published dataset, ready to be copied.

    :ivar shared: the lines of what all copies share: ontology, schemes, the dataset's own description
    :ivar copied: the lines of one copy, with marks where its number belongs
    """

    def __init__(self, lines: list[str]) -> None:
        self.shared = [line for line in lines if not _COPIED.match(line)]
        own = [line for line in lines if _COPIED.match(line)]
        self.copied = [_NAMED.sub(rf"\g<1>{_SUFFIX}", _NUMBERED.sub(rf"\g<1>{_NUMBER}", line)) for line in own]

    def copy(self, number: int, *, faults: int = 0) -> list[str]:
        """Return the lines of a copy.

        :param number: which one; copy 0 is the original
        :param faults: leave out every so manieth line, counted over all copies; none if 0
        """
        suffix = f"-copy-{number}" if number else ""
        text = "".join(self.copied).replace(_NUMBER, f"{number:03d}").replace(_SUFFIX, suffix)
        lines = text.splitlines(keepends=True)
        if not faults:
            return lines
        first = number * len(lines)
        return [line for place, line in enumerate(lines, first) if (place + 1) % faults]


def generate_lines(count: int, *, faults: int = 0) -> Iterator[str]:
    """Yield N-Triples lines, no more than a number: what is shared, then whole copies as long as they fit.

    :param count: how many lines at most; never less than the dataset itself has
    :param faults: leave out every so manieth line of the copies; none if 0
    """
    path = next(path for path in sorted(ensure_build().glob("eild-*.nt")) if "nanopubs" not in path.name)
    template = Template(path.read_text(encoding="utf-8").splitlines(keepends=True))
    yield from template.shared
    copies = max(1, (count - len(template.shared)) // len(template.copied))
    for number in range(copies):
        yield from template.copy(number, faults=faults)


def write_triples(path: Path, count: int, *, faults: int = 0) -> int:
    """Write N-Triples of a size to a file and return how many lines there are.

    :param path: the file; overwritten
    :param count: how many lines at most
    :param faults: leave out every so manieth line of the copies; none if 0
    """
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as target:
        for line in generate_lines(count, faults=faults):
            target.write(line)
            written += 1
    return written


def main() -> int:
    """Write a file of the size that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, help="how many triples at most")
    parser.add_argument("file", type=Path)
    parser.add_argument("--faults", type=int, default=0, metavar="N", help="leave out every Nth triple of the copies")
    arguments = parser.parse_args()
    written = write_triples(arguments.file, arguments.count, faults=arguments.faults)
    sys.stdout.write(f"{written} triples in {arguments.file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
