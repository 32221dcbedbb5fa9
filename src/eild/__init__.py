"""EILD: a linked-data publisher for contested, attributed claims.

``eild.validate(data, shapes)`` holds data against shapes and returns a :class:`~eild.validation.Report`;
``eild.format_report(report, "sarif")`` writes it. Their types are in ``__init__.pyi``, for the names are looked up when
they are first used: importing the package costs nothing.
"""

import importlib
from typing import Any, Final

__version__ = "0.1.0"

__all__ = ["Finding", "Report", "Severity", "__version__", "format_report", "validate"]

_HOMES: Final = {
    "Finding": "eild.validation",
    "Report": "eild.validation",
    "Severity": "eild.validation",
    "format_report": "eild.validation.api",
    "validate": "eild.validation.api",
}
"""The module that each exported name comes from."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any exported name
    """Return an exported name, from its module.

    :raises AttributeError: if the package exports no such name
    """
    if name not in _HOMES:
        message = f"module 'eild' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the exported names."""
    return sorted(__all__)
