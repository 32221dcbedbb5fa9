"""What cannot be validated, in the forms that CI reads: files that cannot be read, and shapes that are ill-formed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eild import __version__
from eild.errors import IllFormedShapesError, ProblemsError, ShapesError
from eild.terms import BASE
from eild.validation.formats.github import write_command
from eild.validation.formats.sarif import SCHEMA, file_uri

if TYPE_CHECKING:
    from eild.errors import EildError


def list_failures(error: EildError) -> list[EildError]:
    """Return the failures that an error stands for, each with its own place."""
    if isinstance(error, ProblemsError):
        return list(error.problems)
    return [*error.faults, *error.problems] if isinstance(error, IllFormedShapesError) else [error]


def format_failures(error: EildError, form: str) -> str:
    """Return the failures that an error stands for; an empty string for forms that have no place for them.

    :param error: data that cannot be read, or shapes that cannot be applied
    :param form: the form of the report that was asked for
    """
    failures = list_failures(error)
    if form == "github":
        return "".join(f"{_annotate(failure)}\n" for failure in failures)
    if form != "sarif":
        return ""
    run = {
        "tool": {
            "driver": {"name": "eild validate", "semanticVersion": __version__, "informationUri": BASE, "rules": _RULES}
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": False, "exitCode": error.exit_code}],
        "results": [_result(failure) for failure in failures],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


_RULES = [
    {"id": "unreadable-data", "shortDescription": {"text": "Data cannot be read."}},
    {"id": "ill-formed-shapes", "shortDescription": {"text": "Shapes cannot be read or applied."}},
]


def _annotate(failure: EildError) -> str:
    title = "Shapes" if isinstance(failure, ShapesError) else "Data"
    return write_command("error", title, _text(failure), failure.location)


def _text(failure: EildError) -> str:
    return f"{failure.message} ({failure.hint})" if failure.hint else failure.message


def _result(failure: EildError) -> dict[str, Any]:
    number = int(isinstance(failure, ShapesError))
    result: dict[str, Any] = {
        "ruleId": _RULES[number]["id"],
        "ruleIndex": number,
        "level": "error",
        "message": {"text": _text(failure)},
    }
    place = failure.location
    if place is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": file_uri(place.path)}}
        if place.line:
            physical["region"] = {"startLine": place.line, **({"startColumn": place.column} if place.column else {})}
        result["locations"] = [{"physicalLocation": physical}]
    return result
