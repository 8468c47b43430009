"""The figures of one unit: the table of Decision 766, what is missing, the form, and whom a name means."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError
from egovhub.ndjson import fact_to_json

from services.domain.figures import AS_NOW, AS_WAS
from services.domain.periods import Grain
from services.figures import main, unit_of
from services.figures_text import coverage, fraction, points, rank, share
from services.unit_figures import Asked, Line, UnitFigures, figures_of
from tests.unit.domain.build import RULES, at, fact

WARD, OLD_WARD, CITY = "10507@2025-07-01", "10507", "31@2025-07-01"
JANUARY = 26 * 12  # months since January 2000


def dossier(number: int, received: str, due: str, ended: str | None = None, unit: str = "10507") -> list[str]:
    case = {"case_id": f"onestop:H24.1-260105-000{number}"}
    told = [fact("ACCEPTED", received, due, unit=unit, channel="ONLINE", procedure="1.004859", **case)]
    if ended is not None:
        told.append(fact("PROCESSED", ended, **case))
    return [fact_to_json(one) for one in told]


FACTS = [
    *dossier(1, "Mon 2026-01-05 09:00", "Thu 2026-01-08 09:00", "Wed 2026-01-07 09:00"),
    *dossier(2, "Mon 2026-01-05 09:00", "Thu 2026-01-08 09:00", "Fri 2026-01-09 09:00"),
    *dossier(3, "Mon 2026-01-05 09:00", "Mon 2026-02-09 09:00"),
    *dossier(4, "Mon 2025-12-01 09:00", "Thu 2026-01-08 09:00"),
]
AS_OF = "2026-02-02T09:00+07:00"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facts.ndjson"
    path.write_text("".join(f"{line}\n" for line in FACTS), encoding="utf-8")
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments]) == 0
    return capsys.readouterr().out


def asked_of(file: Path, *more: str, unit: str = WARD, period: str = "2026-01") -> Sequence[str]:
    return ["--unit", unit, "--period", period, "--facts", str(file), "--as-of", AS_OF, *more]


def found(file: Path, capsys: pytest.CaptureFixture[str], *more: str, **asked: str) -> dict[str, object]:
    row: dict[str, object] = json.loads(answer(capsys, *asked_of(file, "--json", *more, **asked)))
    return row


def lines(row: dict[str, object], name: str = "table") -> dict[str, dict[str, object]]:
    rows = row[name]
    assert isinstance(rows, list)
    return {line["indicator"]: line for line in rows}


def test_the_table_has_every_indicator_of_the_decision_in_its_order(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = list(lines(found(file, capsys)))
    assert table[:5] == ["1.1", "1.2", "1.3", "1.4", "2.1"]
    assert table[-4:] == ["4.6", "5.2", "5.3", "5.4"]
    assert len(table) == 22


def test_a_share_its_points_and_its_rank_are_those_of_the_unit(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = lines(found(file, capsys))["2.1"]
    assert (line["numerator"], line["denominator"], line["total"]) == (2, 4, 4)
    assert (line["points_hundredths"], line["points_max"], line["rule"]) == (1000, 20, "linear")
    assert (line["rank"], line["ranked"], line["origin"]) == (1, 1, "events")


def test_what_cannot_be_had_is_named_and_is_no_zero(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = found(file, capsys)
    assert lines(row)["4.6"]["origin"] == "formula not available"
    assert lines(row)["1.4"]["numerator"] is None
    assert lines(row)["1.4"]["origin"] == "nothing imported"
    total = row["total"]
    assert isinstance(total, dict)
    assert {"1.4", "4.6"} <= set(total["missing"])
    assert total["points_max"] == 100
    assert total["denominator"] == 100 * sum(
        line["points_max"] or 0  # type: ignore[misc]
        for line in lines(row).values()
        if line["indicator"] not in total["missing"]
    )


def test_groups_sum_up_to_the_total(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = found(file, capsys)
    groups, total = row["groups"], row["total"]
    assert isinstance(groups, list)
    assert isinstance(total, dict)
    assert [group["group"] for group in groups] == [
        *("publicity", "progress", "online-service", "online-payment", "digitisation", "satisfaction")
    ]
    assert sum(group["denominator"] for group in groups) == total["denominator"]
    assert sum(group["points_max"] for group in groups) == 100


def test_the_form_counts_what_was_carried_over(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = found(file, capsys)["form"]
    assert isinstance(form, dict)
    assert (form["received"], form["online"], form["carried_over"]) == (4, 3, 1)
    assert (form["on_time"], form["late"], form["in_time"], form["overdue"]) == (1, 1, 1, 1)


def test_the_newer_form_holds_the_older_one(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = found(file, capsys, "--form", "07a")["form"]
    assert isinstance(form, dict)
    assert form["main"]["received"] == 4
    assert form["late_without_apology"] == 1


def test_order_and_repetition_of_lines_change_nothing(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "other.ndjson"
    other.write_text("".join(f"{line}\n" for line in [*reversed(FACTS), *FACTS]), encoding="utf-8")
    assert answer(capsys, *asked_of(other)) == answer(capsys, *asked_of(file))


def test_the_city_has_the_figures_of_its_wards(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ward, city = (lines(found(file, capsys, unit=unit))["2.1"] for unit in (WARD, "31"))
    assert [city[name] for name in ("numerator", "denominator")] == [
        ward[name] for name in ("numerator", "denominator")
    ]


def test_another_policy_judges_but_gives_no_points(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = found(file, capsys, "--policy", "completed-only@1")
    line = lines(row)["2.1"]
    assert (line["numerator"], line["denominator"], line["points_hundredths"]) == (1, 2, None)
    form = row["form"]
    assert isinstance(form, dict)
    assert form["policy"] == "completed-only@1"


def test_as_now_shows_what_is_judged_alone(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = found(file, capsys, "--view", "as-now")
    assert lines(row)["2.1"]["numerator"] == 2
    assert lines(row)["3.3"]["origin"] == "as was only"
    assert lines(row, "others") == {}


def test_a_period_without_anything_is_no_data(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = answer(capsys, *asked_of(file, period="2024-05"))
    row = next(line for line in text.splitlines() if line.startswith("2.1 "))
    assert "no data" in row
    assert "%" not in row
    assert "all identities hold" in text


def test_the_text_shows_the_unit_the_figures_and_the_form(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = answer(capsys, *asked_of(file))
    head, at_line, *_ = text.splitlines()
    assert (
        head == f"{WARD}  {RULES.organisations.units[WARD].name}  2026-01  as-was  policy national-portal@1"
    )
    assert at_line.startswith("at 2026-02-02T09:00:00.000+07:00, reference ")
    row = next(line for line in text.splitlines() if line.startswith("2.1 "))
    assert row.split()[-6:] == ["100.00", "%", "linear,", "events,", "rank", "1", "of", "1"][-6:]
    assert "    (3) received                            4" in text


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--period", "2026-13"], "--period: '2026-13' is no period; write it like 2026-11, 2026-Q4 or 2026"),
        (["--period", "2026-03"], "--period: 2026-03 has not begun at the reporting instant"),
        (["--policy", "mine@1"], "--policy: 'mine@1' is none of national-portal@1"),
        (["--unit", "Phường Hồng Bàn"], "--unit: 'Phường Hồng Bàn' is no unit of the registry; near: "),
        (["--unit", "?"], "--unit: '?' is no unit of the registry; give its code"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(file: Path, more: list[str], problem: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        main([*asked_of(file), *more])
    assert refusal.value.problems[0].startswith(problem)


def test_facts_need_an_instant_and_topics_have_their_own(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="--as-of: is needed with --facts"):
        main(["--unit", "31", "--period", "2026-01", "--facts", str(file)])
    with pytest.raises(ConfigurationError, match="--known-at: goes with --facts"):
        main(["--unit", "31", "--period", "2026-01", "--known-at", AS_OF])


def test_a_line_that_cannot_be_read_gives_no_figures(file: Path) -> None:
    file.write_text("{}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no figures, 1 lines cannot be read"):
        main(asked_of(file))


def test_a_code_means_the_unit_of_its_day() -> None:
    assert unit_of("10507", RULES, at("Mon 2026-01-05 09:00"), set()) == WARD
    assert unit_of("10507", RULES, at("Mon 2025-06-30 09:00"), set()) == OLD_WARD
    assert unit_of("all", RULES, 0, set()) == "all"
    assert unit_of("31@2025-07-01", RULES, 0, set()) == CITY
    assert unit_of("of facts alone", RULES, 0, {"of facts alone"}) == "of facts alone"


def test_known_at_counts_by_what_was_known_then(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = found(file, capsys, "--known-at", "2025-01-01T00:00+07:00")
    assert lines(row)["2.1"]["total"] == 4  # the facts say nothing of when they were known: all along


def figures_at(view: str, grain: Grain = Grain.MONTH) -> UnitFigures:
    asked = Asked("all", grain, JANUARY, RULES.policy, view, at("Mon 2026-02-02 09:00"))
    return figures_of(RULES.pool(view), RULES, asked)


@pytest.mark.parametrize("view", [AS_WAS, AS_NOW])
def test_everything_has_figures_even_before_there_are_facts(view: str) -> None:
    assert figures_at(view).violations == ()
    assert figures_at(view).name == "everything"
    assert figures_at(view, Grain.QUARTER).period == "2026-Q1"


def line_of(**fields: object) -> Line:
    given: dict[str, object] = {
        "indicator": "2.1",
        "name": "n",
        "group": "",
        "unit": "share",
        "numerator": 1,
        "denominator": 3,
        "total": 4,
        "points_hundredths": 667,
        "points_max": 20,
        "rule": "",
        "rank": 1,
        "ranked": 2,
        "origin": "",
        "missing": (),
        "parts": {},
    }
    return Line(**{**given, **fields})  # type: ignore[arg-type]


def test_numbers_are_shown_with_two_decimals_a_half_rounded_up() -> None:
    assert share(line_of()) == "33.33 %"
    assert share(line_of(numerator=1, denominator=800)) == "0.13 %"
    assert share(line_of(numerator=2, denominator=3)) == "66.67 %"
    assert share(line_of(unit="seconds", numerator=5400, denominator=1)) == "1.50 h"
    assert points(line_of()) == "6.67 / 20"
    assert coverage(line_of()) == "75.00 %"
    assert fraction(line_of(numerator=1000, denominator=2000)) == "1,000 / 2,000"
    assert rank(line_of()) == "rank 1 of 2"


def test_nothing_is_shown_as_nothing() -> None:
    nothing = line_of(
        numerator=None, denominator=None, total=None, points_hundredths=None, rank=None, points_max=None
    )
    assert (share(nothing), fraction(nothing), points(nothing)) == ("no data", "", "")
    assert (coverage(nothing), rank(nothing)) == ("", "")
    assert share(line_of(denominator=0, numerator=0)) == "no data"
    assert points(line_of(points_hundredths=None)) == "– / 20"
    assert (share(line_of(unit="count", denominator=0)), fraction(line_of(unit="count"))) == ("", "1")
