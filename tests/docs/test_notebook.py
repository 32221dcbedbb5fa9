"""``docs/notebook.ipynb``: its cells run, and give the outputs that it shows."""

from __future__ import annotations

import copy
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

DOCS = Path(__file__).parents[2] / "docs"


def list_texts(notebook: NotebookNode) -> list[str]:
    """Return the text of each output; of figures, their size."""
    outputs: list[dict[str, Any]] = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return ["".join(output.get("text", "")) or output["data"]["text/plain"] for output in outputs]


def test_notebook_runs_and_shows_its_outputs(own_build: Path) -> None:
    """Every cell runs on the present data; if an output differs: python docs/update_notebook.py."""
    spec = importlib.util.spec_from_file_location("update_notebook", DOCS / "update_notebook.py")
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    shown = tool.read_notebook()
    notebook = copy.deepcopy(shown)
    assert sum("eild.open()" in cell.source for cell in notebook.cells) == 1
    for cell in notebook.cells:
        cell.source = cell.source.replace("eild.open()", f"eild.open({str(own_build)!r})")
    done = tool.run_notebook(notebook)
    assert list_texts(done) == list_texts(shown)
    assert sum("image/png" in output.get("data", ()) for cell in done.cells for output in cell.get("outputs", ())) == 2
