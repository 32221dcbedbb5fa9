"""All errors that EILD raises deliberately, with their exit codes and HTTP statuses.

The tree::

    EildError
    ├── UsageError            invalid arguments                         exit 2   400
    │   └── RequestError      an HTTP request is malformed                       400
    │       ├── MethodError           its method is not allowed                  405
    │       ├── BodyTooLargeError     its body exceeds the limit                 413
    │       ├── UriTooLongError       its URI exceeds the limit                  414
    │       ├── MediaTypeError        its body has an unknown media type         415
    │       ├── BodyTimeoutError      its body does not arrive in time           408
    │       ├── PreconditionError     a precondition is false                    412
    │       ├── ExpectationError      its expectation is not supported           417
    │       ├── HeadersTooLargeError  its fields exceed the limit                431
    │       └── UnknownMethodError    its method or transfer coding is unknown   501
    ├── DataError             data missing, unreadable or unparsable    exit 3   400
    │   ├── SeedError         a seed text or its description is wrong
    │   ├── EvidenceError     quoted words do not occur in the seed
    │   ├── NotFoundError     the resource is not in the dataset                 404
    │   │   └── GoneError         it was withdrawn                               410
    │   ├── FactError         unknown term, undefined IRI, claim without evidence
    │   └── ProblemsError     several problems at once, one line each
    ├── ShapesError           shapes unreadable or ill-formed           exit 4   400
    │   └── IllFormedShapesError  several errors at once, one line each
    ├── QueryError            a query is malformed or not allowed       exit 2   400
    │   ├── UpdateRefusedError    it would change the data                       403
    │   └── ResultTooLargeError   its result exceeds the limit                   422
    ├── NotAcceptableError    no acceptable format                      exit 2   406
    └── EnvironmentFailure    port in use, disk full, backend down      exit 6   503
        ├── QueryTimeoutError     a query timed out                              503
        ├── BusyError             too many queries at once                       503
        ├── ClientGoneError       the client has disconnected                    503
        ├── BackendError          the backend server fails                       502
        └── BackendTimeoutError   the backend server times out                   504

Exit codes are a contract: 0 conforms, 1 findings, 2 usage, 3 data, 4 shapes, 5 internal, 6 environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, order=True)
class Location:
    """A position in a file: path as the user gave it, 1-based line, 1-based column (0 if unknown).

    ``end_line`` and ``end_column`` are the position of the first character after the extent, or 0 if the extent is
    unknown. Comparison, order and hash ignore the extent: two locations are equal if they start at the same character.
    Columns count the characters (code points) of the line.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = field(default=0, compare=False)
    end_column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """Return ``path:line:column`` without the unknown parts."""
        parts = [self.path]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class EildError(Exception):
    """Base class of all expected errors: the cause, its location and a remedy.

    :param message: cause of the error, in lowercase and without a final full stop
    :param location: location of the error; None if unknown
    :param hint: remedy, as an imperative
    """

    exit_code = 5
    http_status = 500
    suggestions: tuple[str, ...] = ()
    """Possible replacements; set by the subclasses that have some."""

    def __init__(self, message: str, *, location: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    def __reduce__(self) -> tuple[Callable[..., EildError], tuple[object, ...]]:
        """Return how to copy the error to another process, whatever the constructor of its class takes."""
        return _restore, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        """Return ``path:line:column: message (hint: suggestions)`` on one line."""
        where = f"{self.location}: " if self.location else ""
        advice = ": ".join(filter(None, (self.hint, ", ".join(self.suggestions))))
        what = f" ({advice})" if advice else ""
        return f"{where}{self.message}{what}"


def _restore(kind: type[EildError], arguments: tuple[object, ...], attributes: Mapping[str, object]) -> EildError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error


class UsageError(EildError):
    """A command or function was called with invalid arguments."""

    exit_code = 2
    http_status = 400


class RequestError(UsageError):
    """An HTTP request is malformed."""


class MethodError(RequestError):
    """The method of an HTTP request is not allowed on this path.

    :param allowed: the methods that are allowed
    """

    http_status = 405

    def __init__(self, message: str, *, allowed: tuple[str, ...], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.allowed = allowed


class BodyTooLargeError(RequestError):
    """The body of an HTTP request exceeds the limit."""

    http_status = 413


class UriTooLongError(RequestError):
    """The URI of an HTTP request exceeds the limit."""

    http_status = 414


class MediaTypeError(RequestError):
    """The body of an HTTP request has an unsupported media type."""

    http_status = 415


class BodyTimeoutError(RequestError):
    """The body of an HTTP request did not arrive in time."""

    http_status = 408


class PreconditionError(RequestError):
    """An If-Match or If-Unmodified-Since field is false: the content is not the one that the client knows."""

    http_status = 412


class ExpectationError(RequestError):
    """An HTTP request has an expectation that this server does not support."""

    http_status = 417


class HeadersTooLargeError(RequestError):
    """The header fields of an HTTP request exceed the limit."""

    http_status = 431


class UnknownMethodError(RequestError):
    """The method or the transfer coding of an HTTP request is unknown."""

    http_status = 501


class DataError(EildError):
    """Data is missing, unreadable or cannot be parsed."""

    exit_code = 3
    http_status = 400


class SeedError(DataError):
    """A seed text or its description is wrong."""


class EvidenceError(DataError):
    """Quoted words do not occur in the seed."""


class NotFoundError(DataError):
    """The dataset does not contain the resource.

    :param suggestions: similar names
    """

    http_status = 404

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.suggestions = suggestions


class GoneError(NotFoundError):
    """The resource was withdrawn from the dataset."""

    http_status = 410


class FactError(DataError):
    """Curated data uses an unknown term or an undefined IRI, or a claim has no evidence."""


class ProblemsError(DataError):
    """Several problems in the data, found in one run.

    :param problems: one or more problems; they are reported in the order of their locations
    """

    def __init__(self, problems: Iterable[DataError]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.location or Location(""), problem.message)))
        count = len(self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the data")

    def __str__(self) -> str:
        """Return one line per problem and a last line with their number."""
        return "\n".join([*(str(problem) for problem in self.problems), self.message])


class ShapesError(EildError):
    """Shapes are unreadable, unparsable or ill-formed."""

    exit_code = 4
    http_status = 400


class IllFormedShapesError(ShapesError):
    """Several errors in the shapes, found in one run.

    :param faults: one or more errors; they are reported in the order of their locations
    :param problems: what keeps the data from being read besides
    """

    def __init__(self, faults: Iterable[ShapesError], problems: Iterable[DataError] = ()) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.location or Location(""), fault.message)))
        self.problems = tuple(problems)
        count, more = len(self.faults), len(self.problems)
        besides = f" and {more} in the data" if more else ""
        super().__init__(f"{count} error{'' if count == 1 else 's'} in the shapes{besides}")

    def __str__(self) -> str:
        """Return one line per error and a last line with their number."""
        return "\n".join([*(str(fault) for fault in (*self.faults, *self.problems)), self.message])


class QueryError(EildError):
    """A query is malformed or not supported by this endpoint."""

    exit_code = 2
    http_status = 400


class UpdateRefusedError(QueryError):
    """An update was sent to a read-only endpoint."""

    http_status = 403


class ResultTooLargeError(QueryError):
    """The result of a query exceeds the limit."""

    http_status = 422


class NotAcceptableError(EildError):
    """None of the available formats is acceptable to the client.

    :param suggestions: the available media types
    """

    exit_code = 2
    http_status = 406

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.suggestions = suggestions


class EnvironmentFailure(EildError):  # noqa: N818 - "EnvironmentError" is a builtin name
    """The environment fails: a port is in use, the disk is full, the backend is down."""

    exit_code = 6
    http_status = 503


class QueryTimeoutError(EnvironmentFailure):
    """A query timed out."""


class BusyError(EnvironmentFailure):
    """Too many queries are waiting."""


class ClientGoneError(EnvironmentFailure):
    """The client of a query has disconnected; only logs show this error."""


class BackendError(EnvironmentFailure):
    """The backend SPARQL server is unavailable, fails, or does not return a complete result."""

    http_status = 502


class BackendTimeoutError(EnvironmentFailure):
    """The backend SPARQL server timed out."""

    http_status = 504
