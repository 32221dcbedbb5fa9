"""What data says of itself as a whole: title, licence, publisher, contact, version and dates.

Files describe the dataset that they hold as a ``dcat:Catalog``, ``dcat:Dataset``, ``void:Dataset`` or
``schema:Dataset``, as an ``owl:Ontology``, or as a ``skos:ConceptScheme``. What they don't say, the operator may.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, cast

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from eild.languages import LANGUAGE_TAG, choose_language
from eild.terms import DCAT, DCTERMS, FOAF, LABELS, OWL, RDF, RDFS, SCHEMA, SKOS, VCARD, VOID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyoxigraph import QuerySolutions, Store, Triple

    Node = NamedNode | BlankNode

_HTTP_SCHEMA: Final = "http://schema.org/"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_PAV: Final = "http://purl.org/pav/"
_CC: Final = "http://creativecommons.org/ns#"


def _schema(*names: str) -> tuple[str, ...]:
    """Return terms of schema.org by both of its namespaces."""
    return tuple(f"{start}{name}" for name in names for start in (str(SCHEMA), _HTTP_SCHEMA))


_TYPE: Final = NamedNode(RDF.type)
_COUNT_LANGUAGES: Final = (
    "SELECT ?language (COUNT(*) AS ?n) {{ ?s <{}> ?name FILTER(ISLITERAL(?name)) }} GROUP BY (LANG(?name) AS ?language)"
)
_CATALOGUES: Final = frozenset((DCAT.Catalog, *_schema("DataCatalog")))
_DATASETS: Final = frozenset((DCAT.Dataset, *_schema("Dataset")))
_KINDS: Final = (
    _CATALOGUES,
    _DATASETS,
    frozenset((VOID.Dataset,)),
    frozenset((OWL.Ontology,)),
    frozenset((SKOS.ConceptScheme,)),
)
"""Classes of what describes all of the data, the most telling first."""
_ALL_KINDS: Final = frozenset().union(*_KINDS)
_PARTS: Final = frozenset(
    (DCAT.dataset, DCTERMS.hasPart, DCTERMS.hasVersion, VOID.subset, OWL.imports, *_schema("hasPart", "dataset"))
)
_WHOLES: Final = frozenset((DCTERMS.isPartOf, DCTERMS.isVersionOf, *_schema("isPartOf", "includedInDataCatalog")))

_TITLES: Final = (DCTERMS.title, f"{_DC}title", SKOS.prefLabel, RDFS.label, *_schema("name"), FOAF.name)
_SUMMARIES: Final = (
    *(DCTERMS.description, f"{_DC}description", DCTERMS.abstract, *_schema("description")),
    *(SKOS.definition, RDFS.comment, SKOS.note, SKOS.scopeNote),
)
_LICENCES: Final = (DCTERMS.license, f"{_CC}license", *_schema("license"), DCTERMS.rights, f"{_DC}rights")
_PUBLISHERS: Final = (DCTERMS.publisher, f"{_DC}publisher", *_schema("publisher", "provider"))
_CREATORS: Final = (DCTERMS.creator, f"{_DC}creator", *_schema("creator", "author"))
_CONTACTS: Final = (DCAT.contactPoint, *_schema("contactPoint"))
_ADDRESSES: Final = (
    *(VCARD.hasEmail, VCARD.email, VCARD["value"], FOAF.mbox, *_schema("email")),
    *(VCARD.hasURL, VCARD.url, *_schema("url"), FOAF.page),
)
_VERSIONS: Final = (DCAT.version, OWL.versionInfo, *_schema("version"), f"{_PAV}version")
_ISSUED: Final = (DCTERMS.issued, *_schema("datePublished"), DCTERMS.created, *_schema("dateCreated"))
_LANGUAGES: Final = (DCTERMS.language, f"{_DC}language", *_schema("inLanguage"))
_MODIFIED: Final = (DCTERMS.modified, *_schema("dateModified"))
_NAMES: Final = (FOAF.name, *_schema("name"), RDFS.label, SKOS.prefLabel, VCARD.fn, DCTERMS.title)

_DATE: Final = re.compile(r"-?\d{4}(-\d\d(-\d\d(T[0-9:.]+)?(Z|[+-]\d\d:\d\d)?)?)?")
_CONTACT: Final = re.compile(r"(https?://|mailto:)[^\s<>\"]+")
_EMAIL: Final = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")
_LICENCE: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_MOST_LANGUAGES: Final = 100


@dataclass(frozen=True)
class Particulars:
    """What is known of a dataset as a whole; unknown values are empty.

    :ivar iri: what the data describes as the dataset, ontology or scheme that it is
    :ivar titles: titles by language tag; an empty tag for a title without language
    :ivar summaries: descriptions by language tag
    :ivar licence: IRI of the licence
    :ivar rights: statement of rights
    :ivar publisher: name of the publisher
    :ivar publisher_iri: IRI of the publisher
    :ivar creator: name of the creator
    :ivar creator_iri: IRI of the creator
    :ivar contact: http, https or mailto URL
    :ivar version: version, as the data names it
    :ivar issued: date of release, as the data writes it
    :ivar modified: date of the last change
    :ivar language: language tag of the site, where the operator names one or the data says that it is in one language
    :ivar languages: language tags of names, the most frequent first
    """

    iri: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    rights: str = ""
    publisher: str = ""
    publisher_iri: str = ""
    creator: str = ""
    creator_iri: str = ""
    contact: str = ""
    version: str = ""
    issued: str = ""
    modified: str = ""
    language: str = ""
    languages: Sequence[str] = ()

    @property
    def usual_languages(self) -> tuple[str, ...]:
        """The language of the site, else the most frequent one of names; none if nothing has a language."""
        return (self.language,) if self.language else tuple(self.languages[:1])

    def choose_title(self, wanted: Sequence[str] = ()) -> tuple[str, str]:
        """Return title and language tag for a reader; empty strings if there is no title."""
        return _choose(self.titles, (*wanted, *self.usual_languages))

    def choose_summary(self, wanted: Sequence[str] = ()) -> tuple[str, str]:
        """Return description and language tag for a reader; empty strings if there is no description."""
        return _choose(self.summaries, (*wanted, *self.usual_languages))

    def complete(self, other: Particulars) -> Particulars:
        """Return these particulars with what is missing taken from others."""
        missing = {item.name: getattr(other, item.name) for item in fields(self) if not getattr(self, item.name)}
        if self.publisher:
            missing.pop("publisher_iri", None)
        if self.licence or self.rights:
            missing.pop("licence", None)
            missing.pop("rights", None)
        return replace(self, **missing)

    def make_row(self) -> dict[str, Any]:
        """Return what is known, as a manifest writes it."""
        found = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Particulars:
        """Return what a manifest says.

        :raises ValueError: if a member is of another type
        """
        values: dict[str, Any] = {}
        for item in fields(cls):
            value = row.get(item.name)
            kind = dict if item.name in {"titles", "summaries"} else list if item.name == "languages" else str
            texts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            if value is not None and not (isinstance(value, kind) and all(isinstance(text, str) for text in texts)):
                message = f"{item.name!r} of 'about' is corrupt"
                raise ValueError(message)
            if value is not None:
                values[item.name] = tuple(value) if isinstance(value, list) else value
        return cls(**values)


def _choose(texts: Mapping[str, str], wanted: Sequence[str]) -> tuple[str, str]:
    tag = choose_language(texts, wanted)
    return (texts[tag], tag) if tag is not None else ("", "")


class DataSource:
    """The triples of data, as far as they are read to find what the data says of itself.

    :param triples: the triples of the default graph
    """

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self._triples = triples if isinstance(triples, list) else list(triples)

    def list_typed(self) -> dict[Node, set[str]]:
        """Return the resources of the classes that describe data, each with these classes."""
        found: dict[Node, set[str]] = defaultdict(set)
        kinds = frozenset(map(NamedNode, _ALL_KINDS))
        for triple in self._triples:
            kind, subject = triple.object, triple.subject
            if kind in kinds and triple.predicate == _TYPE and isinstance(subject, NamedNode | BlankNode):
                found[subject].add(kind.value)  # type: ignore[union-attr] # classes are IRIs here: `kinds` holds no others
        return found

    def list_about(self, nodes: set[Node]) -> dict[Node, list[Triple]]:
        """Return the triples about some resources, by resource."""
        found: dict[Node, list[Triple]] = {node: [] for node in nodes}
        if nodes:
            for triple in self._triples:
                if triple.subject in found:
                    found[triple.subject].append(triple)  # type: ignore[index] # found among the keys
        return found

    def count_languages(self) -> Counter[str]:
        """Return how many names are in each language."""
        labels = frozenset(map(NamedNode, LABELS))
        named = (triple.object for triple in self._triples if triple.predicate in labels)
        return Counter(value.language or "" for value in named if isinstance(value, Literal))


class StoreSource(DataSource):
    """The triples of the default graph of a store.

    :param store: the store, open for reading
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def list_typed(self) -> dict[Node, set[str]]:
        """Return the resources of the classes that describe data; see :meth:`DataSource.list_typed`."""
        found: dict[Node, set[str]] = defaultdict(set)
        for kind in sorted(_ALL_KINDS):
            for quad in self._store.quads_for_pattern(None, _TYPE, NamedNode(kind), DefaultGraph()):
                if isinstance(quad.subject, NamedNode | BlankNode):
                    found[quad.subject].add(kind)
        return found

    def list_about(self, nodes: set[Node]) -> dict[Node, list[Triple]]:
        """Return the triples about some resources, by resource."""
        pattern = self._store.quads_for_pattern
        return {node: [quad.triple for quad in pattern(node, None, None, DefaultGraph())] for node in nodes}

    def count_languages(self) -> Counter[str]:
        """Return how many names are in each language."""
        found: Counter[str] = Counter()
        for label in LABELS:
            for row in cast("QuerySolutions", self._store.query(_COUNT_LANGUAGES.format(label))):
                found[row["language"].value] += int(row["n"].value)
        return found


