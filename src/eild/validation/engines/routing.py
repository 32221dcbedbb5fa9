"""Which engine holds given data against given shapes.

The fast engine is taken where it is known to report what the reference reports. The evidence is in the tests: every
fixture of the project's shapes, generated graphs against generated shapes, and the W3C suite. What those have shown to
differ is listed here and goes to the reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import SH

from eild.located.statements import Statements
from eild.validation.engines.fast import language_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

_NOT_CORE: Final = frozenset(
    URIRef(f"{SH}{name}")
    for name in "target rule expression js jsFunctionName jsLibrary values filterShape nodes condition order".split()
)
"""Terms of advanced features and JavaScript: the engines are not compared on them."""

_NAMES_SHAPES: Final = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
_LISTS_SHAPES: Final = (SH["and"], SH["or"], SH.xone)
_FETCHES: Final = re.compile(r"(?<![\w?$:])(?:service|from)\b", re.IGNORECASE)
"""The keywords that fetch; as a variable or a name with a prefix the words are harmless."""

_VALUE: Final = re.compile(r"\{[?$]value\}")


def find_obstacle(data: Graph | Statements, shapes: Graph) -> str | None:
    """Return why the fast engine is not to be taken for data and shapes; nothing if it may be.

    :param data: the data; in statements all language tags are in lower case, so that none is ambiguous
    :param shapes: the shapes graph
    """
    terms = sorted(str(predicate) for predicate in set(shapes.predicates()) & _NOT_CORE)
    if terms:
        return f"the shapes use sh:{terms[0].removeprefix(str(SH))}, on which the engines have not been compared"
    if any(_FETCHES.search(str(text)) for predicate in (SH.select, SH.ask) for text in shapes.objects(None, predicate)):
        return "a SPARQL constraint has the word SERVICE or FROM, which the reference checks"
    if any(_shows_focus_as_value(shapes, node) for node in shapes.objects(None, SH.sparql)):
        return "a message shows {?value} where the query has none, which the reference fills"
    if _is_recursive(shapes):
        return "the shapes refer to themselves, which SHACL leaves to the engine"
    if not isinstance(data, Statements) and _has_ambiguous_language_tag(data):
        return "the same text has a language tag in capitals and in small letters, which the fast engine makes one"
    return None


def _shows_focus_as_value(shapes: Graph, constraint: Node) -> bool:
    """Tell whether a message of a SPARQL constraint names ``?value`` and its query does not."""
    query = str(shapes.value(constraint, SH.select) or "")
    if "?value" in query or "$value" in query:
        return False
    holders = (constraint, *shapes.subjects(SH.sparql, constraint))
    return any(_VALUE.search(str(text)) for holder in holders for text in shapes.objects(holder, SH.message))


def _named_shapes(shapes: Graph, shape: Node) -> Iterator[Node]:
    """Yield the shapes that a shape refers to."""
    for predicate in _NAMES_SHAPES:
        yield from shapes.objects(shape, predicate)
    for predicate in _LISTS_SHAPES:
        for members in shapes.objects(shape, predicate):
            yield from shapes.items(members)


def _is_recursive(shapes: Graph) -> bool:
    """Tell whether a shape refers to itself, directly or through others (SHACL, section 3.4.3)."""
    done: set[Node] = set()
    for start in set(shapes.subjects()):
        if start in done:
            continue
        path: list[tuple[Node, Iterator[Node]]] = [(start, _named_shapes(shapes, start))]
        open_shapes = {start}
        while path:
            shape, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                open_shapes.discard(shape)
                done.add(shape)
            elif following in open_shapes:
                return True
            elif following not in done and not isinstance(following, Literal):
                open_shapes.add(following)
                path.append((following, _named_shapes(shapes, following)))
    return False


def _has_ambiguous_language_tag(data: Graph) -> bool:
    """Tell whether a text occurs with tags that differ in capitals only, so that the source cannot be told."""
    capitals: dict[tuple[str, str], set[str]] = {}
    tagged = [term for _, _, term in data if isinstance(term, Literal) and term.language]
    for literal in tagged:
        if key := language_key(literal):
            capitals.setdefault((str(literal), key), set()).add(str(literal.language))
    if not capitals:
        return False
    for literal in tagged:
        known = capitals.get((str(literal), str(literal.language).lower()))
        if known is not None:
            known.add(str(literal.language))
    return any(len(spellings) > 1 for spellings in capitals.values())
