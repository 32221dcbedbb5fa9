"""The order of literals of all types: the same whichever engine compares them."""

from __future__ import annotations

from typing import Final

import pytest

from eild.validation.api import read_shapes
from eild.validation.engines import run_engine
from eild.validation.inputs import read_input

PREFIXES: Final = (
    "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
)
LITERALS: Final = (
    *("1", "2.0", "1e0", '"NaN"^^xsd:double', '"2"^^xsd:byte', '"a"', '"b"', '"a"@en', '"b"@en', '"b"@de', "true"),
    *("false", '"2020-01-01"^^xsd:date', '"2020-01-01Z"^^xsd:date', '"2020-01-01T00:00:00Z"^^xsd:dateTime'),
    *('"2020-01-01T00:00:00Z"^^xsd:dateTimeStamp', '"10:00:00"^^xsd:time', '"2020"^^xsd:gYear', '"2021"^^xsd:gYear'),
    *('"2020-01"^^xsd:gYearMonth', '"2021-01"^^xsd:gYearMonth', '"--01"^^xsd:gMonth', '"---01"^^xsd:gDay'),
    *('"--01-01"^^xsd:gMonthDay', '"http://a"^^xsd:anyURI', '"http://b"^^xsd:anyURI', '"x"^^ex:own', "ex:x"),
)


def faulty(data: str, shapes: str, engine: str) -> set[str]:
    """Return the focus nodes of the results."""
    statements = read_input((PREFIXES + data).encode(), name="data", syntax="ttl")
    found = run_engine(statements, read_shapes(PREFIXES + shapes, "ttl"), engine=engine)
    return {str(result.focus) for result in found.results}


@pytest.fixture(params=[0, 50_000], ids=["large", "small"])
def least(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """From how many statements on data count as large."""
    number: int = request.param
    monkeypatch.setattr("eild.validation.engines.LARGE", number)
    return number


@pytest.mark.usefixtures("least")
@pytest.mark.parametrize("bound", [literal for literal in LITERALS if literal != "ex:x"])
def test_bounds_of_each_type_have_one_verdict_for_values_of_each_type(bound: str) -> None:
    """Engines order texts, Booleans, years and equal terms in different ways."""
    data = " ".join(f"ex:n{number} ex:p {literal} ." for number, literal in enumerate(LITERALS))
    for term in ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive"):
        shapes = f"ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:{term} {bound} ] ."
        assert faulty(data, shapes, "auto") == faulty(data, shapes, "exact")


@pytest.mark.usefixtures("least")
@pytest.mark.parametrize("term", ["lessThan", "lessThanOrEquals"])
@pytest.mark.parametrize("first", LITERALS)
def test_pairs_of_each_two_types_have_one_verdict(first: str, term: str) -> None:
    """Two properties are compared by one engine, whatever values they have."""
    shapes = f"ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:{term} ex:q ] ."
    for second in LITERALS:
        data = f"ex:a ex:p {first} ; ex:q {second} ."
        assert faulty(data, shapes, "auto") == faulty(data, shapes, "exact"), second


@pytest.mark.usefixtures("least")
@pytest.mark.parametrize("value", ['"1"^^xsd:boolean', "true"])
def test_switches_may_be_written_as_numbers(value: str) -> None:
    """The forms of a Boolean are the same to all engines."""
    data = "ex:a ex:p 1 ; ex:q 2 ."
    closed = f"ex:S sh:targetSubjectsOf ex:p ; sh:closed {value} ; sh:property [ sh:path ex:p ] ."
    assert faulty(data, closed, "auto") == faulty(data, closed, "exact") == {"https://example.org/a"}
    off = f"ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxCount 0 ; sh:deactivated {value} ] ."
    assert faulty(data, off, "auto") == faulty(data, off, "exact") == set()
