"""``eild seed add``: a text becomes a seed of a project, with a skeleton of what is to be encoded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.errors import Location, SeedError, UsageError
from eild.projects.files import render, write_new
from eild.projects.new import check_iri, make_slug
from eild.seed.languages import LANGUAGES, find_language
from eild.seed.segmentation import Unit, UnitKind, segment

if TYPE_CHECKING:
    from pathlib import Path

    from eild.names import Names

MOST_SEEDS: Final = 1000
"""Seeds have numbers of three digits."""
MOST_UNITS: Final = 999
"""So have the units of a seed."""
_LONGEST_NAME: Final = 60
_CODED: Final = (UnitKind.SENTENCE, UnitKind.ENTRY)


@dataclass(frozen=True)
class NewText:
    """What is said of a text that becomes a seed.

    :ivar source: IRI of the page that the text is from
    :ivar licence: IRI of its licence
    :ivar title: its title; empty for that in the text
    :ivar label: its title in English, if the text is in another language
    :ivar credit: whom to credit for the text; empty if nobody is named
    :ivar language: its language tag
    """

    source: str
    licence: str
    title: str = ""
    label: str = ""
    credit: str = ""
    language: str = "en"


@dataclass(frozen=True)
class AddedText:
    """What was made of a text.

    :ivar number: number of the seed
    :ivar sha256: checksum of the text
    :ivar units: its units
    :ivar files: the files that were written
    """

    number: str
    sha256: str
    units: tuple[Unit, ...]
    files: tuple[Path, ...]

    @property
    def open_units(self) -> int:
        """How many sentences and list entries are to be encoded."""
        return sum(unit.kind in _CODED for unit in self.units)


def add_text(path: Path, about: NewText, *, seeds: Path, data: Path, names: Names) -> AddedText:
    """Copy a text into the folder of seeds, and write its description and the skeleton of its claims.

    :param path: the text
    :param about: what is said of it
    :param seeds: folder of the seed texts
    :param data: folder of the curated data
    :param names: the names of the project
    :raises SeedError: if the text is unreadable, empty, not UTF-8, a seed already, or has too many units
    :raises UsageError: if a value is wrong or missing, or a file exists
    :raises EnvironmentFailure: if a file cannot be written
    """
    check_iri("--source", about.source)
    check_iri("--licence", about.licence)
    content = _read(path)
    digest = hashlib.sha256(content).hexdigest()
    number = _choose_number(seeds, path, digest)
    units = segment(content.decode(), find_language(about.language))
    if not units or len(units) > MOST_UNITS:
        message = f"the text must have between 1 and {MOST_UNITS} sentences, headings and list items, not {len(units)}"
        raise SeedError(message, location=Location(str(path)), hint="split a long text into several seeds")
    title = about.title or (units[0].text if units[0].kind is UnitKind.TITLE else "")
    if not title:
        message = "the text has no title: its first line is not of the form = Title ="
        raise UsageError(message, location=Location(str(path)), hint="give the title with --title")
    label = about.label or (title if find_language(about.language) is LANGUAGES["en"] else "")
    if not label:
        message = f"labels are in English, and the text is in another language ({about.language})"
        raise UsageError(message, hint="give the title in English with --label")
    name = f"{number}_{make_slug(path.stem.removeprefix(number))[:_LONGEST_NAME].strip('-') or 'text'}.txt"
    values = {"about": about, "base": names.base, "number": number, "title": title, "label": label, "file": name}
    titled = units[0] if units[0].kind is UnitKind.TITLE and units[0].text == title else None
    shown = [(unit, " ".join(unit.text.split())) for unit in units]
    files = {
        seeds / name: content,
        seeds / f"{number}.ttl": render("seed.ttl", sha256=digest, **values),
        data / "articles" / f"{number}.ttl": render("article.ttl", titled=titled, **values),
        data / "claims" / f"{number}.ttl": render("claims.ttl", units=shown, coded=_CODED, **values),
    }
    write_new(files)
    return AddedText(number, digest, units, tuple(files))


def _read(path: Path) -> bytes:
    """Return the content of a text.

    :raises SeedError: if it is unreadable, not UTF-8 or has a byte order mark
    """
    place = Location(str(path))
    try:
        content = path.read_bytes()
        content.decode("utf-8")
    except OSError as error:
        raise SeedError(f"cannot read the text: {error.strerror or error}", location=place) from error
    except UnicodeDecodeError as error:
        message = f"the text must be UTF-8: cannot decode byte {error.start}"
        raise SeedError(message, location=place, hint="save the text as UTF-8") from error
    if content.startswith(b"\xef\xbb\xbf"):
        message = "the text must not start with a byte order mark, which would shift every offset"
        raise SeedError(message, location=place, hint="save the text without a byte order mark")
    return content


def _choose_number(seeds: Path, path: Path, digest: str) -> str:
    """Return the number that follows the highest one in use.

    :raises SeedError: if the same text is a seed already
    :raises UsageError: if all numbers are in use
    """
    used = []
    for text in sorted(seeds.glob("[0-9][0-9][0-9]*")):
        used.append(int(text.name[:3]))
        if text.suffix == ".txt" and hashlib.sha256(text.read_bytes()).hexdigest() == digest:
            message = f"this text is already the seed {text.name[:3]}: {text.name}"
            raise SeedError(message, location=Location(str(path)), hint="add claims to its files in the data")
    number = max(used, default=-1) + 1
    if number >= MOST_SEEDS:
        message = f"all numbers of seeds up to {MOST_SEEDS - 1} are in use"
        raise UsageError(message, location=Location(str(seeds)), hint="start another project with 'eild new DIR'")
    return f"{number:03d}"
