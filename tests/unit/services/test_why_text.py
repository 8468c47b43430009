"""One case explained as lines: sections in their order, dead facts with the reason, pauses and buckets."""

from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.due_account import DueAccount
from services.domain.explanation import Status, explain
from services.domain.pause_account import NetTime
from services.domain.standing import Known
from services.text_layout import WIDTH
from services.why_course_text import UnitName
from services.why_text import STATUS, Answer, lines_of_case
from tests.unit.domain.build import BIRTH, CASE, ZONE, at, fact
from tests.unit.domain.timeline_build import PLAIN

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="A", procedure=BIRTH)
ASKED = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00")
GIVEN = fact("SUPPLEMENTED", "Wed 2026-01-07 08:00")
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
UNITS = {"A": UnitName("A", "Xã A", ("A",), ("A",))}
NOW = "Fri 2026-01-09 08:00"


def answer(*facts: Fact | Known, as_of: str = NOW, known_at: int | None = None, refused: int = 0) -> Answer:
    known = [one if isinstance(one, Known) else Known(one, None) for one in facts]
    case = explain(known, at(as_of), PLAIN, known_at)
    return Answer(case, (), UNITS, refused, "(code)", "(reference)")


def lines(given: Answer) -> list[str]:
    return list(lines_of_case(given, ZONE))


def section(given: Answer, title: str) -> list[str]:
    """The lines of one section, without indentation, spaces as one."""
    told = lines(given)
    start = next(place for place, line in enumerate(told) if line.endswith(f". {title}")) + 1
    end = next((place for place in range(start, len(told)) if not told[place]), len(told))
    return [" ".join(line.split()) for line in told[start:end]]


def test_the_head_says_which_case_when_and_by_what() -> None:
    assert lines(answer(RECEIVED))[:5] == [
        f"case {CASE}: it counts since Mon 2026-01-05 08:00",
        "as of Fri 2026-01-09 08:00 (Asia/Ho_Chi_Minh), by everything known",
        "reference (reference), code (code)",
        "if nothing else happens, its figures change next at Fri 2026-01-09 17:00:00.001",
        "",
    ]
    known = answer(RECEIVED, known_at=at(NOW), as_of="Mon 2026-01-12 08:00")
    assert lines(known)[1] == (
        "as of Mon 2026-01-12 08:00 (Asia/Ho_Chi_Minh), by what was known at Fri 2026-01-09 08:00"
    )
    assert lines(known)[3] == ""


def test_sections_are_numbered_and_an_empty_one_says_none() -> None:
    told = lines(answer(fact("PAID", "Tue 2026-01-06 08:00", source="payments")))
    heads = [line for line in told if line[:1].isdigit()]
    assert heads == [
        "1. Facts",
        "2. Course",
        "3. Pauses",
        "4. Due instant",
        "5. Buckets",
        "6. Counters",
        "7. Figures",
        "8. Sources",
    ]
    assert told[told.index("4. Due instant") + 1] == "  none"


@pytest.mark.parametrize("status", Status)
def test_each_status_is_said_in_words(status: Status) -> None:
    given = answer(RECEIVED)
    told = lines(replace(given, explanation=replace(given.explanation, status=status, started_at=None)))
    assert told[0] == f"case {CASE}: {STATUS[status]}"


# facts


def test_a_fact_says_what_of_it_matters_and_nothing_of_what_it_lacks() -> None:
    one = RECEIVED._replace(source_sequence=0, details={"note": "an applicant"})
    step = fact("STEP", "Tue 2026-01-06 08:00")
    assert section(answer(Known(one, at(NOW)), step), "Facts") == [
        "#1 Mon 2026-01-05 08:00 RECEIVED onestop sequence 0, known since Fri 2026-01-09 08:00",
        f"unit A, procedure {BIRTH}, due Fri 2026-01-09 17:00",
        "#2 Tue 2026-01-06 08:00 STEP onestop known from the beginning",
    ]


def test_where_there_is_no_room_since_when_it_is_known_has_a_line_of_its_own() -> None:
    one = Known(RECEIVED._replace(source="onestop-of-the-city-of-hai-phong", case_id=CASE), at(NOW))
    given = answer(one, RECEIVED)
    assert section(given, "Facts")[:2] == [
        "#1 Mon 2026-01-05 08:00 RECEIVED onestop",
        "known from the beginning",
    ]
    assert max(map(len, lines(given))) <= WIDTH


def test_why_a_fact_is_dead_or_does_not_move_the_case_is_said() -> None:
    greater = RECEIVED._replace(source_sequence=1)
    wrong = fact("STEP", "Tue 2026-01-06 10:00")
    undone = fact("RETRACTED", "Tue 2026-01-06 11:00", retracts=(wrong.event_id,))
    paid = fact("PAID", "Tue 2026-01-06 12:00", source="payments")
    told = section(
        answer(RECEIVED, greater, wrong, undone, paid, fact("STEP", "Fri 2026-01-09 09:00")), "Facts"
    )
    assert told[2] == "DEAD: replaced by a greater version, #2"
    assert "DEAD: retracted, #4" in told
    assert "does not move the case, whose owner then was onestop; it serves the cross-checks" in told
    assert "plays no part: dated later" in told
    assert told[-1] == "revisions 1, conflicts 0"
    nobodys = answer(RECEIVED)
    [one] = nobodys.explanation.facts
    unowned = replace(one, owner=None, fate=next(f for f in type(one.fate) if f.name == "OTHERS"))
    told = section(replace(nobodys, explanation=replace(nobodys.explanation, facts=(unowned,))), "Facts")
    assert told[-1] == "does not move the case, whose owner then was nobody; it serves the cross-checks"