def _values(triples: Iterable[Triple], properties: Iterable[str]) -> list[NamedNode | BlankNode | Literal]:
    """Return the values of properties, the values of the first property first, IRIs and literals in order."""
    by_property: dict[str, list[NamedNode | BlankNode | Literal]] = defaultdict(list)
    for triple in triples:
        if isinstance(triple.object, NamedNode | BlankNode | Literal):
            by_property[triple.predicate.value].append(triple.object)
    return [value for name in properties for value in sorted(by_property.get(name, ()), key=str)]


def _texts(triples: Iterable[Triple], properties: Sequence[str]) -> dict[str, str]:
    """Return texts by language tag, those of the first property that has any in a language."""
    found: dict[str, str] = {}
    for value in _values(triples, properties):
        if isinstance(value, Literal) and value.value.strip():
            found.setdefault(value.language or "", " ".join(value.value.split()))
    return found


def _is_ambiguous(kind: frozenset[str]) -> bool:
    """Return whether several resources of a kind leave open what the data is as a whole."""
    return kind is _CATALOGUES or kind is _DATASETS


def choose_subject(typed: Mapping[Node, set[str]], about: Mapping[Node, Sequence[Triple]], base: str) -> Node | None:
    """Return the resource that describes all of the data; None if there is none, or more than one.

    A part of another one is not the whole. Of several, only the one at the base, or the only one below it, is.

    :param typed: resources with their classes
    :param about: the triples about each
    :param base: start of the IRIs that the dataset owns; empty if it owns none
    """
    parts: set[object] = set()
    for node in typed:
        for triple in about[node]:
            if triple.predicate.value in _PARTS and triple.object != node:
                parts.add(triple.object)
            elif triple.predicate.value in _WHOLES and triple.object in typed and triple.object != node:
                parts.add(node)
    for kind in _KINDS:
        tops = [node for node in typed if typed[node] & kind and node not in parts]
        tops = [node for node in tops if _texts(about[node], _TITLES)] or tops
        if len(tops) > 1 and base:
            names = {base, base.rstrip("/#"), f"{base}dataset", f"{base}catalog"}
            at = [node for node in tops if node.value in names]
            tops = at or [node for node in tops if isinstance(node, NamedNode) and node.value.startswith(base)] or tops
        if len(tops) == 1:
            return tops[0]
        if tops and _is_ambiguous(kind):
            return None
    return None


