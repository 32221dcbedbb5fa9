"""Large content that is kept or handed from process to process takes a tenth of its size, packed in next to no time.

It is compressed by Zstandard (RFC 8878) at one of its quickest levels. Clients never see it so: what they may get
compressed is made by :mod:`eild.exchange.content`.
"""

from __future__ import annotations

from typing import Final

import zstandard

LEAST_BYTES: Final = 64 * 1024
"""Content of no more bytes is not worth packing."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""Content of more bytes is not packed, as it is not kept either."""

_LEVEL: Final = -3
_MOST_SHARE: Final = 0.5


def pack(content: bytes) -> bytes | None:
    """Return content packed; None if it is too small or too large, or if packing makes it hardly smaller."""
    if not LEAST_BYTES < len(content) <= MOST_BYTES:
        return None
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(content)
    return packed if len(packed) <= _MOST_SHARE * len(content) else None


def unpack(packed: bytes) -> bytes:
    """Return packed content.

    :raises ValueError: if it is nothing that :func:`pack` returns
    """
    try:
        if not LEAST_BYTES < zstandard.frame_content_size(packed) <= MOST_BYTES:
            message = "this is no packed content: its size is out of bounds"
            raise ValueError(message)
        return zstandard.decompress(packed)
    except zstandard.ZstdError as error:
        message = f"this is no packed content: {error}"
        raise ValueError(message) from error
