"""The attributes of RDF/XML elements, told apart: syntax, properties, and what is inherited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from eild.rdf.rdfxml.terms import INHERITED, ITS, RDF, XML, BadTermError, check_iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.rdf.rdfxml.terms import Scope

CORE: Final = "RDF ID about parseType resource nodeID datatype annotation annotationNodeID version".split()
"""Local names of the core syntax terms (RDF/XML, section 6.2.2)."""
OLD: Final = ["aboutEach", "aboutEachPrefix", "bagID"]
"""Local names of terms that were withdrawn (section 6.2.4)."""
_SYNTAX: Final = frozenset({"ID", "about", "parseType", "resource", "nodeID", "datatype", "type"}) | {
    "annotation",
    "annotationNodeID",
}
_FORBIDDEN: Final = frozenset({"RDF", "li", "Description", *OLD})
_UNQUALIFIED: Final = frozenset({"ID", "about", "resource", "parseType", "type"})
_IGNORED: Final = "ignored"
_INHERITED_MARK: Final = "^"


class GrammarError(ValueError):
    """A document that the grammar of RDF/XML does not allow.

    :param hint: how to correct it
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Attributes(NamedTuple):
    """The attributes of an element.

    :ivar scope: what the element hands down
    :ivar syntax: values of the attributes of RDF/XML itself, by local name
    :ivar properties: property attributes, as predicate in N-Triples syntax and value
    """

    scope: Scope
    syntax: dict[str, str]
    properties: list[tuple[str, str]]


class AttributeReader:
    """Reads attributes; names recur, so each is looked at once."""

    def __init__(self) -> None:
        self._roles: dict[str, str] = {}

    def read(self, attributes: dict[str, str], scope: Scope) -> Attributes:
        """Return what the attributes of an element say.

        :param attributes: values by the parser's names
        :param scope: the scope around the element
        :raises GrammarError: if one is not allowed anywhere
        :raises BadTermError: if a name is not a valid IRI, or the element sets an invalid base or direction
        """
        syntax: dict[str, str] = {}
        properties: list[tuple[str, str]] = []
        inherited: list[tuple[str, str]] = []
        for key, value in attributes.items():
            role = self._roles.get(key) or self._find_role(key)
            if role[0] == "<":
                properties.append((role, value))
            elif role[0] == _INHERITED_MARK:
                inherited.append((role[1:], value))
            elif role != _IGNORED:
                syntax[role] = value
        return Attributes(scope.enter(tuple(inherited)) if inherited else scope, syntax, properties)

    def _find_role(self, key: str) -> str:
        parts = key.split(" ")
        name = " ".join(parts[:2])
        if name in INHERITED:
            role = _INHERITED_MARK + INHERITED[name]
        elif len(parts) == 1 and key[:3].lower() == "xml":
            role = _IGNORED  # reserved names (RDF/XML, section 6.1.2)
        elif len(parts) == 1:
            if key not in _UNQUALIFIED:
                message = f"the attribute {key} must have a prefix"
                raise GrammarError(
                    message, "add the prefix of its namespace; the default namespace is not for attributes"
                )
            role = key
        elif parts[0] == RDF and parts[1] in _SYNTAX:
            role = parts[1]
        elif parts[0] == RDF and parts[1] in _FORBIDDEN:
            raise GrammarError(f"rdf:{parts[1]} is not allowed as an attribute", "remove it, or use another property")
        elif parts[0] == XML or name == f"{ITS} version":
            role = _IGNORED
        else:
            role = f"<{check_iri(parts[0] + parts[1])}>"
        self._roles[key] = role
        return role


def refuse(names: Iterable[str], element: str) -> GrammarError:
    """Return the failure for attributes that an element must not have.

    :param names: local names of the attributes
    :param element: what kind of element it is
    """
    listed = " and ".join(f"rdf:{name}" for name in sorted(names))
    return GrammarError(f"{element} must not have {listed}", "remove the attribute, or move it to another element")


__all__ = ["CORE", "OLD", "AttributeReader", "Attributes", "BadTermError", "GrammarError", "refuse"]
