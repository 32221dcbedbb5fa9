"""The language in which pages show names: asked for by ``lang`` or Accept-Language, else that of the site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import request

from eild.languages import LANGUAGE_TAG, WANTED, rank_language, read_accept_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.web.frame.site import Site

MOST_OFFERED: Final = 24
"""How many languages the switch offers, those of most names first."""
ENDONYMS: Final = {
    "ar": "العربية",
    "bg": "български",
    "ca": "català",
    "cs": "čeština",
    "cy": "Cymraeg",
    "da": "dansk",
    "de": "Deutsch",
    "el": "ελληνικά",
    "en": "English",
    "es": "español",
    "et": "eesti",
    "eu": "euskara",
    "fa": "فارسی",
    "fi": "suomi",
    "fr": "français",
    "ga": "Gaeilge",
    "gl": "galego",
    "he": "עברית",
    "hi": "हिन्दी",
    "hr": "hrvatski",
    "hu": "magyar",
    "hy": "հայերեն",
    "id": "Indonesia",
    "is": "íslenska",
    "it": "italiano",
    "ja": "日本語",
    "ka": "ქართული",
    "ko": "한국어",
    "la": "Latina",
    "lt": "lietuvių",
    "lv": "latviešu",
    "mt": "Malti",
    "nb": "norsk bokmål",
    "nl": "Nederlands",
    "nn": "nynorsk",
    "no": "norsk",
    "pl": "polski",
    "pt": "português",
    "ro": "română",
    "ru": "русский",
    "sk": "slovenčina",
    "sl": "slovenščina",
    "sr": "српски",
    "sv": "svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
"""What languages call themselves."""

_LINK: Final = re.compile(r"(<a [^>]*?href=\")([^\"#]*)((?:#[^\"]*)?\")")
_FORM: Final = re.compile(r"<form [^>]*method=\"get\"[^>]*>")
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|.*(?:sparql|dumps/|catalog\.|assets/|openapi\.json)|.*[?&;]lang=")


@dataclass(frozen=True)
class LanguageOption:
    """A language that names have.

    :ivar tag: its tag
    :ivar name: what it calls itself, or the tag
    :ivar query: query string of this page in that language
    :ivar chosen: whether names are in that language here
    """

    tag: str
    name: str
    query: str
    chosen: bool


def settle_languages(site: Site) -> tuple[str, ...]:
    """Return the languages in which names are wanted, the best first, and have everything that names use them.

    Ranges that no name of the data matches are left out, so that the same page is the same for all who ask for them.
    """
    useful: tuple[str, ...] = ()
    if site.is_multilingual:
        lang = request.args.get("lang", "")
        field = ",".join(request.headers.getlist("Accept-Language"))
        useful = _list_useful(site, (lang,)) if LANGUAGE_TAG.fullmatch(lang) else list_asked_languages(site, field)
    wanted = tuple(dict.fromkeys((*useful, *site.usual_languages)))
    WANTED.set(wanted)
    return wanted


def list_asked_languages(site: Site, field: str) -> tuple[str, ...]:
    """Return all of an Accept-Language field that can matter for names of the data: ranges, the best first."""
    return _list_useful(site, read_accept_language(field))


def _list_useful(site: Site, asked: Iterable[str]) -> tuple[str, ...]:
    known = site.publication.about.languages
    return tuple(want for want in asked if any(rank_language(tag, (want,))[0] == 0 for tag in known))


def depends_on_field(site: Site) -> bool:
    """Return whether names in the answer depend on the Accept-Language field of the request."""
    return site.is_multilingual and not LANGUAGE_TAG.fullmatch(request.args.get("lang", ""))


def list_languages(site: Site) -> list[LanguageOption]:
    """Return the languages that names have; none if there are fewer than two."""
    if not site.is_multilingual:
        return []
    known = list(site.publication.about.languages)
    chosen = min(known, key=lambda tag: rank_language(tag, WANTED.get()))
    others = [(key, value) for key, value in request.args.items(multi=True) if key not in {"lang", "page"}]
    return [
        LanguageOption(
            tag=tag,
            name=ENDONYMS.get(tag.partition("-")[0].lower(), tag),
            query=f"?{urlencode([*others, ('lang', tag)])}",
            chosen=tag == chosen,
        )
        for tag in known[:MOST_OFFERED]
    ]


def carry_language(page: str) -> str:
    """Return a page whose links and forms keep the language that was asked for by ``lang``."""
    lang = request.args.get("lang", "")
    if not LANGUAGE_TAG.fullmatch(lang):
        return page

    def carry(match: re.Match[str]) -> str:
        start, href, end = match.groups()
        if _ELSEWHERE.match(href) or (not href and end != '"'):
            return match[0]
        return f"{start}{href}{'&amp;' if '?' in href else '?'}lang={lang}{end}"

    return _FORM.sub(rf'\g<0><input type="hidden" name="lang" value="{lang}">', _LINK.sub(carry, page))
