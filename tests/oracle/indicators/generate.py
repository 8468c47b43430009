"""Cases of every domain with what indicators ask about, a seed and a number each; most are the lives of `generate`."""

from collections.abc import Callable, Sequence
from random import Random

from egovhub.events import Fact, Kind

from tests.oracle.disturb import disturbed
from tests.oracle.facts import Heard
from tests.oracle.generate import (
    HOUR,
    PROCEDURES,
    at,
    correct,
    extend,
    fee,
    finish,
    move,
    others,
    start,
    supplement,
    unit_for,
    work_on,
)
from tests.oracle.indicators.story import DAY, STEMS, Story, around, dress, petition, rate, record

LAGS = [
    *[0, 0, 0, 0, 60_000, HOUR, DAY - 1, DAY, DAY + 1, 40 * DAY],
    *[-1, -1000, -1001, -10_000, -10_001, -60_000, -60_001, -300_000, -300_001],
]
"""How long after it occurred the hub heard of a fact; its clock and the source's differ."""
FRESH = [
    at(text) for text in ("2025-07-10 08:30", "2025-10-13 07:00", "2026-08-15 11:00", "2024-05-31 16:00")
]
"""When documents arrive of which nothing more is known: shortly before somebody asks."""


def dossier(random: Random) -> Story:
    """A life of `generate`, dressed, with what others say of it."""
    story = Story(random)
    if random.random() < 0.03:
        others(story)
        story.wait()
    if random.random() < 0.97:
        start(story)
    happenings = [work_on] * 3 + [move] + [supplement] * 2 + [fee, extend, correct]
    for _ in range(random.choice([0, 1, 2, 3, 4])):
        story.wait(long=random.random() < 0.08)
        random.choice(happenings)(story)
    if random.random() < 0.7:
        story.wait(long=random.random() < 0.08)
        finish(story)
    return told_all(story)


def told_all(story: Story) -> Story:
    """Dressed, and others have their say."""
    if not story.facts:
        story.tell(Kind.REGISTERED)
    dress(story)
    around(story)
    return story


def smooth(random: Random) -> Story:
    """A dossier that goes through every stage, at most one of them left out."""
    story = Story(random)
    unit, procedure = unit_for(random, story.now), random.choice(STEMS)
    spans = [0, 20 * 60_000, HOUR, 7 * HOUR, DAY, 3 * DAY, 12 * DAY, 60 * DAY]
    steps: list[Callable[[], Fact]] = [
        lambda: story.tell(Kind.REGISTERED, unit=unit, procedure=procedure),
        lambda: story.tell(Kind.RECEIVED, unit=unit, procedure=procedure, due_at=story.maybe_due(0.5)),
        lambda: story.tell(Kind.STEP, source_status="4"),
        lambda: story.tell(Kind.STEP, source_status="signing"),
        lambda: story.tell(Kind.PROCESSED),
        lambda: story.tell(Kind.RETURNED),
    ]
    left_out = random.choice([-1, -1, -1, *range(6)])
    for place, step in enumerate(steps[: random.choice([2, 3, 4, 5, 6, 6])]):
        if place != left_out:
            step()
            if random.random() < 0.12:
                supplement(story)
            if random.random() < 0.08:
                move(story)
            story.pass_by(*spans)
    return told_all(story)


def waits(random: Random) -> Story:
    """A registered dossier about the limit of its reception, moved or ended while it waits."""
    story = Story(random)
    story.tell(Kind.REGISTERED, unit=unit_for(random, story.now), procedure=random.choice(STEMS))
    for happening in random.sample([move, correct, work_on], random.choice([0, 1, 1, 2])):
        story.wait(long=random.random() < 0.2)
        happening(story)
    story.pass_by(0, HOUR, 8 * HOUR, DAY, 4 * DAY, 40 * DAY)
    ends = [Kind.RECEIVED, Kind.ACCEPTED, Kind.REFUSED, Kind.WITHDRAWN, Kind.STOPPED, Kind.PROCESSED]
    for kind in random.sample(ends, random.choice([0, 1, 1, 2])):
        story.tell(kind)
        story.pass_by(0, HOUR, DAY)
    return told_all(story)


def late(random: Random) -> Story:
    """A dossier that misses its appointment, with or without apologies and new appointments."""
    story = Story(random)
    unit, procedure = unit_for(random, story.now), random.choice([*STEMS, None])
    first = random.choice([Kind.RECEIVED, Kind.RECEIVED, Kind.ACCEPTED, Kind.REGISTERED])
    due = story.now + random.choice([2, 5, 9]) * DAY
    story.tell(first, unit=unit, procedure=procedure, due_at=due)
    for _ in range(random.choice([0, 1, 1, 2, 2, 3])):
        ahead = random.choice([3 * DAY, 72 * HOUR + 1, 72 * HOUR, DAY + 1, DAY, DAY - 1, HOUR, -HOUR])
        story.now = max(story.now, due - ahead)
        if random.random() < 0.7:
            story.tell(Kind.APOLOGY_SENT)
        if random.random() < 0.5:
            due = max(due, story.now) + random.choice([0, 4, 6]) * DAY
            story.tell(Kind.EXTENDED, due_at=due)
    if random.random() < 0.7:
        story.now = max(story.now, due + random.choice([-HOUR, 0, 1, DAY, 40 * DAY]))
        story.tell(random.choice([Kind.PROCESSED, Kind.PROCESSED, Kind.RETURNED]))
        if random.random() < 0.4:
            story.pass_by(0, DAY)
            story.tell(Kind.RETURNED)
    return told_all(story)


