"""The general rules of handling a case, by the decree in force on the day its clock started.

A case keeps the rules under which it was accepted, whatever changes later.
Source: Decree 61/2018/NĐ-CP, Decree 118/2025/NĐ-CP; `domain/deadlines.md`, 1.
"""

from collections.abc import Iterable
from datetime import date, time
from typing import NamedTuple

from services.domain.dated import contradictions, in_force, known


class RuleSet(NamedTuple):
    """One decree, as amended, for some time.

    Args:
        hand_on_after: received later on a day than this, a case is handed on with the next working day, and a same-day
            limit is that day's.
        apology_ahead_ms: how long before the due instant an apology must come at the latest, in milliseconds.
        new_appointments: how many new appointments a case may get: 0 or 1.
        valid_from: the first day; `date.min` if it does not matter.
        valid_to: the first day on which it no longer holds; None: no end known.
        known_from: since when the row is known, in milliseconds since the epoch; None: from the beginning.
    """

    name: str
    hand_on_after: time
    apology_ahead_ms: int
    new_appointments: int
    source: str
    verified: str
    valid_from: date = date.min
    valid_to: date | None = None
    known_from: int | None = None


class RuleSets:
    """The dated rows; they must have passed `problems`."""

    def __init__(self, rows: Iterable[RuleSet] = ()) -> None:
        self.rows = tuple(rows)
        self._answers: dict[date, RuleSet | None] = {}

    def at(self, known_at: int | None) -> "RuleSets":
        """The rows as they were known at an instant; None: all of them."""
        return RuleSets(known(self.rows, known_at))

    def on(self, day: date) -> RuleSet | None:
        """The rules of a case whose clock starts on a day; None if no row says."""
        if day not in self._answers:
            self._answers[day] = in_force(self.rows, day)
        return self._answers[day]


def problems(rows: Iterable[RuleSet]) -> list[str]:
    """A line for each two rows that hold on one day and are known from one instant."""
    return [
        f"{one.name} and {other.name}: two rows in force together; end or date one of them"
        for one, other in contradictions(tuple(rows))
    ]
