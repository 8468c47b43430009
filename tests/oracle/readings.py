"""Where the law leaves room: each reading is one function, so that it can be changed in one place."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from egovhub.events import Fact, Kind

if TYPE_CHECKING:
    from tests.oracle.units import Holder, Units
    from tests.oracle.waiting import Pause

UNASSIGNED = "unassigned successor of "


def clock_start(told: Sequence[Fact]) -> int | None:
    """The clock runs from the first acceptance, without one from the first reception; a registration starts none.

    Source: deadlines.md, 1, "received complete and correct"; indicators.md, "2.1 exactly", rule 6.
    """
    accepted = [f.occurred_at for f in told if f.kind is Kind.ACCEPTED]
    received = [f.occurred_at for f in told if f.kind is Kind.RECEIVED]
    return min(accepted or received, default=None)


def ruling_holder(holders: Sequence["Holder"], start: int) -> "Holder":
    """Whose level and limits rule: the unit that held the case when its clock started, else the first one after.

    Of several named at one instant it is the last.
    Source: deadlines.md, 1: a dossier keeps the rules under which it was accepted.
    """
    named = [holder for holder in holders if holder.unit != "unknown"] or holders
    until = max(start, named[0].since)
    return [holder for holder in named if holder.since <= until][-1]


def heir_without_row(units: "Units", row: dict[str, Any]) -> str:
    """Who carries on for a unit that ended without a row of succession, as the districts of 2025 did.

    The heir of its communes if they have one alone; where they went to several, its cases are nobody's in particular.
    Source: ORGANISATIONS.md, "roll them up through their communes"; DESIGN 6.
    """
    below = list(dict.fromkeys(unit_name(units.rows[heir]) for heir in heirs_of_pseudo(units, row)))
    return below[0] if len(below) == 1 else UNASSIGNED + unit_name(row)


def heirs_of_pseudo(units: "Units", row: dict[str, Any]) -> list[str]:
    """The units among which a pseudo unit stands: the successors of the ended unit, or of all units below it."""
    direct = units.heirs_by_row(row)
    if direct:
        return direct
    below = [
        unit
        for unit in units.rows.values()
        if units.above(unit) is row and unit.get("valid_to") == row["valid_to"]
    ]
    return [heir for unit in below for heir in heirs_of_pseudo(units, unit)]


def unit_name(row: dict[str, Any]) -> str:
    return f"{row['code']}@{row['valid_from']}" if "valid_from" in row else str(row["code"])


def became_late(late_since: int, started_at: int) -> int:
    """When a case became late that is late since an instant: not before it counts, whatever due instant it has."""
    return max(late_since, started_at)


def charge(holders: Sequence["Holder"], late_since: int) -> "Holder":
    """Of those who held the case, the last one that existed when it became late; the first if none did.

    Source: deadlines.md, 4: lateness is never charged to a unit that did not exist when the dossier became late.
    """
    existed = [h for h in holders if h.exists_from is None or h.exists_from <= late_since]
    return existed[-1] if existed else holders[0]


def has_credited(fact: Fact, place: int, pause: "Pause") -> bool:
    """Whether a source that moves its appointment with a fact has thereby credited a pause.

    Only the request, and whatever ends the waiting, are about it; other appointments move for other reasons.
    Source: 2.1, rule 5, with the issue: a source that moves its appointment for a supplement is not credited twice.
    """
    if pause.why != "supplement":
        return False
    is_request = fact.kind is Kind.SUPPLEMENT_REQUESTED and pause.how == "open"
    return is_request or (pause.how == "completed" and pause.place == place)


def may_wait(told: Sequence[Fact]) -> bool:
    """Whether a request opens a pause: always, also on a case that has ended."""
    return bool(told)


def ended_without_due(policy: Mapping[str, Any], kind: Kind, missing: str) -> str:
    """The bucket of an end that has no due instant: no deadline is not on time, and `by-day` counts stopped as such.

    Source: DESIGN, law 5.
    """
    return missing


def late_since_requests(requests: Sequence[int], most: int, asked_at: int) -> int:
    """Since when a case that waits is late for having been asked too often: since the request that was too many."""
    return max(asked_at, requests[most])


def at_clock(sessions: Sequence[tuple[int, int]], clock: int) -> int:
    """When a day is due whose sessions do not reach the clock: at the same clock time, as on every other day.

    Source: deadlines.md, 1: the same clock time N working days later.
    """
    return clock
