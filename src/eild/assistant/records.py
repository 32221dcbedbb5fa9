"""Claims by or about somebody, asked for in SPARQL, so that files, stores and endpoints answer alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from eild.access.values import Iri
from eild.errors import NotFoundError
from eild.terms import EILD, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eild.access.dataset import Dataset

_PROLOGUE: Final = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("dcat", "dct", "eild", "oa", "owl", "rdf", "rdfs", "skos")
)
_ROLES: Final = f"""{_PROLOGUE}SELECT DISTINCT ?claim ?role {{
  {{ ?claim eild:claimant ?who BIND("claimant" AS ?role) }}
  UNION {{ ?claim eild:addressee ?who BIND("addressee" AS ?role) }}
  UNION {{ ?claim eild:hasProposition ?proposition . ?proposition ?slot ?who BIND("about" AS ?role) }}
  ?claim a eild:Claim }} ORDER BY DESC(?role) ?claim"""
_DETAILS: Final = f"""{_PROLOGUE}SELECT DISTINCT ?claim ?property ?value ?name {{
  VALUES ?claim {{ %s }} ?claim ?property ?value
  OPTIONAL {{ ?value rdfs:label|skos:prefLabel|eild:verbatim ?name }} }} ORDER BY ?claim ?property ?value ?name"""
_WORDS: Final = f"""{_PROLOGUE}SELECT DISTINCT ?claim ?evidence ?words ?sentence ?start ?end ?warning {{
  VALUES ?claim {{ %s }} ?claim eild:evidence ?evidence . ?evidence oa:exact ?words
  OPTIONAL {{ ?evidence oa:hasScope ?sentence }} OPTIONAL {{ ?evidence eild:contentWarning ?warning }}
  OPTIONAL {{ ?evidence oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end }} }} ORDER BY ?claim ?start"""
_ABOUT: Final = f"""{_PROLOGUE}SELECT DISTINCT ?dataset ?title ?version ?issued ?licence ?author {{
  ?dataset a dcat:Dataset ; dct:title ?title
  OPTIONAL {{ ?dataset owl:versionInfo ?version }} OPTIONAL {{ ?dataset dct:issued ?issued }}
  OPTIONAL {{ ?dataset dct:license ?licence }}
  OPTIONAL {{ ?dataset dct:creator|dct:publisher ?maker . ?maker rdfs:label|skos:prefLabel ?author }} }}"""
_HAS_CLAIMS: Final = f"{_PROLOGUE}ASK {{ ?claim a eild:Claim }}"
_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
_LEFT_OUT: Final = frozenset(
    {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type", f"{PREFIXES['dct']}hasFormat", str(EILD.evidence)}
)
_AT_ONCE: Final = 100


@dataclass
class ClaimRecord:
    """A claim with its words.

    :ivar iri: its IRI
    :ivar roles: what somebody is in it: ``claimant``, ``addressee`` or ``about``
    :ivar label: its generated label
    :ivar properties: by the last part of the property's IRI, values with IRI and name, or as text
    :ivar evidence: the exact words, with IRI, sentences, offsets in the seed in code points, and warnings
    """

    iri: str
    roles: list[str]
    label: str = ""
    properties: dict[str, list[dict[str, str] | str]] = field(default_factory=dict)
    evidence: list[dict[str, Any]] = field(default_factory=list)


def find_claims(dataset: Dataset, iri: str, most: int) -> tuple[list[ClaimRecord], int]:
    """Return the claims by somebody, to somebody or about somebody or something, and how many there are in all.

    :param iri: of the person, body, document or thing
    :param most: how many claims are returned, those that somebody makes first, then by IRI
    :raises NotFoundError: if the dataset has no claims of the EILD ontology at all
    """
    found: dict[str, ClaimRecord] = {}
    for row in dataset.query(_ROLES, who=Iri(iri)):
        record = found.setdefault(str(row["claim"]), ClaimRecord(str(row["claim"]), []))
        record.roles.append(str(row["role"]))
    if not found and not dataset.query(_HAS_CLAIMS):
        message = "this dataset has no claims of the EILD ontology"
        raise NotFoundError(message, hint="use the tools search, describe and query")
    chosen = dict(list(found.items())[:most])
    for start in range(0, len(chosen), _AT_ONCE):
        batch = " ".join(f"<{claim}>" for claim in list(chosen)[start : start + _AT_ONCE])
        _add_details(dataset.query(_DETAILS % batch), chosen)
        _add_words(dataset.query(_WORDS % batch), chosen)
    return list(chosen.values()), len(found)


def _add_details(rows: Iterable[Mapping[str, object]], records: Mapping[str, ClaimRecord]) -> None:
    for row in rows:
        record, name = records[str(row["claim"])], str(row["property"])
        if name == _LABEL:
            record.label = str(row["value"])
        elif name not in _LEFT_OUT:
            value = row["value"]
            shown = {"iri": str(value), "name": str(row["name"] or "")} if isinstance(value, Iri) else str(value)
            values = record.properties.setdefault(name.replace("#", "/").rpartition("/")[2], [])
            if shown not in values:
                values.append(shown)


def _add_words(rows: Iterable[Mapping[str, object]], records: Mapping[str, ClaimRecord]) -> None:
    for row in rows:
        evidence = records[str(row["claim"])].evidence
        if not evidence or evidence[-1]["iri"] != str(row["evidence"]):
            evidence.append({"iri": str(row["evidence"]), "words": str(row["words"]), "sentences": []})
            evidence[-1] |= {name: row[name] for name in ("start", "end") if row[name] is not None}
        if row["warning"]:
            evidence[-1]["content_warning"] = str(row["warning"])
        if row["sentence"] and str(row["sentence"]) not in evidence[-1]["sentences"]:
            evidence[-1]["sentences"].append(str(row["sentence"]))


@dataclass(frozen=True)
class Credit:
    """What a citation of the dataset names, as far as its data say it.

    :ivar title: title of the dataset
    :ivar version: its version
    :ivar issued: the day of its release
    :ivar licence: IRI of its licence
    :ivar author: who made it
    """

    title: str
    version: str = ""
    issued: str = ""
    licence: str = ""
    author: str = ""

    def cite(self, iri: str, what: str = "") -> str:
        """Return how to cite a resource: the record and those who made it, never the claimant.

        :param iri: the IRI of the resource
        :param what: what it is called
        """
        author = f"{self.author} ({self.issued[:4]}). " if self.author and self.issued else ""
        part = f"{what.rstrip('.')}, in: " if what else ""
        version = f", version {self.version}" if self.version else ""
        return f"{author}{part}{self.title}{version}. {iri}"


def find_credit(dataset: Dataset) -> Credit:
    """Return what a citation of a dataset names; of data that do not describe themselves, its title and version."""
    rows = dataset.query(_ABOUT)
    if len({row["dataset"] for row in rows}) != 1:
        return Credit(dataset.title, dataset.version)
    row = {name: str(value or "") for name, value in rows[0].items()}
    return Credit(row["title"], row["version"], row["issued"], row["licence"], row["author"])
