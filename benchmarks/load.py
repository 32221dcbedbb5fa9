"""What the comparisons are made with: servers as processes, a load generator, and what a machine is.

The load generator is ``wrk`` (Debian: ``wrk``), which writes the requests that a small Lua script makes for it. It
shares the machine with the servers, so figures of one server mean little; ratios of rounds that alternate do.
"""

from __future__ import annotations

import contextlib
import math
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.soak import list_tree, measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

CONNECTIONS: Final = 8
"""Connections of the load generator, all busy all the time."""

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02
_IDLE_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 60
_SCRIPT: Final = """
local requests, ready, varies = {}, {}, {}
for line in io.lines(os.getenv("LOAD_PATHS")) do requests[#requests + 1] = line end
local fields = {}
for name, value in string.gmatch(os.getenv("LOAD_FIELDS") or "", "([^\\n:]+): ([^\\n]+)") do fields[name] = value end
local count = tonumber(os.getenv("LOAD_START") or "0")
function request()
  count = count + 1
  local place = count % #requests + 1
  local text = ready[place]
  if not text then
    text = wrk.format("GET", requests[place], fields)
    ready[place], varies[place] = text, string.find(text, "NUMBER", 1, true)
  end
  if varies[place] then text = string.gsub(text, "NUMBER", count) end
  return text
end
"""


