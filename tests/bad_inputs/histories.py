"""Cases whose facts are odd in time, repeat themselves, come in a wrong order or name unknown codes: classes 11 to 14.

All of it is accepted, and counted by name; the figures are those of a batch over the facts.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from egovhub.events import Fact

from tests.integration.expected import in_the_past
from tests.unit.domain.build import fact


class History(NamedTuple):
    """The facts of one case in the order in which they come.

    Args:
        counted: counters of the case's contributions that say so by name.
        shown: what the worker's metrics count, by name and how often.
    """

    number: int
    name: str
    facts: tuple[Fact, ...]
    counted: tuple[str, ...] = ()
    shown: Mapping[str, int] = MappingProxyType({})

    def __str__(self) -> str:
        return f"{self.number:02d} {self.name}"


MON, TUE, WED, DUE = (
    "Mon 2026-01-05 08:00",
    "Tue 2026-01-06 08:00",
    "Wed 2026-01-07 08:00",
    "Mon 2026-01-12 17:00",
)


def _told(kind: str, when: str, due: str | None = None, **fields: Any) -> Fact:
    return in_the_past(fact(kind, when, due, **{"unit": "10507", "procedure": "1.001193", **fields}))


RECEIVED: Final = _told("RECEIVED", MON, DUE, event_id="r", source_sequence=1)
RETURNED: Final = _told("RETURNED", WED)
REVERSED = "trust.cases.reversed/onestop"
SKIPPED = "trust.states.skipped/onestop"
LATE, IN_TIME = "ended.late/late/late", "ended.on_time/early/early"
BY_NAME, CONFLICTING = ("trust.cases.revised/onestop",), ("trust.cases.conflicting/onestop",)
REVISED = {"hub_facts_revisions_total": 1}


def _odd_times() -> Iterator[History]:
    early = "Fri 2026-01-02 08:00"
    yield History(11, "a result before the receipt", (RECEIVED, _told("PROCESSED", early)), (REVERSED,))
    yield History(11, "a return before the receipt", (RECEIVED, _told("RETURNED", early)), (REVERSED,))
    yield History(11, "a refusal before the receipt", (RECEIVED, _told("REFUSED", early)), (REVERSED,))
    yield History(11, "due before the receipt", (_told("RECEIVED", MON, early), RETURNED), (LATE,))
    yield History(11, "due at the receipt", (_told("RECEIVED", MON, MON), RETURNED), (LATE,))
    yield History(
        11, "a step after the close", (RECEIVED, RETURNED, _told("STEP", "Thu 2026-01-08 08:00")), (IN_TIME,)
    )
    yield History(
        11, "accepted before received", (RECEIVED, _told("ACCEPTED", early), RETURNED), ("received",)
    )
    yield History(11, "a fact known years late", (RECEIVED,), ("trust.late.late/onestop",))


def _duplicates() -> Iterator[History]:
    other = RECEIVED._replace(unit="10508")
    yield History(
        12, "the same bytes three times", (RECEIVED,) * 3, shown={"hub_processor_duplicate_events_total": 2}
    )
    yield History(12, "a greater sequence", (RECEIVED, other._replace(source_sequence=2)), BY_NAME, REVISED)
    yield History(
        12, "a greater sequence first", (other._replace(source_sequence=2), RECEIVED), BY_NAME, REVISED
    )
    yield History(
        12, "no sequence behind one", (RECEIVED, other._replace(source_sequence=None)), BY_NAME, REVISED
    )
    yield History(
        12,
        "a later recording",
        (RECEIVED, other._replace(recorded_at=RECEIVED.occurred_at)),
        BY_NAME,
        REVISED,
    )
    yield History(
        12, "equal sequence, other content", (RECEIVED, other), CONFLICTING, {"hub_facts_conflicts_total": 1}
    )
    yield History(
        12,
        "three contents of one sequence",
        (RECEIVED, other, RECEIVED._replace(unit="10509")),
        CONFLICTING,
        {"hub_facts_conflicts_total": 2},
    )
    yield History(
        12,
        "one id of two agencies",
        (RECEIVED, RECEIVED._replace(source="payments")),
        ("trust.cases.seen/onestop",),
    )
    yield History(
        12,
        "one fact under two ids",
        (RECEIVED, RECEIVED._replace(event_id="r2")),
        ("trust.cases.repeated/onestop",),
    )
    yield History(
        12,
        "one id for two kinds",
        (RECEIVED, _told("RETURNED", WED, event_id="r", source_sequence=2)),
        ("orphan",),
        REVISED,
    )


def _disorder() -> Iterator[History]:
    retraction = _told("RETRACTED", WED, event_id="x", retracts=("r",))
    yield History(13, "the close comes first", (RETURNED, RECEIVED), (IN_TIME,))
    yield History(
        13, "closed twice", (RECEIVED, RETURNED, _told("RETURNED", "Thu 2026-01-08 08:00")), (IN_TIME,)
    )
    yield History(
        13, "recalled", (RECEIVED, RETURNED, _told("RECALLED", "Thu 2026-01-08 08:00")), ("reopened",)
    )
    yield History(
        13,
        "processed after a refusal",
        (RECEIVED, _told("REFUSED", TUE), _told("PROCESSED", WED)),
        ("reopened",),
    )
    yield History(
        13,
        "transferred",
        (RECEIVED, _told("TRANSFERRED", TUE, unit="10508")),
        ("transferred_in", "transferred_out"),
    )
    yield History(13, "transferred to itself", (RECEIVED, _told("TRANSFERRED", TUE)), ("received",))
    yield History(13, "retracted before it came", (retraction, RECEIVED, RETURNED), ("orphan",))
    yield History(
        13,
        "a retraction retracted",
        (RECEIVED, retraction, _told("RETRACTED", WED, event_id="y", retracts=("x",))),
        ("orphan",),
    )
    yield History(
        13,
        "retracts what there is not",
        (RECEIVED, _told("RETRACTED", WED, retracts=("none",))),
        ("received",),
    )
    yield History(13, "an end without a beginning", (_told("PAID", TUE, source="payments"),), ("orphan",))
    yield History(
        13,
        "from new to returned",
        (_told("RECEIVED", MON, DUE, source_status="1"), _told("RETURNED", WED, source_status="10")),
        (SKIPPED,),
    )
    yield History(
        13,
        "back from returned",
        (
            _told("RETURNED", TUE, source_status="10"),
            _told("RECEIVED", MON, source_status="2"),
            _told("STEP", WED, source_status="4"),
        ),
        (SKIPPED,),
    )


def _codes() -> Iterator[History]:
    yield History(14, "a unit nobody knows", (_told("RECEIVED", MON, DUE, unit="H99.99"),), ("received",))
    yield History(
        14, "a procedure nobody knows", (_told("RECEIVED", MON, DUE, procedure="9.999999"),), ("received",)
    )
    yield History(14, "no unit", (_told("RECEIVED", MON, DUE, unit=None),), ("received",))
    yield History(
        14, "a status nobody knows", (RECEIVED, _told("UNKNOWN", TUE, source_status="77")), ("received",)
    )
    yield History(
        14, "a channel nobody knows", (_told("RECEIVED", MON, DUE, channel="UNKNOWN"),), ("received",)
    )
    yield History(14, "a unit before it began", (_told("RECEIVED", MON, DUE, unit="11413"),), ("received",))


HISTORIES: Final[tuple[History, ...]] = tuple(
    history._replace(facts=tuple(each._replace(case_id=f"onestop:odd-{number}") for each in history.facts))
    for number, history in enumerate((*_odd_times(), *_duplicates(), *_disorder(), *_codes()))
)  # fmt: skip