def _name_agent(value: object, about: Mapping[Node, Sequence[Triple]]) -> tuple[str, str]:
    """Return name and IRI of an agent, or the text that stands for one."""
    if isinstance(value, Literal):
        return value.value, ""
    if not isinstance(value, NamedNode | BlankNode):
        return "", ""
    names = _texts(about.get(value, ()), _NAMES)
    iri = value.value if isinstance(value, NamedNode) else ""
    return _choose(names, ())[0] or iri, iri


def _read_address(values: Iterable[object], about: Mapping[Node, Sequence[Triple]]) -> str:
    """Return the first URL at which a contact can be reached; empty if there is none."""
    for value in values:
        known = _values(about.get(value, ()), _ADDRESSES) if isinstance(value, NamedNode | BlankNode) else []
        for item in (*known, value):
            nested = _values(about.get(item, ()), _ADDRESSES) if isinstance(item, BlankNode) else [item]
            for term in nested:
                text = term.value if isinstance(term, NamedNode | Literal) else ""
                if _CONTACT.fullmatch(text):
                    return text
                if isinstance(term, Literal) and _EMAIL.fullmatch(text):
                    return f"mailto:{text}"
    return ""


def _read_date(triples: Iterable[Triple], properties: Sequence[str]) -> str:
    values = (value.value for value in _values(triples, properties) if isinstance(value, Literal))
    return next((text for text in values if _DATE.fullmatch(text)), "")