def require(program: str, package: str) -> str:
    """Return the path of a program, or end with what to install."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:{Path(sys.executable).parent}")
    if found is None:
        sys.exit(f"{program} is missing: install {package}")
    return found


def find_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(frozen=True)
class Server:
    """A server that runs.

    :ivar name: what it is called in tables
    :ivar pid: its main process
    :ivar port: where it listens, on this machine
    :ivar start: seconds until it took connections
    """

    name: str
    pid: int
    port: int
    start: float

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes, also of those that ended and were waited for."""
        ticks = 0
        for pid in list_tree(self.pid):
            with contextlib.suppress(OSError):
                numbers = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
                ticks += sum(map(int, numbers[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the proportional set size of all its processes, in mebibytes."""
        return measure(self.pid).memory / 1024


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(_POLL_SECONDS)
    message = f"the server on port {port} did not start"
    raise RuntimeError(message)


@contextlib.contextmanager
def run_program(name: str, command: Sequence[str], port: int) -> Iterator[Server]:
    """Run a server until the context ends.

    :param name: what it is called in tables
    :param command: what starts it
    :param port: where it will listen
    """
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait_for(port, process)
            yield Server(name, process.pid, port, time.monotonic() - started)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def run_eild(dist: Path, *options: str, name: str = "eild") -> contextlib.AbstractContextManager[Server]:
    """Run our server over a build until the context ends."""
    port = find_port()
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--dist", str(dist)]
    return run_program(name, [*command, "--port", str(port), *options], port)


@dataclass(frozen=True)
class Load:
    """What one round measured.

    :ivar rate: answers per second that are no errors
    :ivar median: milliseconds that half of the answers took at most
    :ivar slowest: milliseconds that 99 of 100 took at most
    :ivar cpu: microseconds of processor time that the server took per answer
    :ivar mebibytes: per second
    :ivar failures: answers that were errors, or did not come
    """

    rate: float
    median: float
    slowest: float
    cpu: float
    mebibytes: float
    failures: int


def _milliseconds(text: str) -> float:
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr] # as wrk writes it
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def _mebibytes(text: str) -> float:
    number, unit = re.match(r"([\d.]+)([KMG]?)B", text).groups()  # type: ignore[union-attr] # as wrk writes it
    return float(number) * {"": 1 / 1048576, "K": 1 / 1024, "M": 1, "G": 1024}[unit]


@dataclass(frozen=True)
class Requests:
    """What the load generator asks.

    :ivar paths: paths with parameters, asked for in turn; NUMBER in one becomes the number of the request
    :ivar fields: header fields of each request
    :ivar start: the number before the first request's
    :ivar connections: how many ask at the same time
    """

    paths: Iterable[str]
    fields: Mapping[str, str] | None = None
    start: int = 0
    connections: int = CONNECTIONS


@contextlib.contextmanager
def run_generator(server: Server, requests: Requests, seconds: int) -> Iterator[subprocess.Popen[str]]:
    """Run the load generator; what it prints at its end is for :func:`parse_report`.

    :param seconds: how long it asks; it knows whole ones only
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "paths").write_text("\n".join(requests.paths), encoding="ascii")
        (folder / "load.lua").write_text(_SCRIPT, encoding="ascii")
        command = [require("wrk", "the package wrk"), "-t1", f"-c{requests.connections}", f"-d{seconds}s"]
        command += ["--latency", "--timeout", f"{_PATIENCE_SECONDS}s", "-s", str(folder / "load.lua")]
        environment = {
            **os.environ,
            "LOAD_PATHS": str(folder / "paths"),
            "LOAD_START": str(requests.start),
            "LOAD_FIELDS": "\n".join(f"{key}: {value}" for key, value in (requests.fields or {}).items()),
        }
        with subprocess.Popen(  # noqa: S603 - found on the path
            [*command, f"http://127.0.0.1:{server.port}"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def press(
    server: Server, paths: Iterable[str], seconds: int, fields: Mapping[str, str] | None = None, start: int = 0
) -> Load:
    """Let the load generator at a server, and return what it measured once the server rests again.

    :param paths: paths with parameters, asked for in turn; NUMBER in one becomes the number of the request
    :param fields: header fields of each request
    :param start: the number before the first request's
    :raises RuntimeError: if the load generator fails, as it does where nothing listens
    """
    before = server.cpu_seconds()
    with run_generator(server, Requests(paths, fields, start), seconds) as process:
        text, _ = process.communicate()
    if process.returncode:
        message = f"no load on {server.name}: {text.strip()}"
        raise RuntimeError(message)
    used = server.cpu_seconds() - before
    wait_until_idle(server)
    return parse_report(text, used)


def wait_until_idle(server: Server) -> bool:
    """Wait until a server works on nothing that its last clients left behind, a minute at most; tell whether it rests.

    A server that goes on with queries when nobody waits for them would otherwise take the time of the next one.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    before = server.cpu_seconds()
    while time.monotonic() < until:
        time.sleep(_IDLE_SECONDS)
        now = server.cpu_seconds()
        if now - before < _IDLE_SECONDS / 2:
            return True
        before = now
    return False


def parse_report(text: str, used: float) -> Load:
    """Return what the load generator's report says.

    :param text: what it printed
    :param used: seconds of processor time that the server took meanwhile
    """

    def find(pattern: str, default: str = "0") -> str:
        found = re.search(pattern, text)
        return found[1] if found else default

    number, refused = int(find(r"(\d+) requests in")), int(find(r"Non-2xx or 3xx responses: (\d+)"))
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return Load(
        rate=float(find(r"Requests/sec:\s+([\d.]+)")) * (number - refused) / max(number, 1),
        median=_milliseconds(find(r"(?m)^\s+50%\s+(\S+)", "0ms")),
        slowest=_milliseconds(find(r"(?m)^\s+99%\s+(\S+)", "0ms")),
        cpu=used / max(number, 1) * 1e6,
        mebibytes=_mebibytes(find(r"Transfer/sec:\s+(\S+)", "0B")),
        failures=refused + (sum(map(int, errors.groups())) if errors else 0),
    )


def middle(loads: Sequence[Load]) -> Load:
    """Return the medians of several rounds, and all their failures."""

    def find(name: str) -> float:
        return float(statistics.median(getattr(load, name) for load in loads))

    return Load(
        rate=find("rate"),
        median=find("median"),
        slowest=find("slowest"),
        cpu=find("cpu"),
        mebibytes=find("mebibytes"),
        failures=sum(load.failures for load in loads),
    )


def find_percentile(values: Sequence[float], share: float) -> float:
    """Return the least of some numbers that a share of them does not exceed.

    :param share: from 0 to 1
    """
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def geometric_mean(values: Iterable[float]) -> float:
    """Return the geometric mean of positive numbers, at least one."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))


def describe_machine() -> str:
    """Return a line on processor, memory, system and load."""
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"))
    gibibytes = int(memory[1]) / 1048576 if memory else 0
    name = model[1] if model else platform.machine()
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} × {name}, {gibibytes:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load before the run {busy:.1f}"
    )
