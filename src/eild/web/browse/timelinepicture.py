"""The timeline as one SVG file: the same bars and marks as on the page, with colours of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from eild.claims.chronology import make_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.claims import Time
    from eild.claims.chronology import Moment, Scale

COLOURS: Final = {
    "affirms": ("#0b4ca8", "#ddebf7"),
    "negates": ("#804300", "#f8e6cf"),
    "denies": ("#ad1070", "#f8dfec"),
    "pledges-not": ("#0a7450", "#d8efe6"),
    "reports": ("#43464d", "#e8e8ea"),
    "asks": ("#5b3fb0", "#e7e2f8"),
    "raises": ("#665a00", "#efebcf"),
    "insults": ("#5c4a3a", "#ebe4dc"),
}
"""Ink and tint of each stance, as on light paper."""

_LEFT, _WIDTH, _ROW, _TOP, _FADE = 460, 1000, 30, 40, 64
_LONGEST_LABEL: Final = 62
_FONT: Final = "Public Sans, system-ui, Liberation Sans, sans-serif"


def _x(percent: float) -> str:
    return f"{_LEFT + _WIDTH * percent / 100:.1f}"


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    element.text = text or None
    return element


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1].rstrip()}…"


def _draw_event(row: ET.Element, event: Time, scale: Scale, stance: str, y: int) -> None:
    """Draw a bar from the earliest to the latest day; a bound that is not given fades out."""
    ink, tint = COLOURS.get(stance, COLOURS["reports"])
    first, last = event.earliest, event.latest
    if first and last:
        begin, end = float(_x(scale.place(first))), float(_x(scale.place(last, after=True)))
        width = f"{max(end - begin, 2):.1f}"
        _add(row, "rect", x=f"{begin:.1f}", y=str(y - 6), width=width, height="12", fill=tint, stroke=ink)
    elif last:
        end = float(_x(scale.place(last, after=True)))
        fill = f"url(#before-{stance})"
        _add(row, "rect", x=f"{end - _FADE:.1f}", y=str(y - 6), width=str(_FADE), height="12", fill=fill)
    elif first:
        fill = f"url(#after-{stance})"
        _add(row, "rect", x=_x(scale.place(first)), y=str(y - 6), width=str(_FADE), height="12", fill=fill)


def _draw_saying(row: ET.Element, said: Time, scale: Scale, stance: str, y: int) -> None:
    """Draw a diamond at the middle of the days on which something can have been said, and a beam over them."""
    ink = COLOURS.get(stance, COLOURS["reports"])[0]
    first, last = said.earliest or said.latest, said.latest or said.earliest
    if first is None or last is None:
        return
    begin, end = float(_x(scale.place(first))), float(_x(scale.place(last, after=True)))
    if end - begin > _ROW / 2:
        _add(row, "line", x1=f"{begin:.1f}", x2=f"{end:.1f}", y1=str(y), y2=str(y), stroke=ink)
    middle = (begin + end) / 2
    diamond = f"M{middle:.1f} {y - 6}l6 6-6 6-6-6z"
    _add(row, "path", d=diamond, fill=ink, stroke="#fff")


def _define_fades(picture: ET.Element, stances: Sequence[str]) -> None:
    definitions = _add(picture, "defs")
    for stance in stances:
        ink = COLOURS.get(stance, COLOURS["reports"])[0]
        for name, edges in (("before", ("0", "0.7")), ("after", ("0.7", "0"))):
            gradient = _add(definitions, "linearGradient", id=f"{name}-{stance}")
            for offset, opacity in zip(("0", "1"), edges, strict=True):
                _add(gradient, "stop", offset=offset, stop_color=ink, stop_opacity=opacity)


def draw_timeline(moments: Sequence[Moment]) -> bytes:
    """Return the picture of some moments, one row each; the same bytes each time.

    :param moments: the moments, in the order of the rows
    """
    height = _TOP + _ROW * len(moments) + 10
    size = {"width": str(_LEFT + _WIDTH + 20), "height": str(height)}
    namespace = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-labelledby": "title"}
    picture = ET.Element("svg", {**namespace, **size, "viewBox": f"0 0 {size['width']} {height}"})
    _add(picture, "title", "When events are said to have occurred, and when claims were made", id="title")
    _define_fades(picture, sorted({moment.claim.stance.slug for moment in moments}))
    _add(picture, "rect", width="100%", height="100%", fill="#fbfaf7")
    if moments:
        scale = make_scale(moments)
        for year in scale.years:
            x = _x(scale.place(scale.first.replace(year=year)))
            _add(picture, "line", x1=x, x2=x, y1=str(_TOP - 10), y2=str(height - 5), stroke="#ddd9cf")
            _add(picture, "text", str(year), x=x, y="22", font_family=_FONT, font_size="13", fill="#5a554c")
        for number, moment in enumerate(moments):
            _draw_row(picture, moment, scale, _TOP + _ROW * number + _ROW // 2)
    return bytes(ET.tostring(picture, encoding="utf-8", xml_declaration=True)) + b"\n"


def _draw_row(picture: ET.Element, moment: Moment, scale: Scale, y: int) -> None:
    claim, stance = moment.claim, moment.claim.stance
    link = _add(picture, "a", href=claim.iri)
    _add(link, "title", claim.label)
    speakers = ", ".join(item.text for item in claim.claimants)
    said = "; ".join(part.named.text for part in claim.propositions) or claim.label
    ink = COLOURS.get(stance.slug, COLOURS["reports"])[0]
    text = {"x": "10", "font_family": _FONT}
    _add(link, "text", _shorten(f"{stance.text} · {speakers}"), y=str(y - 2), font_size="12", fill=ink, **text)
    _add(link, "text", _shorten(said), y=str(y + 11), font_size="11", fill="#5a554c", **text)
    for event in moment.events:
        _draw_event(link, event, scale, stance.slug, y)
    if moment.said:
        _draw_saying(link, moment.said, scale, stance.slug, y)
