"""The curated facts: all Turtle files of ``data/`` with the location of every triple, and their checks.

The checks return findings as errors with location and hint; :func:`eild.dataset.build_dataset` raises them all at once.
The shapes state all other requirements on records (cardinalities, datatypes, value sets).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF

from eild.errors import DataError, FactError, Location, ProblemsError
from eild.facts.ontology import check_vocabulary, suggest
from eild.located import LocatedGraph, parse_located
from eild.names import OWN, Names
from eild.namespaces import EILD
from eild.resources import display_path, resource_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from rdflib.term import Node

CLAIM_NEEDS: Final = {"claimant": EILD.claimant, "stance": EILD.stance, "evidence": EILD.evidence}


@dataclass(frozen=True)
class Facts:
    """The curated facts.

    :ivar files: content of each file, by its path below the folder, with ``/`` between folders
    :ivar names: the names of the project
    """

    files: dict[str, LocatedGraph]
    names: Names = OWN

    @cached_property
    def located(self) -> LocatedGraph:
        """All files together."""
        return LocatedGraph().merge(self.files.values())


def load_facts(folder: Path | None = None, names: Names = OWN) -> Facts:
    """Read all Turtle files of a folder (the packaged one if none is given) and its subfolders.

    :raises DataError: if there is none
    :raises ProblemsError: for all files that are unreadable or not well-formed
    """
    place = folder or resource_folder("data")
    paths = sorted(place.rglob("*.ttl"))
    if not paths:
        message = "no curated data found"
        raise DataError(message, location=Location(str(display_path(place))), hint="add Turtle files to this directory")
    files: dict[str, LocatedGraph] = {}
    problems: list[DataError] = []
    for path in paths:
        try:
            files[path.relative_to(place).as_posix()] = parse_located(display_path(path), base=names.base)
        except DataError as error:
            problems.append(error)
    if problems:
        raise ProblemsError(problems)
    return Facts(files, names)


def check_facts(facts: Facts, described_elsewhere: Collection[Node]) -> list[FactError]:
    """Return all findings on the curated facts that need no seed text.

    :param described_elsewhere: resources with a type outside the curated files: units of the seeds, ontology terms
    """
    return [
        *check_vocabulary(facts.located, facts.names),
        *check_blank_nodes(facts.located),
        *check_references(facts.located, described_elsewhere, facts.names),
        *check_claims(facts.located),
        *check_definitions(facts),
    ]


def check_blank_nodes(located: LocatedGraph) -> list[FactError]:
    """Return a finding for each blank node: every resource has an IRI, so that dumps can be compared and cited."""
    first: dict[BNode, Location] = {}
    for triple, places in located.places.items():
        for term in triple:
            if isinstance(term, BNode):
                first.setdefault(term, places[0])
    hint = "give the resource an IRI"
    return [
        FactError("curated data must not contain blank nodes", location=place, hint=hint) for place in first.values()
    ]


def check_references(
    located: LocatedGraph, described_elsewhere: Collection[Node], names: Names = OWN
) -> list[FactError]:
    """Return a finding for each resource of the project that is pointed to but nowhere described, or has no type.

    :param located: the data
    :param described_elsewhere: resources with a type outside the data
    :param names: the names of the project
    """
    typed = {*located.graph.subjects(RDF.type), *described_elsewhere}
    known = sorted(str(term) for term in typed if names.owns(str(term)))
    findings = []
    for term in sorted(located.subjects, key=str):
        if names.owns(str(term)) and term not in typed:
            place = located.subjects[term]
            findings.append(FactError(f"{_short(term)} must have a type", location=place, hint=_similar(term, known)))
    pointing: dict[Node, Location] = {}
    for (_, _, obj), places in located.places.items():
        if isinstance(obj, URIRef) and names.owns(str(obj)) and obj not in typed | located.subjects.keys():
            pointing.setdefault(obj, places[0])
    for term, place in pointing.items():
        kind = "concept" if names.find_kind(str(term)) == "concept" else "resource"
        message = f"unknown {kind} {_short(term)}: it is referenced but not defined"
        findings.append(FactError(message, location=place, hint=_similar(term, known)))
    return findings


def check_claims(located: LocatedGraph) -> list[FactError]:
    """Return a finding for each claim without claimant, stance or evidence."""
    findings = []
    for claim in located.graph.subjects(RDF.type, EILD.Claim):
        missing = [name for name, term in CLAIM_NEEDS.items() if (claim, term, None) not in located.graph]
        if missing:
            message = f"the claim {_short(claim)} must have {' and '.join(f'eild:{name}' for name in missing)}"
            hint = f"add eild:{missing[0]}"
            findings.append(FactError(message, location=located.locate(claim, RDF.type), hint=hint))
    return findings


def check_definitions(facts: Facts) -> list[FactError]:
    """Return a finding for each resource that is defined (given its types) twice in ways that differ.

    Two definitions in one file are a slip in any case: the same slug was used for two things.
    """
    findings = []
    homes: dict[Node, list[LocatedGraph]] = {}
    for located in facts.files.values():
        for subject in set(located.graph.subjects(RDF.type)):
            homes.setdefault(subject, []).append(located)
    for subject, files in sorted(homes.items()):
        repeated = [
            places
            for located in files
            for obj in located.graph.objects(subject, RDF.type)
            if len(places := located.locate_all(subject, RDF.type, obj)) > 1
        ]
        if repeated:
            findings.append(_defined_twice(subject, repeated[0][0], repeated[0][1]))
        elif len({frozenset(located.graph.predicate_objects(subject)) for located in files}) > 1:
            first, second, *_ = (located.locate(subject, RDF.type) for located in files)
            findings.append(_defined_twice(subject, first, second))
    return findings


def check_verbatim(located: LocatedGraph, texts: Iterable[str]) -> list[FactError]:
    """Return a finding for each verbatim time or quantity whose words do not occur in any seed text."""
    searched = tuple(texts)
    findings = []
    for subject, words in located.graph.subject_objects(EILD.verbatim):
        if isinstance(words, Literal) and not any(str(words) in text for text in searched):
            message = f"the words {str(words)!r} of {_short(subject)} do not occur in any seed text"
            place = located.locate(subject, EILD.verbatim, words)
            findings.append(
                FactError(message, location=place, hint="copy them from the text, including quotation marks and case")
            )
    return findings


def _defined_twice(subject: Node, first: Location | None, second: Location | None) -> FactError:
    message = f"{_short(subject)} is defined twice, first at {first}"
    return FactError(message, location=second, hint="keep one definition, or use another slug")


def _short(term: Node) -> str:
    """Return an IRI without the base, for messages."""
    return str(term).rpartition("/id/")[2]


def _similar(term: Node, known: Collection[str]) -> str:
    """Return the nearest known resource of the same kind or scheme as a hint."""
    parent = str(term).rpartition("/")[0] + "/"
    slug = str(term).removeprefix(parent)
    siblings = [name.removeprefix(parent) for name in known if name.startswith(parent)]
    nearest = "" if slug.replace("-", "").isdigit() else suggest(slug, siblings)
    return nearest or "define it with a type, or refer to a resource that is defined"
