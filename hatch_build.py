"""Has a wheel carry the dataset as published, so that it can be queried without building it."""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PublicationHook(BuildHookInterface):
    """Builds the dataset into a wheel; an editable installation builds it when it is first asked for."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the dataset and have the wheel include it.

        :param version: ``standard``, or ``editable``
        :param build_data: what the wheel includes
        """
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        self._folder = tempfile.TemporaryDirectory(prefix="eild-wheel-")
        folder = Path(self._folder.name)
        dataset = importlib.import_module("eild.dataset").build_dataset()
        importlib.import_module("eild.publication.packaged").write_packaged(dataset, folder)
        build_data["force_include"][str(folder)] = "eild/_resources/publication"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the interface's own
        """Remove the temporary directory."""
        if version != "editable":
            self._folder.cleanup()
