"""Working time counted second by second, from the calendar's file alone: nothing of the core is imported.

Vietnam keeps one offset all year, so a second of the day is a second since midnight at +07:00.
"""

import tomllib
from bisect import bisect_left
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

DAY_SECONDS = 86_400
BLOCK = 60
OFFSET = 7 * 3600


def seconds_of(sessions: list[str]) -> bytes:
    """One byte for each second of a day: 1 if it is worked."""
    marks = bytearray(DAY_SECONDS)
    for session in sessions:
        start, end = ((int(clock[:2]) * 60 + int(clock[3:])) * 60 for clock in session.split("-"))
        for second in range(start, end):
            marks[second] = 1
    return bytes(marks)


class Oracle:
    """Every second of the coverage, as everything known by now says.

    Args:
        scopes: layers whose rows count, nearest first; the last is the jurisdiction.
        kind: processing or reception.
    """

    def __init__(self, path: Path, scopes: list[str], kind: str) -> None:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        weeks, days = (
            [row for row in rows[key] if row["scope"] in scopes and kind in row.get("kinds", [kind])]
            for key in ("calendar", "day")
        )
        self.scopes = scopes
        self.weeks = sorted(weeks, key=lambda row: scopes.index(row["scope"]))
        self.days = [row for row in days if row.get("in_force", True)]
        self.first: date = min(row["from"] for row in weeks if row["scope"] == scopes[-1])
        last: date = max(row["to"] for row in weeks if row["scope"] == scopes[-1])
        self.dates = [self.first + timedelta(number) for number in range((last - self.first).days + 1)]
        patterns: dict[tuple[str, ...], bytes] = {}
        self.marks: list[bytes] = []
        for day in self.dates:
            sessions = tuple(self.sessions(day))
            if sessions not in patterns:
                patterns[sessions] = seconds_of(list(sessions))
            self.marks.append(patterns[sessions])
        blocks = (
            marks.count(1, second, second + BLOCK)
            for marks in self.marks
            for second in range(0, DAY_SECONDS, BLOCK)
        )
        self.before: list[int] = list(accumulate(blocks, initial=0))
        self.start: int = (self.first - date(1970, 1, 1)).days * DAY_SECONDS - OFFSET
        self.end: int = self.start + len(self.dates) * DAY_SECONDS

    def usual(self, day: date, field: str) -> list[str]:
        for row in self.weeks:
            if row["from"] <= day <= row["to"] and field in row:
                sessions: list[str] = row[field]
                return sessions
        return []

    def sessions(self, day: date) -> list[str]:
        special = [row for row in self.days if row["on"] == day]
        if special:
            nearest = min(self.scopes.index(row["scope"]) for row in special)
            rows = [row for row in special if row["scope"] == self.scopes[nearest]]
            row = max(rows, key=lambda row: row.get("known_from", date.min))
            if row["state"] == "off":
                return []
            own: list[str] = row.get("sessions") or self.usual(day, "sessions")
            return own
        return self.usual(day, {5: "saturday", 6: "sunday"}.get(day.weekday(), "sessions"))

    def worked(self, second: int) -> int:
        """Working seconds of the coverage before a second since the epoch."""
        passed = second - self.start
        blocks, rest = divmod(passed, BLOCK)
        day, of_day = divmod(blocks * BLOCK, DAY_SECONDS)
        return self.before[blocks] + (self.marks[day].count(1, of_day, of_day + rest) if rest else 0)

    def is_worked(self, second: int) -> bool:
        day, of_day = divmod(second - self.start, DAY_SECONDS)
        return self.marks[day][of_day] == 1

    def between(self, a: int, b: int) -> int:
        """Working seconds that end after a and not after b, both in milliseconds since the epoch."""
        return max(0, self.worked(b // 1000) - self.worked(a // 1000))

    def after(self, start: int, seconds: int) -> int:
        """The second since the epoch at which so many seconds were worked after the start, by walking to it."""
        target = self.worked(start) + seconds
        block = bisect_left(self.before, target) - 1
        second = self.start + block * BLOCK
        done = self.before[block]
        while done < target:
            done += self.is_worked(second)
            second += 1
        return second
