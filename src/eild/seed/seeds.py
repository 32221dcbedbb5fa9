"""Seed texts: the files as given, their descriptions, and their numbered units.

A seed is two files of ``seeds/``: the text ``<number>_<anything>.txt``, never edited, and its description
``<number>.ttl`` with the source, the licence and the SHA-256 that the text must have. How a text is cut into units
is told in :mod:`eild.seed.segmentation`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, XSD

from eild.errors import Location, SeedError
from eild.located import LocatedGraph, parse_located
from eild.names import OWN, Names
from eild.namespaces import NIF, SCHEMA, empty_graph
from eild.resources import resource_folder
from eild.seed.languages import find_language
from eild.seed.segmentation import Unit, UnitKind, segment

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib import Graph

_FILE_NAME: Final = re.compile(r"(?P<number>\d{3})_[^.]+\.txt$")
_REQUIRED: Final = (DCTERMS.title, DCTERMS.license, DCTERMS.isFormatOf, DCTERMS.identifier, SCHEMA.sha256)
_UNIT_CLASSES: Final = {
    UnitKind.TITLE: NIF.Title,
    UnitKind.HEADING: NIF.Title,
    UnitKind.SENTENCE: NIF.Sentence,
    UnitKind.ENTRY: NIF.Phrase,
}


@dataclass(frozen=True, eq=False)
class Seed:
    """A seed text with its units.

    :ivar number: three digits, from the file's name
    :ivar path: the text file
    :ivar text: its content; offsets everywhere count code points of this string
    :ivar units: title, headings, sentences and list entries, numbered from 1
    :ivar description: statements of the description file, with locations
    :ivar names: the names of its project
    """

    number: str
    path: Path
    text: str
    units: tuple[Unit, ...]
    description: LocatedGraph
    names: Names = OWN

    @property
    def iri(self) -> URIRef:
        """The IRI of the seed text."""
        return URIRef(self.names.resource("seed", self.number))

    @property
    def document(self) -> URIRef:
        """The IRI of the article whose text this is: the document that speaks in its sentences."""
        return URIRef(str(self.description.graph.value(self.iri, DCTERMS.isFormatOf)))

    @property
    def language(self) -> str:
        """The language tag of the text, from its description; an empty string if that does not say."""
        return read_language(self.description, self.iri)

    def unit_iri(self, unit: Unit) -> URIRef:
        """Return the IRI of a unit, e.g. ``…/id/sentence/000-012``."""
        return URIRef(self.names.resource("sentence", f"{self.number}-{unit.number:03d}"))

    @cached_property
    def units_by_iri(self) -> dict[URIRef, Unit]:
        """The units by their IRIs."""
        return {self.unit_iri(unit): unit for unit in self.units}

    @property
    def sentences(self) -> tuple[Unit, ...]:
        """The sentences of running text only."""
        return tuple(unit for unit in self.units if unit.kind is UnitKind.SENTENCE)

    def units_between(self, begin: int, end: int) -> tuple[Unit, ...]:
        """Return the units that share at least one code point with a span."""
        return tuple(unit for unit in self.units if unit.begin < end and begin < unit.end)


def load_seed(path: Path, names: Names = OWN) -> Seed:
    """Read a seed text and the description next to it.

    :param path: the text file, named ``<three digits>_<anything>.txt``
    :param names: the names of the project
    :raises SeedError: if a file is missing or unreadable, the name has no number, the text is not UTF-8 or has a
        byte order mark, the description lacks a required property, or the checksum differs
    """
    name = _FILE_NAME.match(path.name)
    if name is None:
        message = "the file name must start with a seed number"
        raise SeedError(message, location=Location(str(path)), hint="rename it, for example, to 000_article.txt")
    number = name["number"]
    description_path = path.with_name(f"{number}.ttl")
    if not description_path.is_file():
        message = f"the description of seed {number} is missing"
        hint = "add the source, the licence and the SHA-256 of the text"
        raise SeedError(message, location=Location(str(description_path)), hint=hint)
    description = parse_located(description_path)
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        message = f"cannot read the seed text: {error.strerror or error}"
        raise SeedError(message, location=Location(str(path))) from error
    except UnicodeDecodeError as error:
        message = f"the seed text must be UTF-8: cannot decode byte {error.start}"
        raise SeedError(message, location=Location(str(path)), hint="save the text as UTF-8") from error
    iri = URIRef(names.resource("seed", number))
    _check_description(description, iri, path, hashlib.sha256(content).hexdigest())
    if text.startswith("\ufeff"):
        message = "the seed text must not start with a byte order mark, which would shift every offset"
        raise SeedError(message, location=Location(str(path), 1, 1), hint="save the text without a byte order mark")
    units = segment(text, find_language(read_language(description, iri)))
    return Seed(number, path, text, units, description, names)


def read_language(description: LocatedGraph, iri: URIRef) -> str:
    """Return the language tag of a seed text; an empty string if its description has none."""
    return str(description.graph.value(iri, DCTERMS.language) or "")


def load_seeds(folder: Path | None = None, names: Names = OWN) -> tuple[Seed, ...]:
    """Read all seeds of a folder (the packaged one if none is given), in the order of their numbers.

    :raises SeedError: as :func:`load_seed`, or if two texts have the same number or there is none
    """
    place = folder or resource_folder("seeds")
    seeds: dict[str, Seed] = {}
    for path in sorted(place.glob("*.txt")):
        seed = load_seed(path, names)
        if seed.number in seeds:
            message = f"seed number {seed.number} is already used by {seeds[seed.number].path.name}"
            raise SeedError(message, location=Location(str(path)), hint="give each text its own number")
        seeds[seed.number] = seed
    if not seeds:
        message = "no seed text found"
        raise SeedError(message, location=Location(str(place)), hint="add a file such as 000_article.txt")
    return tuple(seeds.values())


def build_seed_graph(seed: Seed) -> Graph:
    """Make the published form of a seed: its description, its text, and each unit with offsets, anchor and section.

    The section of a sentence or list entry is the title or heading that it stands under.
    """
    graph = empty_graph()
    sections = {unit.number: seed.unit_iri(unit) for unit in seed.units}
    for triple in seed.description.graph:
        graph.add(triple)
    graph.add((seed.iri, RDF.type, NIF.Context))
    graph.add((seed.iri, NIF.isString, Literal(seed.text)))
    for unit in seed.units:
        iri = seed.unit_iri(unit)
        graph.add((iri, RDF.type, _UNIT_CLASSES[unit.kind]))
        graph.add((iri, NIF.anchorOf, Literal(unit.text)))
        graph.add((iri, NIF.beginIndex, Literal(str(unit.begin), datatype=XSD.nonNegativeInteger)))
        graph.add((iri, NIF.endIndex, Literal(str(unit.end), datatype=XSD.nonNegativeInteger)))
        graph.add((iri, NIF.referenceContext, seed.iri))
        graph.add((iri, SCHEMA.position, Literal(str(unit.number), datatype=XSD.integer)))
        if unit.section not in {0, unit.number}:
            graph.add((iri, DCTERMS.isPartOf, sections[unit.section]))
    return graph


def _check_description(description: LocatedGraph, iri: URIRef, path: Path, digest: str) -> None:
    """Check that the description is complete and fits the text.

    :raises SeedError: if it is not or does not
    """
    graph, number = description.graph, str(iri).rpartition("/")[2]
    missing = [graph.qname(term) for term in _REQUIRED if graph.value(iri, term) is None]
    where = description.locate(iri) or Location(str(path.with_name(f"{number}.ttl")))
    if missing:
        message = f"the description of seed {number} must have {', '.join(missing)}"
        raise SeedError(message, location=where, hint=f"add it to <{iri}>")
    expected = str(graph.value(iri, SCHEMA.sha256)).lower()
    if expected != digest:
        message = f"the SHA-256 of {path.name} is {digest}, but its description states {expected}"
        raise SeedError(
            message,
            location=description.locate(iri, SCHEMA.sha256) or where,
            hint="restore the original text; seed texts must not be edited",
        )
    file_name = str(graph.value(iri, DCTERMS.identifier))
    if file_name != path.name:
        message = f"the description of seed {number} is of the file {file_name!r}, not of {path.name!r}"
        raise SeedError(message, location=description.locate(iri, DCTERMS.identifier) or where)
