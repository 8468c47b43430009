"""The batch command: from lines of facts to canonical rows."""

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.__main__ import main
from services.domain.policy import BUCKETS

Run = Callable[..., tuple[int, str, str]]

WARD = {
    "source": "receipt",
    "domain": "onestop",
    "unit": "10507",
    "procedure": "1.001193",
    "channel": "ONLINE",
}
RECEIVED = {
    **WARD,
    "event_id": "1",
    "case_id": "receipt:1",
    "kind": "RECEIVED",
    "occurred_at": "2026-01-05T08:00:00+07:00",
    "due_at": "2026-01-09T17:00:00+07:00",
}
PROCESSED = {
    "event_id": "2",
    "source": "receipt",
    "case_id": "receipt:1",
    "kind": "PROCESSED",
    "occurred_at": "2026-02-03T10:00:00+07:00",
}
PAID = {
    "event_id": "3",
    "source": "payments",
    "case_id": "receipt:2",
    "kind": "PAID",
    "occurred_at": "2026-01-05T08:00:00+07:00",
}
AS_OF = "2026-03-01T00:00+07:00"
WARD_ID, CITY_ID = "10507@2025-07-01", "31@2025-07-01"


@pytest.fixture
def compute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on some facts; exit code, standard output, standard error."""

    def run(facts: list[Any] | Path, *options: str) -> tuple[int, str, str]:
        path = tmp_path / "facts.ndjson"
        if isinstance(facts, Path):
            path = facts
        else:
            path.write_text("".join(line + "\n" for line in map(text, facts)), encoding="utf-8")
        code = main(["compute", "--facts", str(path), *options])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def text(fact: Any) -> str:
    return fact if isinstance(fact, str) else json.dumps(fact)


def rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def figures(out: str, policy: str = "national-portal@1", view: str = "as-was") -> list[dict[str, Any]]:
    """The rows of 2.1 under one policy in one view."""
    return [r for r in rows(out) if (r["indicator"], r["policy"], r["view"]) == ("2.1", policy, view)]


def test_a_row_says_what_was_counted_by_which_rule_and_when(compute: Run) -> None:
    code, out, err = compute([RECEIVED, PROCESSED], "--as-of", AS_OF, "--json")
    assert (code, err) == (0, "")
    found = figures(out)
    assert len(found) == 3 * 2 * 4
    [line] = [line for line in out.splitlines() if json.loads(line) == found[0]]
    assert line == (
        '{"as_of":"2026-03-01T00:00:00.000+07:00","buckets":{"due_soon":0,"early":0,"in_time":0,"late":1,'
        '"no_deadline":0,"on_time":0,"orphan":0,"overdue":0,"paused":0,"refused":0,"stopped":0,"unknown":0,'
        '"withdrawn":0},"definition":"2.1@1","denominator":1,"indicator":"2.1","missing":[],"numerator":0,'
        '"period":"2026","points_hundredths":null,"points_max":null,"policy":"national-portal@1",'
        '"procedure":"1.001193","total":1,"unit":"10507@2025-07-01","value_unit":"share","view":"as-was"}'
    )
    assert sorted({row["period"] for row in found}) == ["2026", "2026-01", "2026-02", "2026-Q1"]
    assert {row["unit"] for row in found} == {WARD_ID, CITY_ID, "all"}
    assert all(row["buckets"].keys() == set(BUCKETS) for row in found)


def test_every_policy_both_views_and_the_sums_of_points_are_printed(compute: Run) -> None:
    _, out, _ = compute([RECEIVED], "--as-of", AS_OF, "--json")
    for view in ("as-was", "as-now"):
        for policy in ("national-portal@1", "by-day@1", "completed-only@1", "province-publication@1"):
            assert {row["unit"] for row in figures(out, policy, view)} == {WARD_ID, CITY_ID, "all"}
    [total] = [r for r in rows(out) if (r["indicator"], r["unit"], r["period"]) == ("766", CITY_ID, "2026")]
    assert total["value_unit"] == "points"
    assert total["points_hundredths"] == total["numerator"]
    assert "4.6" in total["missing"]
    [late] = [r for r in figures(out) if (r["unit"], r["procedure"], r["period"]) == (CITY_ID, "all", "2026")]
    assert (late["points_hundredths"], late["points_max"]) == (0, 20)


def test_a_case_is_told_with_its_instants_in_the_zone(compute: Run) -> None:
    code, out, _ = compute([RECEIVED, PROCESSED], "--as-of", AS_OF, "--cases", "--zone", "America/New_York")
    assert code == 0
    assert out == (
        '{"bucket":"late","buckets":{"by-day@1":"late","completed-only@1":"late","national-portal@1":"late",'
        '"province-publication@1":"overdue"},"case_id":"receipt:1","channel":"ONLINE",'
        '"due_at":"2026-01-09T05:00:00.000-05:00","due_computed":"2026-01-05T05:00:00.000-05:00",'
        '"due_source":"2026-01-09T05:00:00.000-05:00","ended_at":"2026-02-02T22:00:00.000-05:00",'
        '"policy":"national-portal@1","procedure":"1.001193","reason":null,'
        '"received_at":"2026-01-04T20:00:00.000-05:00","unit":"10507@2025-07-01"}\n'
    )


def test_shuffled_and_doubled_lines_give_the_same_bytes(compute: Run) -> None:
    facts = [
        {**RECEIVED, "event_id": f"r{n}", "case_id": f"receipt:{n}", "unit": f"unit {n % 3}"}
        for n in range(20)
    ]
    facts += [{**PROCESSED, "event_id": f"p{n}", "case_id": f"receipt:{n}"} for n in range(0, 20, 3)]
    mixed = facts + facts[::2]
    Random(1).shuffle(mixed)
    for options in (["--json"], ["--cases"], ["--json", "--known-at", "2025-12-24T00:00+07:00"]):
        assert compute(mixed, "--as-of", AS_OF, *options) == compute(facts, "--as-of", AS_OF, *options)


def test_the_zone_cuts_the_months(compute: Run) -> None:
    night = {**RECEIVED, "occurred_at": "2026-01-31T22:00:00+07:00"}
    early = compute([night], "--as-of", "2026-02-01T00:00+07:00", "--json", "--zone", "Asia/Ho_Chi_Minh")
    assert "2026-01" in {row["period"] for row in figures(early[1])}
    late = compute([night], "--as-of", "2026-02-01T00:00+07:00", "--json", "--zone", "Asia/Tokyo")
    assert "2026-01" not in {row["period"] for row in figures(late[1])}


@pytest.mark.parametrize(
    ("known_at", "bucket"),
    [([], "late"), (["2026-02-05T00:00+07:00"], "late"), (["2026-02-04T23:59+07:00"], "overdue")],
)
def test_known_at_shows_what_was_known_then(compute: Run, known_at: list[str], bucket: str) -> None:
    facts = [RECEIVED, {**PROCESSED, "known_at": "2026-02-05T00:00:00+07:00"}]
    options = [option for instant in known_at for option in ("--known-at", instant)]
    assert rows(compute(facts, "--as-of", AS_OF, "--cases", *options)[1])[0]["bucket"] == bucket


def test_an_orphan_is_shown_and_counted_in_no_total(compute: Run) -> None:
    [case] = rows(compute([PAID], "--as-of", AS_OF, "--cases")[1])
    assert (case["bucket"], case["unit"], case["channel"], case["received_at"]) == (
        "orphan",
        "unknown",
        None,
        None,
    )
    found = figures(compute([PAID], "--as-of", AS_OF, "--json")[1])
    assert found
    for row in found:
        assert (row["denominator"], row["buckets"]["orphan"]) == (0, 1)


def test_the_table_shows_the_sum_first_and_no_data_as_no_data(compute: Run) -> None:
    _, out, _ = compute([RECEIVED, PROCESSED, PAID], "--as-of", AS_OF)
    title, head, *units = out.splitlines()
    assert "2026-03-01T00:00:00.000+07:00, policy national-portal@1" in title
    assert head.split() == [
        "unit",
        "cases",
        "on",
        "time",
        "late",
        "in",
        "time",
        "overdue",
        "no",
        "deadline",
        "unjudged",
        "orphans",
        "on-time",
        "share",
    ]
    assert [unit.split()[0] for unit in units] == ["all", WARD_ID, CITY_ID, "unknown"]
    assert units[0].split()[1:] == ["1", "0", "1", "0", "0", "0", "0", "1", "0.00%", "0", "/", "1"]
    assert units[1].split()[1:4] == ["Phường", "Thành", "Đông"]
    assert units[3].endswith("no data")


def test_the_table_is_that_of_the_policy_asked_for(compute: Run) -> None:
    ended_on_the_due_day = {**PROCESSED, "occurred_at": "2026-01-09T18:00:00+07:00"}
    shares = {}
    for options in ([], ["--policy", "by-day@1"]):
        _, out, _ = compute([RECEIVED, ended_on_the_due_day], "--as-of", AS_OF, *options)
        title, _, everything, *_ = out.splitlines()
        shares[title.rpartition(" ")[2]] = everything.split()[-4:]
    assert shares == {"national-portal@1": ["0.00%", "0", "/", "1"], "by-day@1": ["100.00%", "1", "/", "1"]}


def test_the_swap_of_new_year_moves_exactly_the_cases_that_count_over_it_and_the_result_says_so(
    compute: Run,
) -> None:
    """2026-01-02 was declared a day off, and 2026-01-10 a working Saturday, on 2025-12-25: three days' limits."""
    silent = {**WARD, "kind": "ACCEPTED", "procedure": "1.004873", "known_at": "2025-12-20T00:00:00+07:00"}
    accepted = {
        "before": "2025-12-24T08:00:00+07:00",
        "over the day off": "2025-12-30T08:00:00+07:00",
        "up to the day off": "2025-12-29T08:00:00+07:00",
        "after": "2026-01-05T08:00:00+07:00",
        "over the Saturday": "2026-01-08T08:00:00+07:00",
    }
    facts = [
        {**silent, "event_id": f"{n}", "case_id": f"onestop:{name}", "source": "onestop", "occurred_at": at}
        for n, (name, at) in enumerate(accepted.items())
    ]
    options = ["--as-of", "2026-01-07T12:00+07:00"]
    then, now = ("--known-at", "2025-12-24T23:59+07:00"), ("--known-at", "2025-12-25T00:00+07:00")
    *cases, note = rows(compute(facts, *options, "--cases", *then)[1])
    moved = {case["case_id"]: case["by_law_of_today"] for case in cases if "by_law_of_today" in case}
    assert moved == {
        "onestop:over the day off": {"due_at": "2026-01-06T08:00:00.000+07:00", "bucket": "overdue"},
        "onestop:up to the day off": {"due_at": "2026-01-05T08:00:00.000+07:00", "bucket": "overdue"},
    }
    assert {c["case_id"]: c["due_at"] for c in cases if c["case_id"] in moved} == {
        "onestop:over the day off": "2026-01-05T08:00:00.000+07:00",
        "onestop:up to the day off": "2026-01-02T08:00:00.000+07:00",
    }
    assert note == {
        "note": {
            "cases_judged_otherwise": 2,
            "known_at": "2025-12-24T23:59:00.000+07:00",
            "reference_rows_left_out": {"calendar.toml": 2},
        }
    }
    *cases, note = rows(compute(facts, *options, "--cases", *now)[1])
    assert [case for case in cases if "by_law_of_today" in case] == []
    assert (note["note"]["reference_rows_left_out"], note["note"]["cases_judged_otherwise"]) == ({}, 0)
    assert {c["case_id"]: c["due_at"] for c in cases}[
        "onestop:over the day off"
    ] == "2026-01-06T08:00:00.000+07:00"
    lines = compute(facts, *options, *then)[1].splitlines()
    assert lines[-2].endswith("known only later, and left out: calendar.toml 2")
    assert ": 2 (--cases says which)" in lines[-1]
    assert rows(compute(facts, *options, "--json", *then)[1])[-1]["note"]["cases_judged_otherwise"] == 2


