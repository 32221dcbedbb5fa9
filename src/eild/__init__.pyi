from eild.validation import Finding as Finding
from eild.validation import Report as Report
from eild.validation import Severity as Severity
from eild.validation.api import format_report as format_report
from eild.validation.api import validate as validate

__version__: str
__all__ = ["Finding", "Report", "Severity", "__version__", "format_report", "validate"]
