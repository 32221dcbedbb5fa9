"""The published data that a wheel carries: of a build, what querying needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eild.media import N_QUADS, N_TRIPLES
from eild.publication.manifest import CATALOG, MANIFEST, parse_manifest, render_manifest
from eild.publication.of_dataset import render_build

if TYPE_CHECKING:
    from pathlib import Path

    from eild.dataset import BuiltDataset


def write_packaged(dataset: BuiltDataset, folder: Path) -> None:
    """Write what querying needs of a build: the N-Triples, the N-Quads and the catalogue of all dumps.

    :param dataset: the dataset
    :param folder: an existing, empty directory
    """
    files = render_build(dataset)
    manifest = parse_manifest(files[MANIFEST])
    endings = (N_TRIPLES.extension, N_QUADS.extension)
    kept = replace(manifest, files={name: info for name, info in manifest.files.items() if name.endswith(endings)})
    for name in (*kept.files, CATALOG):
        (folder / name).write_bytes(files[name])
    (folder / MANIFEST).write_bytes(render_manifest(kept))