def test_without_known_at_there_is_no_note(compute: Run) -> None:
    for options in (["--json"], ["--cases"], []):
        assert "note" not in compute([RECEIVED], "--as-of", AS_OF, *options)[1]


def test_no_facts_at_all_are_no_rows(compute: Run) -> None:
    assert compute([], "--as-of", AS_OF, "--json") == (0, "", "")
    assert len(compute([""], "--as-of", AS_OF)[1].splitlines()) == 2


def test_gzip_is_read_whatever_the_name_says(compute: Run, tmp_path: Path) -> None:
    path = tmp_path / "facts"
    path.write_bytes(gzip.compress((text(RECEIVED) + "\n" + text(PROCESSED)).encode()))
    assert compute(path, "--as-of", AS_OF, "--json") == compute(
        [RECEIVED, PROCESSED], "--as-of", AS_OF, "--json"
    )


def test_a_dash_is_standard_input(compute: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((text(RECEIVED) + "\r\n").encode())))
    assert compute(Path("-"), "--as-of", AS_OF, "--cases") == compute([RECEIVED], "--as-of", AS_OF, "--cases")


BAD_LINES = [
    ("{", "line 2: bad-row", "one JSON object"),
    ("[]", "line 2: bad-row", "one JSON object"),
    (
        {**PROCESSED, "occurred_at": "2026-02-30T10:00:00+07:00"},
        "line 2: no-such-date: occurred_at",
        "correct",
    ),
    ({**PROCESSED, "occurred_at": "2026-02-03T10:00:00"}, "line 2: bad-value: occurred_at", "correct"),
    (
        {**PROCESSED, "occurred_at": "1999-12-31T10:00:00Z"},
        "line 2: occurred-before-2000: occurred_at",
        "correct",
    ),
    ({**PROCESSED, "case_id": "1"}, "line 2: case-id-form: case_id", "<namespace>:<native id>"),
    ({**PROCESSED, "case_id": "receipt:"}, "line 2: case-id-form: case_id", "<namespace>:<native id>"),
    ({**PROCESSED, "case_id": "receipt:\x1b[2J"}, "line 2: control-character: case_id", "correct"),
    ({**PROCESSED, "source": ""}, "line 2: empty-field", "correct"),
    (
        {name: PROCESSED[name] for name in PROCESSED if name != "case_id"},
        "line 2: missing-value: case_id",
        "give",
    ),
]


