"""What each constraint component demands and what mends a finding of it, and how shapes are called in reports.

A *rule* is a constraint component of a shape: the unit that reports name, group and count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDFS, SH, XSD

from eild.validation.grammar.paths import path_text
from eild.validation.grammar.terms import COMPONENTS
from eild.validation.order import order_key

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.validation.findings import Finding, Report
    from eild.validation.names import Names

_SUFFIX: Final = "ConstraintComponent"
_MOST_OWNERS: Final = 16
_FILE: Final = re.compile(r"file://(?:[^\s<>/]*/)*")
_LONGEST_LIST: Final = 6

ADVICE: Final[dict[str, tuple[str, str]]] = {
    "Class": ("Each value is an instance of a class.", "give the value that type, or another value"),
    "Datatype": ("Each value is a literal of a datatype, and well-formed.", "write the value with that datatype"),
    "NodeKind": ("Each value is of a kind: IRI, blank node or literal.", "write the value as that kind of node"),
    "MinCount": ("There are at least so many values.", "add what is missing"),
    "MaxCount": ("There are at most so many values.", "remove what is too much"),
    "MinExclusive": ("Each value is greater than a bound.", "give a greater value"),
    "MinInclusive": ("Each value is not less than a bound.", "give a greater value"),
    "MaxExclusive": ("Each value is less than a bound.", "give a smaller value"),
    "MaxInclusive": ("Each value is not greater than a bound.", "give a smaller value"),
    "MinLength": ("Each value has at least so many characters.", "give a longer value; blank nodes have no length"),
    "MaxLength": ("Each value has at most so many characters.", "give a shorter value; blank nodes have no length"),
    "Pattern": ("Each value matches a regular expression.", "write the value so that it matches the expression"),
    "LanguageIn": ("Each value is in one of certain languages.", "give the text a language tag that is allowed"),
    "UniqueLang": ("No two values are in the same language.", "keep one text for each language"),
    "Equals": ("The values are those of another property.", "give both properties the same values"),
    "Disjoint": ("No value is one of another property.", "take the common value from one of the properties"),
    "LessThan": (
        "Each value is less than those of another property.",
        "check the order of both values, and their types",
    ),
    "LessThanOrEquals": (
        "No value is greater than those of another property.",
        "check the order of both values, and their types",
    ),
    "Not": ("No value conforms to a certain shape.", "change what makes the value conform to that shape"),
    "And": ("Each value conforms to all of certain shapes.", "mend the value until it conforms to each of the shapes"),
    "Or": ("Each value conforms to one of certain shapes.", "mend the value until it conforms to one of the shapes"),
    "Xone": (
        "Each value conforms to exactly one of certain shapes.",
        "make the value conform to one of the shapes only",
    ),
    "Node": ("Each value conforms to a shape.", "validate the value by that shape to see what it lacks"),
    "Property": ("Each value conforms to a property shape.", "mend what the property shape finds"),
    "QualifiedMinCount": ("At least so many values conform to a shape.", "add values that conform to that shape"),
    "QualifiedMaxCount": ("At most so many values conform to a shape.", "remove values that conform to that shape"),
    "Closed": ("There are no other properties than those listed.", "remove the property, or correct its spelling"),
    "HasValue": ("A certain value is there.", "add that value"),
    "In": ("Each value is on a list.", "use a value of the list"),
    "SPARQL": ("A query finds no fault.", "see the shape's message"),
}
"""For each constraint component of SHACL: what it demands, and what to do about a finding."""

_PARAMETERS: Final = {component: parameter for parameter, component in COMPONENTS.items()}


def component_name(component: URIRef) -> str:
    """Return the short name of a constraint component, e.g. ``MinCount``; that of a user's own in full."""
    local = str(component).removeprefix(str(SH))
    return local.removesuffix(_SUFFIX) if local != str(component) else str(component)


def describe_component(component: URIRef) -> str:
    """Return in a sentence what a constraint component demands."""
    return ADVICE.get(component_name(component), ("A constraint of the shapes' own holds.", ""))[0]


def advise(finding: Finding, report: Report, names: Names) -> str:
    """Return what to do about a finding: the constraint as the shape has it, and the remedy; nothing if unknown."""
    remedy = ADVICE.get(component_name(finding.component), ("", "see the shape's message"))[1]
    parameter = describe_parameter(finding.shape, finding.component, report, names, only=finding.parameter)
    return ": ".join(filter(None, (parameter, remedy)))


