"""The publisher of the city: one rising timeline, no fact twice over several starts, some records broken."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import pytest
from egovhub.codec import decode_fact
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.publisher import MemoryPublisher, Record

from deploy import demo_city
from deploy.demo_city import BROKEN_EVERY, SEED, City, Records, Timeline, facts_in, working_time
from services.generator import Publication, city_of
from tests.unit.domain.build import at

HOUR = 3_600_000
NOW = int(datetime(2026, 11, 24, 1, 0, tzinfo=UTC).timestamp()) * 1000


@pytest.fixture
def city() -> Iterator[Publication]:
    return city_of(SEED, 5_000, demo_city.FIRST, demo_city.FIRST.replace(month=3)).publications()


def ready(monkeypatch: pytest.MonkeyPatch) -> tuple[MemoryPublisher, threading.Event]:
    """A publisher, and an event that is set once the live part would wait."""
    stopping = threading.Event()
    monkeypatch.setattr(stopping, "wait", lambda _seconds: True)
    return MemoryPublisher(), stopping


def good(records: list[Record]) -> list[Fact]:
    """The facts among the records."""
    found = []
    for record in records:
        try:
            found.append(decode_fact(record.value or b""))
        except RejectedInput:
            continue
    return found


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("Mon 2026-01-05 08:00", "Mon 2026-01-05 09:00", 1.0),
        ("Mon 2026-01-05 17:00", "Tue 2026-01-06 07:30", 14.5 / 50),
        ("Fri 2026-01-09 17:00", "Mon 2026-01-12 07:30", 62.5 / 50),
        ("Mon 2026-01-05 07:30", "Mon 2026-01-12 07:30", 5 * 9.5 + (7 * 24 - 5 * 9.5) / 50),
    ],
)
def test_nights_and_weekends_pass_fifty_times_as_fast(begin: str, end: str, hours: float) -> None:
    assert working_time(at(end)) - working_time(at(begin)) == pytest.approx(hours * HOUR, abs=2)


def test_the_timeline_keeps_the_order_of_instants() -> None:
    line = Timeline(at("Wed 2026-02-04 10:00"), NOW, 1500.0)
    instants = [at("Mon 2026-02-02 00:00") + n * 17 * 60_000 for n in range(2000)]
    moved = [line.at(instant) for instant in instants]
    assert moved == sorted(moved)
    assert line.at(line.split) == NOW


def test_the_backlog_ends_now(city: Iterator[Publication], monkeypatch: pytest.MonkeyPatch) -> None:
    publisher, stopping = ready(monkeypatch)
    monkeypatch.setattr(demo_city, "_now", lambda: NOW)
    City(publisher, stopping).run(city, backlog=3_000, rate=30.0)
    facts = good(publisher.records("facts"))
    assert max(fact.occurred_at for fact in facts) <= NOW
    assert any(fact.due_at is not None and NOW < fact.due_at < NOW + 300_000 for fact in facts)


def test_a_second_start_goes_on_with_the_next_fact(
    city: Iterator[Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = [publication.fact.event_id for publication in islice(city, 1_500)]
    publisher, stopping = ready(monkeypatch)
    for backlog in (1_000, 1_500):
        again = city_of(SEED, 5_000, demo_city.FIRST, demo_city.FIRST.replace(month=3)).publications()
        written = len(publisher.records("facts"))
        City(publisher, stopping, facts_in(written)).run(again, backlog=backlog, rate=30.0)
    found = {fact.event_id for fact in good(publisher.records("facts"))}
    assert set(everything) <= found


@pytest.mark.parametrize("facts", [0, 1, 399, 400, 401, 800, 10_000])
def test_broken_records_are_not_counted_as_facts(facts: int) -> None:
    assert facts_in(facts + facts // BROKEN_EVERY) == facts


def test_one_record_in_four_hundred_is_broken(city: Iterator[Publication]) -> None:
    records = Records(0).of(publication.fact for publication in islice(city, 2_000))
    assert len(records) == 2_005
    assert records[BROKEN_EVERY].value == b""