def document(random: Random) -> Story:
    """One document at one receiver: its arrival, some statuses in about their order, a deadline or none."""
    story = Story(random, "documents")
    details = {"message_type": "NEW"} | random.choice([{}, {"is_electronic": True}, {"is_electronic": False}])
    details |= random.choice([{}, {"sender": "31"}, {"sender": "H24"}])
    details |= random.choice([{}, {"priority": random.choice(["NORMAL", "URGENT", "EXPRESS"])}])
    if random.random() < 0.06:
        story.now = random.choice(FRESH)
        story.tell(Kind.REGISTERED, unit=unit_for(random, story.now), details=details)
        return story
    unit = unit_for(random, story.now) if random.random() < 0.95 else None
    due = story.maybe_due(0.5)
    if random.random() < 0.65:
        story.tell(Kind.REGISTERED, unit=unit, due_at=due, details=details)
        story.pass_by(0, HOUR, 5 * HOUR, DAY, 3 * DAY)
    codes = [("01", Kind.RECEIVED), ("03", Kind.ACCEPTED), ("04", Kind.STEP), ("05", Kind.STEP)]
    codes += [("06", Kind.PROCESSED)]
    for code, kind in codes:
        if random.random() < 0.55:
            status = code if random.random() < 0.9 else None
            said = details if kind is Kind.RECEIVED else {}
            story.tell(kind, unit=unit, source_status=status, due_at=story.maybe_due(0.05), details=said)
            story.pass_by(0, HOUR, 4 * HOUR, DAY, 2 * DAY, 9 * DAY)
    if random.random() < 0.2:
        code, kind = random.choice([("02", Kind.REFUSED), ("15", Kind.WITHDRAWN), ("13", Kind.STEP)])
        story.tell(random.choice([kind, kind, Kind.STOPPED]), source_status=code)
        story.pass_by(0, DAY)
        if random.random() < 0.3:
            kind = random.choice([Kind.RECALLED, Kind.PROCESSED])
            story.tell(kind, source_status="06" if kind is Kind.PROCESSED else None)
    if random.random() < 0.1:
        move(story)
    if not story.facts:
        story.tell(Kind.RECEIVED, unit=unit, source_status="01", details=details)
    return story


def complaint(random: Random) -> Story:
    """A petition that is a case of its own, now and then about a dossier, or a rating alone."""
    story = Story(random, "feedback")
    unit = unit_for(random, story.now)
    about = random.choice([{}, {"about_case_id": "onestop:1"}])
    if random.random() < 0.85:
        kind = random.choice([Kind.REGISTERED] * 3 + [Kind.RECEIVED])
        story.tell(kind, unit=unit, due_at=story.maybe_due(0.3), details=about)
        story.pass_by(0, 0, 0, HOUR, DAY)
    if random.random() < 0.9:
        petition(story, {"unit": unit})
        story.facts = [fact._replace(details=fact.details | about) for fact in story.facts]
    else:
        rate(story)
    if random.random() < 0.2:
        move(story)
    if random.random() < 0.15:
        rate(story, source="hotline")
    return story


def register(random: Random) -> Story:
    """A case of a register's own: civil status, business registration, or the others."""
    domain = random.choice(["civil-status", "civil-status", "business-registration", "judicial-records"])
    story = Story(random, domain)
    unit = unit_for(random, story.now)
    details = {} if random.random() < 0.4 else {"is_code_valid": random.random() < 0.6}
    if domain != "business-registration":
        details = {}
    story.tell(Kind.RECEIVED, unit=unit, due_at=story.maybe_due(0.4), details=details)
    story.wait()
    if domain == "civil-status":
        record(story)
    elif random.random() < 0.8:
        story.tell(Kind.PROCESSED, source_status="4", details=details)
    return story


def noise(random: Random) -> Story:
    """Facts of every kind at few instants, of few units, ids and sources."""
    story = Story(random, random.choice(["onestop", "onestop", "documents", "feedback"]))
    instants = [story.now + n * HOUR for n in (0, 0, 1, 24, 48, 49, 200)]
    kinds = [kind for kind in Kind if kind not in (Kind.VOIDED, Kind.UNKNOWN)] + [Kind.RECEIVED] * 3
    for _ in range(random.randint(1, 9)):
        story.now = random.choice(instants)
        story.tell(
            random.choice(kinds),
            event_id=random.choice("abcdefghijkl"),
            source=random.choice([None, None, None, "feedback", "payments"]),
            source_sequence=random.choice([None, None, 0, 1]),
            recorded_at=random.choice([None, None, 5]),
            unit=random.choice([None, None, "10507", "10528", "t-a"]),
            procedure=random.choice([None, None, *PROCEDURES[:5]]),
            due_at=random.choice([None, None, random.choice(instants)]),
            retracts=(random.choice("abcdefghijkl"),) if random.random() < 0.06 else (),
        )
    return told_all(story)


STORIES = (dossier, smooth, document, complaint, dossier, late, waits, smooth, register, document, noise)


def drawn(seed: int, number: int) -> list[Heard]:
    """Case `number` of a seed: every fact, and when the hub heard of it."""
    random = Random(f"{seed}/{number}/indicators")
    story = STORIES[number % len(STORIES)](random)
    facts = repeated(random, disturbed(random, story.facts))
    return [
        (fact, None if random.random() < 0.25 else fact.occurred_at + random.choice(LAGS)) for fact in facts
    ]


def repeated(random: Random, facts: Sequence[Fact]) -> list[Fact]:
    """Now and then a source tells a thing again under another identity, or with other details."""
    told = list(facts)
    for fact in facts:
        if random.random() < 0.02:
            told.append(fact._replace(event_id=f"{fact.event_id}-again", source_sequence=3))
        if random.random() < 0.03 and fact.details:
            fewer = {name: fact.details[name] for name in list(fact.details)[1:]}
            told.append(fact._replace(details=fewer, source_sequence=random.choice([None, 8])))
    return told
