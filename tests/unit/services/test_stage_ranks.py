"""Places kept by changes: only who is affected is named."""

from fractions import Fraction

from services.domain.figures import AS_WAS, SUM_766, FigureKey, FigureRow, Rank
from services.domain.indicator import Definition, Figure
from services.domain.organisations import ALL, Organisations, Unit
from services.domain.periods import Grain
from services.stage_ranks import Ranking

SHARE = Definition("2.1", "share", 1, "test")
WARDS = [Unit(code, code, "ward", "city", None, "test") for code in ("a", "b", "c")]
CITY = Organisations([Unit("city", "city", "city", None, None, "test"), *WARDS])
GROUP = "city/commune"


def row(unit: str, n: int, d: int, definition: Definition = SHARE, procedure: str = ALL) -> FigureRow:
    key = FigureKey(definition.id, unit, procedure, "2026-01", "national-portal@1", AS_WAS)
    return FigureRow(key, definition, Grain.MONTH, 312, Figure(n, d, d))


def ranked(*rows: FigureRow) -> Ranking:
    ranking = Ranking(CITY)
    for each in rows:
        ranking.put(each)
    return ranking


def units(ranking: Ranking) -> list[str]:
    return sorted(key.unit for key in ranking.settle())


def test_equal_shares_share_a_place_and_no_data_has_none() -> None:
    rows = [row("a", 1, 2), row("b", 2, 4), row("c", 0, 0)]
    ranking = ranked(*rows)
    assert units(ranking) == ["a", "b", "c"]
    assert [ranking.rank(each) for each in rows] == [
        Rank(GROUP, 1, 2),
        Rank(GROUP, 1, 2),
        Rank(GROUP, None, 2),
    ]


def test_only_those_whose_place_changed_are_named() -> None:
    ranking = ranked(row("a", 9, 10), row("b", 5, 10), row("c", 1, 10))
    units(ranking)
    ranking.put(row("c", 6, 10))
    assert units(ranking) == ["b", "c"]
    ranking.put(row("c", 7, 10))
    assert units(ranking) == []
    assert ranking.rank(row("c", 7, 10)) == Rank(GROUP, 2, 3)


def test_who_leaves_changes_the_number_of_all() -> None:
    ranking = ranked(row("a", 9, 10), row("b", 5, 10))
    units(ranking)
    ranking.drop(row("b", 5, 10).key)
    ranking.drop(row("c", 5, 10).key)
    ranking.drop(row("city", 5, 10).key)
    assert units(ranking) == ["a"]
    assert ranking.rank(row("a", 9, 10)) == Rank(GROUP, 1, 1)


def test_a_city_a_single_procedure_and_a_mean_are_in_no_ranking() -> None:
    mean = Definition("2.2", "mean", 1, "test", unit="seconds")
    outside = [row("city", 1, 2), row("a", 1, 2, procedure="p"), row("a", 1, 2, mean)]
    ranking = ranked(*outside)
    assert units(ranking) == []
    assert [ranking.rank(each) for each in outside] == [None, None, None]


def test_sums_of_points_are_ranked_by_the_exact_points_of_what_could_be_had() -> None:
    rows = [
        row(unit, n, 2000, SUM_766)._replace(points=points)
        for unit, n, points in (("a", 667, Fraction(20, 3)), ("b", 667, Fraction(667, 100)), ("c", 0, None))
    ]
    ranking = ranked(*rows)
    units(ranking)
    assert [ranking.rank(each) for each in rows] == [
        Rank(GROUP, 2, 2),
        Rank(GROUP, 1, 2),
        Rank(GROUP, None, 2),
    ]
