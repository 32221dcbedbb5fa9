#!/usr/bin/env python3
"""Run ``docs/notebook.ipynb`` and write its outputs into it: ``python docs/update_notebook.py``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import nbformat
from nbclient import NotebookClient

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK: Final = Path(__file__).with_name("notebook.ipynb")
_PER_RUN: Final = ("execution", "language_info")


def read_notebook() -> NotebookNode:
    """Return the notebook with the outputs that it shows."""
    found: NotebookNode = nbformat.reads(NOTEBOOK.read_text(encoding="utf-8"), as_version=4)
    return found


def run_notebook(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook with the outputs of its cells, without what differs from run to run.

    :raises CellExecutionError: if a cell fails
    """
    done = NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for part in (done, *done.cells):
        for name in _PER_RUN:
            part.metadata.pop(name, None)
    return done


if __name__ == "__main__":
    nbformat.write(run_notebook(read_notebook()), NOTEBOOK)
