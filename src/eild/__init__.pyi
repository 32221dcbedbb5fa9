from eild.access.answers import Answer as Answer
from eild.access.dataset import Dataset as Dataset
from eild.access.opening import open_dataset as open  # noqa: A004 - as in eild.open(…), like gzip.open
from eild.access.values import Iri as Iri
from eild.access.values import Text as Text
from eild.errors import EildError as EildError
from eild.validation import Finding as Finding
from eild.validation import Report as Report
from eild.validation import Severity as Severity
from eild.validation.api import format_report as format_report
from eild.validation.api import validate as validate

__version__: str
__all__ = [
    "Answer",
    "Dataset",
    "EildError",
    "Finding",
    "Iri",
    "Report",
    "Severity",
    "Text",
    "__version__",
    "format_report",
    "open",
    "validate",
]
