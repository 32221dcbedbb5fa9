"""``owl:imports`` and ``sh:shapesGraph``: nothing is fetched, and what is not among the files given is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import OWL, RDF, SH

from eild.validation.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eild.located import LocatedGraph

_LINKS: Final = (
    (OWL.imports, "owl:imports"),
    (SH.shapesGraph, "sh:shapesGraph"),
    (SH.suggestedShapesGraph, "sh:suggestedShapesGraph"),
)


def note_imports(
    located: LocatedGraph, *, given: Iterable[LocatedGraph] = (), names: Iterable[str] = ()
) -> Iterator[Note]:
    """Yield a note for each import and shapes graph that is none of the files given, and so takes no part.

    A file is known by the IRI of the ontology that it declares, by its version's IRI, and by its own ``file:`` IRI.

    :param located: the shapes or the data
    :param given: everything that was read, if that is more
    :param names: the paths of further files that were read
    """
    known = {Path(name).absolute().as_uri() for name in names}
    for part in (located, *given):
        known |= {str(iri) for iri in part.graph.subjects(RDF.type, OWL.Ontology)}
        known |= {str(iri) for iri in part.graph.objects(None, OWL.versionIRI)}
        known |= {Path(path).absolute().as_uri() for path in part.texts}
    known |= {iri.rstrip("#/") for iri in known}
    for predicate, name in _LINKS:
        for subject, target in located.graph.subject_objects(predicate):
            if isinstance(target, URIRef) and str(target).rstrip("#/") not in known:
                message = f"{name} {target.n3()} is not followed: nothing is fetched"
                hint = "give a local copy as a file, if it is needed"
                yield Note(message, located.locate(subject, predicate, target), hint, strict=False)
