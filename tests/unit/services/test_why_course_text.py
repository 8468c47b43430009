"""How a case went, as lines: what changed at each instant and nothing twice."""

from services.domain.explanation import explain
from services.domain.law import Law
from services.domain.standing import Known
from services.why_course_text import UnitName, course_lines, named
from tests.unit.domain.build import BIRTH, ZONE, at, fact
from tests.unit.domain.test_course import HAI_PHONG
from tests.unit.domain.timeline_build import PLAIN

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="A", procedure=BIRTH)
UNITS = {
    "A": UnitName("A", "Xã A", ("A", "all"), ("A", "all")),
    "all": UnitName("all", "", ("all",), ("all",)),
}
FAR = "Thu 2026-12-31 12:00"


def course(*facts: object, as_of: str = FAR, law: Law = PLAIN) -> list[list[str]]:
    """The entries, each a list of its lines without indentation."""
    case = explain([Known(one, None) for one in facts], at(as_of), law)  # type: ignore[arg-type]
    entries: list[list[str]] = []
    for line in course_lines(case, UNITS, ZONE):
        if line.startswith("   "):
            entries[-1].append(line.strip())
        else:
            entries.append([" ".join(line.split())])
    return entries


def test_a_unit_is_named_by_id_and_name_as_far_as_they_are_known() -> None:
    assert [named(unit, UNITS) for unit in ("A", "all", "B")] == ["A Xã A", "all", "B"]


def test_an_entry_says_what_happened_and_what_it_changed() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00")
    fee = fact("FEE_REQUESTED", "Tue 2026-01-06 08:00")
    given = fact("SUPPLEMENTED", "Wed 2026-01-07 08:00")
    done = fact("PROCESSED", "Thu 2026-01-08 10:00")
    recalled = fact("RECALLED", "Thu 2026-01-08 11:00")
    returned = fact("RETURNED", "Mon 2026-01-12 10:00")
    assert course(RECEIVED, asked, fee, given, done, recalled, returned) == [
        [
            "Mon 2026-01-05 08:00 RECEIVED (#1)",
            "executed by A Xã A",
            f"procedure {BIRTH}",
            "due Fri 2026-01-09 17:00 by the first policy",
            "in_time: every policy",
        ],
        [
            "Tue 2026-01-06 08:00 SUPPLEMENT_REQUESTED (#2), FEE_REQUESTED (#3)",
            "waits for the supplement and the fee",
            "paused: portal@1",
        ],
        [
            "Wed 2026-01-07 08:00 SUPPLEMENTED (#4)",
            "due Sat 2026-01-10 17:00 by the first policy",
            "waits no longer",
            "in_time: portal@1",
        ],
        ["Thu 2026-01-08 10:00 PROCESSED (#5)", "ended by PROCESSED", "on_time: portal@1"],
        ["Thu 2026-01-08 11:00 RECALLED (#6)", "taken up again", "in_time: portal@1"],
        ["Fri 2026-01-09 17:00:00.001 nothing happened but time", "overdue: publication@1"],
        ["Sat 2026-01-10 17:00:00.001 nothing happened but time", "overdue: portal@1"],
        [
            "Mon 2026-01-12 10:00 RETURNED (#7)",
            "ended by RETURNED",
            "handed over by RETURNED",
            "late: every policy",
        ],
    ]


def test_a_result_that_is_taken_back_and_a_transfer_are_told() -> None:
    returned = fact("RETURNED", "Tue 2026-01-06 10:00")
    recalled = fact("RECALLED", "Tue 2026-01-06 11:00")
    moved = fact("TRANSFERRED", "Tue 2026-01-06 12:00", unit="B", procedure="1.000656")
    entries = course(RECEIVED, returned, recalled, moved, as_of="Tue 2026-01-06 12:00")
    assert entries[2][1:] == ["taken up again", "result taken back", "in_time: every policy"]
    assert entries[3] == ["Tue 2026-01-06 12:00 TRANSFERRED (#4)", "executed by B", "procedure 1.000656"]


def test_a_fact_that_changes_nothing_is_told_alone() -> None:
    step = fact("STEP", "Tue 2026-01-06 10:00")
    assert course(RECEIVED, step, as_of="Tue 2026-01-06 10:00")[1] == ["Tue 2026-01-06 10:00 STEP (#2)"]


def test_who_takes_over_and_who_stays_charged_are_told() -> None:
    start = fact("RECEIVED", "Mon 2025-06-02 08:00", "Mon 2025-06-09 17:00", unit="10507")
    entries = course(start, as_of="Wed 2025-07-02 08:00", law=HAI_PHONG)
    assert entries[-1] == [
        "Tue 2025-07-01 00:00 its unit ceased",
        "executed by 10507@2025-07-01, which takes over from 10507",
        "charged to 10507, which was there when the case became late",
    ]
    moved = fact("STEP", "Wed 2025-07-02 08:00", "Mon 2025-09-01 08:00")
    assert course(start, moved, as_of="Wed 2025-07-02 08:00", law=HAI_PHONG)[-1] == [
        "Wed 2025-07-02 08:00 STEP (#2)",
        "charged to 10507@2025-07-01",
        "due Mon 2025-09-01 08:00 by the first policy",
        "in_time: every policy",
    ]
    step = fact("STEP", "Wed 2025-07-02 08:00")
    assert course(start, step, as_of="Wed 2025-07-02 08:00", law=HAI_PHONG)[-1] == [
        "Wed 2025-07-02 08:00 STEP (#2)"
    ]


def test_an_orphan_has_a_course_too() -> None:
    paid = fact("PAID", "Sat 2026-01-03 10:00", source="payments")
    assert course(paid, RECEIVED, as_of="Sun 2026-01-04 08:00") == [
        [
            "Sat 2026-01-03 10:00 another source tells of it",
            "executed by unknown",
            "procedure unknown",
            "orphan: every policy",
        ]
    ]
