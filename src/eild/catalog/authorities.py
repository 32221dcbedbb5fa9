"""Terms of controlled vocabularies, with the types that data portals want to read in the same file.

The authority tables are those of the European Union (https://op.europa.eu/en/web/eu-vocabularies): DCAT-AP 3.0.1 asks
for their concepts, and its shapes for their ``rdf:type`` and ``skos:inScheme``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS

from eild import media
from eild.namespaces import AUTHORITY, FORMATS, IANA_MEDIA_TYPES, SPDX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph

    from eild.media import Format

FILE_TYPES: Final[Mapping[Format, URIRef]] = {
    media.TURTLE: AUTHORITY["file-type/RDF_TURTLE"],
    media.N_TRIPLES: AUTHORITY["file-type/RDF_N_TRIPLES"],
    media.JSON_LD: AUTHORITY["file-type/JSON_LD"],
    media.RDF_XML: AUTHORITY["file-type/RDF_XML"],
    media.TRIG: AUTHORITY["file-type/RDF_TRIG"],
    media.N_QUADS: AUTHORITY["file-type/RDF_N_QUADS"],
}
"""The file types of the graph syntaxes."""

FORMAT_NAMES: Final[Mapping[Format, URIRef]] = {
    media.JSON: FORMATS["SPARQL_Results_JSON"],
    media.XML: FORMATS["SPARQL_Results_XML"],
    media.CSV: FORMATS["SPARQL_Results_CSV"],
    media.TSV: FORMATS["SPARQL_Results_TSV"],
    media.TURTLE: FORMATS["Turtle"],
    media.N_TRIPLES: FORMATS["N-Triples"],
    media.JSON_LD: FORMATS["JSON-LD"],
    media.RDF_XML: FORMATS["RDF_XML"],
    media.TRIG: FORMATS["TriG"],
    media.N_QUADS: FORMATS["N-Quads"],
}
"""The W3C's names of the syntaxes (https://www.w3.org/ns/formats/)."""

RESULTS: Final = AUTHORITY["file-type/SPARQLQRES"]
"""The file type of answers to queries."""
RESULT_TYPES: Final[Mapping[Format, URIRef]] = {
    media.JSON: RESULTS,
    media.XML: RESULTS,
    media.CSV: AUTHORITY["file-type/CSV"],
    media.TSV: AUTHORITY["file-type/TSV"],
}
"""The file types of the syntaxes of query results."""
AVAILABLE: Final = AUTHORITY["planned-availability/STABLE"]
LICENCES: Final[Mapping[str, URIRef]] = {
    "https://creativecommons.org/licenses/by-sa/4.0/": AUTHORITY["licence/CC_BYSA_4_0"],
}
"""The concept of a licence by the IRI of its text."""

_TYPES: Final[Mapping[str, URIRef]] = {
    "access-right": DCTERMS.RightsStatement,
    "country": DCTERMS.Location,
    "data-theme": SKOS.Concept,
    "file-type": DCTERMS.MediaTypeOrExtent,
    "frequency": DCTERMS.Frequency,
    "language": DCTERMS.LinguisticSystem,
    "licence": DCTERMS.LicenseDocument,
    "planned-availability": SKOS.Concept,
}
_LABELS: Final[Mapping[str, str]] = {
    "access-right/PUBLIC": "public",
    "country/USA": "United States",
    "data-theme/GOVE": "Government and public sector",
    "file-type/CSV": "CSV",
    "file-type/JSON_LD": "JSON-LD",
    "file-type/RDF_N_QUADS": "RDF N-Quads",
    "file-type/RDF_N_TRIPLES": "RDF N-Triples",
    "file-type/RDF_TRIG": "RDF TriG",
    "file-type/RDF_TURTLE": "RDF Turtle",
    "file-type/RDF_XML": "RDF XML",
    "file-type/SPARQLQRES": "SPARQL results",
    "file-type/TSV": "TSV",
    "frequency/IRREG": "irregular",
    "language/ENG": "English",
    "licence/CC_BYSA_4_0": "Creative Commons Attribution-ShareAlike 4.0 International",
    "planned-availability/STABLE": "stable",
}


def add_concept(graph: Graph, iri: str) -> URIRef:
    """Add the statements that portals need about a concept of an authority table, and return it; ignore other IRIs."""
    concept = URIRef(iri)
    table, _, name = iri.removeprefix(str(AUTHORITY)).partition("/")
    if not iri.startswith(str(AUTHORITY)) or not name:
        return concept
    scheme = AUTHORITY[table]
    graph.add((concept, RDF.type, SKOS.Concept))
    graph.add((concept, RDF.type, _TYPES.get(table, SKOS.Concept)))
    graph.add((concept, SKOS.inScheme, scheme))
    if label := _LABELS.get(f"{table}/{name}"):
        graph.add((concept, SKOS.prefLabel, Literal(label, lang="en")))
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, DCTERMS.title, Literal(table.replace("-", " "), lang="en")))
    return concept


def add_media_type(graph: Graph, media_type: str) -> URIRef:
    """Add a media type as the registry of IANA names it, and return it."""
    iri = IANA_MEDIA_TYPES[media_type]
    graph.add((iri, RDF.type, DCTERMS.MediaType))
    graph.add((iri, RDF.type, DCTERMS.MediaTypeOrExtent))
    graph.add((iri, RDFS.label, Literal(media_type)))
    return iri


def add_checksum_algorithm(graph: Graph) -> URIRef:
    """Add SHA-256 as an algorithm, and return it."""
    graph.add((SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm))
    return SPDX.checksumAlgorithm_sha256


def add_standard(graph: Graph, iri: URIRef, title: str) -> URIRef:
    """Add a standard with its title, and return it."""
    graph.add((iri, RDF.type, DCTERMS.Standard))
    graph.add((iri, DCTERMS.title, Literal(title, lang="en")))
    return iri