@pytest.mark.parametrize(("line", "message", "remedy"), BAD_LINES)
def test_a_bad_line_is_named_with_its_remedy_and_no_figure_leaves_it_out(
    compute: Run, line: Any, message: str, remedy: str
) -> None:
    code, out, err = compute([RECEIVED, line, RECEIVED], "--as-of", AS_OF, "--json")
    assert (code, out) == (2, "")
    named, summary = err.splitlines()
    assert "facts.ndjson: " + message in named
    assert remedy in named.split("; ")[1]
    assert "no figures, 1 lines cannot be read" in summary


def test_no_message_says_what_a_bad_line_says(compute: Run) -> None:
    _, _, err = compute([{**PROCESSED, "case_id": "Nguyen Van A", "unit": 7}], "--as-of", AS_OF)
    assert "Nguyen" not in err


def test_bad_lines_may_be_left_out_and_are_then_counted(compute: Run) -> None:
    good = compute([RECEIVED], "--as-of", AS_OF, "--json")
    code, out, err = compute(["{", RECEIVED, "{", BAD_LINES[5][0]], "--as-of", AS_OF, "--json", "--skip-bad")
    assert (code, out) == (0, good[1])
    assert err.endswith("3 lines left out: 2 bad-row, 1 case-id-form\n")
    assert len(err.splitlines()) == 1


