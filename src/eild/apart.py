"""Work in a process of its own, whose memory goes back to the operating system when it is done.

Processes that :mod:`multiprocessing` spawns would leave another one behind, its tracker of resources, as long as this
process runs.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from eild.errors import EildError, EnvironmentFailure
from eild.process import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable

Given = ParamSpec("Given")
Found = TypeVar("Found")


def run_apart(work: Callable[Given, Found], *arguments: Given.args, **named: Given.kwargs) -> Found:
    """Call a function in a new interpreter, and return what it returns.

    What it prints goes to standard error. If it is interrupted, the process ends.

    :param work: a function of a module; what it is given and what it returns can be pickled
    :raises EildError: if the function does
    :raises EnvironmentFailure: if the process ends before the function does; the reason is on standard error
    """
    done = subprocess.run(
        [sys.executable, "-m", "eild.apart"],
        input=pickle.dumps((work, arguments, named)),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        message = f"the process that prepares the data terminated (exit code {done.returncode})"
        raise EnvironmentFailure(message, hint="see the messages above")
    failure, found = pickle.loads(done.stdout)  # noqa: S301 - written by the function below
    if failure is not None:
        raise failure
    return found  # type: ignore[no-any-return] # as the function says


def main() -> None:
    """Do what standard input asks for, and write what comes of it to standard output."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is for the caller to report
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        work, arguments, named = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the function above
        outcome: tuple[EildError | None, object]
        try:
            outcome = None, work(*arguments, **named)
        except EildError as error:
            outcome = error, None
        pickle.dump(outcome, output)


if __name__ == "__main__":
    main()
