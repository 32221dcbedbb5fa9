"""The ontology's modules, and the check that data use only terms that exist.

Modules are the Turtle files of ``ontology/``; those named ``align-*`` map EILD's terms to other vocabularies and are
never needed to read the data. Checks return their findings as errors with location and hint; they do not raise.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN

from eild.errors import FactError
from eild.located import LocatedGraph, parse_located
from eild.names import OWN, Names
from eild.namespaces import CITO, OA
from eild.resources import display_path, resource_folder
from eild.terms import BASE, CLASSES, DERIVED_PROPERTIES, KINDS, PREFIXES, PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from rdflib.namespace import DefinedNamespace
    from rdflib.term import Node

_NAMED_PATHS: Final = frozenset(
    {"", "catalog", "contact", "dataset", "graph", "ontology", "prefixes", "queries", "shapes", "sparql"}
)

EILD_NAMESPACE: Final = PREFIXES["eild"]

CURATED_TERMS: Final = {
    str(OA): ("exact", "hasSource", "prefix"),
    str(CITO): ("disagreesWith",),
}
"""The terms that curated data may use of vocabularies of which only a part concerns them."""

_VOCABULARIES: Final[dict[str, type[DefinedNamespace]]] = {
    str(namespace._NS): namespace  # noqa: SLF001 - the only way to a defined namespace's IRI
    for namespace in (DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN)
}


@dataclass(frozen=True)
class Ontology:
    """The ontology as loaded, with places.

    :ivar modules: the modules' graphs by the stems of their files
    :ivar alignments: the alignments' graphs by the stems of their files
    """

    modules: dict[str, LocatedGraph]
    alignments: dict[str, LocatedGraph]


def load_ontology(folder: Path | None = None) -> Ontology:
    """Read all modules of a folder (the packaged one if none is given).

    :raises DataError: if a file is unreadable or not well-formed
    """
    modules: dict[str, LocatedGraph] = {}
    alignments: dict[str, LocatedGraph] = {}
    for path in sorted((folder or resource_folder("ontology")).rglob("*.ttl")):
        target = alignments if path.stem.startswith("align-") else modules
        target[path.stem] = parse_located(display_path(path), base=BASE)
    return Ontology(modules, alignments)


def check_vocabulary(located: LocatedGraph, names: Names = OWN) -> list[FactError]:
    """Return a finding for each use of a term, or of an IRI of EILD's, that cannot be meant.

    That is: a property or class that its vocabulary does not have, a class used as a property or the other way
    round, a property that only the build writes, and an IRI of EILD's or of the project's with a wrong base, path or
    kind.

    :param located: the data
    :param names: the names of the project
    """
    findings: list[FactError] = []
    for (subject, predicate, obj), places in located.places.items():
        wrong = [
            *_unknown_term(predicate, as_property=True),
            *(_unknown_term(obj, as_property=False) if predicate == RDF.type else _wrong_iri(obj, names)),
            *_wrong_iri(subject, names, as_subject=True),
            *(_outside_base(subject, names) if predicate == RDF.type else ()),
        ]
        findings += [FactError(what, location=places[0], hint=hint) for what, hint in wrong]
    return findings


def suggest(word: str, known: Collection[str]) -> str:
    """Return "did you mean …?" with the known word closest to a word; an empty string if there is none."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def _unknown_term(term: Node, *, as_property: bool) -> Iterator[tuple[str, str]]:
    """Yield message and hint if a term used as a property or as a class does not exist as such."""
    if not isinstance(term, URIRef):
        if not as_property:
            yield f"a class must be an IRI, not {term.n3()}", "use the IRI of a class"
        return
    namespace, name = _split(term)
    role = "property" if as_property else "class"
    own = PROPERTIES if as_property else CLASSES
    if namespace == EILD_NAMESPACE:
        if name in own:
            return
        if as_property and name in DERIVED_PROPERTIES:
            yield f"eild:{name} is derived by the build", "remove it from the curated data"
            return
        if name in {*PROPERTIES, *CLASSES}:
            yield f"eild:{name} is not a {role}", suggest(name, own)
            return
        yield f"unknown {role} eild:{name}", suggest(name, own) or "see the ontology for all terms"
        return
    if _exists(namespace, name):
        return
    shown = _shorten(term)
    if name in own:
        yield f"{shown} is not a term of its vocabulary", f"did you mean eild:{name}?"
    elif namespace in _VOCABULARIES or namespace in CURATED_TERMS:
        known = CURATED_TERMS.get(namespace) or dir(_VOCABULARIES[namespace])
        yield f"unknown {role} {shown}", suggest(name, [str(word).removeprefix(namespace) for word in known])
    else:
        near = suggest(namespace, [EILD_NAMESPACE, *_VOCABULARIES, *CURATED_TERMS])
        yield f"{shown} belongs to a vocabulary that curated data does not use", near


