"""The reference engine by its former name."""

from __future__ import annotations

from eild.validation.engines.queries import parse_query
from eild.validation.engines.reference import run_reference as run_engine

__all__ = ["parse_query", "run_engine"]
