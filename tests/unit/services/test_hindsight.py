"""Rows of reference data that became known later are counted by file, each in the zone that dates it."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.standing import Known
from services.hindsight import evaluations, left_out
from services.rules import REFERENCE_DIR, load_rules
from tests.unit.domain.build import at, fact
from tests.unit.services.calendar_rows import DAY, NATIONAL

ZONE = ZoneInfo("America/New_York")
MIDNIGHT = at("Wed 2026-01-21 00:00")
RULES = load_rules("Asia/Ho_Chi_Minh")


def test_the_release_has_a_swap_of_two_days_that_was_decided_a_week_ahead() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    decided = at("Thu 2025-12-25 00:00")
    assert left_out(REFERENCE_DIR, zone, decided - 1) == {"calendar.toml": 2}
    assert left_out(REFERENCE_DIR, zone, decided) == {}


@pytest.mark.parametrize(
    ("file", "known_from", "edge"),
    [
        ("calendar.toml", "2026-01-21", MIDNIGHT),
        ("calendar.toml", "2026-01-21T08:00:00+07:00", at("Wed 2026-01-21 08:00")),
        ("imports/portal-2026.toml", "2026-01-21", at("Wed 2026-01-21 12:00")),
        ("thresholds.toml", "2026-01-21T08:00:00+07:00", at("Wed 2026-01-21 08:00")),
    ],
)
def test_a_row_is_left_out_up_to_the_instant_before_it_was_known(
    tmp_path: Path, file: str, known_from: str, edge: int
) -> None:
    """A day is dated by the calendar's own zone in the calendar, by the given zone elsewhere."""
    row = DAY if file == "calendar.toml" else '[[row]]\nscope = "VN"\n'
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    known = f"{row}known_from = {known_from}\n"
    path.write_text((NATIONAL if file == "calendar.toml" else "") + row + known + known)
    assert left_out(tmp_path, ZONE, edge - 1) == {file: 2}
    assert left_out(tmp_path, ZONE, edge) == {}


def test_a_row_that_is_not_in_force_is_not_left_out(tmp_path: Path) -> None:
    known = f"{DAY}known_from = 2026-01-21\nin_force = "
    (tmp_path / "calendar.toml").write_text(f"{NATIONAL}{known}false\n{known}true\n")
    assert left_out(tmp_path, ZONE, 0) == {"calendar.toml": 1}


def test_a_case_is_judged_by_the_same_facts_in_hindsight() -> None:
    """The second fact was known later: it counts in neither judgement."""
    then = at("Wed 2025-12-24 12:00")
    received = fact(
        "RECEIVED", "Tue 2025-12-23 08:00", unit="10507", procedure="1.004222", case_id="onestop:1"
    )
    ended = fact("PROCESSED", "Wed 2025-12-24 08:00", case_id="onestop:1")
    cases = {"onestop:1": [Known(received, then), Known(ended, then + 1)]}
    [(evaluation, today)] = evaluations(cases, RULES.at(then), RULES, at("Thu 2026-01-01 08:00"), then)
    assert evaluation.state is not None
    assert today is not None
    assert (evaluation.state.due_at, today.due_at) == (at("Fri 2026-01-02 08:00"), at("Mon 2026-01-05 08:00"))
    assert evaluation.state.ended_at is None
    assert today.ended_at is None
    assert cases == {}


def test_the_same_rules_judge_nothing_otherwise() -> None:
    received = fact("RECEIVED", "Tue 2025-12-23 08:00", case_id="onestop:1")
    cases = {"onestop:1": [Known(received, None)]}
    [(_, today)] = evaluations(cases, RULES, None, at("Thu 2026-01-01 08:00"), None)
    assert today is None
