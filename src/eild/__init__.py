"""EILD: a linked-data publisher for contested, attributed claims.

``eild.open()`` returns the published dataset to query, and ``eild.open(…)`` files, a store or an endpoint, as a
:class:`~eild.access.dataset.Dataset`. ``eild.validate(data, shapes)`` holds data against shapes and returns a
:class:`~eild.validation.Report`; ``eild.format_report(report, "sarif")`` writes it. Their types are in
``__init__.pyi``, for the names are looked up when they are first used: importing the package costs nothing.
"""

import importlib
from typing import Any, Final

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Dataset",
    "EildError",
    "Finding",
    "Iri",
    "Report",
    "Severity",
    "Text",
    "__version__",
    "format_report",
    "open",
    "validate",
]

_HOMES: Final = {
    "Answer": ("eild.access.answers", "Answer"),
    "Dataset": ("eild.access.dataset", "Dataset"),
    "EildError": ("eild.errors", "EildError"),
    "Finding": ("eild.validation", "Finding"),
    "Iri": ("eild.access.values", "Iri"),
    "Report": ("eild.validation", "Report"),
    "Severity": ("eild.validation", "Severity"),
    "Text": ("eild.access.values", "Text"),
    "format_report": ("eild.validation.api", "format_report"),
    "open": ("eild.access.opening", "open_dataset"),
    "validate": ("eild.validation.api", "validate"),
}
"""The module that each exported name comes from, and its name there."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any exported name
    """Return an exported name, from its module.

    :raises AttributeError: if the package exports no such name
    """
    if name not in _HOMES:
        message = f"module 'eild' has no attribute {name!r}"
        raise AttributeError(message)
    module, own_name = _HOMES[name]
    return getattr(importlib.import_module(module), own_name)


def __dir__() -> list[str]:
    """Return the exported names."""
    return sorted(__all__)