def _exists(namespace: str, name: str) -> bool:
    """Return whether a vocabulary other than EILD's has a term."""
    if namespace in CURATED_TERMS:
        return name in CURATED_TERMS[namespace]
    return namespace in _VOCABULARIES and URIRef(namespace + name) in _VOCABULARIES[namespace]


def _wrong_iri(term: Node, names: Names, *, as_subject: bool = False) -> Iterator[tuple[str, str]]:
    """Yield message and hint if an IRI was probably meant to be one of EILD's or of the project's and is not."""
    if not isinstance(term, URIRef):
        return
    if not names.is_eild:
        yield from _wrong_iri_of_project(term, names, as_subject=as_subject)
    if not term.startswith(BASE):
        if "w3id.org/eild" in term:
            yield f"<{term}> must start with the base of EILD", f"IRIs of EILD start with {BASE}"
        return
    path = term.removeprefix(BASE)
    if path.startswith("id/"):
        yield from _wrong_resource(term, path)
    elif path.startswith("ontology#"):
        name = path.removeprefix("ontology#")
        if name not in {*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES}:
            yield f"unknown term eild:{name}", suggest(name, [*CLASSES, *PROPERTIES])
    elif path.partition("/")[0].partition("#")[0] not in _NAMED_PATHS:
        yield f"<{term}> is not an IRI of EILD", f"check for a relative IRI in the file; resources start with {BASE}id/"


def _outside_base(term: Node, names: Names) -> Iterator[tuple[str, str]]:
    """Yield message and hint if a resource that the data describe has an IRI of nobody known here."""
    if isinstance(term, URIRef) and not str(term).startswith((names.base, BASE)) and "w3id.org/eild" not in term:
        hint = f"IRIs of the project start with {names.base}; links to others are objects and have no type"
        yield f"<{term}> must start with the base of the project", hint


def _wrong_resource(term: URIRef, path: str) -> Iterator[tuple[str, str]]:
    """Yield message and hint if a path below ``id/`` has no known kind or no slug."""
    kind, _, slug = path.removeprefix("id/").partition("/")
    if kind not in KINDS:
        yield f"<{term}> has the unknown kind {kind!r}", suggest(kind, KINDS)
    elif not slug:
        yield f"<{term}> does not identify a resource", "add a slug after the kind"


def _wrong_iri_of_project(term: URIRef, names: Names, *, as_subject: bool) -> Iterator[tuple[str, str]]:
    """Yield message and hint if a project that shares EILD's schemes names a resource of its own wrongly."""
    if term.startswith(f"{BASE}id/"):
        if as_subject and names.find_kind(str(term)) != "concept":
            hint = f"use {names.base}{term.removeprefix(BASE)}, or the base of the project in --base"
            yield f"<{term}> belongs to EILD, but the base of this project is {names.base}", hint
        return
    if not term.startswith(names.base):
        return
    path = term.removeprefix(names.base)
    if path.startswith("id/"):
        yield from _wrong_resource(term, path)
    elif path.partition("/")[0].partition("#")[0] not in _NAMED_PATHS:
        hint = f"check for a relative IRI in the file; resources start with {names.base}id/"
        yield f"<{term}> is not an IRI of this project", hint


def _split(term: URIRef) -> tuple[str, str]:
    """Return namespace and local name of an IRI, cut after the last ``#`` or ``/``."""
    cut = max(term.rfind("#"), term.rfind("/")) + 1
    return str(term[:cut]), str(term[cut:])


def _shorten(term: URIRef) -> str:
    """Return an IRI with the prefix that EILD's files use for its namespace, or in full."""
    namespace, name = _split(term)
    for prefix, expansion in PREFIXES.items():
        if expansion == namespace:
            return f"{prefix}:{name}"
    return f"<{term}>"
