"""The neighbours of a resource as SVG: three columns of boxes that are links, joined by curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eild.web.resources.neighbourhood import Neighbour, Neighbourhood

MOST_SHOWN: Final = 12
"""How many neighbours the picture shows on each side; the table has all."""

WIDTH: Final = 1160
_BOX, _CENTRE, _HEIGHT, _PITCH, _TOP = 284, 220, 46, 56, 36
_MIDDLE: Final = WIDTH // 2
_LONGEST_NAME, _LONGEST_NOTE, _LONGEST_CENTRE = 33, 42, 26
_FONT: Final = "Public Sans, system-ui, Liberation Sans, sans-serif"


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str | int) -> ET.Element:
    names = {name.rstrip("_").replace("_", "-"): str(value) for name, value in attributes.items()}
    element = ET.SubElement(parent, tag, names)
    element.text = text or None
    return element


def _bold(size: int) -> dict[str, Any]:
    """Return the attributes of bold text."""
    return {"font_family": _FONT, "font_size": size, "font_weight": 600}


def _shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _draw_node(picture: ET.Element, neighbour: Neighbour, href: str, x: int, y: int) -> None:
    link = _add(picture, "a", href=href, class_="node")
    _add(link, "title", f"{neighbour.named.text}: {neighbour.note}")
    _add(link, "rect", x=x, y=y, width=_BOX, height=_HEIGHT, rx=6, fill="#fff", stroke="#857f74")
    text: dict[str, Any] = {"x": x + 14, "font_family": _FONT}
    name = _shorten(neighbour.named.text, _LONGEST_NAME)
    _add(link, "text", name, y=y + 19, font_size=15, fill="#1e1c19", **text)
    note = _shorten(neighbour.note, _LONGEST_NOTE)
    _add(link, "text", note, y=y + 37, font_size=13, fill="#5a554c", class_="note", **text)


def _draw_side(
    picture: ET.Element, neighbours: Sequence[Neighbour], make_href: Callable[[str], str], height: int, *, left: bool
) -> None:
    """Draw the neighbours of one side, with a curve from each to the box in the middle."""
    shown = neighbours[:MOST_SHOWN]
    rows = len(shown) + (len(neighbours) > len(shown))
    start = _TOP + (height - _TOP - rows * _PITCH) // 2
    x = 0 if left else WIDTH - _BOX
    edge = _BOX if left else WIDTH - _BOX
    centre = _MIDDLE - _CENTRE // 2 if left else _MIDDLE + _CENTRE // 2
    bend = (edge + centre) // 2
    middle = _TOP + (height - _TOP) // 2
    for number, neighbour in enumerate(shown):
        y = start + number * _PITCH + _PITCH // 2
        dashes = {"stroke_dasharray": "5 4"} if neighbour.is_only_opposed else {}
        curve = f"M{edge} {y}C{bend} {y} {bend} {middle} {centre} {middle}"
        _add(picture, "path", d=curve, fill="none", stroke="#857f74", class_="curve", **dashes)
        _draw_node(picture, neighbour, make_href(neighbour.named.iri), x, y - _HEIGHT // 2)
    if more := len(neighbours) - len(shown):
        y = start + len(shown) * _PITCH + _PITCH // 2
        _add(picture, "text", f"and {more} more", x=x + 14, y=y, font_size=13, font_family=_FONT, fill="#5a554c")


def draw_neighbours(found: Neighbourhood, make_href: Callable[[str], str], *, inline: bool = False) -> bytes:
    """Return the picture of a resource with its neighbours; the same bytes each time.

    Its colours are those on light paper; in a page, whose style sheet overrides them, they follow the theme.

    :param found: the neighbours
    :param make_href: tells where the box of an IRI leads
    :param inline: whether it is to be a part of a page
    """
    rows = max(*(min(len(side), MOST_SHOWN + 1) for side in (found.left, found.right)), 2)
    height = _TOP + rows * _PITCH + 8
    box = {"viewBox": f"0 0 {WIDTH} {height}", "width": str(WIDTH), "height": str(height)}
    names = {"role": "group", "aria-labelledby": "picture-title", "aria-describedby": "picture-text"}
    outer = {"class": "neighbours"} if inline else {"xmlns": "http://www.w3.org/2000/svg"}
    picture = ET.Element("svg", {**outer, **names, **box})
    _add(picture, "title", f"Neighbours of {found.named.text}", id="picture-title")
    text = f"{len(found.left)} on the left, {len(found.right)} on the right. The table lists the same neighbours."
    _add(picture, "desc", text, id="picture-text")
    if not inline:
        _add(picture, "rect", width="100%", height="100%", fill="#fbfaf7")
    for head, side, x in zip(found.heads, (found.left, found.right), (0, WIDTH - _BOX), strict=True):
        if side:
            _add(picture, "text", head, x=x, y=18, fill="#5a554c", class_="note", **_bold(14))
    _draw_side(picture, found.left, make_href, height, left=True)
    _draw_side(picture, found.right, make_href, height, left=False)
    middle = _TOP + (height - _TOP) // 2
    place: dict[str, Any] = {"x": _MIDDLE - _CENTRE // 2, "y": middle - 26, "width": _CENTRE, "height": 52}
    _add(picture, "rect", rx=8, fill="#1e1c19", class_="centre", **place)
    name = _shorten(found.named.text, _LONGEST_CENTRE)
    place = {"x": _MIDDLE, "y": middle + 5, "text_anchor": "middle"}
    _add(picture, "text", name, fill="#fbfaf7", class_="centre", **place, **_bold(16))
    return bytes(ET.tostring(picture, encoding="utf-8", xml_declaration=not inline)) + b"\n"
