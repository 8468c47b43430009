"""The publisher of the generated city: a backlog that ends now at full speed, then live facts without end.

The generator's time is mapped onto the wall clock by one rising function: shifted up to the end of the
backlog; after it a working day passes in seconds, and nights and weekends in nearly none. So a case that the
backlog left open comes due within minutes, and what was early or late stays so. A later start goes on with
the first fact that `facts` does not hold yet. Now and then a record is broken on purpose.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from egovhub.codec import encode_fact
from egovhub.errors import ConfigurationError, RetryLater
from egovhub.events import Fact
from egovhub.kafka_publisher import KafkaPublisher
from egovhub.kafka_settings import KafkaSettings
from egovhub.publisher import Publisher, Record
from kafka import KafkaConsumer, TopicPartition

from services.generator import FACTS_PER_CASE, Publication, broken, city_of
from services.generator_cases import CLOSES, DAY, HOUR, OPENS

FACTS: Final = "facts"
SEED: Final = 766
CASES_A_DAY: Final = 120
FIRST: Final = date(2026, 1, 5)
LAST: Final = date(2046, 1, 1)
"""About 600,000 cases: at 30 facts a second more than a month without end."""

UTC_OFFSET: Final = 7 * HOUR
"""Of the city, all year."""

REST: Final = 50
"""Nights and weekends pass so many times as fast as working hours."""

BATCH: Final = 1_000
BROKEN_EVERY: Final = 400
_RETRY_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.2


def working_time(instant: int) -> int:
    """Working hours up to an instant, and a fiftieth of the rest, in milliseconds; rising everywhere."""
    day, into = divmod(instant + UTC_OFFSET, DAY)
    week, weekday = divmod(day + 3, 7)  # day 0 was a Thursday
    today = min(max(into - OPENS, 0), CLOSES - OPENS) if weekday < 5 else 0
    worked = (week * 5 + min(weekday, 5)) * (CLOSES - OPENS) + today
    return worked + (instant - worked) // REST


class Timeline(NamedTuple):
    """Maps the generator's time onto the wall clock, in milliseconds since the epoch.

    Args:
        split: the generator's instant that is `now` on the wall clock.
        now: when the live part begins.
        speed: milliseconds of working time in one of the live part.
    """

    split: int
    now: int
    speed: float

    def at(self, instant: int) -> int:
        """The wall-clock instant of an instant of the generator."""
        if instant <= self.split:
            return self.now + instant - self.split
        return self.now + int((working_time(instant) - working_time(self.split)) / self.speed)

    def moved(self, publication: Publication) -> Publication:
        """The fact as if it happened on the wall clock, and when it is to be published there."""
        fact = publication.fact
        moved = fact._replace(
            occurred_at=self.at(fact.occurred_at),
            recorded_at=None if fact.recorded_at is None else self.at(fact.recorded_at),
            due_at=None if fact.due_at is None else self.at(fact.due_at),
        )
        return Publication(self.at(publication.at), moved)


def speed_for(rate: float) -> float:
    """How fast working time has to pass for about so many facts a second."""
    return rate * (CLOSES - OPENS) / 1000 / (CASES_A_DAY * FACTS_PER_CASE)


def facts_in(written: int) -> int:
    """How many of so many records of `facts` were not broken."""
    return written - written // (BROKEN_EVERY + 1)


class Records:
    """Makes records of facts, and a broken one more after every `BROKEN_EVERY`.

    Args:
        made: facts that earlier lives have published.
    """

    def __init__(self, made: int) -> None:
        self._made = made
        self._broken: Iterator[Record] | None = None

    def of(self, facts: Iterable[Fact]) -> list[Record]:
        records: list[Record] = []
        for fact in facts:
            records.append(Record(FACTS, fact.case_id.encode(), encode_fact(fact)))
            self._made += 1
            if self._made % BROKEN_EVERY == 0:
                records.append(self._next_broken(fact))
        return records

    def _next_broken(self, fact: Fact) -> Record:
        """The next kind of bad record; without a key none can be sent by the SDK."""
        if self._broken is None:
            bad = broken(self._made, fact)
            self._broken = (Record(FACTS, b.key, b.value) for b in bad if b.key is not None)
        return next(self._broken)


class City:
    """Publishes until it is told to stop.

    Args:
        publisher: where to.
        stopping: set to end it.
        published: facts of the city that are published already.
    """

    def __init__(self, publisher: Publisher, stopping: threading.Event, published: int = 0) -> None:
        self._publisher = publisher
        self._stopping = stopping
        self._published = published
        self._records = Records(published)

    def run(self, city: Iterator[Publication], *, backlog: int, rate: float) -> None:
        """Publish what is left of the backlog at full speed; then the others, each when its time has come."""
        to_come = islice(city, self._published, None)
        past = list(islice(to_come, max(backlog - self._published, 0)))
        first = past[-1] if past else next(to_come)
        line = Timeline(first.at, _now(), speed_for(rate))
        for begin in range(0, len(past), BATCH):
            self._publish(line.moved(publication).fact for publication in past[begin : begin + BATCH])
        for batch in self._as_time_comes(map(line.moved, to_come)):
            self._publish(batch)

    def _as_time_comes(self, publications: Iterator[Publication]) -> Iterator[list[Fact]]:
        """The facts whose instant has come, a few times a second."""
        due: list[Fact] = []
        for at, fact in publications:
            while at > _now() or len(due) >= BATCH:
                if due:
                    yield due
                    due = []
                elif self._stopping.wait(_LOOK_SECONDS):
                    return
            due.append(fact)

    def _publish(self, facts: Iterable[Fact]) -> None:
        """Publish, again and again if it must be: repeated facts count once."""
        batch = self._records.of(facts)
        while not self._stopping.is_set():
            try:
                self._publisher.publish(batch)
            except RetryLater as error:
                print(f"{error}; trying again", file=sys.stderr)
                self._stopping.wait(_RETRY_SECONDS)
            else:
                return


def written(settings: KafkaSettings) -> int:
    """Records that `facts` holds."""
    with KafkaConsumer(**settings.options(), enable_auto_commit=False) as consumer:
        topic = settings.topic(FACTS)
        partitions = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()]
        return sum(consumer.end_offsets(partitions).values())


def _now() -> int:
    return time.time_ns() // 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish to the cluster of HUB_KAFKA_BOOTSTRAP until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo_city", description=__doc__)
    parser.add_argument("--backlog", type=int, required=True, help="facts published at full speed at first")
    parser.add_argument("--rate", type=float, required=True, help="live facts a second, about")
    given = parser.parse_args(arguments)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings = KafkaSettings.from_environment()
    publisher = KafkaPublisher(settings, stopping)
    try:
        publisher.connect([FACTS])
        days = (LAST - FIRST).days * 5 // 7
        city = city_of(SEED, days * CASES_A_DAY, FIRST, LAST).publications()
        published = facts_in(written(settings))
        City(publisher, stopping, published).run(city, backlog=given.backlog, rate=given.rate)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        publisher.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
