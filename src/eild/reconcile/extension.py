"""Data extension: values of properties of reconciled resources, and which properties resources of a type have."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.errors import RequestError, ResultTooLargeError
from eild.languages import LANGUAGE_TAG
from eild.reconcile.values import write_values
from eild.search.kinds import list_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eild.reconcile.queries import ExtensionProperty, ExtensionQuery
    from eild.reconcile.terms import Schema, SchemaTerm

MOST_EXTENDED: Final = 500
"""The maximum number of resources, and of properties, in one data extension query."""
MOST_CELLS: Final = 100_000
"""The maximum number of values in one data extension response."""
MOST_SAMPLED: Final = 2_000
"""How many resources of a type are read for the properties that they have."""

SETTINGS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "limit",
        "label": "Maximum number of values",
        "type": "number",
        "default": 0,
        "help_text": "How many values each row gets at most. 0 means all.",
    },
    {
        "name": "lang",
        "label": "Language",
        "type": "text",
        "default": "",
        "help_text": "The language tag of texts, or * for all languages. Empty means the language of the service.",
    },
    {
        "name": "content",
        "label": "Resources as",
        "type": "select",
        "default": "entity",
        "help_text": "Whether resources are returned as reconciled entities or as IRIs.",
        "choices": [{"value": "entity", "name": "reconciled entities"}, {"value": "iri", "name": "IRIs"}],
    },
)
"""The settings of properties, as the manifest describes them."""


def _read_settings(asked: ExtensionProperty) -> dict[str, Any]:
    """Return the settings of a property, with those that are not empty.

    :raises RequestError: if one is unknown or malformed
    """
    found: dict[str, Any] = {}
    for name, value in asked.settings.items():
        text = "" if value is None else str(value).strip()
        valid = {
            "limit": text.isascii() and text.isdigit() and len(text) < 10,  # noqa: PLR2004 - enough for any number of values
            "lang": text == "*" or bool(LANGUAGE_TAG.fullmatch(text)),
            "content": text in {"entity", "iri"},
        }
        if name not in valid or (text and not valid[name]):
            message = f"the setting {name[:50]!r} of the property {asked.id[:200]!r} must not be {text[:50]!r}"
            raise RequestError(message, hint="see property_settings in the service manifest")
        if text:
            found[name] = int(text) if name == "limit" else text
    return found


def extend(schema: Schema, query: ExtensionQuery) -> dict[str, Any]:
    """Return the data extension response to a query; resources that the data does not have get empty cells.

    :raises RequestError: if the data does not use a property, or a setting is malformed
    :raises ResultTooLargeError: if there are more than :data:`MOST_CELLS` values
    """
    asked = [(item, schema.require_property(item.id), _read_settings(item)) for item in query.properties]
    rows: dict[str, dict[str, Any]] = {}
    types: dict[str, set[str] | None] = {}
    number = 0
    for identifier in query.ids:
        node = schema.find(identifier)
        cells = rows[identifier] = {}
        for item, predicate, settings in asked:
            values = schema.documents.find_objects(node, predicate) if node is not None else []
            cells[item.id] = write_values(schema, values, settings)
            number += len(cells[item.id])
            for cell in cells[item.id]:
                own = set(list_types(schema.documents, NamedNode(cell["id"]))) if "id" in cell else set()
                known = types.get(item.id)
                types[item.id] = own if known is None else known & own
        if number > MOST_CELLS:
            message = f"the resources have more than {MOST_CELLS} values"
            raise ResultTooLargeError(message, hint="ask for fewer resources, or set 'limit' for the properties")
    meta = [_describe(schema, item.id, predicate, types.get(item.id) or ()) for item, predicate, _ in asked]
    return {"meta": meta, "rows": rows}


def _describe(schema: Schema, identifier: str, predicate: NamedNode, types: Iterable[str]) -> Mapping[str, Any]:
    """Return what is said of a column: its name, and the type that all its values have, if there is one."""
    row: dict[str, Any] = {"id": identifier, "name": schema.describe("property", predicate.value).name}
    if shared := sorted(types):
        term = schema.describe("class", shared[0])
        row["type"] = {"id": term.iri, "name": term.name}
    return row


def propose(schema: Schema, identifier: str) -> list[SchemaTerm]:
    """Return the properties that resources of a type have, the most frequent first; without a type, all properties.

    :param identifier: the type, as the client writes it; empty for none
    :raises RequestError: if the data does not know the type
    """
    groups = schema.require_types(identifier) if identifier else frozenset()
    if not groups:
        return schema.list_terms("property")
    counts: Counter[str] = Counter()
    classes = map(NamedNode, sorted(groups, key=lambda iri: (iri != schema.expand(identifier), iri)))
    members = (member for kind in classes for member in schema.documents.find_subjects(nodes.RDF.type, kind))
    for member in islice(members, MOST_SAMPLED):
        counts.update({triple.predicate.value for triple in schema.documents.outgoing(member)})
    ranked = sorted(counts, key=lambda iri: (-counts[iri], iri))
    return [schema.describe("property", iri) for iri in ranked]
