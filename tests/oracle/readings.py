"""Where the law leaves room: each reading is one function, so that it can be changed in one place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from egovhub.events import Fact, Kind

if TYPE_CHECKING:
    from tests.oracle.units import Holder, Units

UNASSIGNED = "unassigned successor of "


def clock_start(told: Sequence[Fact]) -> int | None:
    """The clock runs from the first acceptance, without one from the first reception; a registration starts none.

    Source: deadlines.md, 1, "received complete and correct"; indicators.md, "2.1 exactly", rule 6.
    """
    accepted = [f.occurred_at for f in told if f.kind is Kind.ACCEPTED]
    received = [f.occurred_at for f in told if f.kind is Kind.RECEIVED]
    return min(accepted or received, default=None)


def ruling_holder(holders: Sequence["Holder"], start: int) -> "Holder":
    """Whose level and calendar rule: the unit that held the case when its clock started, else the first one after.

    Source: deadlines.md, 1: a dossier keeps the rules under which it was accepted.
    """
    named = [holder for holder in holders if holder.unit != "unknown"] or holders
    before = [holder for holder in named if holder.since <= start]
    return before[-1] if before else named[0]


def heir_without_row(units: "Units", row: dict[str, Any]) -> str:
    """Who carries on for a unit that ended without a row of succession, as the districts of 2025 did.

    Its communes went to several, so its cases are nobody's in particular until a fact says otherwise.
    Source: ORGANISATIONS.md, "roll them up through their communes"; DESIGN 6.
    """
    return UNASSIGNED + unit_name(row)


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
