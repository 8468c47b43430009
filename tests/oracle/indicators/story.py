"""A case in the making that also says what a fact's `details`, status and channel are, and what others say of it."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from egovhub.events import DOMAINS, Fact, Kind

from tests.oracle.generate import HOUR, PROCEDURES, Life

DAY = 24 * HOUR
STEMS = [*PROCEDURES, *["2.001159", "2.000815", "1.001193", "9.000005", "2.001583"] * 3]
"""Procedures of which some give no document, cost nothing or something, or differ by level."""

CODES = {
    Kind.REGISTERED: "1",
    Kind.RECEIVED: "2",
    Kind.ACCEPTED: "2",
    Kind.REFUSED: "3",
    Kind.STEP: "4",
    Kind.SUPPLEMENTED: "4",
    Kind.SUPPLEMENT_REQUESTED: "5",
    Kind.FEE_REQUESTED: "6",
    Kind.WITHDRAWN: "7",
    Kind.STOPPED: "8",
    Kind.PROCESSED: "9",
    Kind.RETURNED: "10",
}
"""The one-stop code that goes with each kind."""

CHANNELS = [None, "UNKNOWN", "ONLINE", "ONLINE", "ONLINE", "IN_PERSON", "PUBLIC_POST", "EMAIL", "INTERNAL"]
SAYINGS: Mapping[str, Sequence[Any]] = {
    "fee_amount": (0, 0, 1, 20_000),
    "online_payment": ("NONE", "NATIONAL_PORTAL", "LOCAL_GATEWAY", "UNKNOWN"),
    "parts": (0, 1, 2, 3),
    "digitised_parts": (0, 1, 2, 3),
    "reused_parts": (0, 1, 2),
    "is_result_electronic": (True, True, False),
    "is_population_data_used": (True, False),
}
"""What a source may say of a dossier with any of its facts."""

SAID = ("channel", "source_status", "details", "domain", "case_id")


class Story(Life):
    """One case of a domain; `tell` takes a channel, a status and details as well."""

    def __init__(self, random: Random, domain: str = "onestop") -> None:
        super().__init__(random)
        self.domain = domain
        if domain != "onestop":
            self.namespace = domain
            self.case_id = f"{domain}:{random.randrange(1000)}"

    def tell(self, kind: Kind, **fields: Any) -> Fact:
        said = {name: fields.pop(name) for name in SAID if name in fields}
        source = fields.get("source")
        said.setdefault("domain", source if source in DOMAINS else self.domain)
        fact = super().tell(kind, **fields)._replace(**said)
        self.facts[-1] = fact
        return fact

    def pass_by(self, *spans: int) -> None:
        self.now += self.random.choice(spans)


def dress(story: Story) -> None:
    """Let the owner say, with this or that fact of a dossier, what indicators ask about."""
    random = story.random
    eager = random.choice([0.05, 0.25, 0.6])
    has_codes = random.random() < 0.8
    for place, fact in enumerate(story.facts):
        if fact.source not in DOMAINS or fact.source == fact.domain == story.domain:
            story.facts[place] = dressed(random, fact, eager, has_codes=has_codes)


def dressed(random: Random, fact: Fact, eager: float, *, has_codes: bool) -> Fact:
    details = {name: random.choice(values) for name, values in SAYINGS.items() if random.random() < eager}
    status = fact.source_status
    if has_codes and status is None and random.random() < 0.93:
        status = CODES.get(fact.kind)
        if random.random() < 0.04:
            status = random.choice(["4", "9", "2", "11", "note"])
    channel = random.choice(CHANNELS) if random.random() < max(eager, 0.2) else fact.channel
    return fact._replace(details={**fact.details, **details}, source_status=status, channel=channel)


def around(story: Story) -> None:
    """What other systems say of a dossier: payment platform, registers, population database, the public."""
    random = story.random
    first, last = story.facts[0].occurred_at, story.facts[-1].occurred_at
    for tell in (pay, pay, look_up, record, enterprise, feed, feed):
        if random.random() < 0.3:
            story.now = random.choice([first - HOUR, first, (first + last) // 2, last, last + 2 * DAY])
            tell(story)


def pay(story: Story) -> None:
    status = story.random.choice(["PAID", "PAID", "PAID", "PENDING", "FAILED", None])
    details = {} if status is None else {"payment_status": status, "amount": 20_000}
    story.tell(Kind.PAID, source="payments", details=details)


def look_up(story: Story) -> None:
    story.tell(Kind.VERIFIED, source="population", details={"is_verified": story.random.random() < 0.5})


def record(story: Story) -> None:
    """A civil status record, told step by step; births with or without a word of the personal number."""
    random = story.random
    module = random.choice(["BIRTH", "BIRTH", "BIRTH", "MARRIAGE", None])
    said = {} if module is None else {"module": module}
    steps = random.choice([["1"], ["1", "3"], ["1", "4"], ["4", "5"], ["3", "6"], ["4"]])
    for code in steps:
        number = random.choice([None, None, True, False])
        issued = {} if number is None else {"is_personal_number_issued": number}
        kind = {"1": Kind.RECEIVED, "3": Kind.STEP, "6": Kind.REFUSED}.get(code, Kind.PROCESSED)
        if random.random() < 0.2:
            kind = Kind.STEP
        story.tell(kind, source="civil-status", source_status=code, details={**said, **issued})
        story.pass_by(0, HOUR, 3 * DAY, 40 * DAY)
    if random.random() < 0.3:
        story.tell(Kind.STEP, source="civil-status", details={"is_personal_number_issued": True})


def enterprise(story: Story) -> None:
    for _ in range(story.random.choice([1, 1, 2])):
        is_valid = story.random.choice([None, True, False])
        details = {} if is_valid is None else {"is_code_valid": is_valid}
        story.tell(Kind.STEP, source="business-registration", details=details)
        story.pass_by(0, DAY)


def feed(story: Story) -> None:
    """A petition about the dossier with its answers, or a rating of it."""
    random = story.random
    if random.random() < 0.5:
        rate(story)
    else:
        source = random.choice(["feedback", "feedback", "hotline"])
        petition(story, {"source": source, "domain": "feedback"})


def rate(story: Story, **fields: Any) -> None:
    random = story.random
    said: dict[str, Any] = random.choice(
        [{}, {"is_satisfied": True}, {"is_satisfied": False}, {"is_satisfied": False}]
    )
    if random.random() < 0.3:
        said = {**said, "score": random.choice([1, 5]), "score_max": 5}
    fields = {"source": "feedback", "domain": "feedback"} | fields
    story.tell(random.choice([Kind.RATED] * 4 + [Kind.STEP]), details=said, **fields)


ANSWERS: Sequence[tuple[Kind, str | None]] = (
    (Kind.REFUSED, "REFUSED"),
    (Kind.REFUSED, None),
    (Kind.SUPPLEMENT_REQUESTED, "MORE_ASKED"),
    (Kind.SUPPLEMENT_REQUESTED, None),
    (Kind.STEP, "MORE_ASKED"),
    (Kind.PROCESSED, "RESOLVED"),
    (Kind.PROCESSED, "RESOLVED"),
    (Kind.PROCESSED, "RESOLVED"),
    (Kind.PROCESSED, None),
    (Kind.RETURNED, None),
    (Kind.STEP, "PUBLISHED"),
    (Kind.STEP, "PUBLISHED"),
    (Kind.STEP, None),
    (Kind.SUPPLEMENTED, None),
    (Kind.WITHDRAWN, None),
    (Kind.STOPPED, "UNKNOWN"),
)
"""How a petition may be answered: kinds, with and without the answer that `details` name."""


def petition(story: Story, fields: Mapping[str, Any]) -> None:
    """A petition, its answers, and now and then a rating or the petition once more."""
    random = story.random
    said: dict[str, Any] = {"form": "PETITION"} if random.random() < 0.7 else {}
    if random.random() < 0.15:
        said["is_raised_again"] = random.random() < 0.7
    story.tell(Kind.PETITION, details=said, **fields)
    for _ in range(random.choice([0, 1, 1, 2, 2, 3])):
        story.pass_by(0, HOUR, DAY, 3 * DAY, 7 * DAY, 21 * DAY, 22 * DAY)
        if random.random() < 0.3:
            story.wait()
        kind, answer = random.choice(ANSWERS)
        story.tell(kind, details={} if answer is None else {"answer": answer}, **fields)
        if random.random() < 0.2:
            again = {"is_raised_again": random.random() < 0.8}
            story.tell(random.choice([Kind.PETITION, Kind.PETITION, Kind.STEP]), details=again, **fields)
        if random.random() < 0.25:
            rate(story, **({} if random.random() < 0.5 else fields))