def describe_parameter(
    shape: Node, component: URIRef, report: Report, names: Names, *, only: Node | None = None
) -> str:
    """Return the parameter of a constraint with its value, e.g. ``sh:minCount 1``; nothing for SPARQL constraints.

    :param only: the one of several values that is shown, if it is among them
    """
    predicate = _PARAMETERS.get(component)
    if predicate is None or predicate == SH.sparql:
        return ""
    graph = report.shapes.graph
    values = sorted(graph.objects(shape, predicate), key=str)
    values = [only] if only in values else values
    shown = [_parameter_value(value, graph, names) for value in values[:2]]
    return f"{names.term(predicate)} {' , '.join(shown)}" if values and all(shown) else names.term(predicate)


def _parameter_value(value: Node, graph: Graph, names: Names) -> str:
    """Return a value for people: a list with its first items, nothing for a shape without a name."""
    if isinstance(value, Literal) and value.datatype == XSD.integer:
        return str(value)
    if not isinstance(value, BNode):
        return names.short(value)
    items = list(graph.items(value))
    if not items or any(isinstance(item, BNode) for item in items):
        return ""
    shown = [names.short(item) for item in items[:_LONGEST_LIST]]
    return f"( {' '.join(shown)} {'… ' if len(items) > _LONGEST_LIST else ''})"


def shape_name(shape: Node, report: Report, names: Names) -> str:
    """Return how a shape is called: by its IRI, or by the shape that it belongs to and its path.

    The name of a blank node changes from run to run; ``ex:BoatShape / ex:length`` does not.
    """
    graph = report.shapes.graph
    parts: list[str] = []
    seen: set[Node] = set()
    while isinstance(shape, BNode) and shape not in seen and len(seen) < _MOST_OWNERS:
        seen.add(shape)
        path = graph.value(shape, SH.path)
        parts.append(names.path(path_text(graph, path)) if path is not None else "[]")
        owner = min((node for node in graph.subjects(None, shape)), key=_owner_order, default=None)
        if owner is None:
            break
        shape = owner
    if not isinstance(shape, BNode):
        parts.append(names.term(shape))
    return " / ".join(reversed(parts))


def _owner_order(node: Node) -> tuple[bool, str]:
    return isinstance(node, BNode), "" if isinstance(node, BNode) else str(node)


def rule_id(shape: Node, component: URIRef, report: Report, names: Names) -> str:
    """Return the name of a rule, e.g. ``ex:Boat-length/MinCount``: the same in each run and each folder."""
    return without_folders(f"{shape_name(shape, report, names)}/{component_name(component)}")


def without_folders(text: str) -> str:
    """Return a text in which IRIs of files have the name of the file only, so that it is the same in each folder."""
    return _FILE.sub("", text)


def describe_shape(shape: Node, report: Report) -> str:
    """Return what the shapes say about a shape: its description, comment, name or label; nothing if nothing."""
    graph = report.shapes.graph
    for predicate in (SH.description, RDFS.comment, SH.name, RDFS.label):
        texts = [text for text in graph.objects(shape, predicate) if isinstance(text, Literal)]
        if texts:
            return str(min(texts, key=lambda text: (text.language not in {None, "en"}, order_key(text))))
    return ""


def list_rules(report: Report) -> list[tuple[Node, URIRef]]:
    """Return every rule of a report: those of the shapes that can find fault, then others that did."""
    listed = [(constraint.shape, constraint.component) for constraint in report.shapes.constraints()]
    found = [(finding.shape, finding.component) for finding in report.findings]
    return list(dict.fromkeys([*listed, *found]))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, e.g. ``1 finding`` or ``2 findings``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def describe_details(finding: Finding, names: Names) -> list[str]:
    """Return in lines what the shapes find that a value was to conform to, nested ones indented."""
    lines = []
    for detail in finding.details:
        place = f"{detail.location}: " if detail.location else ""
        parts = [names.short(detail.focus), names.path(detail.path)]
        if detail.value != detail.focus:
            parts.append(names.short(detail.value))
        fault = " ".join(part for part in parts if part)
        lines.append(f"- {place}{fault}: {' '.join(detail.message.split())}")
        lines += [f"  {line}" for line in describe_details(detail, names)]
    return lines


def describe_extent(report: Report) -> str:
    """Return what a validation was about, e.g. ``12 triples, 3 shapes with targets``."""
    shapes = len(report.shapes.targeted)
    return f"{count(report.triple_count, 'triple')}, {count(shapes, 'shape')} with targets"
