"""One case explained by the command: what an official reads, and what a program gets."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from egovhub.events import Fact
from egovhub.ndjson import fact_to_json

from services.__main__ import main
from services.case_facts import CaseFacts
from services.domain.standing import Known
from services.indicators import due_agreement, on_time_share
from services.provenance import Backfilled
from services.rules import load_rules
from services.why import answer_of
from tests.unit.domain.build import CASE, RULES, WARD, at, fact

INDICATED = load_rules("Asia/Ho_Chi_Minh")
Why = Callable[..., tuple[int, str, str]]

GOLDEN = Path(__file__).parent / "why_golden.txt"
MARRIED, STATUS = "1.000894", "1.001022"
"""A same-day procedure with the 15:00 rule, and one of three working days that restarts after a supplement."""
JUNE = "2026-06-01T00:00+07:00"

RECEIVED = fact("RECEIVED", "Tue 2026-04-21 15:30", unit=WARD, procedure=STATUS, channel="ONLINE")
ACCEPTED = fact("ACCEPTED", "Tue 2026-04-21 15:40", details={"note": "the name of an applicant"})
ASKED = fact("SUPPLEMENT_REQUESTED", "Wed 2026-04-22 09:00")
GIVEN = fact("SUPPLEMENTED", "Thu 2026-04-23 09:00")
EXTENDED = fact("EXTENDED", "Wed 2026-04-29 09:00", "Tue 2026-05-05 17:00")
MISTAKEN = fact("RETURNED", "Thu 2026-04-30 09:00", event_id="mistaken")
UNDONE = fact("RETRACTED", "Thu 2026-04-30 09:30", retracts=("mistaken",))
PAID = fact("PAID", "Mon 2026-05-04 08:00", source="payments")
DONE = fact("PROCESSED", "Mon 2026-05-04 10:00")
LONG = (RECEIVED, ACCEPTED, ASKED, GIVEN, EXTENDED, MISTAKEN, UNDONE, PAID, DONE)


@pytest.fixture
def why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Why:
    """Run the command on some facts, under two indicators and versions that no later change of the code moves."""
    few = (on_time_share, due_agreement)
    rules = replace(
        RULES,
        law=replace(RULES.law, counts=(due_agreement.count,)),
        indicators=few,
        code="(code)",
        reference="(reference)",
    )
    monkeypatch.setattr("services.why.load_rules", lambda *_: rules)
    monkeypatch.delenv("HUB_ZONE", raising=False)

    def run(
        facts: Iterable[Fact | str], *options: str, case: str = CASE, as_of: str = JUNE
    ) -> tuple[int, str, str]:
        path = tmp_path / "facts.ndjson"
        path.write_text("".join(f"{line(one)}\n" for one in facts), encoding="utf-8")
        code = main(["why", case, "--facts", str(path), "--as-of", as_of, *options])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def line(one: Fact | str) -> str:
    return one if isinstance(one, str) else fact_to_json(one)


def known_since(one: Fact, instant: str) -> str:
    return json.dumps({**json.loads(fact_to_json(one)), "known_at": instant})


def section(out: str, title: str) -> list[str]:
    """The lines below a heading, without their indentation and with single spaces."""
    _, _, rest = out.partition(f". {title}\n")
    told, _, _ = rest.partition("\n\n")
    return [" ".join(one.split()) for one in told.splitlines()]


def said(why: Why, *facts: Fact | str, **how: Any) -> str:
    code, out, err = why(facts, **how)
    assert (code, err) == (0, "")
    return out


# the whole text


def test_the_whole_text_of_one_case(why: Why) -> None:
    assert said(why, *LONG) == GOLDEN.read_text(encoding="utf-8")


def test_every_line_fits_a_hundred_columns(why: Why) -> None:
    assert max(map(len, said(why, *LONG).splitlines())) <= 100


def test_order_and_repetition_of_lines_change_nothing(why: Why) -> None:
    random = Random(3)
    expected = said(why, *LONG)
    expected_json = why(LONG, "--json")[1]
    for _ in range(5):
        lines = random.sample([*LONG, *LONG], 2 * len(LONG))
        assert said(why, *lines) == expected
        assert why(lines, "--json")[1] == expected_json


def test_details_and_ids_of_facts_are_told_nowhere(why: Why) -> None:
    for out in (said(why, *LONG), why(LONG, "--json")[1]):
        assert "applicant" not in out
        assert "mistaken" not in out
        assert "details" not in out


# facts


def test_a_fact_is_told_with_since_when_it_is_known(why: Why) -> None:
    out = said(why, known_since(RECEIVED, "2026-04-21T15:31:00+07:00"), ASKED)
    assert section(out, "Facts") == [
        "#1 Tue 2026-04-21 15:30 RECEIVED onestop known since Tue 2026-04-21 15:31",
        f"unit {WARD}, procedure {STATUS}",
        "#2 Wed 2026-04-22 09:00 SUPPLEMENT_REQUESTED onestop known from the beginning",
    ]


def test_what_was_not_known_then_plays_no_part(why: Why) -> None:
    late = known_since(DONE, "2026-05-06T00:00:00+07:00")
    _, out, _ = why([RECEIVED, late], "--known-at", "2026-05-05T23:59:59+07:00")
    assert "plays no part: not known then" in section(out, "Facts")
    assert "by what was known at Tue 2026-05-05 23:59:59" in out
    _, out, _ = why([RECEIVED, late], "--known-at", "2026-05-06T00:00:00+07:00")
    assert not any("plays no part" in told for told in section(out, "Facts"))


def test_a_later_version_stands_in_the_place_of_an_earlier_one(why: Why) -> None:
    first = DONE._replace(event_id="end", source_sequence=1, occurred_at=at("Tue 2026-05-05 10:00"))
    second = DONE._replace(event_id="end", source_sequence=2)
    told = section(said(why, RECEIVED, first, second), "Facts")
    assert "#2 Mon 2026-05-04 10:00 PROCESSED onestop sequence 2, known from the beginning" in told
    assert "DEAD: replaced by a greater version, #2" in told


def test_a_voided_case_is_in_no_figure(why: Why) -> None:
    out = said(why, RECEIVED, fact("VOIDED", "Fri 2026-04-24 08:00"))
    assert "its owner voided it: it is in no figure" in out
    assert "DEAD: the case is voided, #2" in section(out, "Facts")
    assert section(out, "Figures") == ["none"]
    assert section(out, "Counters") == ["none"]


# due instants


def test_a_holiday_in_the_count_is_told_with_its_reason_and_source(why: Why) -> None:
    out = said(why, RECEIVED._replace(occurred_at=at("Fri 2026-04-24 09:00")))
    [row] = [told for told in section(out, "Due instant") if told.startswith("Mon 2026-04-27")]
    what, _, mark = row.rpartition(" ")
    assert what == "Mon 2026-04-27 - - Giỗ Tổ Hùng Vương (Hùng Kings), made up"
    assert f"{mark} Labour Code 2019, art. 112, made up on the next working day" in section(out, "Sources")


@pytest.mark.parametrize(("clock", "is_next_day"), [("15:00", False), ("15:01", True)])
def test_what_comes_after_15h_is_due_on_the_next_working_day(why: Why, clock: str, is_next_day: bool) -> None:
    out = said(why, fact("RECEIVED", f"Mon 2026-04-20 {clock}", unit=WARD, procedure=MARRIED))
    told = section(out, "Due instant")
    assert any("received after 15:00: counts on the next working day" in one for one in told) is is_next_day
    assert f"by the law {'Tue 2026-04-21' if is_next_day else 'Mon 2026-04-20'} 17:00" in told


def test_the_decree_is_named_whatever_the_computation_uses_of_it(why: Why) -> None:
    plain = section(said(why, RECEIVED), "Due instant")
    assert any("Decree 118/2025/NĐ-CP, with 367/2025/NĐ-CP" in one for one in plain)


def test_an_extension_without_an_apology_is_ignored_and_says_why(why: Why) -> None:
    told = section(said(why, RECEIVED, EXTENDED), "Due instant")
    assert any(
        one.startswith(
            "extension ignored: no apology early enough before the due instant: Wed 2026-04-29 09:00"
        )
        for one in told
    )


def test_a_case_without_a_deadline_says_so(why: Why) -> None:
    out = said(why, fact("RECEIVED", "Mon 2026-04-20 09:00", unit=WARD))
    told = section(out, "Due instant")
    assert "by the source none: it named no appointment" in told
    assert "by the law none: no fact names the procedure (no-procedure)" in told
    assert "national-portal@1 no_deadline open - -" in section(out, "Buckets")


def test_a_count_that_leaves_the_calendar_says_where(why: Why) -> None:
    out = said(why, RECEIVED._replace(occurred_at=at("Wed 2026-12-30 09:00")), as_of="2026-12-31T12:00+07:00")
    told = section(out, "Due instant")
    assert "by the law none: the count leaves the calendar (uncovered-date)" in told
    assert any("2027-01-0" in one and "is not covered by the calendar" in one for one in told)
    assert "national-portal@1 unknown open - -" in section(out, "Buckets")
    assert any("because of uncovered-date" in one for one in section(out, "Buckets"))


# the course


def test_a_case_open_over_the_reform_goes_to_the_heir_of_its_ward(why: Why) -> None:
    out = said(
        why,
        fact("RECEIVED", "Mon 2025-06-30 09:00", "Fri 2025-08-29 17:00", unit=WARD, procedure=STATUS),
        as_of="2025-07-02T00:00+07:00",
    )
    told = " ".join(section(out, "Course"))
    assert (
        "Tue 2025-07-01 00:00 its unit ceased"
        " executed by 10507@2025-07-01 Phường Thành Đông, which takes over from 10507 Phường Cẩm Thượng"
    ) in told
    figures = " ".join(section(out, "Figures"))
    assert "as-was, of 10507 Phường Cẩm Thượng, and so in those of 288 Thành phố Hải Dương" in figures
    assert "as-now, of 10507@2025-07-01 Phường Thành Đông, and so in those of 31@2025-07-01" in figures


def test_a_case_that_nobody_has_touched_says_when_it_turns(why: Why) -> None:
    out = said(why, RECEIVED, as_of="2026-04-22T00:00+07:00")
    assert "if nothing else happens, its figures change next at" in out
    told = section(out, "Buckets")
    assert any("turns overdue at Fri 2026-04-24 15:30:00.001" in one for one in told)


# what a program gets


def test_json_holds_the_same_as_the_text(why: Why) -> None:
    _, out, _ = why(LONG, "--json")
    [row] = [json.loads(one) for one in out.splitlines()]
    case = row["explanation"]
    assert (row["code"], row["reference"]) == ("(code)", "(reference)")
    assert (case["case_id"], case["status"], case["as_of"]) == (
        CASE,
        "counts",
        "2026-06-01T00:00:00.000+07:00",
    )
    assert [one["kind"] for one in case["facts"]][:3] == ["RECEIVED", "ACCEPTED", "SUPPLEMENT_REQUESTED"]
    assert [one["bucket"] for one in case["judgements"]] == ["on_time", "early", "early", "overdue"]
    assert case["dues"][0]["computed_at"] == "2026-04-29T09:00:00.000+07:00"
    assert {one["indicator"] for one in row["figures"]} == {"2.1", "due.agreement"}
    assert out == json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def test_the_zone_that_is_asked_for_shows_the_instants(why: Why, monkeypatch: pytest.MonkeyPatch) -> None:
    zones: list[str] = []

    def load(zone: str, _directory: Path) -> object:
        zones.append(zone)
        return RULES

    monkeypatch.setattr("services.why.load_rules", load)
    said(why, RECEIVED)
    why([RECEIVED], "--zone", "Europe/Amsterdam")
    assert zones == ["Asia/Ho_Chi_Minh", "Europe/Amsterdam"]


# what it refuses


def test_an_unknown_case_is_one_line_and_exit_code_1(why: Why) -> None:
    code, out, err = why(LONG, case="onestop:nobody")
    assert (code, out) == (1, "")
    assert err.startswith("onestop:nobody: no line of ")
    assert err.endswith("facts.ndjson is about this case; give the id as the facts spell it\n")
    assert err.count("\n") == 1


def test_what_is_no_case_id_is_refused_with_a_remedy(why: Why) -> None:
    code, out, err = why(LONG, case="nobody")
    assert (code, out, err) == (2, "", "'nobody' is no case id; write <namespace>:<native id>\n")


def test_lines_that_cannot_be_read_stop_it_unless_they_are_left_out(why: Why) -> None:
    code, out, err = why([RECEIVED, "{}"])
    assert (code, out) == (2, "")
    assert "nothing is explained, 1 lines cannot be read" in err
    assert why([RECEIVED, "{}"], "--skip-bad")[0] == 0


def test_an_instant_without_offset_is_refused(why: Why) -> None:
    code, _, err = why(LONG, as_of="2026-06-01")
    assert (code, err.startswith("--as-of: '2026-06-01' is not an instant")) == (2, True)


def test_facts_of_other_cases_are_not_told(why: Why) -> None:
    other = RECEIVED._replace(case_id="onestop:other", event_id="other")
    assert said(why, RECEIVED, other) == said(why, RECEIVED)


@pytest.mark.parametrize(("kind", "counted"), [(Known, ["trust.late"]), (Backfilled, [])])
def test_a_case_of_history_is_in_no_figure_of_arrivals(kind: type[Known], counted: list[str]) -> None:
    since = at("Mon 2026-05-25 10:00")
    answer = answer_of(CaseFacts([kind(RECEIVED, since)]), since + 1, INDICATED, None)
    points = [one.counter for one in answer.explanation.contributions]
    assert (
        sorted({".".join(name.split(".")[:2]) for name in points if name.startswith("trust.late")}) == counted
    )
