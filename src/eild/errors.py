"""Every failure that EILD raises on purpose, with its exit code and HTTP status beside it.

The tree::

    EildError
    ├── UsageError            the command was called wrongly            exit 2   400
    │   └── RequestError      an HTTP request is malformed                       400
    │       ├── MethodError           its method is not allowed                  405
    │       ├── BodyTooLargeError     its body exceeds the limit                 413
    │       ├── UriTooLongError       its URI exceeds the limit                  414
    │       ├── MediaTypeError        its body has an unknown media type         415
    │       ├── BodyTimeoutError      its body does not arrive in time           408
    │       ├── PreconditionError     what it requires of the content is false    412
    │       ├── ExpectationError      it expects what this server does not do    417
    │       ├── HeadersTooLargeError  its fields exceed the limit                431
    │       └── UnknownMethodError    its method or transfer coding is unknown   501
    ├── DataError             data missing, unreadable or unparsable    exit 3   400
    │   ├── SeedError         a seed text or its description is wrong
    │   ├── EvidenceError     quoted words do not stand in the seed
    │   ├── NotFoundError     no such resource in the dataset                    404
    │   │   └── GoneError         it was withdrawn                               410
    │   ├── FactError         unknown term, dangling IRI, unsupported claim
    │   └── ProblemsError     several of these at once, a line for each
    ├── FindingsError         validation found something                exit 1   422
    ├── ShapesError           shapes unreadable or ill-formed           exit 4   400
    │   └── IllFormedShapesError  several faults at once, a line for each
    ├── QueryError            a query is malformed or not allowed       exit 2   400
    │   ├── UpdateRefusedError    it would change the data                       403
    │   └── ResultTooLargeError   its result exceeds the limit                   422
    ├── NotAcceptableError    no form the client accepts                exit 2   406
    └── EnvironmentFailure    port in use, disk full, backend away      exit 6   503
        ├── QueryTimeoutError     a query ran into its deadline                  503
        ├── BusyError             too many queries at once                       503
        ├── ClientGoneError       nobody waits for the answer any more           503
        ├── BackendError          the server behind this one fails               502
        └── BackendTimeoutError   the server behind this one is too slow         504

Exit codes are a contract: 0 conforms, 1 findings, 2 usage, 3 data, 4 shapes, 5 internal, 6 environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file: path as the user gave it, 1-based line, 1-based column (0 where unknown).

    Where its extent is known, ``end_line`` and ``end_column`` tell the first character after it; 0 where it is not. The
    extent takes no part in comparison, order and hash: two locations are one if they start at the same character.
    Columns count characters (code points) of the line.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = field(default=0, compare=False)
    end_column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """Return ``path:line:column``, leaving out what is not known."""
        parts = [self.path]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class EildError(Exception):
    """Base of all expected failures: what is wrong, where, and what to do about it.

    :param message: what is wrong, as a sentence without a final full stop
    :param location: the place at fault, if one is known
    :param hint: what the user can do
    """

    exit_code = 5
    http_status = 500
    suggestions: tuple[str, ...] = ()
    """What would do instead; set by the kinds of failure that know it."""

    def __init__(self, message: str, *, location: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    def __str__(self) -> str:
        """Return ``path:line:column: message (hint: suggestions)`` on one line."""
        where = f"{self.location}: " if self.location else ""
        advice = ": ".join(filter(None, (self.hint, ", ".join(self.suggestions))))
        what = f" ({advice})" if advice else ""
        return f"{where}{self.message}{what}"


class UsageError(EildError):
    """The command or function was called with arguments that do not fit."""

    exit_code = 2
    http_status = 400


class RequestError(UsageError):
    """An HTTP request is malformed."""


class MethodError(RequestError):
    """The method of an HTTP request is not allowed here.

    :param allowed: the methods that are
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
    """The body of an HTTP request has a media type that is not understood here."""

    http_status = 415


class BodyTimeoutError(RequestError):
    """The body of an HTTP request did not arrive in time."""

    http_status = 408


class PreconditionError(RequestError):
    """An If-Match or If-Unmodified-Since field is false: the content is not the one that the client knows."""

    http_status = 412


class ExpectationError(RequestError):
    """An HTTP request expects what this server does not do."""

    http_status = 417


class HeadersTooLargeError(RequestError):
    """The header fields of an HTTP request exceed the limit."""

    http_status = 431


class UnknownMethodError(RequestError):
    """The method or the transfer coding of an HTTP request is none that this server knows."""

    http_status = 501


class DataError(EildError):
    """Data is missing, unreadable or cannot be parsed."""

    exit_code = 3
    http_status = 400


class SeedError(DataError):
    """A seed text or its description is wrong."""


class EvidenceError(DataError):
    """Quoted words do not stand in the seed as given."""


class NotFoundError(DataError):
    """The dataset has no such resource.

    :param suggestions: the names that come nearest
    """

    http_status = 404

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.suggestions = suggestions


class GoneError(NotFoundError):
    """The dataset had such a resource once and has withdrawn it."""

    http_status = 410


class FactError(DataError):
    """Curated data uses an unknown term, points to nothing, or claims without evidence."""


class ProblemsError(DataError):
    """Several problems in the data, all found in one run.

    :param problems: at least one; they are shown in the order of their places
    """

    def __init__(self, problems: Iterable[DataError]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.location or Location(""), problem.message)))
        count = len(self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the data")

    def __str__(self) -> str:
        """Return one line per problem and a last line with their number."""
        return "\n".join([*(str(problem) for problem in self.problems), self.message])


class FindingsError(EildError):
    """Validation found something at or above the severity that fails."""

    exit_code = 1
    http_status = 422


class ShapesError(EildError):
    """Shapes are unreadable, unparsable or ill-formed."""

    exit_code = 4
    http_status = 400


class IllFormedShapesError(ShapesError):
    """Several faults in shapes, all found in one run.

    :param faults: at least one; they are shown in the order of their places
    """

    def __init__(self, faults: Iterable[ShapesError]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.location or Location(""), fault.message)))
        count = len(self.faults)
        super().__init__(f"{count} fault{'' if count == 1 else 's'} in the shapes")

    def __str__(self) -> str:
        """Return one line per fault and a last line with their number."""
        return "\n".join([*(str(fault) for fault in self.faults), self.message])


class QueryError(EildError):
    """A query is malformed or asks for what this endpoint does not do."""

    exit_code = 2
    http_status = 400


class UpdateRefusedError(QueryError):
    """An update was sent to an endpoint that only answers queries."""

    http_status = 403


class ResultTooLargeError(QueryError):
    """The result of a query exceeds the limit."""

    http_status = 422


class NotAcceptableError(EildError):
    """None of the forms on offer is acceptable to the client.

    :param suggestions: the media types on offer
    """

    exit_code = 2
    http_status = 406

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.suggestions = suggestions


class EnvironmentFailure(EildError):  # noqa: N818 - "EnvironmentError" is a builtin name
    """The surroundings fail: port in use, disk full, backend away."""

    exit_code = 6
    http_status = 503


class QueryTimeoutError(EnvironmentFailure):
    """A query ran into its deadline."""


class BusyError(EnvironmentFailure):
    """More queries are waiting than this server takes."""


class ClientGoneError(EnvironmentFailure):
    """Nobody waits for the answer of a query any more; nobody reads this either, but logs."""


class BackendError(EnvironmentFailure):
    """The SPARQL server behind this one is away, fails, or sends what is no complete answer."""

    http_status = 502


class BackendTimeoutError(EnvironmentFailure):
    """The SPARQL server behind this one did not answer in time."""

    http_status = 504
