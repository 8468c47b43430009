"""What sources do to the facts of a case: they tell them twice, revise, contradict and take them back."""

from collections.abc import Sequence
from random import Random

from egovhub.events import Fact, Kind

HOUR, DAY = 3_600_000, 86_400_000


def disturbed(random: Random, lived: Sequence[Fact]) -> list[Fact]:
    """The facts with what sources do to them: told twice, revised, contradicted, taken back, back-dated, voided."""
    facts = list(lived)
    for fact in list(facts):
        if random.random() < 0.06:
            random.choice([repeat, revise, contradict, retract, retract_twice, back_date])(
                random, facts, fact
            )
    if facts and random.random() < 0.02:
        void(random, facts)
    if random.random() < 0.5:
        random.shuffle(facts)
    return facts


def repeat(random: Random, facts: list[Fact], fact: Fact) -> None:
    facts.append(fact)


def revise(random: Random, facts: list[Fact], fact: Fact) -> None:
    """A later version of one identity: another instant, unit or appointment; the greater sequence or time stands."""
    newer = fact._replace(occurred_at=fact.occurred_at + random.choice([-DAY, -HOUR, HOUR, 3 * DAY]))
    if fact.due_at is not None:
        newer = newer._replace(due_at=fact.due_at + random.choice([-5, 3, 10]) * DAY)
    newer = newer._replace(source_sequence=random.choice([None, -1, 9]), recorded_at=random.choice([None, 9]))
    facts.append(newer)


def contradict(random: Random, facts: list[Fact], fact: Fact) -> None:
    facts.append(fact._replace(occurred_at=fact.occurred_at + random.choice([-HOUR, HOUR])))


def retract(random: Random, facts: list[Fact], fact: Fact) -> None:
    life_after = fact.occurred_at + random.choice([HOUR, 400 * DAY])
    gone = fact._replace(
        kind=Kind.RETRACTED, event_id=f"r-{fact.event_id}", occurred_at=life_after, retracts=(fact.event_id,)
    )
    facts.append(gone._replace(unit=None, procedure=None, due_at=None))


def retract_twice(random: Random, facts: list[Fact], fact: Fact) -> None:
    """The retraction is taken back as well, which revives nothing; some publish the fact again."""
    retract(random, facts, fact)
    gone = facts[-1]
    facts.append(gone._replace(event_id=f"rr-{fact.event_id}", retracts=(gone.event_id,)))
    if random.random() < 0.5:
        facts.append(fact._replace(event_id=f"again-{fact.event_id}"))


def back_date(random: Random, facts: list[Fact], fact: Fact) -> None:
    facts[facts.index(fact)] = fact._replace(occurred_at=fact.occurred_at - random.choice([1, 3, 10]) * DAY)


def void(random: Random, facts: list[Fact]) -> None:
    """The owner voids the case, at whatever instant; now and then it takes that back."""
    base = random.choice(facts)
    facts.append(base._replace(kind=Kind.VOIDED, event_id="void", unit=None, procedure=None, due_at=None))
    if random.random() < 0.4:
        facts.append(base._replace(kind=Kind.RETRACTED, event_id="not-void", retracts=("void",), due_at=None))
