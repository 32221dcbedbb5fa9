"""What the load generator's report and series of numbers are read as."""

from __future__ import annotations

import pytest
from benchmarks.load import Load, find_percentile, geometric_mean, middle, parse_report

REPORT = """Running 1s test @ http://127.0.0.1:1
  Latency Distribution
     50%  500.00us
     75%    1.00ms
     99%    1.50s
  200 requests in 1.00s, 2.00MB read
  Socket errors: connect 0, read 1, write 0, timeout 2
  Non-2xx or 3xx responses: 50
Requests/sec:    200.00
Transfer/sec:      2.00MB
"""


def test_parse_report_failed_requests_do_not_count_as_answers() -> None:
    """Units become milliseconds and mebibytes, and what failed is taken from the rate."""
    assert parse_report(REPORT, 200) == Load(150, 0.5, 1500, 1_000_000, 2, 53)


def test_parse_report_nothing_answered_is_zero() -> None:
    """A report without answers has no rate and divides by nothing."""
    assert parse_report("  0 requests in 1.00s, 0.00B read\nRequests/sec:   0.00\n", 0.1).rate == 0


def test_middle_rounds_gives_medians_and_all_failures() -> None:
    """One slow round changes nothing, but its failures are kept."""
    rounds = [Load(rate, 1, 2, 3, 4, failures) for rate, failures in ((1, 5), (10, 0), (11, 1))]
    assert middle(rounds) == Load(10, 1, 2, 3, 4, 6)


def test_geometric_mean_ratio_and_its_inverse_is_one() -> None:
    """Twice as fast and half as fast cancel out."""
    assert geometric_mean([2, 0.5]) == pytest.approx(1)


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (0.5, 50), (0.99, 99), (1, 100)])
def test_find_percentile_hundred_numbers_gives_nearest_rank(share: float, expected: float) -> None:
    """The number is one of those given."""
    assert find_percentile(list(range(100, 0, -1)), share) == expected
