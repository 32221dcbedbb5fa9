"""Socket through which the operator controls a running server: ``eild reload`` sends a request to the main process."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import stat
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eild.errors import DataError, EildError, EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Callable

_ASK_SECONDS: Final = 300.0
_HEAR_SECONDS: Final = 5.0
_MOST_BYTES: Final = 64 * 1024
_RELOAD: Final = b"reload\n"
_PRIVATE: Final = 0o700


def _runtime_folder() -> Path:
    """Return the directory of this user's sockets, which nobody else can enter.

    :raises EnvironmentFailure: if somebody else made it, or others can enter it
    """
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"eild-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=_PRIVATE)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & ~_PRIVATE:
        message = f"{folder} is not a private directory of this user"
        raise EnvironmentFailure(message, hint="remove it, or set XDG_RUNTIME_DIR")
    return folder


def find_socket(host: str, port: int) -> Path:
    """Return the path of the socket of the server at an address.

    :raises EnvironmentFailure: if the directory of the sockets is not private
    """
    name = re.sub(r"[^0-9A-Za-z.-]", "_", host) or "any"
    return _runtime_folder() / f"{name}-{port}.sock"


class OperatorSocket:
    """Listens for the operator, in a thread of its own.

    :param path: where; an old socket there is replaced
    :param reload: reloads the data, and returns what is served then
    """

    def __init__(self, path: Path, reload: Callable[[], str]) -> None:
        self._path = path
        self._load = reload
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def start(self) -> None:
        """Begin to listen.

        :raises OSError: if that is not possible there
        """
        self._path.unlink(missing_ok=True)
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen()
        threading.Thread(target=self._listen, name="eild-operator", daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return  # closed: the server ends
            with contextlib.suppress(OSError), peer:
                peer.settimeout(_HEAR_SECONDS)
                if peer.recv(len(_RELOAD)) == _RELOAD:
                    peer.sendall(json.dumps(self._reload()).encode())

    def _reload(self) -> dict[str, Any]:
        try:
            text = self._load()
        except EildError as error:
            return {"code": error.exit_code, "text": str(error)}
        except OSError as error:
            return {"code": EnvironmentFailure.exit_code, "text": f"{error.filename or 'system'}: {error.strerror}"}
        return {"code": 0, "text": text}

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()
        self._path.unlink(missing_ok=True)


def ask_reload(path: Path) -> str:
    """Have the server reload, wait until it has, and return what it serves now.

    :param path: the server's socket
    :raises DataError: if the new data are missing or damaged
    :raises EnvironmentFailure: if no server listens there, or it could not load them
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_ASK_SECONDS)
            peer.connect(str(path))
            peer.sendall(_RELOAD)
            answer = json.loads(peer.recv(_MOST_BYTES) or b"null")
    except OSError as error:
        message = f"no server listens at {path}: {error.strerror or error}"
        hint = "give the --host and --port of 'eild serve' and run this as the same user, or send it SIGHUP"
        raise EnvironmentFailure(message, hint=hint) from error
    if answer is None:
        raise EnvironmentFailure("the server terminated before it responded", hint="see the server log")
    if answer["code"]:
        kind = DataError if answer["code"] == DataError.exit_code else EnvironmentFailure
        raise kind(f"reload rejected, the server keeps serving the previous data: {answer['text']}")
    return str(answer["text"])
