"""A project of somebody else, made once for all tests: an invented town with articles in English and in German."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from eild.dataset.project import Project
from eild.names import choose_names
from eild.projects.new import NewProject, create_project
from eild.projects.texts import NewText, add_text
from eild.publication.directory import write_build
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.dataset import BuiltDataset
    from eild.web.frame.site import Site

FALLS: Final = Path(__file__).parents[1] / "fixtures" / "projects" / "falls"
BASE: Final = "https://data.example.org/falls/"
ENGLISH: Final = NewText(
    source="https://example.org/wiki/vote",
    licence="https://creativecommons.org/licenses/by/4.0/",
    credit="the Harbour Falls wiki",
)
GERMAN: Final = NewText(
    source="https://example.org/wiki/abstimmung",
    licence="https://creativecommons.org/licenses/by-sa/3.0/",
    label="Citizens’ decision on the bridge",
    language="de",
)


@pytest.fixture(scope="session")
def falls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the project, made by the commands' functions and then encoded; no test may change it."""
    folder = tmp_path_factory.mktemp("projects") / "falls"
    names = choose_names(BASE)
    about = NewProject(names, "Votes in Harbour Falls", "Harbour Falls archive", date(2031, 6, 1))
    create_project(folder, about)
    for file, text in (("vote.txt", ENGLISH), ("abstimmung.txt", GERMAN)):
        add_text(FALLS / file, text, seeds=folder / "seeds", data=folder / "data", names=names)
    shutil.copytree(FALLS / "data", folder / "data", dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def falls(falls_folder: Path) -> Project:
    """Return the project."""
    return Project(seeds=falls_folder / "seeds", data=falls_folder / "data", base=BASE)


@pytest.fixture(scope="session")
def falls_dataset(falls: Project) -> BuiltDataset:
    """Return its dataset."""
    return falls.build()


@pytest.fixture(scope="session")
def falls_build(falls_dataset: BuiltDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its build directory."""
    return write_build(falls_dataset, tmp_path_factory.mktemp("falls") / "dist")


@pytest.fixture(scope="session")
def falls_site(falls_build: Path, open_site: Callable[[Path], Site]) -> Site:
    """Return its site."""
    return open_site(falls_build)


@pytest.fixture(scope="session")
def falls_client(falls_site: Site) -> FlaskClient:
    """Return a client of the application over it."""
    return create_app(falls_site).test_client()
