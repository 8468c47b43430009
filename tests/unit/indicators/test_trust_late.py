"""Facts that the hub knew within a day, and those dated after it knew them."""

from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.domain.law import Backfill
from services.domain.standing import Known
from services.indicators import trust_late
from services.indicators.trust_late import AHEAD, DEFINITION
from tests.unit.domain.build import at
from tests.unit.indicators.build import LAW, dossier, elsewhere
from tests.unit.indicators.more_build import found

DAY = 24 * 3_600_000
WHEN = "Mon 2026-01-05 08:00"
BEGUN = dossier("RECEIVED", WHEN)
SEEN = {"2026-01 W trust.late.seen/onestop": 1}


@pytest.mark.parametrize(
    ("lag", "part"),
    [
        (0, None),
        (1, None),
        (DAY, None),
        (DAY + 1, "late"),
        (400 * DAY, "late"),
        (-1, "ahead_1s"),
        (-1000, "ahead_1s"),
        (-1001, "ahead_10s"),
        (-10_000, "ahead_10s"),
        (-10_001, "ahead_60s"),
        (-60_000, "ahead_60s"),
        (-60_001, "ahead_300s"),
        (-300_000, "ahead_300s"),
        (-300_001, "ahead_more"),
    ],
)
def test_a_fact_arrives_in_time_late_or_ahead_of_its_date(lag: int, part: str | None) -> None:
    expected = SEEN if part is None else {**SEEN, f"2026-01 W trust.late.{part}/onestop": 1}
    assert found(trust_late, [Known(BEGUN, at(WHEN) + lag)]) == expected


def test_a_fact_known_from_the_beginning_says_nothing_of_its_arrival() -> None:
    assert found(trust_late, [BEGUN]) == {}
    facts: list[Fact | Known] = [
        BEGUN,
        Known(dossier("STEP", "Tue 2026-01-06 08:00"), at("Tue 2026-01-06 08:00")),
    ]
    assert found(trust_late, facts) == SEEN


def test_each_fact_counts_under_its_own_source() -> None:
    paid = elsewhere("payments", "PAID", "Tue 2026-01-06 08:00")
    step = dossier("STEP", "Wed 2026-01-07 08:00")
    facts = [Known(BEGUN, at(WHEN)), Known(paid, at(WHEN) + 9 * DAY), Known(step, at(WHEN) + 9 * DAY)]
    assert found(trust_late, facts) == {
        "2026-01 W trust.late.seen/onestop": 2,
        "2026-01 W trust.late.seen/payments": 1,
        "2026-01 W trust.late.late/payments": 1,
        "2026-01 W trust.late.late/onestop": 1,
    }


def test_each_fact_counts_in_its_own_month_for_who_was_charged_then() -> None:
    moved = dossier("TRANSFERRED", "Tue 2026-01-06 08:00", unit="V")
    later = dossier("STEP", "Mon 2026-02-02 08:00", unit="V")
    facts = [Known(one, one.occurred_at + 2 * DAY) for one in (BEGUN, moved, later)]
    assert found(trust_late, facts[:2]) == {
        "2026-01 W trust.late.seen/onestop": 1,
        "2026-01 W trust.late.late/onestop": 1,
        "2026-01 V trust.late.seen/onestop": 1,
        "2026-01 V trust.late.late/onestop": 1,
    }
    plain = [facts[0], Known(dossier("STEP", "Mon 2026-02-02 08:00"), at("Mon 2026-02-02 08:00"))]
    assert found(trust_late, plain) == {
        "2026-01 W trust.late.seen/onestop": 1,
        "2026-01 W trust.late.late/onestop": 1,
        "2026-02 W trust.late.seen/onestop": 1,
    }


def test_others_in_another_month_than_the_owner_count_there() -> None:
    before, after = "Wed 2025-12-31 08:00", "Mon 2026-02-02 08:00"
    for when, month in ((before, "2025-12"), (after, "2026-02")):
        paid = elsewhere("payments", "PAID", when)
        assert found(trust_late, [Known(BEGUN, at(WHEN)), Known(paid, at(when))]) == {
            **SEEN,
            f"{month} W trust.late.seen/payments": 1,
        }


def test_a_revision_does_not_make_a_fact_late() -> None:
    revised = BEGUN._replace(recorded_at=5, source_status="2")
    assert found(trust_late, [Known(BEGUN, at(WHEN)), Known(revised, at(WHEN) + 9 * DAY)]) == SEEN


@pytest.mark.parametrize(
    ("known", "source", "is_skipped"),
    [
        ("Mon 2026-02-02 08:00", "onestop", True),
        ("Mon 2026-02-02 07:59", "onestop", False),
        ("Mon 2026-02-02 09:59", "onestop", True),
        ("Mon 2026-02-02 10:00", "onestop", False),
        ("Mon 2026-02-02 08:00", "payments", False),
    ],
)
def test_what_a_source_published_of_its_history_did_not_arrive_late(
    known: str, source: str, is_skipped: bool
) -> None:
    window = Backfill(source, at("Mon 2026-02-02 08:00"), at("Mon 2026-02-02 10:00"))
    another = Backfill("feedback", at("Mon 2026-02-02 00:00"), at("Tue 2026-02-03 00:00"))
    law = replace(LAW, backfills=(another, window))
    expected = {} if is_skipped else {**SEEN, "2026-01 W trust.late.late/onestop": 1}
    assert found(trust_late, [Known(BEGUN, at(known))], law=law) == expected


def test_the_figure_is_the_share_that_was_not_late() -> None:
    counts = {
        "trust.late.seen/onestop": 9,
        "trust.late.late/onestop": 2,
        "trust.late.ahead_1s/onestop": 4,
        "trust.late.seen/payments": 1,
    }
    parts = {"onestop/late": 2, "onestop/seen": 9, "payments/seen": 1}
    assert trust_late.measure(counts, None) == Figure(8, 10, 10, parts)  # type: ignore[arg-type]


def test_the_classes_are_named_by_their_upper_bounds() -> None:
    assert AHEAD == ("ahead_1s", "ahead_10s", "ahead_60s", "ahead_300s", "ahead_more")


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.late",
        "Facts known within a day",
        1,
        "domain/indicators.md, 4; DESIGN 4",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
