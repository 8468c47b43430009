"""Cases at random, a seed and a number each, that meet every rule of the law and the edges between them.

Most cases are lives that could happen, told with the mistakes real sources make; some are noise, facts of few
instants, units and ids, so that everything that can collide does. What a case is about is not written down here:
`seen` looks at facts and answers.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from egovhub.events import Fact, Kind

from tests.oracle.disturb import disturbed
from tests.oracle.facts import Heard

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR, DAY = 3_600_000, 86_400_000


def at(text: str) -> int:
    """Milliseconds of a wall clock in the city, `2025-07-01 00:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


REFORM = at("2025-07-01 00:00")
EDGES = [
    REFORM,
    at("2025-03-01 00:00"),
    at("2025-02-20 00:00"),
    at("2025-01-01 00:00"),
    at("2024-12-01 00:00"),
]
HOLIDAYS = [
    at(f"{day} 08:00") for day in ("2024-02-06", "2025-01-23", "2025-04-25", "2025-08-28", "2026-01-08")
]
LATE_DAYS = [at(f"{day} 09:00") for day in ("2025-10-06", "2025-10-09", "2025-07-14", "2025-07-17")]
LEARNED = [at(f"2025-{day} 00:00") for day in ("05-20", "07-01", "07-15", "07-21", "08-01", "10-07", "10-15")]
RIMS = [at("2022-12-29 09:00"), at("2023-01-03 09:00"), at("2026-12-21 09:00"), at("2026-12-31 16:59")]
FIRST, LAST = at("2023-03-01 00:00"), at("2026-10-01 00:00")

CLOCKS = [
    "06:10:00", "07:00:00", "07:00:00.001", "08:15:30.250", "09:00:00", "11:30:00", "11:30:00.001", "12:15:00",
    "13:30:00", "14:59:59.999", "15:00:00", "15:00:00.001", "15:40:00", "16:59:59.999", "17:00:00", "17:00:00.001",
    "18:20:00", "23:59:59.999",
]  # fmt: skip

OLD_COMMUNES = [
    "10507",
    "10510",
    "10525",
    "10528",
    "10531",
    "10540",
    "10570",
    "10798",
    "11401",
    "11581",
    "11890",
]
NEW_COMMUNES = ["10507", "10525", "10532", "10537", "10570", "11581", "11914", "11948"]
DISTRICTS = ["288", "303", "311", "318", "30", "31"]
DEPARTMENTS = [
    "x31-khdt",
    "x31-tc",
    "x31-tc-202503",
    "x31-tc-202507",
    "x30-gtvt",
    "x31-nv",
    "x30-kcn",
    "x31-kkt",
]
MADE = ["t-a", "t-b", "t-c", "t-gap", "t-land", "t-late", "t-desk", "t-desk", "t-desk", "t-root"]
UNITS = [*OLD_COMMUNES, *NEW_COMMUNES, *DISTRICTS, *DEPARTMENTS, *MADE, "nobody-knows"]

PROCEDURES = [
    "1.001193", "2.000815.000.00.00.H24", "2.000528", "2.001159", "9.000002", "1.001022", "1.001022.01", "1.001699",
    "2.000908", "1.012783", "2.001583", "2.000779", "1.012812", "2.000806", "9.000001", "1.001776", "1.013225",
    "1.013226", "3.000333", "9.000003", "9.000004", "1.014027", "7.777777", "a procedure without a code",
    "1.001193.lower", "1.004227",
]  # fmt: skip


class Drawn(NamedTuple):
    """A case, and the instants at which and as far as known at which it is asked for."""

    known: list[Heard]
    as_of: int
    known_at: int | None


class Life:
    """One case in the making; `now` moves on with what happens."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.facts: list[Fact] = []
        namespace = random.choice(["onestop"] * 10 + ["shared", "shared", "young", "x-vendor"])
        self.case_id = f"{namespace}:{random.randrange(1000)}"
        self.namespace = namespace
        self.now = self.begin()
        self.due: int | None = None

    def begin(self) -> int:
        """An instant in one of the times that matter, on a day and a clock that matter."""
        random = self.random
        around = random.choice(
            [*EDGES, REFORM, REFORM, REFORM, *HOLIDAYS, *LATE_DAYS, *LATE_DAYS, *RIMS]
            + [random.randrange(FIRST, LAST) for _ in range(12)]
        )
        days = random.choice([0, 0, 1, -1, -3, -8, -15, -30, random.randint(-40, 10)])
        return clock(random, around + days * DAY)

    def owner(self) -> str:
        """Who tells of the case; of a namespace that changed hands, mostly the one who had it."""
        if self.namespace in ("shared", "young"):
            is_late = self.now >= at("2025-06-15 07:00")
            return self.random.choice(["portal"] * 9 + ["onestop"]) if is_late else "onestop"
        return self.namespace

    def tell(self, kind: Kind, **fields: Any) -> Fact:
        source = fields.pop("source", None) or self.owner()
        fact = Fact(
            event_id=fields.pop("event_id", f"e{len(self.facts)}"),
            source=source,
            source_sequence=fields.pop("source_sequence", None),
            domain="onestop",
            case_id=self.case_id,
            kind=kind,
            occurred_at=fields.pop("occurred_at", self.now),
            recorded_at=fields.pop("recorded_at", None),
            unit=fields.pop("unit", None),
            receiving_unit=fields.pop("receiving_unit", None),
            procedure=fields.pop("procedure", None),
            channel=None,
            applicant_kind=None,
            due_at=fields.pop("due_at", None),
            retracts=fields.pop("retracts", ()),
            source_status=None,
            derived=False,
            details={},
        )
        assert not fields, fields
        self.facts.append(fact)
        return fact

    def wait(self, *, long: bool = False) -> None:
        """Let time pass: minutes, hours, days, weeks, or just to an edge."""
        random = self.random
        span = random.choice(
            [0, 1, 5 * 60_000, HOUR, 3 * HOUR, 26 * HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 9 * DAY]
        )
        if long:
            span = random.choice([10, 25, 70, 200]) * DAY
        self.now += span
        if random.random() < 0.5:
            self.now = max(self.now, clock(random, self.now))
        edges = [edge for edge in (*EDGES, self.due, self.due and self.due + 1) if edge and edge > self.now]
        near = min((edge for edge in edges if edge - self.now < 40 * DAY), default=None)
        if near is not None and random.random() < 0.15:
            self.now = near + random.choice([-1, 0, 0, 1])

    def new_due(self) -> int:
        """An appointment: hours or days ahead, at midnight, at an edge of the reform, now and then in the past."""
        random = self.random
        choices: list[Callable[[], int]] = [
            lambda: clock(random, self.now + random.randint(0, 25) * DAY),
            lambda: self.now + random.choice([2 * HOUR, 8 * HOUR, DAY, 30 * DAY, -2 * DAY]),
            lambda: midnight(self.now + random.randint(1, 12) * DAY),
            lambda: random.choice(EDGES) + random.choice([-7 * HOUR, -1, 0, 1, 9 * HOUR]),
        ]
        self.due = random.choice(choices[:3] + choices)()
        return self.due

    def maybe_due(self, chance: float) -> int | None:
        return self.new_due() if self.random.random() < chance else None


def clock(random: Random, instant: int) -> int:
    """One of the clocks that matter on the day of an instant."""
    day = datetime.fromtimestamp(instant // 1000, ZONE).strftime("%Y-%m-%d")
    return at(f"{day} {random.choice(CLOCKS)}")


def midnight(instant: int) -> int:
    return at(datetime.fromtimestamp(instant // 1000, ZONE).strftime("%Y-%m-%d 00:00"))


def unit_for(random: Random, now: int) -> str:
    """Mostly a code that means something on the day."""
    if random.random() < 0.12:
        return random.choice(UNITS)
    is_new = now >= REFORM
    pools = [NEW_COMMUNES if is_new else OLD_COMMUNES] * 4 + [MADE, MADE, DEPARTMENTS, ["nobody-knows"]]
    return random.choice(random.choice(pools if is_new else [*pools, DISTRICTS, DISTRICTS]))


def start(life: Life) -> None:
    random = life.random
    unit = unit_for(random, life.now) if random.random() < 0.93 else None
    procedure = random.choice(PROCEDURES) if random.random() < 0.95 else None
    given = 0.4 if procedure is not None else 0.7
    if random.random() < 0.35:
        life.tell(Kind.REGISTERED, unit=unit, procedure=procedure, due_at=life.maybe_due(0.1))
        life.wait()
    if random.random() < 0.85:
        life.tell(Kind.RECEIVED, unit=unit, procedure=procedure, due_at=life.maybe_due(given))
        life.wait()
    if random.random() < 0.45:
        life.tell(Kind.ACCEPTED, unit=unit, procedure=procedure, due_at=life.maybe_due(given / 2))
        life.wait()


def work_on(life: Life) -> None:
    life.tell(life.random.choice([Kind.STEP, Kind.STEP, Kind.STEP, Kind.ACCEPTED]))


def move(life: Life) -> None:
    """To another unit, or the same one under its new code."""
    unit = life.random.choice([unit_for(life.random, life.now), *NEW_COMMUNES[:3]])
    life.tell(Kind.TRANSFERRED, unit=unit, due_at=life.maybe_due(0.15))


def supplement(life: Life) -> None:
    """Asked for once or more, answered, resumed by a step, or left open; the source may move its appointment."""
    random = life.random
    life.tell(Kind.SUPPLEMENT_REQUESTED, due_at=life.maybe_due(0.2))
    life.wait()
    for _ in range(random.choice([0, 0, 0, 0, 1, 2])):
        life.tell(Kind.SUPPLEMENT_REQUESTED, due_at=life.maybe_due(0.1))
        life.wait()
    if random.random() < 0.2:
        life.tell(Kind.FEE_REQUESTED)
        life.wait()
    if random.random() < 0.8:
        answer = random.choice([Kind.SUPPLEMENTED] * 5 + [Kind.STEP, Kind.RECEIVED, Kind.ACCEPTED])
        life.tell(answer, due_at=life.maybe_due(0.3))


def fee(life: Life) -> None:
    life.tell(Kind.FEE_REQUESTED)
    life.wait()
    if life.random.random() < 0.75:
        life.tell(life.random.choice([Kind.PAID, Kind.PAID, Kind.STEP]))


def extend(life: Life) -> None:
    """A new appointment, with its apology before, after, too late or never."""
    random = life.random
    if random.random() < 0.7:
        life.tell(Kind.APOLOGY_SENT)
        life.now += random.choice([0, HOUR])
    life.tell(Kind.EXTENDED, due_at=life.maybe_due(0.9))
    if random.random() < 0.3:
        life.now += HOUR
        life.tell(Kind.EXTENDED, due_at=life.new_due())
    if random.random() < 0.3:
        life.wait()
        life.tell(Kind.APOLOGY_SENT)


def correct(life: Life) -> None:
    random = life.random
    procedure = random.choice([None, random.choice(PROCEDURES)])
    life.tell(Kind.CORRECTED, procedure=procedure, unit=random.choice([None, unit_for(random, life.now)]))


def others(life: Life) -> None:
    """Facts of other sources, which move nothing, whatever they say."""
    random = life.random
    kind = random.choice([Kind.PAID, Kind.PETITION, Kind.VERIFIED, Kind.RATED, Kind.PROCESSED, Kind.VOIDED])
    source = random.choice(["payments", "feedback", "civil-status"])
    life.tell(kind, source=source, unit="10507", due_at=life.maybe_due(0.2))


def finish(life: Life) -> None:
    random = life.random
    first = random.choice(
        [Kind.PROCESSED] * 6 + [Kind.RETURNED, Kind.REFUSED, Kind.REFUSED, Kind.WITHDRAWN, Kind.STOPPED]
    )
    life.tell(first, unit=unit_for(random, life.now) if random.random() < 0.05 else None)
    for _ in range(random.choice([0, 0, 1, 1, 1, 2, 3])):
        life.wait(long=random.random() < 0.1)
        again = [Kind.RETURNED] * 4 + [
            Kind.PROCESSED,
            Kind.RECALLED,
            Kind.RECALLED,
            Kind.REFUSED,
            Kind.STOPPED,
        ]
        if random.random() < 0.1:
            life.tell(Kind.SUPPLEMENT_REQUESTED)
            life.wait()
        kind = random.choice(again)
        life.tell(kind)
        if kind is Kind.RECALLED and random.random() < 0.8:
            life.wait()
            random.choice([work_on, supplement, extend])(life)
            life.wait()
            life.tell(random.choice([Kind.PROCESSED, Kind.PROCESSED, Kind.RETURNED]))


def lived(random: Random) -> Life:
    """A life that could happen."""
    life = Life(random)
    if random.random() < 0.03:
        others(life)
        life.wait()
    if random.random() < 0.97:
        start(life)
    happenings = [work_on] * 2 + [move] * 2 + [supplement] * 4 + [fee, extend, extend, correct, others]
    for _ in range(random.choice([0, 1, 1, 2, 2, 3, 4, 6])):
        life.wait(long=random.random() < 0.08)
        random.choice(happenings)(life)
    if random.random() < 0.75:
        life.wait(long=random.random() < 0.08)
        finish(life)
    return life


def noise(random: Random) -> Life:
    """Facts of every kind at few instants, of few units, ids and sources."""
    life = Life(random)
    instants = [life.now + n * HOUR for n in (0, 0, 1, 24, 48, 49, 200)] + [REFORM - 1, REFORM, REFORM + 1]
    kinds = [k for k in Kind if k not in (Kind.VOIDED, Kind.UNKNOWN)] + [Kind.RECEIVED, Kind.PROCESSED] * 3
    for _ in range(random.randint(1, 10)):
        life.now = random.choice(instants)
        life.tell(
            random.choice(kinds) if random.random() > 0.01 else Kind.VOIDED,
            event_id=random.choice("abcdefghijkl"),
            source_sequence=random.choice([None, None, 0, 1, 2]),
            recorded_at=random.choice([None, None, 5]),
            unit=random.choice([None, None, "10507", "10528", "x31-tc-202503", "t-a"]),
            procedure=random.choice([None, None, "1.001022", "2.000779", "1.001193"]),
            due_at=random.choice([None, None, random.choice(instants)]),
            retracts=(random.choice("abcdefghijkl"),) if random.random() < 0.08 else (),
        )
    return life


def told(random: Random, facts: Sequence[Fact]) -> list[Heard]:
    """When the hub heard of each fact: mostly at once, sometimes weeks later, or nobody knows."""
    lags = [0, 0, 0, 60_000, HOUR, 3 * DAY, 40 * DAY, -4 * 60_000]
    return [
        (fact, None if random.random() < 0.3 else fact.occurred_at + random.choice(lags)) for fact in facts
    ]


def drawn(seed: int, number: int) -> Drawn:
    """Case `number` of a seed."""
    random = Random(f"{seed}/{number}")
    life = noise(random) if random.random() < 0.15 else lived(random)
    if not life.facts:
        life.tell(Kind.REGISTERED)
    facts = disturbed(random, life.facts)
    known = told(random, facts)
    instants = sorted(
        instant
        for fact in facts
        for instant in (fact.occurred_at, fact.due_at, fact.due_at and fact.due_at + 1)
        if instant
    )
    end = max(fact.occurred_at for fact in facts)
    as_of = random.choice(
        [end + 400 * DAY] * 3
        + [end + random.randint(0, 30) * DAY, random.choice(instants) + random.choice([-1, 0, 1])]
        + [midnight(end + 40 * DAY)]
    )
    heard = [since for _, since in known if since is not None]
    learned = random.choice([*heard, random.choice(LEARNED)]) + random.choice([-1, 0, DAY])
    known_at = learned if random.random() < 0.3 else None
    return Drawn(known, as_of, known_at)
