"""RDF files, packed or not: opening them, and saying what keeps them from being read."""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final, cast

import zstandard

from eild.errors import DataError, Location
from eild.rdf.reading import RdfInput
from eild.rdf.syntaxes import RDF_FORMATS, require_file_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from eild.rdf.streams import LeftOut, Readable

_CHUNK: Final = 65536


class _ZstdFile:
    """A Zstandard file, unpacked. Unlike the library's own reader it does not take a truncated file for a whole one."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._start()

    def _start(self) -> None:
        self._unpacker = zstandard.ZstdDecompressor().decompressobj()
        self._waiting = b""
        self._ready = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes.

        :raises EOFError: if the file ends within a frame
        """
        while not self._ready or size < 0:
            packed = self._waiting or self._raw.read(_CHUNK)
            self._waiting = b""
            if not packed:
                if not self._unpacker.eof:
                    raise EOFError("the file ends before the end of the data")
                break
            if self._unpacker.eof:
                self._unpacker = zstandard.ZstdDecompressor().decompressobj()
            self._ready += self._unpacker.decompress(packed)
            self._waiting = self._unpacker.unused_data
        end = len(self._ready) if size < 0 else size
        content, self._ready = self._ready[:end], self._ready[end:]
        return content

    def seek(self, offset: int, /) -> int:
        """Go back to the start.

        :param offset: 0
        """
        self._raw.seek(offset)
        self._start()
        return offset


class UnpackedFile:
    """The content of an RDF file, unpacked if its extension says that it is packed.

    :param raw: the open file
    :param path: its path
    """

    def __init__(self, raw: Readable, path: Path) -> None:
        suffix = path.suffix.lower()
        self._path = path
        self._file: Any = raw
        if suffix == ".gz":
            self._file = gzip.GzipFile(fileobj=cast("IO[bytes]", raw))
        elif suffix == ".zst":
            self._file = _ZstdFile(cast("IO[bytes]", raw))

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes.

        :raises DataError: if the file cannot be read, is corrupt or truncated
        """
        with explaining_file(self._path):
            return cast("bytes", self._file.read(size))

    def seek(self, offset: int, /) -> int:
        """Go back to the start.

        :param offset: 0
        """
        with explaining_file(self._path):
            return cast("int", self._file.seek(offset))


@contextmanager
def explaining_file(path: Path) -> Iterator[None]:
    """Turn what keeps a file from being read into a :class:`DataError`."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
        message = f"the compressed file is corrupt: {error}"
        hint = "download or compress it again"
        raise DataError(message, location=Location(str(path)), hint=hint) from error
    except OSError as error:
        message = f"cannot read the file: {error.strerror or error}"
        raise DataError(message, location=Location(str(path)), hint="check the path and its permissions") from error


@contextmanager
def open_rdf(
    path: Path,
    *,
    base: str | None = None,
    label: str = "b",
    left_out: LeftOut | None = None,
    wrap: Callable[[IO[bytes]], Readable] | None = None,
) -> Iterator[RdfInput]:
    """Open an RDF file, whose extension gives its syntax.

    :param base: IRI that relative IRIs resolve against
    :param label: start of the labels of blank nodes in RDF/XML
    :param left_out: takes the statements that are left out because they are invalid; None if they are errors
    :param wrap: returns the file to read in place of the one that was opened
    :raises DataError: if the extension is unknown or the file cannot be opened
    """
    form, _ = require_file_format(path)
    with open_file(path) as raw:
        file = UnpackedFile(raw if wrap is None else wrap(raw), path)
        syntax = RDF_FORMATS[form.name]
        yield RdfInput(file, syntax, name=str(path), base=base, label=label, left_out=left_out)


@contextmanager
def open_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file.

    :raises DataError: if it cannot be opened
    """
    with explaining_file(path):
        file = path.open("rb")
    with file:
        yield file


def read_content(path: Path) -> bytes:
    """Return the whole content of a file, unpacked.

    :raises DataError: if it cannot be read
    """
    with open_file(path) as raw:
        return UnpackedFile(raw, path).read()
