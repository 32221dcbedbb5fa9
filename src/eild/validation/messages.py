"""What is said of a result whose shape has no message of its own.

SHACL leaves the text to the engine (section 3.6.2.7), and engines differ. These texts are the same whichever engine
ran; they name the parameters of the constraint and leave focus node, path and value to the form of the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import SH

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_TEXTS: Final = {
    "class": "is not an instance of {}",
    "datatype": "is not a literal of datatype {}",
    "nodeKind": "is not of node kind {}",
    "minCount": "has fewer than {} values",
    "maxCount": "has more than {} values",
    "minExclusive": "is not greater than {}",
    "minInclusive": "is not greater than or equal to {}",
    "maxExclusive": "is not less than {}",
    "maxInclusive": "is not less than or equal to {}",
    "minLength": "is shorter than {} characters",
    "maxLength": "is longer than {} characters",
    "pattern": "does not match the pattern {}",
    "languageIn": "has a language tag that is not among those allowed",
    "uniqueLang": "has more than one value with the same language tag",
    "equals": "is not the same as a value of {}",
    "disjoint": "is also a value of {}",
    "lessThan": "is not less than each value of {}",
    "lessThanOrEquals": "is not less than or equal to each value of {}",
    "not": "conforms to {}, to which it must not conform",
    "and": "does not conform to all shapes of sh:and",
    "or": "does not conform to any shape of sh:or",
    "xone": "does not conform to exactly one shape of sh:xone",
    "node": "does not conform to {}",
    "closed": "has a property that the closed shape does not allow",
    "hasValue": "does not have the value {}",
    "in": "is not one of the values allowed",
}
"""By the parameter that switches a component on; ``{}`` stands for its values."""

_COUNTS: Final = {
    SH.QualifiedMinCountConstraintComponent: ("has fewer than {} values of the qualified kind", SH.qualifiedMinCount),
    SH.QualifiedMaxCountConstraintComponent: ("has more than {} values of the qualified kind", SH.qualifiedMaxCount),
}
_BY_COMPONENT: Final = {
    SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]: (text, SH[name]) for name, text in _TEXTS.items()
} | {SH.SPARQLConstraintComponent: ("does not satisfy the SPARQL constraint", SH.sparql), **_COUNTS}


def build_message(shapes: Graph, shape: Node, component: URIRef, constraint: Node | None) -> Literal | None:
    """Return the message of a result whose shape has none.

    :param shapes: the shapes graph
    :param shape: the shape that the result names
    :param component: the component that the result names
    :param constraint: the SPARQL constraint that the result names, if it does
    :returns: nothing if the shape or the query gives a message, or the component is not of SHACL's own: the engine's
        message then stands
    """
    if component not in _BY_COMPONENT or _has_message(shapes, shape, constraint):
        return None
    text, parameter = _BY_COMPONENT[component]
    values = sorted(_shown(value, shapes) for value in shapes.objects(shape, parameter))
    return Literal(text.replace("{}", " and ".join(values)))


def _has_message(shapes: Graph, shape: Node, constraint: Node | None) -> bool:
    """Tell whether a shape, its SPARQL constraint or the constraint's query gives a message."""
    if shapes.value(shape, SH.message, any=True) is not None:
        return True
    if constraint is None:
        return False
    query = str(shapes.value(constraint, SH.select, any=True) or "")
    return shapes.value(constraint, SH.message, any=True) is not None or "?message" in query or "$message" in query


def _shown(value: Node, shapes: Graph) -> str:
    """Return a parameter's value for people, the same in each run."""
    if isinstance(value, URIRef):
        return value.n3(shapes.namespace_manager)
    return f"“{value}”" if isinstance(value, Literal) and value.datatype is None else _plain(value)


def _plain(value: Node) -> str:
    return str(value) if isinstance(value, Literal) else "an anonymous shape"
