"""The made-up city: plausible, hard in every way a real log is, and always the same."""

from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from egovhub.codec import decode_fact, encode_fact
from egovhub.errors import RejectedInput
from egovhub.events import DOMAINS, Fact, Kind, partition_of
from egovhub.ndjson import fact_from_json

from services.domain.evaluation import evaluate
from services.domain.standing import Known
from services.door import Door
from services.generator import FACTS_PER_CASE, Generator, Publication, broken, city_of, main
from services.rules import load_rules

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 14)
PARTITIONS = 12


def city(seed: int = 1, cases: int = 3000, first: date = FIRST, last: date = LAST) -> Generator:
    return city_of(seed, cases, first, last)


@pytest.fixture(scope="module")
def published() -> list[Publication]:
    return list(city().publications())


@pytest.fixture(scope="module")
def cases(published: list[Publication]) -> dict[str, list[Publication]]:
    by_case = defaultdict(list)
    for publication in published:
        by_case[publication.fact.case_id].append(publication)
    return by_case


def test_one_seed_is_one_city_and_another_seed_another(published: list[Publication]) -> None:
    assert list(islice(city().publications(), 500)) == published[:500]
    assert list(islice(city(seed=2).publications(), 500)) != published[:500]


def test_there_are_as_many_cases_as_asked_for(cases: dict[str, list[Publication]]) -> None:
    assert len(cases) == 3000


def test_a_case_has_as_many_facts_as_the_estimate_says(published: list[Publication]) -> None:
    assert abs(len(published) / 3000 - FACTS_PER_CASE) < 0.2


def test_facts_come_in_the_order_of_publication_and_never_before_they_occurred(
    published: list[Publication],
) -> None:
    assert [p.at for p in published] == sorted(p.at for p in published)
    assert all(p.at > p.fact.occurred_at for p in published)


