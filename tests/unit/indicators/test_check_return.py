"""Dossiers whose result was handed over by the due instant."""

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import check_return
from services.indicators.check_return import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

DUE = "Mon 2026-02-02 17:00"
BEGUN = dossier("RECEIVED", "Fri 2026-01-30 08:00", due=DUE)
PROCESSED = dossier("PROCESSED", "Fri 2026-01-30 09:00")


@pytest.mark.parametrize(
    ("returned", "part"), [(DUE, "in_time"), (f"{DUE} +1ms", "late"), ("Fri 2026-02-27 08:00", "late")]
)
def test_equality_with_the_due_instant_is_in_time(returned: str, part: str) -> None:
    facts = [BEGUN, PROCESSED, dossier("RETURNED", returned)]
    assert found(check_return, facts) == {f"2026-02 W check.return.{part}": 1}
    assert found(check_return, [BEGUN, dossier("RETURNED", returned)]) == {
        f"2026-02 W check.return.{part}": 1
    }


def test_without_due_instant_a_dossier_is_in_the_total_alone() -> None:
    facts = [dossier("RECEIVED", "Fri 2026-01-30 08:00"), dossier("RETURNED", DUE)]
    assert found(check_return, facts) == {"2026-02 W check.return.unsaid": 1}


@pytest.mark.parametrize("kind", ["REFUSED", "WITHDRAWN", "STOPPED", "STEP"])
def test_only_a_hand_over_is_checked(kind: str) -> None:
    assert found(check_return, [BEGUN, PROCESSED, dossier(kind, "Fri 2026-02-27 08:00")]) == {}


def test_a_recalled_result_is_not_returned() -> None:
    facts = [BEGUN, PROCESSED, dossier("RETURNED", DUE), dossier("RECALLED", "Tue 2026-02-03 08:00")]
    assert found(check_return, facts) == {}


def test_other_cases_are_not_checked() -> None:
    facts = [document("RECEIVED", "Fri 2026-01-30 08:00", due=DUE), document("RETURNED", DUE)]
    assert found(check_return, facts) == {}


def test_the_share_is_of_those_with_a_due_instant() -> None:
    late = [one._replace(case_id="onestop:2") for one in (BEGUN, dossier("RETURNED", "Fri 2026-02-27 08:00"))]
    facts = [BEGUN, dossier("RETURNED", DUE), *late]
    parts = {"in_time": 1, "late": 1, "unsaid": 0}
    assert measured(check_return, facts, period="2026-02") == Figure(1, 2, 2, parts)


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "check.return",
        "Dossiers returned by their due instant",
        1,
        "domain/systems.md, cross-checks",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
