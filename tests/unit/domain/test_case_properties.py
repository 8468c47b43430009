"""What holds of every case: the laws as properties, and agreement with a slow second opinion."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.case import COUNTERS, LEVELS, UNKNOWN, Evaluation, Known, evaluate
from services.domain.cells import CellKey, Series, book
from services.domain.ownership import OwnerRow, Owners
from services.domain.periods import GRAIN_MONTHS, Grain, label
from services.domain.policy import Policy
from services.indicators.on_time_share import measure
from tests.unit.domain import draw
from tests.unit.domain.build import PERIODS
from tests.unit.domain.oracle import opinion

HELD = Owners(OwnerRow(*row) for row in draw.OWNERS)
KEPT = frozenset({"on_time", "in_time"})
JUDGED = KEPT | {"late", "overdue"}
POLICY = Policy("test", 1, "", KEPT, JUDGED, JUDGED | {"no_deadline"})

cases = st.integers(0, 2**32).map(lambda seed: draw.random_case(Random(seed)))
instants = st.sampled_from([*draw.INSTANTS, draw.AFTER])


def at_instant(known: list[Known], as_of: int, owners: Owners = HELD) -> Evaluation:
    return evaluate(known, as_of, owners=owners, month_of=PERIODS.month_of)


def test_a_slow_second_opinion_agrees_on_three_thousand_cases() -> None:
    random = Random(766)
    for _ in range(3000):
        known, as_of = draw.random_case(random), random.choice([*draw.INSTANTS, draw.AFTER])
        known_at = random.choice([None, None, *draw.INSTANTS])
        is_held = random.random() < 0.3
        evaluation = evaluate(
            known,
            as_of,
            owners=HELD if is_held else Owners(),
            month_of=PERIODS.month_of,
            known_at=known_at,
        )
        expected = opinion(known, as_of, draw.OWNERS if is_held else (), known_at)
        named = {
            (unit, procedure, label(month, Grain.MONTH), COUNTERS[counter]): n
            for (unit, procedure, month, counter), n in evaluation.contributions.items()
        }
        assert named == expected.counts, known
        case, last = evaluation.state, expected.last
        if case is None:
            assert last.phase == "absent", known
        else:
            assert (case.unit, case.procedure, case.bucket) == (last.unit, last.procedure, last.bucket), known
            assert (case.received_at, case.due_at) == (last.received_at, last.due_at), known
            assert case.ended_at == (last.end[1] if last.end else None), known


@given(cases, instants, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_neither_order_nor_repetition_changes_anything(
    known: list[Known], as_of: int, random: Random
) -> None:
    shuffled = known + random.choices(known, k=random.randint(0, 3))
    random.shuffle(shuffled)
    assert at_instant(shuffled, as_of) == at_instant(known, as_of)


@given(cases, instants)
@settings(max_examples=150)
def test_nothing_changes_before_the_next_change(known: list[Known], as_of: int) -> None:
    now = at_instant(known, as_of)
    until = draw.AFTER * 2 if now.next_change is None else now.next_change
    assert until > as_of
    for later in [*draw.interesting(known), until - 1]:
        if as_of <= later < until:
            then = at_instant(known, later)
            assert (then.state, then.contributions) == (now.state, now.contributions)


@given(cases)
@settings(max_examples=150)
def test_the_levels_of_a_month_are_the_case_at_its_last_instant(known: list[Known]) -> None:
    series = Series()
    for (_, _, month, counter), n in at_instant(known, draw.AFTER).contributions.items():
        series.add(month, counter, n)
    until = PERIODS.month_of(draw.AFTER)
    levels = {
        month: {COUNTERS[i]: n for i, n in enumerate(counts) if LEVELS[i] and n}
        for grain, month, counts in series.periods(0, until)
        if grain is Grain.MONTH
    }
    for month, level in levels.items():
        last = PERIODS.start_of(month + 1) - 1
        case = at_instant(known, min(last, draw.AFTER)).state
        if case is None or case.bucket in ("on_time", "late") or case.ended_at is not None:
            assert level == {}
        elif case.bucket == "orphan":
            assert level == {"orphan": 1}
        else:
            assert level == {f"open.{case.bucket}": 1}


@given(cases)
@settings(max_examples=100)
def test_quarters_and_years_are_sums_of_their_months(known: list[Known]) -> None:
    cells: dict[CellKey, list[int]] = {}
    book(cells, at_instant(known, draw.AFTER).contributions)
    for key, cell in cells.items():
        months = [
            cells.get(CellKey(key.unit, key.procedure, Grain.MONTH, key.month + n), [0] * len(COUNTERS))
            for n in range(GRAIN_MONTHS[key.grain])
        ]
        assert cell == [sum(column) for column in zip(*months, strict=True)]


@given(st.lists(cases, min_size=1, max_size=6))
@settings(max_examples=60)
def test_what_comes_into_a_unit_leaves_it_or_stays(population: list[list[Known]]) -> None:
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for known in population:
        for (unit, procedure, _, counter), n in at_instant(known, draw.AFTER, Owners()).contributions.items():
            row = sums.setdefault((unit, procedure), dict.fromkeys(COUNTERS, 0))
            row[COUNTERS[counter]] += n
    for row in sums.values():
        into = row["received"] + row["transferred_in"] + row["reopened"]
        ended = sum(n for name, n in row.items() if name.startswith("ended."))
        still_open = sum(n for name, n in row.items() if name.startswith("open."))
        assert into == ended + still_open + row["transferred_out"]


@given(cases, st.data())
@settings(max_examples=150)
def test_every_case_is_in_one_bucket_and_the_levels_say_so(known: list[Known], data: st.DataObject) -> None:
    as_of = data.draw(st.sampled_from(draw.interesting(known)))
    evaluation = at_instant(known, as_of)
    standing: dict[str, int] = {}
    for (_, _, _, counter), n in evaluation.contributions.items():
        if LEVELS[counter]:
            standing[COUNTERS[counter]] = standing.get(COUNTERS[counter], 0) + n
    standing = {name: n for name, n in standing.items() if n}
    case = evaluation.state
    if case is None or case.ended_at is not None:
        assert standing == {}
    elif case.bucket == "orphan":
        assert standing == {"orphan": 1}
        assert (case.unit, case.procedure) == (UNKNOWN, UNKNOWN)
    else:
        assert standing == {f"open.{case.bucket}": 1}


@given(st.lists(cases, min_size=1, max_size=6), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=60)
def test_time_alone_never_raises_the_share_within_a_period(
    population: list[list[Known]], days: int, more: int
) -> None:
    """All facts are past, so only due instants can still pass."""
    start, quarter_day = draw.INSTANTS[-1], 6 * 3_600_000
    assert PERIODS.month_of(start) == PERIODS.month_of(start + 60 * quarter_day)
    shares = []
    for as_of in (start + days * quarter_day, start + (days + more) * quarter_day):
        series = Series()
        for known in map(draw.due_later, population):
            for (_, _, month, counter), n in at_instant(known, as_of).contributions.items():
                series.add(month, counter, n)
        month = PERIODS.month_of(as_of)
        shares.append({(g, m): measure(counts, POLICY) for g, m, counts in series.periods(month, month)})
    earlier, later = shares
    assert earlier.keys() == later.keys()
    for period, figure in later.items():
        assert figure.numerator <= earlier[period].numerator
        assert figure.denominator == earlier[period].denominator
        assert figure.total == earlier[period].total
