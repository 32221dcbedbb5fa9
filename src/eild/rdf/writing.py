"""Graphs as bytes: each triple once, the triples of one subject together, only the prefixes that are used."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import compress, count
from operator import ne, not_
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, serialize

from eild import media
from eild.errors import NotAcceptableError
from eild.rdf.rdfxml.terms import ends_with_name, is_name
from eild.rdf.syntaxes import RDF_FORMATS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import IO

    from pyoxigraph import Quad

    from eild.media import Format

ABBREVIATING: Final = (media.TURTLE, media.TRIG, media.RDF_XML)
"""The syntaxes that abbreviate IRIs by prefixes."""
_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_REMEMBERED: Final = 1024
_XMLNS: Final = "http://www.w3.org/2000/xmlns/"
_XML_FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")

_NAMELESS_NODE: Final = re.compile(rb'<oxprefix: xmlns:oxprefix="([^"]*)" (rdf:(?:about|nodeID)="[^"]*")>')
"""The start tag that the engine writes for a node whose class has no local name."""


def repair_xml(content: bytes) -> bytes:
    """Return XML in which carriage returns survive parsing (XML 1.0, section 2.11) and each element has a name.

    :raises NotAcceptableError: if it holds a character that XML 1.0 cannot carry at all (section 2.2)
    """
    if b"<oxprefix: " in content:
        content = _NAMELESS_NODE.sub(rb'<rdf:Description \2>\n\t\t<rdf:type rdf:resource="\1"/>', content)
        content = content.replace(b"</oxprefix:>", b"</rdf:Description>")
    if match := _XML_FORBIDDEN.search(content):
        point = ord(match[0].decode("utf-8"))
        message = f"the result contains the character U+{point:04X}, which XML 1.0 does not allow"
        raise NotAcceptableError(message, hint="request JSON, CSV or TSV, or for a graph Turtle, N-Triples or JSON-LD")
    return content.replace(b"\r", b"&#13;") if b"\r" in content else content


@lru_cache(maxsize=2048)
def _find_start(iri: str) -> str:
    """Return an IRI up to its last slash or number sign; nothing if it has none."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