@pytest.mark.parametrize(
    ("refused", "said"), [(1, "1 record under this key"), (2, "2 records under this key")]
)
def test_refused_records_are_counted_and_point_at_the_letters(refused: int, said: str) -> None:
    told = " ".join(section(answer(RECEIVED, refused=refused), "Facts"))
    assert f"{said} cannot be read and say nothing here; see `python -m services dlq list`" in told
    assert "cannot be read" not in " ".join(section(answer(RECEIVED), "Facts"))


def test_what_a_terminal_would_obey_is_spelt_out() -> None:
    told = lines(answer(RECEIVED._replace(unit="A\x1b[2J", procedure="p\x07")))
    assert not any("\x1b" in line or "\x07" in line for line in told)
    assert any("A\\x1b[2J" in line for line in told)


# pauses


def test_a_pause_is_told_with_its_working_time_and_what_it_does() -> None:
    told = " ".join(section(answer(RECEIVED, ASKED, GIVEN), "Pauses"))
    assert told == (
        "waits for the supplement since Tue 2026-01-06 08:00 (#2), until Wed 2026-01-07 08:00 (#3);"
        " working time in it: no calendar says how long"
        " moves the source's due instant: portal@1 does not count: publication@1"
        " working time from the start of the clock, Mon 2026-01-05 08:00, to the reporting instant,"
        " Fri 2026-01-09 08:00: no calendar says"
    )


def test_a_pause_that_lasts_or_was_cut_short_says_so() -> None:
    assert "(#2), it lasts; working" in " ".join(section(answer(RECEIVED, ASKED), "Pauses"))
    told = " ".join(section(answer(RECEIVED, ASKED, PROCESSED), "Pauses"))
    assert "until Thu 2026-01-08 10:00 (#3), when the case ended without it; working" in told
    assert "to the end, Thu 2026-01-08 10:00" in told


def test_net_working_time_is_told_as_a_sum() -> None:
    given = answer(RECEIVED, ASKED, GIVEN)
    time = NetTime(RECEIVED.occurred_at, at(NOW), False, 33 * 3600, 25 * 3600)
    [pause] = given.explanation.pauses
    explanation = replace(
        given.explanation, net_time=time, pauses=(replace(pause, working_seconds=8 * 3600),)
    )
    told = " ".join(section(replace(given, explanation=explanation), "Pauses"))
    assert told.endswith("Fri 2026-01-09 08:00: 33 h 0 min, less 8 h 0 min of pauses: 25 h 0 min")
    assert "working time in it: 8 h 0 min" in told
    for unsaid in (replace(time, gross_seconds=None), replace(time, net_seconds=None)):
        last = section(replace(given, explanation=replace(explanation, net_time=unsaid)), "Pauses")[-1]
        assert last.endswith("no calendar says")


# buckets


def test_each_policy_says_its_bucket_whose_due_instant_judged_and_when_it_turns() -> None:
    assert section(answer(RECEIVED, PROCESSED), "Buckets") == [
        "policy bucket end due instant whose",
        "portal@1 on_time PROCESSED Fri 2026-01-09 17:00 source's",
        "counts in its numerator, denominator, total; time alone does not turn it [1]",
        "publication@1 in_time open Fri 2026-01-09 17:00 source's",
        "counts in none of its shares; turns overdue at Fri 2026-01-09 17:00:00.001 [1]",
        "counted as ended.on_time and handover.open.in_time",
    ]


def test_a_document_is_counted_in_no_bucket() -> None:
    given = answer(RECEIVED, PROCESSED)
    document = replace(given, explanation=replace(given.explanation, joint_buckets=()))
    assert section(document, "Buckets")[-1] == "counted in no bucket, for it is no administrative procedure"


def test_a_case_without_a_due_instant_has_nobodys_and_an_unknown_one_its_reason() -> None:
    given = answer(RECEIVED._replace(due_at=None))
    assert section(given, "Buckets")[1] == "portal@1 no_deadline open - -"
    first, second = given.explanation.judgements
    unknown = replace(first, bucket="unknown", reason="no-calendar")
    told = section(
        replace(given, explanation=replace(given.explanation, judgements=(unknown, second))), "Buckets"
    )
    assert told[2] == "counts in its total; because of no-calendar; time alone does not turn it [1]"


def test_both_accounts_of_the_due_instant_are_told_if_there_are_two() -> None:
    given = answer(RECEIVED)
    [account] = given.explanation.dues
    first: DueAccount = replace(account, stands=account.stands[:1])
    second = replace(account, stands=account.stands[1:])
    told = section(
        replace(given, explanation=replace(given.explanation, dues=(first, second))), "Due instant"
    )
    assert [line for line in told if line.startswith("For")] == [
        "For the processing, by the facts up to Fri 2026-01-09 08:00:",
        "For the hand-over, by the facts up to Fri 2026-01-09 08:00:",
    ]