def _list_neighbours(triples: Iterable[Triple]) -> set[Node]:
    """Return what a description leads to that may name an agent, an address or a licence."""
    properties = (*_PUBLISHERS, *_CREATORS, *_CONTACTS, *_ADDRESSES, DCAT.distribution, *_schema("distribution"))
    return {value for value in _values(triples, properties) if isinstance(value, NamedNode | BlankNode)}


def _read_licence(own: Sequence[Triple], about: Mapping[Node, Sequence[Triple]]) -> tuple[str, str]:
    """Return the IRI of the licence, else the one on which all distributions agree; and the statement of rights."""
    values = _values(own, _LICENCES)
    iris = [
        value.value for value in values if isinstance(value, NamedNode | Literal) and _LICENCE.fullmatch(value.value)
    ]
    if not iris:
        parts = _values(own, (DCAT.distribution, *_schema("distribution")))
        found = [_values(about.get(part, ()), _LICENCES[:4]) for part in parts if not isinstance(part, Literal)]
        agreed = {value.value for part in found for value in part if isinstance(value, NamedNode)}
        iris = list(agreed) if len(agreed) == 1 and all(found) else []
    rights = [value.value for value in values if isinstance(value, Literal) and not _LICENCE.fullmatch(value.value)]
    return next(iter(iris), ""), next(iter(rights), "")


def read_particulars(source: DataSource, base: str = "") -> Particulars:
    """Return what data says of itself.

    :param source: its triples
    :param base: start of the IRIs that the dataset owns; empty if it owns none
    """
    counted = source.count_languages()
    order = sorted((tag for tag in counted if tag), key=lambda tag: (-counted[tag], tag != "en", tag))
    languages = tuple(order[:_MOST_LANGUAGES])
    typed = source.list_typed()
    about = source.list_about(set(typed))
    node = choose_subject(typed, about, base)
    if node is None and base:
        node = NamedNode(f"{base}dataset")  # what it says of that IRI it says of itself, also without its class
        about = source.list_about({node})
    if node is None or not about[node]:
        return Particulars(languages=languages)
    own = about[node]
    near = source.list_about(_list_neighbours(own))
    second = source.list_about({found for triples in near.values() for found in _list_neighbours(triples)} - set(near))
    around = {**second, **near}
    agents = _values(own, _PUBLISHERS), _values(own, _CREATORS)
    (publisher, publisher_iri), (creator, creator_iri) = (
        _name_agent(next(iter(found), None), around) for found in agents
    )
    licence, rights = _read_licence(own, around)
    tags = [value.value for value in _values(own, _LANGUAGES) if isinstance(value, Literal)]
    versions = (value.value for value in _values(own, _VERSIONS) if isinstance(value, Literal))
    return Particulars(
        iri=node.value if isinstance(node, NamedNode) and node in typed else "",
        titles=_texts(own, _TITLES),
        summaries=_texts(own, _SUMMARIES),
        licence=licence,
        rights=rights,
        publisher=publisher,
        publisher_iri=publisher_iri,
        creator=creator,
        creator_iri=creator_iri,
        contact=_read_address([*_values(own, _CONTACTS), *agents[0]], around),
        version=next((" ".join(text.split()) for text in versions if text.strip()), ""),
        issued=_read_date(own, _ISSUED),
        modified=_read_date(own, _MODIFIED),
        language=tags[0] if len(tags) == 1 and LANGUAGE_TAG.fullmatch(tags[0]) else "",
        languages=languages,
    )
