import pytest
from egovhub.errors import RejectedInput
from egovhub.events import Kind
from onestop.fields import PERSONAL

from tests.unit.connectors.onestop_build import CODE, at, step

MOMENT = "Tue 2026-03-03 10:00"


@pytest.mark.parametrize("status", ["1", "2", "3", "4", "7", "8", "9", "10", None])
def test_a_step_says_that_somebody_worked_and_begins_and_ends_nothing(status: str | None) -> None:
    fact = step(MOMENT, status)
    assert (fact.kind, fact.case_id, fact.occurred_at) == (Kind.STEP, f"onestop:{CODE}", at(MOMENT))
    assert (fact.source_status, fact.derived, fact.unit, fact.due_at) == (status, False, None, None)


def test_a_step_that_asks_for_a_fee_dates_what_no_dossier_does() -> None:
    assert step(MOMENT, "6").kind is Kind.FEE_REQUESTED


@pytest.mark.parametrize("status", ["5", "12"])
def test_a_step_that_would_end_a_waiting_or_is_unknown_has_no_kind(status: str) -> None:
    assert (step(MOMENT, status).kind, step(MOMENT, status).source_status) == (Kind.UNKNOWN, status)


def test_a_step_is_known_by_case_time_status_and_department() -> None:
    first = step(MOMENT, "4", PhongBanXuLy="A", NoiDungXuLy="x", session="1")
    assert step(MOMENT, "4", PhongBanXuLy="A", NoiDungXuLy="y", session="2") == first
    others = [
        step(MOMENT, "9", PhongBanXuLy="A"),
        step(MOMENT, "4", PhongBanXuLy="B"),
        step(MOMENT, "4"),
        step("Tue 2026-03-03 10:01", "4", PhongBanXuLy="A"),
        step(MOMENT, "4", PhongBanXuLy="A", MaHoSo="H24.15.03-260302-0002"),
    ]
    assert len({fact.event_id for fact in [first, *others]}) == 6


def test_nothing_of_a_person_is_read() -> None:
    planted: dict[str, object] = {name: [{"x": "031099001234"}] for name in PERSONAL}
    assert step(MOMENT, "4", **planted) == step(MOMENT, "4")


def test_a_step_needs_a_time() -> None:
    with pytest.raises(RejectedInput, match="missing-value: ThoiDiemXuLy"):
        step(MOMENT, "4", ThoiDiemXuLy="")
