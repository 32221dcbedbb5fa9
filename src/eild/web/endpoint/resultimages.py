"""Images of a result: shown if the operator allows their origin, otherwise as links, as on pages of resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.web.endpoint.columns import find_address, holds_images, list_names, name_row
from eild.web.frame.respond import allows_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.web.endpoint.tables import Cell, TableView

MOST_IMAGES: Final = 100
"""How many images a page shows; the table holds more."""


@dataclass(frozen=True)
class Picture:
    """An image of a result.

    :ivar url: where it is
    :ivar text: what its row says of it, or the address if it says nothing
    :ivar names: the cells that tell what its row is about
    :ivar shown: whether the page shows it
    """

    url: str
    text: str
    names: Sequence[Cell]
    shown: bool


@dataclass(frozen=True)
class ResultImages:
    """The images of a result.

    :ivar pictures: the images, in the order of the rows
    :ivar total: how many images the shown rows have
    """

    pictures: Sequence[Picture]
    total: int

    @property
    def withheld(self) -> bool:
        """Whether the page shows links in place of images."""
        return any(not picture.shown for picture in self.pictures)


def build_images(table: TableView, setting: str) -> ResultImages | None:
    """Return the images of a result; None if no column holds any.

    :param table: the result
    :param setting: the origins whose images pages may show, as the operator lists them
    """
    columns = [
        number for number, name in enumerate(table.columns) if holds_images(name, [row[number] for row in table.rows])
    ]
    if not columns:
        return None
    pictures: list[Picture] = []
    others = list_names(table)
    for row in table.rows:
        names = name_row(row, others)
        text = " · ".join(cell.term.text for cell in names if not cell.hidden)
        addresses = filter(None, (find_address(row[number]) for number in columns))
        pictures += [Picture(address, text or address, names, allows_image(setting, address)) for address in addresses]
    return ResultImages(pictures[:MOST_IMAGES], len(pictures))
