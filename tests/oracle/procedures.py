"""Which row of the table of procedures rules a case. Source: PROCEDURES.md of the data; notes of procedures.toml."""

from collections.abc import Sequence
from datetime import date
from typing import Any

Row = dict[str, Any]
FIRST, LAST = date.min, date.max
GROUP = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Procedures:
    """National rows and local limits, searched from one end to the other."""

    def __init__(self, rows: Sequence[Row], local: Sequence[Row]) -> None:
        self.rows, self.local = rows, local

    @staticmethod
    def stem(text: str) -> str:
        """One digit, a dot, six digits, and nothing after them but groups of up to three characters."""
        head, groups = text[:8], text[8:].split(".")
        is_stem = len(head) == 8 and head[0].isdecimal() and head[1] == "." and head[2:].isdecimal()
        is_tail = groups == [""] or (
            groups[0] == "" and all(1 <= len(group) <= 3 and set(group) <= GROUP for group in groups[1:])
        )
        return head if is_stem and is_tail else text

    def rule(self, stem: str, level: str | None, day: date, path: Sequence[str]) -> Row | None:
        """The row in force, as {limit, unit, after_15h, restart}; None if there is none, or more than one."""
        rows = [row for row in self.rows if row["code"] == stem and in_force(row, day)]
        rows = [row for row in rows if is_dated(row)] or rows
        rows = [row for row in rows if level in row["levels"]] or rows
        rows = newest(rows)
        if len(rows) != 1:
            return None
        row = rows[0]
        rule = {
            "limit": row.get("limit"),
            "unit": row.get("unit"),
            "after_15h": "after_15h_next_working_day" in row["start_rule"],
            "restart": "restart_after_supplement" in row["start_rule"],
        }
        return rule | self.shortened(stem, level, day, path)

    def shortened(self, stem: str, level: str | None, day: date, path: Sequence[str]) -> Row:
        """What the nearest unit with a limit of its own changes."""
        for unit in path:
            rows = [
                row
                for row in self.local
                if row["code"] == stem
                and row["scope"] in (unit, unit.split("@")[0])
                and in_force(row, day)
                and (not row.get("levels") or level in row["levels"])
            ]
            rows = [row for row in rows if is_dated(row)] or rows
            rows = [row for row in rows if row.get("levels")] or rows
            if rows:
                row = max(rows, key=known)
                found = {"limit": row["limit"], "unit": row["unit"], "is_local": True}
                return found | ({"after_15h": True} if row["unit"] == "same_day" else {})
        return {}


def in_force(row: Row, day: date) -> bool:
    return bool(row.get("valid_from", FIRST) <= day < row.get("valid_to", LAST))


def is_dated(row: Row) -> bool:
    return "valid_from" in row or "valid_to" in row


def known(row: Row) -> date:
    since: date = row.get("known_from", FIRST)
    return since


def newest(rows: Sequence[Row]) -> list[Row]:
    """Without the rows that one known later, for one of the same levels, replaces."""
    return [
        row
        for row in rows
        if not any(known(other) > known(row) and set(other["levels"]) & set(row["levels"]) for other in rows)
    ]
