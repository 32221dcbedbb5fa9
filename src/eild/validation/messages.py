"""What is said of a result whose shape has no message of its own.

SHACL leaves the text to the engine (section 3.6.2.7), and engines differ. These texts are the same whichever engine
ran; they name the parameters of the constraint and leave focus node, path and value to the form of the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF, SH

from eild.validation.grammar.lists import list_cells, list_fault
from eild.validation.grammar.paths import path_text
from eild.validation.grammar.terms import COMPONENTS, sh

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.validation.results import Result

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
    "uniqueLang": "has more than one value with the language tag {}",
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
    "memberShape": "is not a list whose members all conform to {}",
    "minListLength": "is not a list of at least {} members",
    "maxListLength": "is not a list of at most {} members",
    "uniqueMembers": "is not a list without repeated members",
    "uniqueValuesFor": "has the same values of {} as another target node",
    "someValue": "has no value that conforms to {}",
    "singleLine": "has a line break",
    "subsetOf": "is not among the values of {}",
    "rootClass": "is not {} or a subclass of it",
    "nodeByExpression": "does not conform to {}",
    "expression": "does not satisfy the expression {}",
    "reifierShape": "is stated without a reifier that conforms to {}",
}
"""By the parameter that switches a component on; ``{}`` stands for its values."""

_PATHS: Final = frozenset(sh(name) for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals", "subsetOf"))
"""The parameters whose values may be paths."""
_COUNTS: Final = {
    SH.QualifiedMinCountConstraintComponent: ("has fewer than {} values of the qualified kind", SH.qualifiedMinCount),
    SH.QualifiedMaxCountConstraintComponent: ("has more than {} values of the qualified kind", SH.qualifiedMaxCount),
}
_BY_COMPONENT: Final = {COMPONENTS[sh(name)]: (text, sh(name)) for name, text in _TEXTS.items()} | {
    SH.SPARQLConstraintComponent: ("does not satisfy the SPARQL constraint", SH.sparql),
    **_COUNTS,
}


def build_message(shapes: Graph, result: Result) -> Literal | None:
    """Return the message of a result to which neither shape nor query gives one; None if it has a message.

    :param shapes: the shapes graph
    :param result: the result
    """
    if result.messages:
        return None
    if result.component not in _BY_COMPONENT:
        return Literal(f"does not satisfy the constraint component {_shown(result.component, shapes)}")
    text, parameter = _BY_COMPONENT[result.component]
    if result.parameter is not None:
        return _fill(text, _show_parameter(result.parameter, parameter, shapes))
    if result.component == SH.UniqueLangConstraintComponent:
        return Literal("has more than one value with the same language tag")
    values = sorted(_show_parameter(value, parameter, shapes) for value in shapes.objects(result.shape, parameter))
    return _fill(text, " and ".join(values))


def _show_parameter(value: Node, parameter: URIRef, shapes: Graph) -> str:
    """Return a parameter's value for people; a path, or a list of which all members count, as what it is."""
    if parameter in _PATHS and isinstance(value, BNode):
        return path_text(shapes, value)
    shown = _shown(value, shapes)
    return shown.replace(" or ", " and ") if parameter == sh("uniqueValuesFor") else shown


def _fill(text: str, shown: str) -> Literal:
    """Return a message with the parameter's value; one value is not several."""
    filled = text.replace("{}", shown)
    return Literal(filled.replace(" 1 values", " 1 value").replace(" 1 characters", " 1 character"))


def gives_message(shapes: Graph, result: Result) -> bool:
    """Return whether a shape, its SPARQL constraint or component, or the constraint's query gives a message."""
    holders = [result.shape, result.component, *shapes.objects(result.component, SH.validator)]
    holders += [*shapes.objects(result.component, SH.nodeValidator)]
    holders += [*shapes.objects(result.component, SH.propertyValidator)]
    if result.constraint is not None:
        holders.append(result.constraint)
    return any((holder, SH.message, None) in shapes for holder in holders)


def _shown(value: Node, shapes: Graph) -> str:
    """Return a parameter's value for people, the same in each run."""
    if isinstance(value, URIRef):
        return value.n3(shapes.namespace_manager)
    if isinstance(value, Literal):
        return f"“{value}”" if value.datatype is None else str(value)
    items = [shapes.value(cell, RDF.first) for cell in list_cells(shapes, value)] if _is_list(value, shapes) else []
    shown = [_shown(item, shapes) for item in items if item is not None and not isinstance(item, BNode)]
    if not shown:
        return "an anonymous shape"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _is_list(value: Node, shapes: Graph) -> bool:
    return (value, RDF.first, None) in shapes and not list_fault(shapes, value)
