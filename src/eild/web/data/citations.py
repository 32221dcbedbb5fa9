"""How to cite a dataset or a resource of it, in the forms that reference managers read.

A citation names the record and those who made it: for a claim the project that recorded it, never its claimant.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

_LATEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)
_NOT_IN_KEY: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Citation:
    """What a reference is made of.

    :ivar author: who made the dataset; empty if the data does not say
    :ivar title: what is cited
    :ivar issued: year, month or day on which its version was released
    :ivar version: the version of the dataset
    :ivar url: the IRI of what is cited; empty if it has none
    :ivar container: the dataset that what is cited is a part of; empty if it is the dataset itself
    :ivar licence: IRI of the licence; empty if the data names none
    :ivar accessed_as: the last part of the IRI, from which the key of a reference is made
    """

    author: str
    title: str
    issued: str
    version: str
    url: str
    container: str = ""
    licence: str = ""
    accessed_as: str = ""

    @property
    def year(self) -> str:
        """The year of the release."""
        return self.issued[:4]

    @property
    def date_parts(self) -> list[int]:
        """Year, month and day of the release, as far as they are known."""
        return [int(part) for part in self.issued.partition("T")[0].split("-")]

    @property
    def key(self) -> str:
        """A key for reference managers, the same for the same resource and version."""
        start = _NOT_IN_KEY.sub("-", (self.author or self.title).lower()).strip("-").split("-")[0]
        rest = _NOT_IN_KEY.sub("-", self.accessed_as.lower()).strip("-")
        return "-".join(filter(None, (start, self.year, rest)))


def _escape(text: str) -> str:
    """Return a text as the value of a field of BibTeX; letters beyond ASCII stay, as biber and bibtex8 read them."""
    return text.translate(_LATEX)


def write_bibtex(citation: Citation) -> bytes:
    """Return a citation as an entry ``@misc``, which every style of BibTeX knows; the URL stands as it is."""
    version = f"version {citation.version}"
    fields = {
        "author": f"{{{_escape(citation.author)}}}" if citation.author else "",
        "title": f"{{{_escape(citation.title)}}}",
        "year": citation.year,
        "month": str(citation.date_parts[1]) if len(citation.date_parts) > 1 else "",
        "howpublished": _escape(
            f"In: {citation.container}, {version}" if citation.container else f"Dataset, {version}"
        ),
        "url": citation.url.replace("{", "%7B").replace("}", "%7D"),
        "note": _escape(f"Licence: {citation.licence}") if citation.licence else "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{citation.key},", *lines, "}\n"]).encode()


def write_csl(citation: Citation) -> bytes:
    """Return a citation as CSL-JSON (Citation Style Language 1.0.2, schema ``csl-data``): a list of one item."""
    item = {
        "id": citation.key,
        "type": "entry" if citation.container else "dataset",
        "title": citation.title,
        "container-title": citation.container,
        "author": [{"literal": citation.author}] if citation.author else [],
        "issued": {"date-parts": [citation.date_parts]},
        "version": citation.version,
        "URL": citation.url,
        "license": citation.licence,
    }
    kept = [{name: value for name, value in item.items() if value}]
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()


def write_ris(citation: Citation) -> bytes:
    """Return a citation as RIS: tags of two letters, lines end in CR LF."""
    one_line = " ".join
    fields = [
        ("TY", "GEN" if citation.container else "DATA"),
        ("AU", citation.author),
        ("TI", citation.title),
        ("T2", citation.container),
        ("PY", citation.year),
        ("DA", "/".join(f"{part:02d}" for part in citation.date_parts)),
        ("ET", citation.version),
        ("UR", citation.url),
        ("ID", citation.key),
    ]
    lines = [f"{tag}  - {one_line(value.split())}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""]).encode()


def write_text(citation: Citation) -> str:
    """Return a citation as one line of plain text."""
    title = f"{citation.title.rstrip('.')}, in: {citation.container}" if citation.container else citation.title
    start = f"{citation.author} ({citation.year}). " if citation.author else ""
    year = "" if citation.author else f" ({citation.year})"
    return f"{start}{title}, version {citation.version}{year}. {citation.url}".strip()
