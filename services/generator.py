"""`python -m services.generator`: the facts of a made-up city, in the order in which systems publish them.

For demonstrations, tests and measurements. What makes a real log hard is in it: facts that come late, out of
order or twice, are revised, contradict each other or are retracted, sometimes before what they retract; cases
that are voided, handed over, recalled, or known only from other systems. One seed always gives the same city,
and a day does not depend on the days around it.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from math import ceil
from random import Random
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from egovhub.codec import encode_fact
from egovhub.errors import ConfigurationError
from egovhub.events import Fact, Kind
from egovhub.ndjson import fact_to_json

from services.__main__ import outcome
from services.domain.organisations import COMMUNE_LEVEL, Organisations, holding_row
from services.generator_cases import DAY, HOUR, City, lag, tell_case
from services.rules import load_rules
from services.settings import load_settings

FACTS_PER_CASE: Final = 5.7
"""Measured, repeats and retractions included."""

_RUN_OUT_DAYS: Final = 120
"""Calendar days after the last in which its cases go on."""


class Publication(NamedTuple):
    """A fact and the instant at which its system publishes it, milliseconds since the epoch."""

    at: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Generator:
    """A made-up city.

    Args:
        cases: how many begin between the two days.
        first, last: calendar days, `last` exclusive; cases begin on working days (Monday to Friday).
        zone: of the city's working hours.
        communes, departments: codes of its units.
        silent: per cent of the dossiers for which the source names no due instant.
    """

    seed: int
    cases: int
    first: date
    last: date
    zone: ZoneInfo
    communes: Sequence[str]
    departments: Sequence[str]
    silent: int = 0

    def publications(self, until: int | None = None) -> Iterator[Publication]:
        """Every fact in the order of publication.

        Args:
            until: what would be published at this instant or later has not happened yet; None: all of it.
        """
        waiting: list[tuple[int, int, Fact]] = []
        count = 0
        days = _working_days(self.first, self.last + timedelta(_RUN_OUT_DAYS))
        city = self._city(days)
        begins = [day for day in days if day < self.last]
        for number, day in enumerate(begins):
            midnight = city.midnights[number]
            while waiting and waiting[0][0] < midnight:
                yield from _publish(waiting, until)
            cases = _share(self.cases, number, len(begins))
            for at, fact in _day(self.seed, city, number, day, cases):
                heappush(waiting, (at, count, fact))
                count += 1
        while waiting:
            yield from _publish(waiting, until)

    def facts(self, until: int | None = None) -> Iterator[Fact]:
        """The facts alone."""
        return (publication.fact for publication in self.publications(until))

    def _city(self, days: Sequence[date]) -> City:
        random = _dice(self.seed, "habits")
        habits = {unit: random.uniform(0.8, 0.995) for unit in [*self.communes, *self.departments]}
        midnights = [int(datetime(d.year, d.month, d.day, tzinfo=self.zone).timestamp()) * 1000 for d in days]
        return City(self.communes, self.departments, habits, midnights, self.silent)


def city_of(seed: int, cases: int, first: date, last: date, silent: int = 0) -> Generator:
    """A generator of the city whose units are in the reference data, as they were on the first day."""
    settings = load_settings()
    rules = load_rules(settings.zone, settings.reference_dir)
    registry = rules.organisations
    units = [
        u
        for u in registry.units.values()
        if holding_row([u], first) is not None and _is_below_city(u.id, registry)
    ]
    communes = sorted(unit.code for unit in units if unit.kind in COMMUNE_LEVEL)
    departments = sorted(unit.code for unit in units if unit.kind == "department")
    if not communes or not departments:
        raise ConfigurationError("organisations.toml: needs a department and a commune to generate a city")
    return Generator(seed, cases, first, last, rules.periods.zone, communes, departments, silent)


def _is_below_city(unit: str, registry: Organisations) -> bool:
    return registry.units[registry.path(unit)[-2]].kind == "city"


def _dice(seed: int, purpose: str) -> Random:
    return Random(f"{seed}/{purpose}")  # noqa: S311 - the same every time is what is wanted


def _working_days(first: date, last: date) -> list[date]:
    days = [first + timedelta(n) for n in range((last - first).days)]
    return [day for day in days if day.weekday() < 5]


def _share(cases: int, number: int, days: int) -> int:
    """The cases of one of some days, so that all together are exactly as many as asked for."""
    return cases * (number + 1) // days - cases * number // days


def _publish(waiting: list[tuple[int, int, Fact]], until: int | None) -> Iterator[Publication]:
    at, _, fact = heappop(waiting)
    if until is None or at < until:
        yield Publication(at, fact)


def _day(seed: int, city: City, number: int, day: date, cases: int) -> Iterator[tuple[int, Fact]]:
    """Everything the systems ever publish about the cases that begin on one working day."""
    random = _dice(seed, f"{day}")
    mark = f"{day:%y%m%d}"
    for case in range(1, cases + 1):
        told = tell_case(random, city, number, mark, case)
        yield from told
        yield from _mishaps(random, told)


def _mishaps(random: Random, told: Sequence[tuple[int, Fact]]) -> Iterator[tuple[int, Fact]]:
    """What else is published about a case because people and systems err."""
    for at, fact in told:
        chance = random.random()
        if chance < 0.02:
            yield at + 1000 + int(random.random() * 2 * DAY), fact
        elif chance < 0.032:
            yield at + lag(random), _revised(fact)
        elif chance < 0.0325:
            yield at + lag(random), fact._replace(source_status="?")
    chance = random.random()
    if chance < 0.012:
        yield from _retracted(random, *told[0], is_before=chance < 0.004)
    elif chance < 0.015:
        at, first = told[0]
        voided = _another(first, "v", Kind.VOIDED, at)
        yield at + lag(random), voided
        if chance < 0.0125:
            yield (
                at + DAY,
                _another(first, "w", Kind.RETRACTED, at + HOUR)._replace(retracts=(voided.event_id,)),
            )


def _revised(fact: Fact) -> Fact:
    """A later version of a fact: the due instant moves a day, or its instant was mistyped by a minute."""
    sequence = 1 + (fact.source_sequence or 0)
    if fact.due_at is not None:
        return fact._replace(source_sequence=sequence, due_at=fact.due_at + DAY)
    return fact._replace(source_sequence=sequence, occurred_at=fact.occurred_at - 60_000)


def _retracted(random: Random, at: int, first: Fact, *, is_before: bool) -> Iterator[tuple[int, Fact]]:
    """An end that was noted by mistake, and its retraction, which may be published first."""
    mistake = _another(first, "m", Kind.PROCESSED, at)
    gone = _another(first, "r", Kind.RETRACTED, at + HOUR)._replace(retracts=(mistake.event_id,))
    noticed = at + HOUR + lag(random)
    yield noticed, gone
    yield (noticed + HOUR if is_before else at + 1000), mistake


def _another(first: Fact, suffix: str, kind: Kind, at: int) -> Fact:
    """A further fact of the case's owner."""
    return first._replace(
        event_id=f"{first.event_id}{suffix}",
        source=first.namespace,
        domain=first.namespace,
        source_sequence=None,
        kind=kind,
        occurred_at=at,
        recorded_at=None,
        unit=None,
        receiving_unit=None,
        procedure=None,
        channel=None,
        applicant_kind=None,
        due_at=None,
        source_status=None,
        details={},
    )