def test_an_endless_line_is_one_bad_line(compute: Run, tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"x" * (1 << 24) + b"\n" + text(RECEIVED).encode()))
    code, out, err = compute(path, "--as-of", AS_OF, "--cases", "--skip-bad")
    assert (code, len(rows(out))) == (0, 1)
    assert "1 lines left out: 1 oversized" in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--as-of", "2026-03-01"], "--as-of: '2026-03-01' is not an instant with offset"),
        (["--as-of", "2026-02-30T00:00Z"], "--as-of: '2026-02-30T00:00Z' is no possible date"),
        (["--as-of", "1999-12-31T00:00Z"], "--as-of: '1999-12-31T00:00Z' is out of range"),
        (["--as-of", AS_OF, "--known-at", "now"], "--known-at: 'now' is not an instant"),
        (
            ["--as-of", AS_OF, "--policy", "by-day"],
            "--policy: 'by-day' is none of national-portal@1, by-day@1, completed-only@1, province-publication@1",
        ),
        (["--as-of", AS_OF, "--zone", "Mars/Base"], "--zone: 'Mars/Base' is not a time zone; use"),
        (["--as-of", AS_OF, "--zone", ""], "--zone: '' is not a time zone; use"),
    ],
)
def test_a_bad_option_is_one_line_and_exit_code_2(compute: Run, options: list[str], message: str) -> None:
    code, out, err = compute([RECEIVED], *options)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith(message)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nowhere.ndjson", None, "cannot be read (No such file or directory); name a file of facts"),
        (".", None, "cannot be read (Is a directory)"),
        ("nul\0", None, "cannot be read"),
        ("cut.gz", gzip.compress(b"{}\n" * 999)[:-9], "is a damaged gzip file"),
        ("bad.gz", b"\x1f\x8b\x08\x00garbage", "is a damaged gzip file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    compute: Run, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, out, err = compute(tmp_path / name, "--as-of", AS_OF, "--skip-bad")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith("--facts: ")
    assert message in err


def test_progress_is_not_shown_where_no_person_looks(compute: Run) -> None:
    assert compute([RECEIVED] * 5000, "--as-of", AS_OF, "--json")[2] == ""