class Prefixes(dict[str, str]):
    """Namespaces by prefix, and which of them were found to abbreviate terms written before; they do not change."""

    def __init__(self, prefixes: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        super().__init__(prefixes)
        self._names: dict[str, list[str]] = {}
        for name, namespace in self.items():
            self._names.setdefault(namespace, []).append(name)
        self._by_start: dict[str, list[str]] = {}
        for namespace in sorted(filter(None, self._names), key=len, reverse=True):
            self._by_start.setdefault(_find_start(namespace), []).append(namespace)
        self._selections: dict[frozenset[str], dict[str, str]] = {}

    def select(self, iris: Sequence[str]) -> Mapping[str, str]:
        """Return the prefixes, by name, that abbreviate some IRIs, and their namespaces."""
        starts = frozenset(map(_find_start, iris))
        found = self._selections.get(starts)
        if found is not None:
            return found
        used: set[str] = set()
        depends_on_more = False
        for start in starts:
            candidates = self._by_start.get(start, [])
            if candidates == [start]:
                used.add(start)
            elif candidates:  # some go on after the start, as most do not
                depends_on_more = True
                for iri in iris:
                    if _find_start(iri) == start:
                        used.update([namespace for namespace in candidates if iri.startswith(namespace)][:1])
        found = dict(sorted([(name, iri) for iri in used for name in self._names[iri]]))
        if not depends_on_more:
            if len(self._selections) >= _REMEMBERED:
                self._selections.clear()
            self._selections[starts] = found
        return found


_remember_prefixes = lru_cache(maxsize=32)(Prefixes)


def _list_iris(terms: Collection[object]) -> list[str]:
    """Return the IRIs of terms, and of literals those of their datatypes."""
    found = [term.value for term in terms if type(term) is NamedNode]
    return [*found, *[term.datatype.value for term in terms if type(term) is Literal]]


def _select(iris: Sequence[str], prefixes: Mapping[str, str]) -> Mapping[str, str]:
    known = prefixes if isinstance(prefixes, Prefixes) else _remember_prefixes(tuple(prefixes.items()))
    return known.select(iris)


def select_prefixes(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> Mapping[str, str]:
    """Return those prefixes that abbreviate an IRI of the triples, by name.

    A namespace may end with any character. Of those that an IRI begins with, the longest is used, unless a ``/`` or
    ``#`` would follow it.
    """
    return _select(_list_iris({term for triple in triples for term in triple}), prefixes)


def _group(found: list[Triple], subjects: Sequence[object], predicates: Sequence[str]) -> list[Triple]:
    """Return triples in the order of their subjects, the types of each first.

    :param found: the triples, each once
    :param subjects: their subjects
    :param predicates: the IRIs of their predicates
    """
    has_types = _RDF_TYPE in predicates
    if found and subjects.count(subjects[0]) == len(subjects):  # as of most descriptions
        if not has_types:
            return found
        are_types = [predicate == _RDF_TYPE for predicate in predicates]
        return [*compress(found, are_types), *compress(found, map(not_, are_types))]
    if not has_types and sum(map(ne, subjects, subjects[1:])) < len(set(subjects)):
        return found  # each subject follows another only once
    places = {subject: 2 * place for place, subject in enumerate(dict.fromkeys(subjects))}
    keys = [places[subject] for subject in subjects]
    if has_types:
        keys = [key + (predicate != _RDF_TYPE) for key, predicate in zip(keys, predicates, strict=True)]
    return [found[number] for number in sorted(range(len(found)), key=keys.__getitem__)]


def write_grouped(triples: Iterable[Triple], output: IO[bytes], form: Format, prefixes: Mapping[str, str]) -> None:
    """Write triples in a graph syntax, each once, with the prefixes that they use.

    Those of one subject come together with its types first, else in order of appearance.

    :param prefixes: what the syntax may abbreviate by, if it abbreviates
    :raises NotAcceptableError: if the syntax cannot carry them (JSON-LD and RDF 1.2)
    """
    found = list(dict.fromkeys(triples))
    subjects, predicates = [triple.subject for triple in found], [triple.predicate.value for triple in found]
    used: Mapping[str, str] = {}
    if form in ABBREVIATING:
        objects = [triple.object for triple in found]
        used = _select([*predicates, *_list_iris({*subjects}), *_list_iris(objects)], prefixes)
    write_graph(_group(found, subjects, predicates), output, form, used)


def write_graph(triples: Sequence[Triple], output: IO[bytes], form: Format, prefixes: Mapping[str, str]) -> None:
    """Write triples as they are given, in a graph syntax.

    :param prefixes: what the syntax abbreviates by, if it abbreviates
    :raises NotAcceptableError: if the syntax cannot carry them (JSON-LD and RDF 1.2)
    """
    used = dict(prefixes) if form in ABBREVIATING else None
    if form is media.RDF_XML:
        triples = _name_for_xml(triples)
        objects = (triple.object for triple in triples)
        named = {value.value for value in objects if isinstance(value, NamedNode)}
        used = {name: iri for name, iri in prefixes.items() if name[:3].lower() != "xml" and iri not in named}
    try:
        serialize(triples, output, RDF_FORMATS[form.name], prefixes=used)
    except OSError as error:
        raise _refuse(form, error) from error


def _name_for_xml(triples: Sequence[Triple]) -> Sequence[Triple]:
    """Return triples whose blank nodes and predicates have names that XML can write.

    Other servers' blank nodes may have labels that an ``rdf:nodeID`` must not have (RDF/XML, section 7.2.24).

    :raises NotAcceptableError: if a predicate has no such name
    """
    labels: dict[str, BlankNode] = {}
    checked: set[NamedNode] = set()
    for triple in triples:
        _check_triple(triple, labels, checked)
    if all(map(is_name, labels)):
        return triples
    names = (f"b{number}" for number in count())
    renamed = {
        label: node if is_name(label) else BlankNode(next(name for name in names if name not in labels))
        for label, node in labels.items()
    }
    return [_rename(triple, renamed) for triple in triples]


def _check_triple(triple: Triple, labels: dict[str, BlankNode], checked: set[NamedNode]) -> None:
    """Check that XML has a name for a predicate, and collect the blank nodes by their labels.

    :param checked: the predicates that have a name
    :raises NotAcceptableError: if it has none (Namespaces in XML, sections 3 and 4)
    """
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if predicate not in checked:
        _check_name(predicate.value)
        checked.add(predicate)
    if isinstance(subject, BlankNode):
        labels.setdefault(subject.value, subject)
    if isinstance(value, NamedNode):
        if predicate.value == _RDF_TYPE and _is_reserved(value.value):
            _check_name(value.value)
    elif isinstance(value, BlankNode):
        labels.setdefault(value.value, value)
    elif isinstance(value, Triple):
        _check_triple(value, labels, checked)


def _check_name(iri: str) -> None:
    if _is_reserved(iri) or not ends_with_name(iri):
        message = f"RDF/XML cannot represent this graph: <{iri[:200]}> does not end with an XML element name"
        raise NotAcceptableError(message, hint="request Turtle, N-Triples or JSON-LD")


def _is_reserved(iri: str) -> bool:
    """Return whether an IRI is in the namespace of declarations, which a document must not declare."""
    return iri.startswith(_XMLNS)


def _rename(triple: Triple, names: Mapping[str, BlankNode]) -> Triple:
    subject = names[triple.subject.value] if isinstance(triple.subject, BlankNode) else triple.subject
    value = names[triple.object.value] if isinstance(triple.object, BlankNode) else triple.object
    return Triple(subject, triple.predicate, _rename(value, names) if isinstance(value, Triple) else value)


class GrowingBuffer(bytearray):
    """A bytearray that can be written to like a file."""

    def write(self, data: bytes) -> int:
        """Append the data and return their number."""
        self.extend(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: all data are here already."""


def serialize_graph(triples: Iterable[Triple], form: Format, prefixes: Mapping[str, str]) -> bytes:
    """Return triples in a graph syntax.

    :raises NotAcceptableError: if the syntax cannot carry them
    """
    buffer = GrowingBuffer()
    write_grouped(triples, cast("IO[bytes]", buffer), form, prefixes)
    content = bytes(buffer)
    return repair_xml(content) if form is media.RDF_XML else content


def serialize_quads(quads: Iterable[Quad], form: Format, prefixes: Mapping[str, str]) -> bytes:
    """Return statements with their graphs in a syntax that has named graphs, in the order given.

    :param prefixes: what the syntax abbreviates by, if it abbreviates
    :raises NotAcceptableError: if the syntax cannot carry them (JSON-LD and RDF 1.2)
    """
    used = dict(prefixes) if form in ABBREVIATING else None
    try:
        return serialize(quads, format=RDF_FORMATS[form.name], prefixes=used) or b""
    except OSError as error:
        raise _refuse(form, error) from error


def _refuse(form: Format, error: OSError) -> NotAcceptableError:
    """Return the failure for statements that a syntax has no way to write."""
    message = f"{form.label} cannot represent this graph: {error}"
    return NotAcceptableError(message, hint="request Turtle, N-Triples, TriG or N-Quads")
