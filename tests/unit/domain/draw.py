"""Cases at random: few instants, units and ids, so that everything that can collide does."""

from random import Random

from egovhub.events import Fact, Kind

from services.domain.standing import Known
from tests.unit.domain.build import at, fact

MONTH_EDGE = at("Sun 2026-02-01 00:00")
DAYS = [at("Mon 2025-12-29 08:00") + n * 9 * 86_400_000 for n in range(9)]
INSTANTS = sorted([*DAYS, MONTH_EDGE - 1, MONTH_EDGE, MONTH_EDGE + 1, DAYS[3] + 1, DAYS[3] - 1])
AFTER = INSTANTS[-1] + 400 * 86_400_000
SOURCES = ("onestop", "onestop", "onestop", "payments")
IDS = tuple("abcdefgh")
LIFE = (
    [Kind.REGISTERED, Kind.RECEIVED, Kind.ACCEPTED] * 3
    + [Kind.PROCESSED, Kind.RETURNED, Kind.WITHDRAWN, Kind.RECALLED] * 2
    + [Kind.TRANSFERRED, Kind.EXTENDED, Kind.STEP, Kind.RETRACTED, Kind.PETITION]
)
OWNERS = [("onestop", 0, "onestop"), ("onestop", DAYS[4], "payments")]


def random_fact(random: Random) -> Fact:
    kind = Kind.VOIDED if random.random() < 0.01 else random.choice(LIFE)
    return fact(
        kind.name,
        random.choice(INSTANTS),
        random.choice(INSTANTS) if random.random() < 0.4 else None,
        event_id=random.choice(IDS),
        source=random.choice(SOURCES),
        source_sequence=random.choice([None, None, 0, 1, 2]),
        recorded_at=random.choice([None, None, 5]),
        unit=random.choice([None, None, "A", "B"]),
        procedure=random.choice([None, None, None, "p", "q"]),
        retracts=(random.choice(IDS),) if random.random() < 0.08 else (),
    )


def random_case(random: Random) -> list[Known]:
    """A case of up to eight facts, some of them versions of one another, some repeated."""
    known = [
        Known(random_fact(random), random.choice([None, *INSTANTS])) for _ in range(random.randint(1, 8))
    ]
    return known + [known[0]] * random.randint(0, 1)


def due_later(known: list[Known]) -> list[Known]:
    """The same case with due instants up to a fortnight after the last fact."""
    return [
        Known(
            f if f.due_at is None else f._replace(due_at=INSTANTS[-1] + f.occurred_at % 14 * 86_400_000),
            since,
        )
        for f, since in known
    ]


def facts_of(known: list[Known]) -> list[Fact]:
    return [fact for fact, _ in known]


def interesting(known: list[Known]) -> list[int]:
    """The instants at which a case can change, with their neighbours."""
    edges = {at for fact in facts_of(known) for at in (fact.occurred_at, fact.due_at) if at is not None}
    return sorted({at + n for at in edges for n in (-1, 0, 1, 2)} | {AFTER})
