"""JSON Schemas of the Reconciliation Service API 0.2, written from the text of the specification.

They are stricter than what the community group publishes: members that the specification does not define are errors,
and identifiers and names are not empty.
"""

from __future__ import annotations

from typing import Any, Final

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string", "minLength": 1}
URL: Final[Schema] = {"type": "string", "pattern": "^https?://"}


def make_object(required: Schema, optional: Schema | None = None) -> Schema:
    """Return the schema of an object with these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": [*required],
        "additionalProperties": False,
    }


def make_array(items: Schema) -> Schema:
    """Return the schema of an array without equal items."""
    return {"type": "array", "items": items, "uniqueItems": True}


TYPE: Final = make_object({"id": TEXT, "name": TEXT})
SERVICE: Final = make_object({"service_url": URL, "service_path": {"type": "string", "pattern": "^/"}})
SUGGEST: Final = make_object(
    {
        **SERVICE["properties"],
        "flyout_service_url": URL,
        "flyout_service_path": {"type": "string", "pattern": "\\$\\{id\\}"},
    }
)
TEMPLATE: Final[Schema] = {"type": "string", "pattern": "^https?://.*\\{\\{id\\}\\}"}
SETTING: Final = make_object(
    {"name": TEXT, "label": TEXT, "type": {"enum": ["number", "text", "checkbox", "select"]}},
    {"default": {}, "help_text": TEXT, "choices": make_array(make_object({"value": TEXT, "name": TEXT}))},
)
MANIFEST: Final = make_object(
    {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": URL,
        "schemaSpace": URL,
        "defaultTypes": make_array(TYPE),
    },
    {
        "documentation": URL,
        "logo": URL,
        "serviceVersion": TEXT,
        "view": make_object({"url": TEMPLATE}),
        "feature_view": make_object({"url": TEMPLATE}),
        "preview": make_object({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
        "suggest": make_object({}, {"entity": SUGGEST, "property": SUGGEST, "type": SUGGEST}),
        "extend": make_object({}, {"propose_properties": SERVICE, "property_settings": make_array(SETTING)}),
        "batchSize": {"type": "integer", "minimum": 1},
    },
)
CANDIDATE: Final = make_object(
    {"id": TEXT, "name": TEXT, "type": make_array(TYPE), "score": {"type": "number", "minimum": 0, "maximum": 100}},
    {
        "description": TEXT,
        "match": {"type": "boolean"},
        "features": make_array(make_object({"id": TEXT, "value": {"type": ["boolean", "number"]}})),
    },
)
RESULTS: Final[Schema] = {
    "type": "object",
    "additionalProperties": make_object({"result": {"type": "array", "items": CANDIDATE}}),
}
ENTITIES: Final = make_object(
    {"result": make_array(make_object({"id": TEXT, "name": TEXT}, {"description": TEXT, "notable": make_array(TYPE)}))}
)
TERMS: Final = make_object({"result": make_array(make_object({"id": TEXT, "name": TEXT}, {"description": TEXT}))})
FLYOUT: Final = make_object({"id": TEXT, "html": TEXT})
PROPOSAL: Final = make_object(
    {"properties": make_array(TYPE), "type": {"type": "string"}}, {"limit": {"type": "integer", "minimum": 1}}
)
MOMENT: Final = (
    r"^-?[0-9]{4,}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-2][0-9]:[0-5][0-9])$"
)
CELL: Final[Schema] = {
    "oneOf": [
        make_object({"id": TEXT, "name": TEXT}, {"description": TEXT}),
        make_object({"str": {"type": "string"}}),
        make_object({"float": {"type": "number"}}),
        make_object({"int": {"type": "integer"}}),
        make_object({"date": {"type": "string", "pattern": MOMENT}}),
    ]
}
EXTENSION: Final = make_object(
    {
        "meta": {"type": "array", "items": make_object({"id": TEXT, "name": TEXT}, {"type": TYPE, "service": URL})},
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": CELL}},
        },
    }
)


def check(value: Any, schema: Schema) -> Any:
    """Return a value if it fits a schema.

    :raises jsonschema.ValidationError: if it does not
    """
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(value)
    return value
