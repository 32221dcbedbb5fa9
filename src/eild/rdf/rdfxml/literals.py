"""XML literals: exclusive canonical XML with comments (RDF/XML, section 7.2.17; Exclusive XML Canonicalization 1.0)."""

from __future__ import annotations

from typing import Final

_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)
_XML: Final = "xml"


def _split(name: str) -> tuple[str, str, str]:
    """Return namespace, local name and prefix of one of the parser's names."""
    parts = name.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - the prefix is the third


def _qualify(prefix: str, local: str) -> str:
    return f"{prefix}:{local}" if prefix else local


class CanonicalWriter:
    """Collects the content of an element as exclusive canonical XML.

    Its methods take the events of :func:`~eild.rdf.rdfxml.xmlinput.make_parser`. Each namespace is declared
    where it is first used, and nowhere again below.

    :ivar depth: number of open elements
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._namespaces: list[dict[str, str]] = [{"": ""}]
        self._names: list[str] = []

    @property
    def depth(self) -> int:
        """Return the number of open elements."""
        return len(self._names)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Add a start tag."""
        namespace, local, prefix = _split(name)
        known = self._namespaces[-1]
        used = {prefix: namespace}
        rows = []
        for key, value in attributes.items():
            uri, attribute, short = _split(key)
            if short:
                used[short] = uri
            rows.append((uri, attribute, _qualify(short, attribute), value))
        new = {short: uri for short, uri in used.items() if short != _XML and known.get(short) != uri}
        self._namespaces.append({**known, **new} if new else known)
        self._names.append(_qualify(prefix, local))
        self._parts.append(f"<{self._names[-1]}")
        for short, uri in sorted(new.items()):
            self._parts.append(f' xmlns{":" if short else ""}{short}="{uri.translate(_ATTRIBUTE)}"')
        for _, _, qualified, value in sorted(rows):
            self._parts.append(f' {qualified}="{value.translate(_ATTRIBUTE)}"')
        self._parts.append(">")

    def end(self, _name: str) -> None:
        """Add the end tag of the innermost element."""
        self._namespaces.pop()
        self._parts.append(f"</{self._names.pop()}>")

    def text(self, data: str) -> None:
        """Add character data."""
        self._parts.append(data.translate(_TEXT))

    def comment(self, data: str) -> None:
        """Add a comment."""
        self._parts.append(f"<!--{data}-->")

    def instruction(self, target: str, data: str) -> None:
        """Add a processing instruction."""
        self._parts.append(f"<?{target} {data}?>" if data else f"<?{target}?>")

    def content(self) -> str:
        """Return everything added."""
        return "".join(self._parts)
