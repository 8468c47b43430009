import json
from collections.abc import Sequence

import pytest
from egovhub.connector import Payload, Snapshot
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from onestop.mapping import facts_of

from services.domain.case import CaseState
from tests.unit.connectors.onestop_build import ACCEPTED, ENVELOPE, at, dossier, entry, facts, step, written

ASKED, CAME, ENDED = "Tue 2026-03-03 10:00", "Thu 2026-03-05 09:00", "Fri 2026-03-06 10:30"


def payload(form: object, **context: object) -> Payload:
    return Payload(json.dumps(form).encode(), context=context)


def folded(*facts: Fact) -> CaseState:
    """What the core knows of a case after some facts."""
    case = CaseState(facts[0].case_id)
    for fact in sorted(facts, key=lambda fact: (fact.occurred_at, fact.kind)):
        case.apply(fact, lambda code, _: code)
    return case


def pauses(case: CaseState) -> Sequence[tuple[int, int, str]]:
    return [(pause.since, pause.until, pause.reason) for pause in case.pauses]


def test_the_feed_does_not_matter_whether_the_message_or_its_envelope_names_the_service() -> None:
    told = list(facts_of(payload(dossier(), **ENVELOPE)))
    assert told == list(facts_of(payload(dossier() | ENVELOPE)))
    assert told == list(facts_of(payload(dossier() | ENVELOPE, next="5.1", service="CapNhatTienDoHoSoMC")))
    assert isinstance(told[0], Snapshot)


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({}, "missing-value: service"),
        ({"service": "LayHoSo"}, "unknown-code: service"),
        ({"service": 7}, "unknown-code"),
    ],
)
def test_a_message_for_no_service_or_another_is_refused(context: dict[str, object], reason: str) -> None:
    with pytest.raises(RejectedInput, match=reason):
        list(facts_of(payload(dossier(), **context)))


def test_a_dossier_and_its_steps_ask_for_a_supplement_once_and_steps_do_not_end_the_waiting_for_it() -> None:
    case = folded(
        *facts("5", DanhSachHoSoBoSung=[entry(ASKED)]), step(ACCEPTED, "2"), step("Tue 2026-03-03 10:05", "5")
    )
    assert case.requests == (at(ASKED),)
    assert case.requested_at == at(ASKED)


def test_a_step_tells_when_work_went_on_if_the_entry_does_not() -> None:
    ended = facts("9", NgayKetThucXuLy=written(ENDED), DanhSachHoSoBoSung=[entry(ASKED)])
    case = folded(*ended, step(ASKED, "5"), step(CAME, "4"))
    assert pauses(case) == [(at(ASKED), at(CAME), "supplement")]
    assert case.credit_ms == at(CAME) - at(ASKED)
    assert case.ended_at == at(ENDED)


def test_an_appointment_that_moved_for_a_supplement_is_not_credited_as_well() -> None:
    moved = "Wed 2026-03-11 17:00"
    listed = [entry(ASKED, CAME, "Mon 2026-03-09 17:00", moved)]
    steps = step(ASKED, "5"), step("Thu 2026-03-05 08:50", "4"), step(CAME, "4")
    case = folded(*facts("4", NgayHenTra=written(moved), DanhSachHoSoBoSung=listed), *steps)
    assert (case.due_source, case.credit_ms) == (at(moved), 0)
    assert pauses(case) == [(at(ASKED), at("Thu 2026-03-05 08:50"), "supplement")]


def test_a_dossier_in_process_does_not_wait_and_nothing_is_credited_if_nobody_says_for_how_long() -> None:
    case = folded(*facts("4", DanhSachHoSoBoSung=[entry(ASKED)]))
    assert (case.requested_at, case.credit_ms) == (None, 0)


def test_steps_date_a_fee_and_the_end_of_the_waiting_for_it() -> None:
    case = folded(*facts("4"), step(ASKED, "6"), step(CAME, "4"))
    assert pauses(case) == [(at(ASKED), at(CAME), "fee")]


def test_steps_of_ends_end_nothing() -> None:
    case = folded(*facts("4"), step(ASKED, "9"), step(CAME, "10"), step(ENDED, "7"))
    assert case.ended_at is None
