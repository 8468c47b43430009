"""Organisation ids: two orders and irregular ones, brought to one spelling.

The old order is read right to left (`000.00.15.H24`), the new one of Decision 20/2020/QĐ-TTg left to right (`H24.15`);
both are alive. `reference/organisations.toml` says which ids are one organisation, from when to when, and under which
code the hub's registry of units has it. Below the level-1 code of another province or a ministry an id is not looked
up: its groups are put in the new order. What is in neither is unknown.
Source: `domain/systems.md`, 1, "Organisation ids".
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from egovhub.errors import RejectedInput

_ID: Final = re.compile(r"[0-9A-Z]{1,4}(?:\.[0-9A-Z]{1,4}){0,7}", re.ASCII)
_LONGEST: Final = 35


@dataclass(frozen=True, slots=True)
class Organisation:
    """A row of the table: holds on the days d with `valid_from` <= d < `valid_to`.

    Args:
        code: the one spelling; the new order, or an irregular id as it is.
        old: the same in the old order; "" if it has none.
        unit: code of the hub's registry of units; "" if it has none there.
        is_open: ids below it are taken without rows of their own.
    """

    code: str
    old: str
    unit: str
    is_open: bool
    valid_from: date
    valid_to: date

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Organisation":
        """A row as the file has it."""
        return cls(
            row["code"],
            row.get("old", ""),
            row.get("unit", ""),
            row.get("is_open", False),
            row.get("valid_from", date.min),
            row.get("valid_to", date.max),
        )

    def holds_on(self, day: date) -> bool:
        """Whether the row holds on a day."""
        return self.valid_from <= day < self.valid_to


class Organisations:
    """The table of organisation ids."""

    def __init__(self, rows: Iterable[Organisation]) -> None:
        self._rows: dict[str, list[Organisation]] = {}
        for row in rows:
            for spelling in {row.code, row.old} - {""}:
                self._rows.setdefault(spelling, []).append(row)

    def code(self, text: str, day: date, where: str) -> str:
        """The one spelling of an id on a day.

        Args:
            text: in either order.
            day: on which it must hold.
            where: it stands in the message, for the refusal.

        Raises:
            RejectedInput: unknown-unit.
        """
        if row := self._row(text, day):
            return row.code
        if len(text) <= _LONGEST and _ID.fullmatch(text):
            for groups in (text.split("."), _new_order(text)):
                root = self._row(groups[0], day)
                if root and root.is_open:
                    return ".".join(groups)
        raise RejectedInput("unknown-unit", where)

    def unit(self, code: str, day: date) -> str:
        """The unit of a code in the hub's registry; the code itself if it is not there."""
        row = self._row(code, day)
        return row.unit if row and row.unit else code

    def _row(self, text: str, day: date) -> Organisation | None:
        return next((row for row in self._rows.get(text, ()) if row.holds_on(day)), None)


def _new_order(text: str) -> list[str]:
    """The groups of an id of the old order, level 1 first, without the zeros that filled it up."""
    groups = text.split(".")[::-1]
    while len(groups) > 1 and not groups[-1].strip("0"):
        groups.pop()
    return groups


def load(file: Path) -> Organisations:
    """The table of a file."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["organisation"]
    return Organisations(map(Organisation.of, rows))


ORGANISATIONS: Final = load(Path(__file__).parent / "reference" / "organisations.toml")
