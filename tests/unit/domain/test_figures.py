"""Rows of figures: what is shown of which unit, procedure, period and policy, with points and ranks."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from services.domain.cells import Cell, Pool
from services.domain.figures import (
    AS_NOW,
    AS_WAS,
    GROUPS_766,
    POINTS,
    SUM_766,
    FigureKey,
    FigureRow,
    Maker,
    Rank,
    rank_group,
    ranks,
)
from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Definition, Figure, Setting
from services.domain.organisations import ALL, Organisations, Unit
from services.domain.periods import Grain, month_of_label
from services.domain.points import DECISION_766, Rule, Threshold, Thresholds
from services.indicators import on_time_share
from tests.unit.domain.build import at
from tests.unit.domain.timeline_build import PLAIN, PORTAL

WARDS = [Unit(code, code, "ward", "31", None, "test") for code in ("w1", "w2", "w3", "w4")]
TREE = Organisations([Unit("31", "city", "city", None, None, "test"), *WARDS])
LAW = replace(PLAIN, organisations=TREE, thresholds=Thresholds(()))
IMPORTS = Imports()
JANUARY = month_of_label("2026-01")
FAR = at("Thu 2026-12-31 12:00")


@dataclass
class Ratio:
    """An indicator: one counter over another; None if `is_missing` is counted."""

    DEFINITION: Definition
    settings: list[Setting] = field(default_factory=list)

    def measure(self, counts: Cell, setting: Setting) -> Figure | None:
        self.settings.append(setting)
        if counts.get("is_missing"):
            return None
        total = counts.get("total", counts.get("of", 0))
        parts = {"part": counts["part"]} if "part" in counts else {}
        return Figure(counts.get("n", 0), counts.get("of", 0), total, parts)


PLAINLY = Definition("1.1", "a", 1, "law")
PER_POLICY = replace(PLAINLY, id="1.2", is_per_policy=True)
DRILLED = replace(PLAINLY, id="1.3", has_drill_down=True)
BOTH = replace(PLAINLY, id="1.4", is_per_policy=True, has_drill_down=True)


def pool_of(counts: dict[tuple[str, str], int], month: int = JANUARY) -> Pool:
    return Pool(TREE.path).fill({(unit, "p", month, counter): n for (unit, counter), n in counts.items()})


def rows_of(
    pool: Pool,
    *definitions: Definition,
    unit: str = "w1",
    procedure: str = ALL,
    view: str = AS_WAS,
    until: int = JANUARY,
) -> list[FigureRow]:
    maker = Maker(LAW, IMPORTS, [Ratio(definition) for definition in definitions], view)
    return list(maker.rows(pool, [(unit, procedure)], JANUARY, until, FAR))


SOME = pool_of({("w1", "n"): 3, ("w1", "of"): 4})


def shown(rows: Iterable[FigureRow], period: str = "2026-01") -> list[tuple[str, str]]:
    return [(row.key.indicator, row.key.policy) for row in rows if row.key.period == period]


# which rows


def test_a_row_is_keyed_by_what_was_counted_and_how() -> None:
    rows = rows_of(SOME, PLAINLY)
    assert [row.key for row in rows] == [
        FigureKey("1.1", "w1", ALL, period, "portal@1", "as-was") for period in ("2026-01", "2026-Q1", "2026")
    ]
    assert [(row.grain, row.month) for row in rows] == [(grain, JANUARY) for grain in Grain]
    for row in rows:
        assert (row.figure, row.definition, row.share) == (Figure(3, 4, 4), PLAINLY, (3, 4))
        assert (row.points, row.points_max, row.missing) == (None, None, ())


def test_an_indicator_has_one_row_or_one_for_each_policy() -> None:
    assert shown(rows_of(SOME, PLAINLY, PER_POLICY)) == [
        ("1.1", "portal@1"),
        ("1.2", "portal@1"),
        ("1.2", "publication@1"),
    ]


def test_per_procedure_only_what_may_be_drilled_down_to_is_shown_by_the_first_policy() -> None:
    rows = rows_of(SOME, PLAINLY, PER_POLICY, DRILLED, BOTH, procedure="p")
    assert shown(rows) == [("1.3", "portal@1"), ("1.4", "portal@1")]
    assert {row.key.procedure for row in rows} == {"p"}


def test_as_now_only_what_is_judged_by_policies_is_shown() -> None:
    rows = rows_of(SOME, PLAINLY, PER_POLICY, DRILLED, BOTH, view=AS_NOW)
    assert shown(rows) == [(i, policy) for i in ("1.2", "1.4") for policy in ("portal@1", "publication@1")]
    assert {row.key.view for row in rows} == {"as-now"}


def test_each_series_asked_for_has_its_rows() -> None:
    maker = Maker(LAW, IMPORTS, [Ratio(DRILLED)])
    rows = maker.rows(SOME, [("w1", "p"), ("31", ALL)], JANUARY, JANUARY, FAR)
    assert [(row.key.unit, row.key.procedure) for row in rows if row.grain is Grain.MONTH] == [
        ("w1", "p"),
        ("31", ALL),
    ]


def test_a_period_in_which_nothing_was_counted_has_no_row() -> None:
    assert {row.key.period for row in rows_of(SOME, PLAINLY, until=JANUARY + 1)} == {
        "2026-01",
        "2026-Q1",
        "2026",
    }


@pytest.mark.parametrize(
    ("counts", "is_shown"),
    [
        ({"other": 1}, False),
        ({"n": 1}, False),
        ({"of": 1}, True),
        ({"total": 1}, True),
        ({"total": 0, "of": 1}, True),
        ({"part": 1}, True),
        ({"is_missing": 1, "of": 1}, False),
    ],
)
def test_an_indicator_that_has_nothing_to_say_has_no_row(counts: dict[str, int], is_shown: bool) -> None:
    pool = pool_of({("w1", counter): n for counter, n in counts.items()})
    assert bool(rows_of(pool, PLAINLY)) is is_shown


def test_a_part_that_is_zero_says_nothing() -> None:
    class Empty(Ratio):
        def measure(self, counts: Cell, setting: Setting) -> Figure | None:
            return Figure(0, 0, 0, {"part": 0})

    assert list(Maker(LAW, IMPORTS, [Empty(PLAINLY)]).rows(SOME, [("w1", ALL)], JANUARY, JANUARY, FAR)) == []


def test_orphans_alone_make_a_row_without_a_total() -> None:
    pool = pool_of({("unknown", "orphan"): 2})
    maker = Maker(LAW, IMPORTS, [on_time_share])
    [first, *_] = maker.rows(pool, [("unknown", "p")], JANUARY, JANUARY, FAR)
    assert (first.figure.total, first.figure.parts["orphan"]) == (0, 2)


def test_the_figure_of_a_parent_is_the_pool_of_its_children_never_their_average() -> None:
    pool = pool_of({("w1", "ended.on_time"): 1, ("w2", "ended.late"): 9})
    [row, *_] = Maker(LAW, IMPORTS, [on_time_share]).rows(pool, [("31", ALL)], JANUARY, JANUARY, FAR)
    assert (row.figure.numerator, row.figure.denominator) == (1, 10)


# what a figure is measured for


def settings_of(as_of: int, until: int = JANUARY) -> dict[str, Setting]:
    indicator = Ratio(PLAINLY)
    maker = Maker(LAW, IMPORTS, [indicator])
    pool = SOME.fill({})
    list(maker.rows(pool, [("w1", ALL)], JANUARY, until, as_of))
    return {setting.grain.value: setting for setting in indicator.settings}


def test_a_figure_is_measured_at_the_end_of_its_period_or_at_the_reporting_instant_if_that_is_earlier() -> (
    None
):
    ends = {"month": "Sat 2026-01-31", "quarter": "Tue 2026-03-31", "year": "Thu 2026-12-31"}
    after = settings_of(at("Fri 2027-01-01 00:00"))
    assert {grain: setting.at for grain, setting in after.items()} == {
        grain: at(f"{day} 23:59 +59999ms") for grain, day in ends.items()
    }
    within = at("Mon 2026-03-02 08:00")
    assert [setting.at for setting in settings_of(within).values()] == [
        ends_january := at("Sat 2026-01-31 23:59 +59999ms"),
        within,
        within,
    ]
    assert ends_january < within
    assert {setting.as_of for setting in settings_of(within).values()} == {within}


def test_a_figure_is_measured_for_its_unit_procedure_period_and_policy() -> None:
    setting = settings_of(FAR)["quarter"]
    assert (setting.unit, setting.procedure, setting.month, setting.policy) == ("w1", ALL, JANUARY, PORTAL)
    assert setting.law is LAW
    assert setting.imports is IMPORTS


def test_a_figure_may_ask_for_the_flows_of_its_period_per_procedure_and_unit() -> None:
    indicator = Ratio(PLAINLY)
    pool = Pool(TREE.path).fill(
        {
            ("w1", "p", JANUARY, "of"): 1,
            ("w2", "q", JANUARY + 2, "of"): 2,
            ("w2", "q", JANUARY + 3, "of"): 4,
            ("w2", "q", JANUARY - 1, "of"): 8,
        }
    )
    list(Maker(LAW, IMPORTS, [indicator]).rows(pool, [("31", ALL)], JANUARY, JANUARY + 2, FAR))
    by_grain = {setting.grain.value: setting for setting in indicator.settings if setting.month == JANUARY}
    assert [by_grain[grain].by_procedure("of") for grain in ("month", "quarter", "year")] == [
        {"p": 1},
        {"p": 1, "q": 2},
        {"p": 1, "q": 6},
    ]
    assert [by_grain[grain].by_unit("of") for grain in ("month", "quarter", "year")] == [
        {"w1": 1},
        {"w1": 1, "w2": 2},
        {"w1": 1, "w2": 6},
    ]


# points


def threshold(indicator: str, group: str, max_points: int, without_data: int | None = None) -> Threshold:
    return Threshold(
        DECISION_766,
        indicator,
        group,
        max_points,
        Rule.LINEAR,
        None,
        without_data,
        date(2022, 1, 1),
        None,
        None,
        "law",
        "test",
        "",
    )


def pointed(
    pool: Pool,
    *definitions: Definition,
    thresholds: Iterable[Threshold],
    view: str = AS_WAS,
    procedure: str = ALL,
) -> dict[str, FigureRow]:
    """Rows of January by indicator, those of the first policy."""
    law = replace(LAW, thresholds=Thresholds(thresholds))
    maker = Maker(law, IMPORTS, [Ratio(definition) for definition in definitions], view)
    rows = maker.rows(pool, [("w1", procedure)], JANUARY, JANUARY, FAR)
    return {
        row.key.indicator: row for row in rows if row.grain is Grain.MONTH and row.key.policy == "portal@1"
    }


THRESHOLDS = [
    threshold("1.1", "publicity", 6),
    threshold("1.2", "publicity", 4),
    threshold("2.1", "progress", 20),
    threshold("2.2", "progress", 0),
]


def test_a_share_gives_points_and_groups_and_the_whole_sum_them_up_exactly() -> None:
    rows = pointed(
        SOME, PLAINLY, replace(PLAINLY, id="1.2"), replace(PLAINLY, id="2.1"), thresholds=THRESHOLDS
    )
    assert {name: (row.points, row.points_max) for name, row in rows.items()} == {
        "1.1": (Fraction(9, 2), 6),
        "1.2": (Fraction(3), 4),
        "2.1": (Fraction(15), 20),
        "766.publicity": (Fraction(15, 2), 10),
        "766.progress": (Fraction(15), 20),
        "766": (Fraction(45, 2), 30),
    }
    assert list(rows)[-3:] == ["766.publicity", "766.progress", "766"]
    assert rows["766"].figure == Figure(2250, 3000, 3000)
    assert rows["766.publicity"].figure == Figure(750, 1000, 1000)
    assert {row.missing for row in rows.values()} == {()}
    assert (rows["766"].definition.unit, rows["766"].definition.aggregation) == (POINTS, Aggregation.IMPORTED)
    assert (rows["766"].definition.label, rows["766.progress"].definition.label) == (
        "766@1",
        "766.progress@1",
    )
    assert rows["766"].key == FigureKey("766", "w1", ALL, "2026-01", "portal@1", "as-was")


def test_sums_of_points_are_defined_by_the_decision_whose_points_they_sum() -> None:
    source = "Decision 766/QD-TTg, `domain/indicators.md`, 1"
    assert (
        Definition("766", "Points of Decision 766", 1, source, Aggregation.IMPORTED, unit="points") == SUM_766
    )
    assert {
        group: Definition(
            f"766.{group}", f"Points for {group}", 1, source, Aggregation.IMPORTED, unit="points"
        )
        for group in (
            "publicity",
            "progress",
            "online-service",
            "online-payment",
            "digitisation",
            "satisfaction",
        )
    } == GROUPS_766


def test_what_could_not_be_computed_is_named_and_left_out_of_the_maximum() -> None:
    rows = pointed(SOME, PLAINLY, thresholds=THRESHOLDS)
    assert rows["766"].missing == ("1.2", "2.1")
    assert rows["766"].figure == Figure(450, 600, 3000)
    assert (rows["766"].points, rows["766"].points_max) == (Fraction(9, 2), 30)
    assert rows["766.publicity"].missing == ("1.2",)
    assert rows["766.progress"].points is None


def test_a_sum_of_which_nothing_could_be_computed_is_no_zero() -> None:
    rows = pointed(pool_of({("w1", "is_missing"): 1}), PLAINLY, thresholds=THRESHOLDS)
    assert list(rows) == ["766.publicity", "766.progress", "766"]
    assert (rows["766"].points, rows["766"].figure, rows["766"].share) == (None, Figure(0, 0, 3000), (0, 0))
    assert rows["766"].missing == ("1.1", "1.2", "2.1")


def test_points_are_rounded_only_where_they_are_shown_as_hundredths() -> None:
    thirds = pool_of({("w1", "n"): 1, ("w1", "of"): 3})
    row = pointed(thirds, replace(PLAINLY, id="2.1"), thresholds=THRESHOLDS)["766"]
    assert (row.points, row.figure.numerator) == (Fraction(20, 3), 667)
    assert row.share == (1, 3)


def test_an_indicator_without_a_threshold_or_without_points_gives_none() -> None:
    rows = pointed(SOME, replace(PLAINLY, id="9.9"), replace(PLAINLY, id="2.2"), thresholds=THRESHOLDS)
    assert [(rows[name].points, rows[name].points_max) for name in ("9.9", "2.2")] == [(None, None)] * 2
    assert "2.2" not in rows["766"].missing


def test_nothing_to_judge_gives_what_its_row_says_and_unjudged_cases_give_nothing() -> None:
    some = [threshold("1.1", "publicity", 6, without_data=6)]
    nothing = pool_of({("w1", "other"): 1})
    assert pointed(nothing, PLAINLY, thresholds=some)["766"].points == Fraction(6)
    unjudged = pool_of({("w1", "total"): 1})
    rows = pointed(unjudged, PLAINLY, thresholds=some)
    assert (rows["1.1"].points, rows["1.1"].points_max) == (None, 6)
    assert rows["766"].missing == ("1.1",)


def test_points_are_those_of_the_day_of_the_reporting_instant() -> None:
    until, later = date(2027, 1, 1), threshold("1.1", "publicity", 3)
    changed = [THRESHOLDS[0]._replace(valid_to=until), later._replace(valid_from=until)]
    pool = pool_of({("w1", "of"): 1}).fill({("w1", "p", JANUARY + 12, "of"): 1})
    maker = Maker(replace(LAW, thresholds=Thresholds(changed)), IMPORTS, [Ratio(PLAINLY)])
    rows = maker.rows(pool, [("w1", ALL)], JANUARY, JANUARY + 12, at("Mon 2027-02-01 00:00"))
    most = {row.key.period: row.points_max for row in rows if row.key.indicator == "1.1"}
    assert (most["2026-01"], most["2026"], most["2027-01"], most["2027"]) == (6, 6, 3, 3)


def test_only_the_first_policy_gives_points() -> None:
    law = replace(LAW, thresholds=Thresholds(THRESHOLDS))
    rows = [*Maker(law, IMPORTS, [Ratio(PER_POLICY)]).rows(SOME, [("w1", ALL)], JANUARY, JANUARY, FAR)]
    months = [row for row in rows if row.grain is Grain.MONTH]
    assert [(row.key.indicator, row.key.policy, row.points_max) for row in months] == [
        ("1.2", "portal@1", 4),
        ("1.2", "publication@1", None),
        ("766.publicity", "portal@1", 10),
        ("766.progress", "portal@1", 20),
        ("766", "portal@1", 30),
    ]


def test_neither_a_procedure_nor_the_view_as_now_has_points() -> None:
    for rows in (
        pointed(SOME, BOTH, thresholds=THRESHOLDS, view=AS_NOW),
        pointed(SOME, BOTH, thresholds=THRESHOLDS, procedure="p"),
    ):
        assert {name: row.points_max for name, row in rows.items()} == {"1.4": None}


def test_without_thresholds_there_are_no_sums() -> None:
    assert list(pointed(SOME, PLAINLY, thresholds=())) == ["1.1"]


# ranks


def row_of(unit: str, n: int, of: int, definition: Definition = PLAINLY, **key: Any) -> FigureRow:
    named = FigureKey(definition.id, unit, ALL, "2026-01", "portal@1", AS_WAS)._replace(**key)
    return FigureRow(named, definition, Grain.MONTH, JANUARY, Figure(n, of, of))


def test_units_of_a_group_are_ranked_and_those_without_data_listed() -> None:
    rows = [row_of("w1", 1, 2), row_of("w2", 5, 5), row_of("w3", 2, 4), row_of("w4", 0, 0)]
    placed = ranks(rows, TREE)
    assert {key.unit: rank for key, rank in placed.items()} == {
        "w1": Rank("31/commune", 2, 3),
        "w2": Rank("31/commune", 1, 3),
        "w3": Rank("31/commune", 2, 3),
        "w4": Rank("31/commune", None, 3),
    }


def test_figures_that_differ_in_anything_but_the_unit_are_ranked_apart() -> None:
    others: list[dict[str, Any]] = [
        {},
        {"period": "2026-02"},
        {"policy": "x"},
        {"view": AS_NOW},
        {"indicator": "9"},
    ]
    rows = [row_of(unit, n, 9, **other) for n, other in enumerate(others) for unit in ("w1", "w2")]
    placed = ranks(rows, TREE)
    assert len(placed) == 10
    assert set(placed.values()) == {Rank("31/commune", 1, 2)}


def test_units_are_ranked_within_the_year_of_each_period_as_made() -> None:
    pool = pool_of({("w1", "ended.on_time"): 1, ("w2", "ended.late"): 1})
    rows = Maker(LAW, IMPORTS, [on_time_share]).rows(pool, pool.series, JANUARY, JANUARY, FAR)
    placed = ranks(rows, TREE)
    assert {key.period for key in placed} == {"2026-01", "2026-Q1", "2026"}
    assert {key.procedure for key in placed} == {ALL}
    assert {key.unit for key in placed} == {"w1", "w2"}


def test_sums_of_points_are_ranked_by_the_exact_share_of_what_could_be_had() -> None:
    summed = replace(PLAINLY, id="766", unit=POINTS)
    rows = [
        row_of("w1", 333, 1000, summed)._replace(points=Fraction(10, 3)),
        row_of("w2", 333, 1000, summed)._replace(points=Fraction(333, 100)),
        row_of("w3", 400, 2000, summed)._replace(points=Fraction(4)),
        row_of("w4", 0, 0, summed),
    ]
    assert [row.share for row in rows] == [(1, 3), (333, 1000), (1, 5), (0, 0)]
    assert {key.unit: rank.rank for key, rank in ranks(rows, TREE).items()} == {
        "w1": 1,
        "w2": 2,
        "w3": 3,
        "w4": None,
    }


def test_a_figure_is_ranked_among_units_of_its_kind_below_one_parent() -> None:
    assert rank_group(row_of("w1", 1, 2), TREE) == ("31/commune", "1.1", "2026-01", "portal@1", AS_WAS)


@pytest.mark.parametrize(
    "row",
    [
        row_of("31", 1, 2),
        row_of("stranger", 1, 2),
        row_of("w1", 1, 2, procedure="p"),
        row_of("w1", 1, 2, replace(PLAINLY, unit="seconds")),
        row_of("w1", 1, 2, replace(PLAINLY, unit="count")),
    ],
)
def test_roots_procedures_and_what_is_no_share_are_in_no_ranking(row: FigureRow) -> None:
    assert rank_group(row, TREE) is None
    assert ranks([row], TREE) == {}
