"""The changes between two dumps: statements added and removed, by resource.

:mod:`~eild.diff.reading` reads dumps, :mod:`~eild.diff.comparison` compares them, :mod:`~eild.diff.report` says what it
found to people and programs.
"""

from eild.diff.comparison import Change, DumpComparison, compare
from eild.diff.reading import Dump
from eild.diff.report import FORMATS, render_report

__all__ = ["FORMATS", "Change", "Dump", "DumpComparison", "compare", "render_report"]
