"""What holds of every case: the laws of the design, and what its figures add up to, as properties."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from egovhub.events import Fact, Kind
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.domain.ahead import BEGUN, ENDED, book_ahead
from services.domain.cells import Cell, CellKey, Pool, Series, add, book, is_level
from services.domain.evaluation import evaluate
from services.domain.organisations import ALL
from services.domain.periods import GRAIN_MONTHS, Grain
from services.domain.policy import Policy, Stands
from services.domain.standing import Known
from services.domain.sums import Point
from services.domain.track import PREFIX
from services.domain.verdicts import buckets
from services.indicators.on_time_share import rate
from tests.oracle.generate import drawn
from tests.unit.domain import draw
from tests.unit.domain.build import LAW, PERIODS, at

COUNTED = replace(LAW, counts=(book_ahead,))
END = at("Thu 2026-12-31 12:00")
DAY = 86_400_000


def lived(number: int) -> list[Known]:
    """A life that could happen, with what sources do to it."""
    return [Known(*heard) for heard in drawn(4, number).known]


def noise(number: int) -> list[Known]:
    """Facts of a few kinds at a few instants, so that everything that can collide does."""
    return draw.random_case(Random(number))


numbers = st.integers(0, 2**32)
cases = numbers.map(lived) | numbers.map(noise)
populations = st.lists(cases, min_size=1, max_size=6)


def instants(known: Sequence[Known]) -> list[int]:
    """The instants at which a case can change, with their neighbours, and one after all."""
    edges = {at for fact, _ in known for at in (fact.occurred_at, fact.due_at) if at is not None}
    edges |= {at("Tue 2025-07-01 00:00")}
    return sorted({edge + n for edge in edges for n in (-1, 0, 1)} | {END})


def added(known: Sequence[Known], as_of: int) -> dict[Point, int]:
    return evaluate(list(known), as_of, COUNTED).contributions


def pooled(contributions: Iterable[dict[Point, int]]) -> Pool:
    pool = Pool(LAW.organisations.path)
    for one in contributions:
        pool.fill(one)
    return pool


# what was known, in whatever order


@given(cases, st.data(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_neither_order_nor_repetition_changes_anything(
    known: list[Known], data: st.DataObject, random: Random
) -> None:
    as_of = data.draw(st.sampled_from(instants(known)))
    shuffled = known + random.choices(known, k=random.randint(0, 3))
    random.shuffle(shuffled)
    assert evaluate(shuffled, as_of, COUNTED) == evaluate(known, as_of, COUNTED)


@given(populations, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_sums_kept_by_differences_chunk_by_chunk_are_those_of_everything_at_once(
    population: list[list[Known]], random: Random
) -> None:
    heard = [(case, one) for case, known in enumerate(population) for one in known]
    random.shuffle(heard)
    so_far: list[list[Known]] = [[] for _ in population]
    counted: list[dict[Point, int]] = [{} for _ in population]
    sums: dict[Point, int] = {}
    while heard:
        size = random.randint(1, 4)
        chunk, heard = heard[:size], heard[size:]
        for case, one in chunk:
            so_far[case].append(one)
        for case in {case for case, _ in chunk}:
            add(sums, counted[case], -1)
            counted[case] = added(so_far[case], END)
            add(sums, counted[case])
    at_once: dict[Point, int] = {}
    for known in population:
        add(at_once, added(known, END))
    assert {point: n for point, n in sums.items() if n} == {point: n for point, n in at_once.items() if n}


@given(cases, st.data())
@settings(max_examples=100)
def test_what_was_known_at_an_instant_is_all_that_counts_then(
    known: list[Known], data: st.DataObject
) -> None:
    known_at = data.draw(st.sampled_from([since for _, since in known if since is not None] or [0]))
    heard = [one for one in known if one.known_at is None or one.known_at <= known_at]
    assert evaluate(known, END, LAW, known_at) == evaluate(heard, END, LAW)


@given(cases, st.data())
@settings(max_examples=100)
def test_a_snapshot_uses_no_fact_that_occurred_later(known: list[Known], data: st.DataObject) -> None:
    """But for voids, retractions and revisions, which count whatever their instant."""
    versions = {(fact.source, fact.event_id): fact for fact, _ in known}
    assume(all(versions[fact.source, fact.event_id] == fact for fact, _ in known))
    assume(not any(fact.retracts or fact.kind is Kind.VOIDED for fact, _ in known))
    as_of = data.draw(st.sampled_from(instants(known)))
    past = [one for one in known if one.fact.occurred_at <= as_of]
    whole, snapshot = evaluate(known, as_of, COUNTED), evaluate(past, as_of, COUNTED)
    assert (whole.state, whole.contributions) == (snapshot.state, snapshot.contributions)


# time


@given(cases, st.data())
@settings(max_examples=150)
def test_nothing_changes_before_the_next_change(known: list[Known], data: st.DataObject) -> None:
    as_of = data.draw(st.sampled_from(instants(known)))
    now = evaluate(known, as_of, COUNTED)
    until = END + 400 * DAY if now.next_change is None else now.next_change
    assert until > as_of
    for later in [*instants(known), until - 1]:
        if as_of <= later < until:
            then = evaluate(known, later, COUNTED)
            assert (then.state, then.contributions) == (now.state, now.contributions)


@given(cases, st.data())
@settings(max_examples=150)
def test_whoever_evaluates_only_at_next_changes_arrives_where_the_batch_does(
    known: list[Known], data: st.DataObject
) -> None:
    as_of = data.draw(st.sampled_from(instants(known)))
    seen, steps = evaluate(known, 0, COUNTED), 0
    while seen.next_change is not None and seen.next_change <= as_of:
        seen = evaluate(known, seen.next_change, COUNTED)
        steps += 1
        assert steps < 100
    batch = evaluate(known, as_of, COUNTED)
    assert (seen.state, seen.contributions, seen.next_change) == (
        batch.state,
        batch.contributions,
        batch.next_change,
    )


# levels


def levels_of(contributions: dict[Point, int], month: int) -> dict[tuple[str, str, str], int]:
    """Where the case stands at the end of a month, by unit, procedure and counter."""
    found: Counter[tuple[str, str, str]] = Counter()
    for (unit, procedure, at_month, counter), n in contributions.items():
        if is_level(counter) and at_month <= month:
            found[unit, procedure, counter] += n
    return {place: n for place, n in found.items() if n}


@given(cases, st.data())
@settings(max_examples=150)
def test_every_case_is_in_one_joint_bucket_a_track_and_the_levels_say_so(
    known: list[Known], data: st.DataObject
) -> None:
    as_of = data.draw(st.sampled_from(instants(known)))
    evaluation = evaluate(known, as_of, LAW)
    case = evaluation.state
    standing = levels_of(evaluation.contributions, PERIODS.month_of(END) + 12)
    assert set(standing.values()) <= {1}
    expected = set() if case is None or case.bucket != "orphan" else {"orphan"}
    if case is not None and case.bucket != "orphan":
        first = len(LAW.track(Stands.PROCESSING))
        joint = {Stands.PROCESSING: case.buckets[:first], Stands.HAND_OVER: case.buckets[first:]}
        for stands, prefix in PREFIX.items():
            if begun_and_not_ended(evaluation.contributions, prefix):
                expected.add(f"{prefix}open.{'/'.join(joint[stands])}")
    assert {counter for *_, counter in standing} == expected


def begun_and_not_ended(contributions: dict[Point, int], prefix: str) -> int:
    """How often a case came in or was reopened without an end on the track of a prefix: 1 if it is open, else 0."""
    found: Counter[str] = Counter()
    for (*_, counter), n in contributions.items():
        found["ended" if counter.startswith(f"{prefix}ended.") else counter] += n
    return found["received"] + found[f"{prefix}reopened"] - found["ended"]


@given(cases)
@settings(max_examples=100)
def test_the_levels_of_a_month_are_the_case_at_its_last_instant(known: list[Known]) -> None:
    at_last = evaluate(known, END, LAW)
    months = {month for *_, month, _ in at_last.contributions}
    for month in sorted({m + n for m in months for n in (-1, 0, 1)}):
        if 0 <= month < PERIODS.month_of(END):
            then = evaluate(known, PERIODS.start_of(month + 1) - 1, LAW)
            far = PERIODS.month_of(END) + 1
            assert levels_of(at_last.contributions, month) == levels_of(then.contributions, far)


# sums


@given(cases)
@settings(max_examples=80)
def test_quarters_and_years_are_sums_of_their_months(known: list[Known]) -> None:
    cells: dict[CellKey, Cell] = {}
    book(cells, added(known, END))
    for key, cell in cells.items():
        months: Counter[str] = Counter()
        for n in range(GRAIN_MONTHS[key.grain]):
            months.update(cells.get(CellKey(key.unit, key.procedure, Grain.MONTH, key.month + n), {}))
        assert cell == {counter: n for counter, n in months.items() if n}


@given(populations)
@settings(max_examples=60)
def test_what_comes_into_a_unit_ends_there_stays_or_leaves_in_every_month(
    population: list[list[Known]],
) -> None:
    by_place: dict[tuple[str, str], Series] = {}
    for known in population:
        for (unit, procedure, month, counter), n in added(known, END).items():
            by_place.setdefault((unit, procedure), Series()).add(month, counter, n)
    for series in by_place.values():
        for stands, prefix in PREFIX.items():
            assert unbalanced(series, prefix) == [], stands


def unbalanced(series: Series, prefix: str) -> list[int]:
    """The months in which carried over + in is not ended + in process + out, on the track of a prefix."""
    found: list[int] = []
    carried_over = 0
    for month in sorted(series.months):
        cell = series.months[month]
        moved = {
            name: cell.get(prefix + name, 0)
            for name in ("transferred_in", "transferred_out", "reopened", ENDED, BEGUN)
        }
        ended = sum(n for name, n in cell.items() if name.startswith(f"{prefix}ended."))
        in_process = carried_over + sum(n for name, n in cell.items() if name.startswith(f"{prefix}open."))
        into = (
            carried_over
            + cell.get("received", 0)
            + moved["transferred_in"]
            + moved["reopened"]
            + moved[ENDED]
        )
        if into != ended + in_process + moved["transferred_out"] + moved[BEGUN]:
            found.append(month)
        carried_over = in_process
    return found


@given(populations)
@settings(max_examples=60)
def test_a_parent_counts_what_it_and_its_children_count(population: list[list[Known]]) -> None:
    contributions = [added(known, END) for known in population]
    pool = pooled(contributions)
    own: dict[str, Counter[tuple[int, str]]] = {}
    for one in contributions:
        for (unit, _, month, counter), n in one.items():
            own.setdefault(unit, Counter())[month, counter] += n
    for above in {key[0] for key in pool.series}:
        below: Counter[tuple[int, str]] = Counter()
        for unit, counts in own.items():
            if above in LAW.organisations.path(unit):
                below.update(counts)
        months = pool.series[above, ALL].months
        assert {(m, c): n for m, cell in months.items() for c, n in cell.items()} == {
            key: n for key, n in below.items() if n
        }


def test_distinct_counts_of_children_do_not_add_up_to_those_of_their_parent() -> None:
    month = PERIODS.month_of(END)
    wards = [
        unit for unit in LAW.organisations.units if LAW.organisations.path(unit)[1:2] == ("31@2025-07-01",)
    ][:2]
    pool = Pool(LAW.organisations.path).fill({(ward, "p", month, "received"): 1 for ward in wards})
    distinct = {
        unit: len(pool.flow_by_procedure(unit, range(month, month + 1), "received")) for unit in (*wards, ALL)
    }
    assert distinct == {wards[0]: 1, wards[1]: 1, ALL: 1}


@given(populations)
@settings(max_examples=60)
def test_both_views_have_equal_totals(population: list[list[Known]]) -> None:
    was, now = Pool(LAW.organisations.path), Pool(LAW.organisations.path_now)
    for known in population:
        contributions = added(known, END)
        was.fill(contributions)
        now.fill(contributions)
    for procedure in {key[1] for key in was.series}:
        assert was.series[ALL, procedure].months == now.series[ALL, procedure].months


# shares


def rates(pool: Pool, policy: Policy, month: int) -> dict[tuple[str, Grain], tuple[int, int, int]]:
    return {
        (unit, grain): (figure.numerator, figure.denominator, figure.total)
        for (unit, procedure), series in pool.series.items()
        if procedure == ALL
        for grain, _, counts in series.periods(month, month)
        for figure in [rate(counts, policy, LAW.policies)]
    }


@given(populations)
@settings(max_examples=60)
def test_a_share_lies_between_0_and_1_and_buckets_sum_to_total_and_orphans(
    population: list[list[Known]],
) -> None:
    pool = pooled(added(known, END) for known in population)
    for series in pool.series.values():
        first, last = min(series.months), max(series.months)
        for _, _, counts in series.periods(first, last):
            for policy in LAW.policies:
                figure = rate(counts, policy, LAW.policies)
                assert 0 <= figure.numerator <= figure.denominator <= figure.total
                assert sum(figure.parts.values()) == figure.total + figure.parts["orphan"]
                assert min(buckets(counts, policy, LAW.policies).values()) >= 0


def due_around(fact: Fact, start: int) -> Fact:
    """The same fact with its appointment, if it has one, some days before or after an instant."""
    if fact.due_at is None:
        return fact
    return fact._replace(due_at=start + fact.occurred_at // DAY % 24 * DAY - 4 * DAY)


@given(populations, st.integers(0, 26), st.integers(1, 26 * 4))
@settings(max_examples=60)
def test_time_alone_within_a_period_never_improves_a_share(
    population: list[list[Known]], days: int, quarters: int
) -> None:
    """All facts are past and no unit ends, so only due instants can still pass."""
    start = at("Thu 2026-10-01 00:00") + days * DAY
    later = min(start + quarters * DAY // 4, at("Sat 2026-10-31 23:59"))
    month = PERIODS.month_of(start)
    past = [
        [one._replace(fact=due_around(one.fact, start)) for one in known if one.fact.occurred_at <= start]
        for known in population
    ]
    for policy in LAW.policies:
        before, after = (
            rates(pooled(added(known, as_of) for known in past if known), policy, month)
            for as_of in (start, later)
        )
        assert before.keys() == after.keys()
        for key, (numerator, denominator, total) in after.items():
            assert numerator <= before[key][0]
            assert (denominator, total) == before[key][1:]
