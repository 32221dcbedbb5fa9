"""A project: where the texts, data and queries of a dataset are, and what its IRIs begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eild.dataset.published import BuiltDataset, build_dataset
from eild.errors import DataError, Location
from eild.names import Names, choose_names
from eild.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Project:
    """The sources of a dataset; those of EILD's own if no folder is given.

    :ivar seeds: folder of the seed texts; None for the packaged one
    :ivar data: folder of the curated data; None for the packaged one
    :ivar queries: folder of the queries that the project adds; None if it adds none
    :ivar base: start of its IRIs
    """

    seeds: Path | None = None
    data: Path | None = None
    queries: Path | None = None
    base: str = BASE

    @property
    def names(self) -> Names:
        """The names of the project.

        :raises UsageError: if the base cannot be the start of a project's IRIs
        """
        return choose_names(self.base)

    def check(self) -> None:
        """Check that the folders are there.

        :raises DataError: if one is missing
        """
        for name, folder in (("seeds", self.seeds), ("data", self.data), ("queries", self.queries)):
            if folder is not None and not folder.is_dir():
                hint = f"name the folder of the project in --{name}; 'eild new DIR' makes a project"
                raise DataError("there is no such folder", location=Location(str(folder)), hint=hint)

    def build(self) -> BuiltDataset:
        """Read and check the sources and build the dataset; see :func:`eild.dataset.build_dataset`.

        :raises DataError: if a folder is missing or there are problems in the data
        """
        self.check()
        return build_dataset(seeds=self.seeds, data=self.data, queries=self.queries, base=self.base)


OWN_PROJECT = Project()
"""EILD's own dataset."""
