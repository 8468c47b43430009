"""How the cases of a made-up city go: plausible facts in all nine domains, and people's working hours.

Everything here is invented, for demonstrations, tests and measurements; only codes of units and procedures
are real.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NamedTuple

from egovhub.events import Fact, Kind

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
OPENS, CLOSES = 7 * HOUR + 30 * MINUTE, 17 * HOUR
HANDED_ON_UNTIL: Final = 15 * HOUR
"""A same-day case received later is due the next working day."""


class Procedure(NamedTuple):
    """An illustrative row: `days` working days, 0 for the same day; `register` also tells of its cases."""

    code: str
    days: int
    is_communal: bool
    weight: int
    fee: int = 0
    register: str | None = None


PROCEDURES: Final = (
    Procedure("2.000815", 0, True, 30, 20_000),
    Procedure("1.001193", 0, True, 14, 0, "civil-status"),
    Procedure("1.000656", 0, True, 6, 8_000, "civil-status"),
    Procedure("1.004873", 3, True, 8, 15_000, "civil-status"),
    Procedure("1.004194", 3, True, 9, 10_000),
    Procedure("1.004222", 7, True, 7, 10_000),
    Procedure("1.001612", 3, True, 5, 100_000),
    Procedure("1.013225", 10, True, 3, 75_000),
    Procedure("1.001776", 15, True, 4),
    Procedure("1.013831", 8, False, 6, 60_000),
    Procedure("1.011441", 0, False, 3, 80_000),
    Procedure("3.000333", 7, False, 5, 200_000, "judicial-records"),
    Procedure("2.001610", 3, False, 3, 50_000, "business-registration"),
    Procedure("3.000347", 5, False, 4, 135_000),
    Procedure("1.009664", 10, False, 1),
)
"""Illustrative; which department handles which is made up."""

CHANNELS: Final = ("ONLINE",) * 6 + ("IN_PERSON",) * 3 + ("PUBLIC_POST",)
APPLICANTS: Final = ("CITIZEN",) * 8 + ("ENTERPRISE",) * 2
REGISTER_DETAILS: Final[dict[str, dict[str, Any]]] = {
    "civil-status": {"module": "BIRTH", "is_foreign": False},
    "judicial-records": {"form": "FORM_1", "is_complex": False},
    "business-registration": {"registration": "NEW", "is_code_valid": True},
}


class City(NamedTuple):
    """Who works there; `habits` says per unit which share of its cases ends on time."""

    communes: Sequence[str]
    departments: Sequence[str]
    habits: dict[str, float]
    midnights: Sequence[int]
    """Of consecutive working days, milliseconds since the epoch."""
    silent: int = 0
    """Per cent of the dossiers for which the source names no due instant."""


@dataclass(slots=True)
class Story:
    """One case in the making, received on working day number `day`, `into` milliseconds after midnight."""

    random: Random
    city: City
    source: str
    case_id: str
    unit: str
    procedure: str
    day: int
    into: int
    peers: Sequence[str]
    """Units the case may be handed to."""
    channel: str | None = None
    applicant: str | None = None
    told: list[tuple[int, Fact]] = field(default_factory=list)
    """Publication instant and fact."""

    @property
    def received_at(self) -> int:
        """The instant of reception."""
        return self.city.midnights[self.day] + self.into

    def tell(
        self,
        kind: Kind,
        at: int,
        details: dict[str, Any] | None = None,
        *,
        by: str | None = None,
        unit: str | None = None,
        status: str | None = None,
        due_at: int | None = None,
        retracts: tuple[str, ...] = (),
    ) -> Fact:
        """Add a fact of the owner, or of another domain, published some time after it occurred."""
        number = len(self.told) + 1
        is_start = kind <= Kind.ACCEPTED and by is None
        fact = Fact(
            event_id=f"{self.case_id.partition(':')[2]}#{number}",
            source=by or self.source,
            source_sequence=None if by else number,
            domain=by or self.source,
            case_id=self.case_id,
            kind=kind,
            occurred_at=at,
            recorded_at=at + 1000,
            unit=unit or (self.unit if is_start else None),
            receiving_unit=self.unit if kind is Kind.RECEIVED else None,
            procedure=self.procedure if is_start else None,
            channel=self.channel if is_start else None,
            applicant_kind=self.applicant if is_start else None,
            due_at=due_at,
            retracts=retracts,
            source_status=status,
            derived=False,
            details=details or {},
        )
        self.told.append((at + lag(self.random), fact))
        return fact

    def between(self, at: int, until: int) -> int:
        """Some instant between two others."""
        return at + int(self.random.random() * max(until - at, 1))

    def due_after(self, days: int) -> int:
        """The due instant of a limit in working days; a same-day case is due when the office closes."""
        if days:
            return self._on(self.day + days, self.into)
        return self._on(self.day + (self.into > HANDED_ON_UNTIL), CLOSES)

    def end_after(self, days: int) -> int:
        """When the unit is done with a case of this limit: as punctual as its habits are."""
        random = self.random
        if random.random() < self.city.habits[self.unit]:
            last = self.due_after(days)
            return self.between(self.received_at + 5 * MINUTE, last) if days == 0 else self._within(days)
        return self._on(self.day + days + 1 + int(random.expovariate(0.4)), office_hour(random))

    def _within(self, days: int) -> int:
        after = 1 + int(self.random.triangular(0, days, days * 0.7)) if days > 1 else 1
        if after >= days:
            return self._on(self.day + days, max(OPENS, self.into - int(self.random.random() * HOUR)))
        return self._on(self.day + after, office_hour(self.random))

    def _on(self, day: int, into: int) -> int:
        midnights = self.city.midnights
        return midnights[min(day, len(midnights) - 1)] + into


def office_hour(random: Random) -> int:
    """Milliseconds into a working day: rushes at 08:00 and 13:30, the rest from 07:30 to 17:00."""
    rush = random.random()
    if rush < 0.35:
        return max(OPENS, int(random.gauss(8.2, 0.4) * HOUR))
    if rush < 0.6:
        return min(CLOSES, int(random.gauss(13.7, 0.4) * HOUR))
    return OPENS + int(random.random() * (CLOSES - OPENS))


def lag(random: Random) -> int:
    """How long after it occurred a fact is published: seconds; of some sources an hour, of a few days."""
    kind = random.random()
    if kind < 0.93:
        return 1000 + int(random.random() * 60_000)
    if kind < 0.97:
        return 10 * MINUTE + int(random.random() * 80 * MINUTE)
    return DAY + int(random.random() * 9 * DAY)


def dossier(story: Story, procedure: Procedure) -> None:
    """A dossier of a one-stop shop, with what payments, registers, population data and applicants say."""
    random, received = story.random, story.received_at
    due = story.due_after(procedure.days) if random.random() > 0.01 else None
    if story.channel == "ONLINE":
        story.tell(Kind.REGISTERED, received - int(random.random() * 30 * MINUTE), status="1")
    details = {"parts": 3, "digitised_parts": 3, "fee_amount": procedure.fee, "is_identity_verified": True}
    is_silent = story.city.silent > 0 and random.random() * 100 < story.city.silent
    story.tell(Kind.RECEIVED, received, details, status="2", due_at=None if is_silent else due)
    if random.random() < 0.015:
        story.tell(Kind.REFUSED, received + 40 * MINUTE, status="3")
        return
    end = story.end_after(procedure.days)
    _handling(story, received, end, due)
    _elsewhere(story, procedure, received, end)
    _ending(story, end)


def _handling(story: Story, received: int, end: int, due: int | None) -> None:
    """What happens between reception and end."""
    random = story.random
    story.tell(Kind.ACCEPTED, min(received + 2 * MINUTE, end), status="4")
    for _ in range(1 + (random.random() < 0.3)):
        story.tell(Kind.STEP, story.between(received, end), status="4")
    if random.random() < 0.06:
        asked = story.between(received, end)
        story.tell(Kind.SUPPLEMENT_REQUESTED, asked, status="5")
        story.tell(Kind.SUPPLEMENTED, story.between(asked, end), status="4")
    if random.random() < 0.02:
        story.tell(
            Kind.TRANSFERRED, story.between(received, end), unit=random.choice(story.peers), status="4"
        )
    if due is not None and end > due and random.random() < 0.25:
        story.tell(Kind.APOLOGY_SENT, due - 4 * HOUR, status="4")
        story.tell(Kind.EXTENDED, due - 4 * HOUR, due_at=due + 3 * DAY, status="4")


def _elsewhere(story: Story, procedure: Procedure, received: int, end: int) -> None:
    """What other systems say about the dossier; some of it before the shop has said anything."""
    random = story.random
    if procedure.fee and random.random() < 0.7:
        details = {"amount": procedure.fee, "currency": "VND", "payment_status": "PAID"}
        story.tell(Kind.PAID, received - int(random.random() * 20 * MINUTE), details, by="payments")
    if random.random() < 0.2:
        asked = received + int(random.random() * HOUR)
        story.tell(Kind.VERIFIED, asked, {"is_verified": True}, by="population")
    if procedure.register and random.random() < 0.6:
        story.tell(Kind.STEP, end, REGISTER_DETAILS[procedure.register], by=procedure.register)
    if random.random() < 0.05:
        score = {"form": "RATING", "score": 1 + int(random.random() * 5), "score_max": 5}
        story.tell(Kind.RATED, end + int(random.random() * 2 * DAY), score, by="feedback")


def _ending(story: Story, end: int) -> None:
    random, how = story.random, story.random.random()
    if how < 0.02:
        return
    if how < 0.035:
        kind, status = (Kind.WITHDRAWN, "7") if how < 0.03 else (Kind.STOPPED, "8")
        story.tell(kind, end, status=status)
        return
    story.tell(Kind.PROCESSED, end, {"is_result_electronic": True}, status="9")
    handed_over = end + int(random.random() * 2 * DAY)
    story.tell(Kind.RETURNED, handed_over, status="10")
    if how < 0.04:
        story.tell(Kind.RECALLED, handed_over + DAY, status="4")
        story.tell(Kind.PROCESSED, handed_over + 2 * DAY, status="9")


def document(story: Story) -> None:
    """A document sent to one receiver; most have no deadline."""
    random, arrived = story.random, story.received_at
    details = {
        "document_type": "Công văn",
        "message_type": "NEW",
        "priority": "NORMAL",
        "is_electronic": True,
    }
    due = story.due_after(5) if random.random() < 0.4 else None
    story.tell(Kind.RECEIVED, arrived, details, status="01", due_at=due)
    end = story.end_after(5)
    story.tell(Kind.ACCEPTED, story.between(arrived, min(end, arrived + 6 * HOUR)), status="03")
    if random.random() < 0.8:
        story.tell(Kind.PROCESSED, end, status="06")


def registration(story: Story, days: int, details: dict[str, Any]) -> None:
    """A case of a register's own, from reception to end."""
    received = story.received_at
    story.tell(Kind.RECEIVED, received, details, status="1", due_at=story.due_after(days))
    end = story.end_after(days)
    story.tell(Kind.STEP, story.between(received, end), details, status="3")
    if story.random.random() < 0.98:
        story.tell(Kind.PROCESSED, end, details, status="4")