def test_what_is_published_later_has_not_happened_yet(published: list[Publication]) -> None:
    until = published[len(published) // 2].at
    assert list(city().publications(until)) == [p for p in published if p.at < until]


def test_a_day_does_not_depend_on_the_days_around_it() -> None:
    week, day = (
        city(cases=500, last=date(2026, 3, 7)),
        city(cases=100, first=date(2026, 3, 4), last=date(2026, 3, 5)),
    )
    wednesday = [fact for fact in week.facts() if "-260304-" in fact.case_id or ".260304-" in fact.case_id]
    assert sorted(wednesday, key=repr) == sorted(day.facts(), key=repr)


def test_every_fact_goes_through_the_door(published: list[Publication]) -> None:
    door = Door(PARTITIONS)
    for at, fact in published:
        key = fact.case_id.encode()
        known = door.admit(partition_of(key, PARTITIONS), key, encode_fact(fact), at)
        assert known == Known(fact, at)


def test_all_domains_and_kinds_of_a_city_occur(published: list[Publication]) -> None:
    assert {p.fact.domain for p in published} == set(DOMAINS)
    assert {p.fact.kind for p in published} == set(Kind) - {Kind.FEE_REQUESTED, Kind.CORRECTED, Kind.UNKNOWN}


def test_people_come_in_working_hours_with_rushes_in_the_morning_and_after_lunch(
    published: list[Publication],
) -> None:
    received = [p.fact.occurred_at for p in published if p.fact.kind is Kind.RECEIVED]
    times = [datetime.fromtimestamp(at / 1000, ZONE) for at in received]
    assert {time.weekday() for time in times} == {0, 1, 2, 3, 4}
    hours = Counter(time.hour for time in times)
    assert set(hours) <= set(range(7, 18))
    assert min(hours[8], hours[13]) > 1.5 * max(hours[11], hours[15])


def test_facts_come_late_out_of_order_and_twice(published: list[Publication]) -> None:
    lags = [at - fact.occurred_at for at, fact in published]
    assert sum(lag > 86_400_000 for lag in lags) > len(lags) / 100
    assert sum(a.fact.occurred_at > b.fact.occurred_at for a, b in pairwise(published)) > 100
    twice = Counter(map(repr, (p.fact for p in published)))
    assert len(published) / 100 < sum(n > 1 for n in twice.values()) < len(published) / 25


def test_facts_are_revised_and_contradicted(cases: dict[str, list[Publication]]) -> None:
    rules = load_rules("Asia/Ho_Chi_Minh")
    revisions = conflicts = 0
    for told in cases.values():
        evaluation = evaluate([Known(fact, at) for at, fact in told], 2**42, rules.law)
        revisions += evaluation.revisions
        conflicts += evaluation.conflicts
    assert revisions > 50
    assert conflicts > 2


def positions(told: list[Publication]) -> dict[tuple[str, str], int]:
    return {(fact.source, fact.event_id): n for n, (_, fact) in reversed(list(enumerate(told)))}


def test_facts_are_retracted_before_and_after_they_are_told(cases: dict[str, list[Publication]]) -> None:
    order = Counter(
        positions(told)[fact.source, target] > n
        for told in cases.values()
        for n, (_, fact) in enumerate(told)
        for target in fact.retracts
    )
    assert min(order[True], order[False]) > 5


def test_cases_are_voided_handed_over_and_recalled(cases: dict[str, list[Publication]]) -> None:
    kinds = [{p.fact.kind for p in told} for told in cases.values()]
    for kind in (Kind.VOIDED, Kind.TRANSFERRED, Kind.RECALLED):
        assert sum(kind in case for case in kinds) >= 3
    assert any({Kind.VOIDED, Kind.RETRACTED} <= case for case in kinds)


def test_some_cases_are_known_from_others_first_and_some_from_others_alone(
    cases: dict[str, list[Publication]],
) -> None:
    first = sum(told[0].fact.source != told[0].fact.namespace for told in cases.values())
    alone = sum(all(p.fact.source != p.fact.namespace for p in told) for told in cases.values())
    assert first > 100
    assert 1 <= alone < 30


def test_some_sources_name_no_due_instant_if_so_asked() -> None:
    received = [
        fact
        for fact in city_of(1, 300, FIRST, LAST, silent=30).facts()
        if fact.kind is Kind.RECEIVED and fact.domain == "onestop"
    ]
    assert 0.2 < sum(fact.due_at is None for fact in received) / len(received) < 0.4


@pytest.mark.parametrize(
    ("first", "communes", "departments"), [("2025-06-30", 167, 14), ("2025-07-01", 114, 14)]
)
def test_the_units_are_those_of_the_city_on_the_first_day(
    first: str, communes: int, departments: int
) -> None:
    made = city(first=date.fromisoformat(first), last=date(2025, 8, 1))
    assert (len(made.communes), len(made.departments)) == (communes, departments)


def test_no_two_cases_share_an_event_id(published: list[Publication]) -> None:
    owners: dict[tuple[str, str], str] = {}
    for _, fact in published:
        assert owners.setdefault((fact.source, fact.event_id), fact.case_id) == fact.case_id


GOOD = next(city(cases=10).facts())


@pytest.mark.parametrize("bad", list(islice(broken(1, GOOD), 22)), ids=lambda bad: bad.reason)
def test_the_door_refuses_every_broken_record_for_its_reason(
    bad: tuple[bytes | None, bytes | None, str],
) -> None:
    key, value, reason = bad
    with pytest.raises(RejectedInput) as refusal:
        Door(PARTITIONS).admit(partition_of(key or b"", PARTITIONS), key, value, 2**42)
    assert refusal.value.reason == reason


def test_the_command_writes_exactly_the_facts_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    span = ["--from", "2026-03-02", "--to", "2026-03-07"]
    assert main(["--events", "300", "--ndjson", *span]) == 0
    lines = capsys.readouterr().out.splitlines()
    facts: list[Fact] = [fact_from_json(line)[0] for line in lines]
    assert len(facts) == 300
    assert all(decode_fact(encode_fact(fact)) == fact for fact in facts)
    assert main(["--events", "300", *span]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["300", "facts"]