class Broken(NamedTuple):
    """A record of `facts` that the door must refuse, and the reason it must give."""

    key: bytes | None
    value: bytes | None
    reason: str


def broken(seed: int, good: Fact) -> Iterator[Broken]:
    """Bad bytes without end, each made from a good fact.

    Args:
        good: its own bytes are never among them.
    """
    random = _dice(seed, "broken")
    key, value = good.case_id.encode(), encode_fact(good)
    while True:
        cut = random.randrange(5, len(value))
        yield Broken(key, b"", "empty")
        yield Broken(key, b'{"event_id":"1"}', "bad-magic")
        yield Broken(key, value[: random.randrange(1, 5)], "truncated-frame")
        yield Broken(key, value[:cut], "malformed-body")
        yield Broken(key, value + b"\0", "trailing-bytes")
        yield Broken(key, b"\0\xff\xff\xff\xff" + value[5:], "unknown-schema")
        yield Broken(key, b"\0" + (1009).to_bytes(4, "big") + value[5:], "not-a-fact")
        yield Broken(None, value, "null-key")
        yield Broken(key, None, "null-value")
        yield Broken(b"no-namespace", value, "case-id-form")
        yield Broken(key + b"0", value, "key-mismatch")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the facts as NDJSON, or say how many of which kind there are."""
    given = _parser().parse_args(arguments)
    cases = given.cases or ceil(given.events / FACTS_PER_CASE * 1.1)
    if given.first >= given.last:
        raise ConfigurationError(f"--to: {given.last} is not after --from; cases begin between the two")
    city = city_of(given.seed, cases, given.first, given.last)
    counts: Counter[str] = Counter()
    for number, fact in enumerate(city.facts(), 1):
        if given.ndjson:
            sys.stdout.write(fact_to_json(fact, city.zone) + "\n")
        counts[fact.kind.name] += 1
        if number == given.events:
            break
    if not given.ndjson:
        print(f"{counts.total():9,} facts")
        print(*(f"{n:9,} {name}" for name, n in counts.most_common()), sep="\n")
    return 0


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it like 2026-01-31") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.generator", description="The facts of a made-up city."
    )
    parser.add_argument("--seed", type=int, default=766, help="one seed, one city (766)")
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--cases", type=int, help="how many cases begin")
    size.add_argument("--events", type=int, help="how many facts to write; the later ones are left out")
    parser.add_argument("--from", dest="first", type=_day_of, default=date(2026, 1, 1), metavar="DAY")
    parser.add_argument("--to", dest="last", type=_day_of, default=date(2026, 7, 1), metavar="DAY")
    parser.add_argument(
        "--ndjson", action="store_true", help="write the facts; without it, their number by kind"
    )
    return parser


if __name__ == "__main__":
    sys.exit(outcome(main, None))