def petition(story: Story) -> None:
    """A petition, due 15 working days after it was registered."""
    registered = story.received_at
    story.tell(Kind.REGISTERED, registered, {"form": "PETITION"}, due_at=story.due_after(15))
    story.tell(Kind.PETITION, registered, {"form": "PETITION"})
    story.tell(Kind.PROCESSED, story.end_after(15), {"form": "PETITION", "answer": "RESOLVED"})


def orphan(story: Story) -> None:
    """A payment for a dossier that the one-stop shop never mentions."""
    details = {"amount": 20_000, "currency": "VND", "payment_status": "PAID"}
    story.tell(Kind.PAID, story.received_at, details, by="payments")


REGISTERS: Final[tuple[tuple[str, int, dict[str, Any]], ...]] = (
    ("civil-status", 1, {"module": "EXTRACT_COPY"}),
    ("judicial-records", 7, {"form": "FORM_2"}),
    ("business-registration", 3, {"registration": "CHANGE"}),
    ("budget-codes", 3, {"change": "REGISTERED", "code_class": "BUDGET_UNIT"}),
)
"""Registers with cases of their own: domain, working days, details. Illustrative."""

_BY_WEIGHT: Final = [procedure for procedure in PROCEDURES for _ in range(procedure.weight)]


def tell_case(random: Random, city: City, day: int, mark: str, number: int) -> list[tuple[int, Fact]]:
    """One case of a working day, as publication instants and facts in no order.

    Args:
        day: number of the working day, `mark` its name; with `number` they make the case id.
    """
    which, everybody = random.random(), [*city.departments, *city.communes]
    name = f"{mark}-{number:04d}"
    if which < 0.63:
        procedure = _BY_WEIGHT[int(random.random() * len(_BY_WEIGHT))]
        units = city.communes if procedure.is_communal else city.departments
        story = _begin(random, city, day, "onestop", units, procedure.code, f"H24.{{unit}}-{name}")
        if which < 0.002:
            orphan(story)
        else:
            dossier(story, procedure)
    elif which < 0.88:
        identity = f"{random.choice(city.departments)}.{name}/{{unit}}"
        story = _begin(random, city, day, "documents", everybody, "document", identity)
        document(story)
    elif which < 0.91:
        story = _begin(random, city, day, "feedback", everybody, "petition", f"{{unit}}-{name}")
        petition(story)
    else:
        domain, days, details = REGISTERS[int(random.random() * len(REGISTERS))]
        story = _begin(random, city, day, domain, city.departments, domain, f"{{unit}}-{name}")
        registration(story, days, details)
    return story.told


def _begin(
    random: Random, city: City, day: int, source: str, units: Sequence[str], procedure: str, native: str
) -> Story:
    """A story of one of the units, the first ones busier; `{unit}` in the native id becomes its code."""
    unit = units[int(random.random() ** 1.5 * len(units))]
    story = Story(
        random,
        city,
        source,
        f"{source}:{native.format(unit=unit)}",
        unit,
        procedure,
        day,
        office_hour(random),
        units,
    )
    if source == "onestop":
        story.channel, story.applicant = random.choice(CHANNELS), random.choice(APPLICANTS)
    return story
