"""Tests of packing large content."""

from __future__ import annotations

from hashlib import shake_256

import pytest
import zstandard

from eild.exchange.packing import LEAST_BYTES, MOST_BYTES, pack, unpack


@pytest.mark.parametrize("size", [LEAST_BYTES + 1, 1_000_000, MOST_BYTES])
def test_pack_large_content_unpacked_the_same(size: int) -> None:
    """Content that repeats itself takes much less room and comes back whole."""
    content = b"".join(b"<http://a.example/%d>\n" % number for number in range(size // 20))[:size].ljust(size)
    packed = pack(content)
    assert packed is not None
    assert len(packed) < size / 4
    assert unpack(packed) == content


@pytest.mark.parametrize("content", [b"", bytes(LEAST_BYTES), bytes(MOST_BYTES + 1), shake_256().digest(100_000)])
def test_pack_what_gains_nothing_left(content: bytes) -> None:
    """Small content, content too large to keep and content that does not get smaller are not packed."""
    assert pack(content) is None


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"not packed",
        zstandard.compress(b"small"),
        zstandard.compress(bytes(MOST_BYTES + 1)),
        zstandard.compress(bytes(100_000))[:-4] + bytes(4),
    ],
)
def test_unpack_anything_else_refused(packed: bytes) -> None:
    """What was not packed here is no content, and takes no memory before that is known."""
    with pytest.raises(ValueError, match="no packed content"):
        unpack(packed)
