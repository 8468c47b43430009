"""Agencies with interconnected document systems, of those expected to have them."""

from collections.abc import Mapping
from datetime import date

from egovhub.events import Fact

from services.domain.cells import Pool
from services.domain.imports import ExpectedAgency, Imports
from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.domain.organisations import ALL
from services.indicators import coverage_agencies, documents_electronic
from services.indicators.coverage_agencies import DEFINITION
from tests.unit.indicators.build import LAW, counts_of, evaluated, sum_of
from tests.unit.indicators.more_build import AS_OF, document


def agency(unit: str, link: str = "province-commune", **dates: date) -> ExpectedAgency:
    given: Mapping[str, date] = {"valid_from": date(2026, 1, 1), **dates}
    return ExpectedAgency(
        unit, link, given["valid_from"], given.get("valid_to"), None, "test", "illustrative"
    )


EXPECTED = Imports(agencies=[agency("W"), agency("V"), agency("D", "province-department")])


def received(*units: str, electronic: bool = True, when: str = "Fri 2026-01-30 08:00") -> list[Fact]:
    return [
        document(
            "RECEIVED", when, unit=unit, case_id=f"documents:1/{unit}", details={"is_electronic": electronic}
        )
        for unit in units
    ]


def covered(
    facts: list[Fact], unit: str = "C", period: str = "2026-01", imports: Imports = EXPECTED
) -> Figure | None:
    pool = Pool(LAW.organisations.path).fill(sum_of(evaluated(documents_electronic, facts, AS_OF)))
    counts, setting = counts_of(pool, unit, ALL, period, AS_OF, LAW, imports)
    return coverage_agencies.measure(counts, setting)


def test_an_agency_is_interconnected_if_it_received_an_electronic_document_in_the_period() -> None:
    facts = received("W", "D")
    assert covered(facts) == Figure(2, 3, 3, {"silent": 1})
    assert covered(facts, period="2026-02") == Figure(0, 3, 3, {"silent": 3})
    assert covered(facts, period="2026-Q1") == Figure(2, 3, 3, {"silent": 1})


def test_paper_connects_nobody_nor_does_an_unexpected_unit() -> None:
    assert covered([*received("W", electronic=False), *received("X")]) == Figure(0, 3, 3, {"silent": 3})


def test_only_agencies_at_or_below_the_unit_count() -> None:
    facts = received("W", "D")
    assert covered(facts, "W") == Figure(1, 1, 1, {"silent": 0})
    assert covered(facts, "V") == Figure(0, 1, 1, {"silent": 1})
    assert covered(facts, ALL) == Figure(2, 3, 3, {"silent": 1})
    assert covered(facts, "X") is None


def test_a_document_of_a_unit_below_an_agency_connects_it() -> None:
    city = Imports(agencies=[agency("C")])
    assert covered(received("W"), imports=city) == Figure(1, 1, 1, {"silent": 0})


def test_an_agency_counts_once_over_all_its_links() -> None:
    twice = Imports(agencies=[agency("W"), agency("W", "province-department")])
    assert covered(received("W"), imports=twice) == Figure(1, 1, 1, {"silent": 0})


def test_who_is_expected_is_asked_on_the_reporting_day() -> None:
    later = Imports(
        agencies=[agency("W", valid_from=date(2026, 2, 1)), agency("V", valid_to=date(2026, 2, 1))]
    )
    assert covered(received("W"), imports=later) == Figure(0, 1, 1, {"silent": 1})
    assert covered(received("W", when="Mon 2026-02-02 08:00"), period="2026-02", imports=later) == Figure(
        1, 1, 1, {"silent": 0}
    )


def test_nobody_expected_is_no_figure() -> None:
    assert covered(received("W"), imports=Imports()) is None


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "coverage.agencies",
        "Agencies with interconnected document systems",
        1,
        "domain/indicators.md, 2",
        Aggregation.DISTINCT_UNITS,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
