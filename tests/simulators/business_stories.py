"""What happens to dossiers of enterprises, drawn from a seed. Everything is made up, the codes are nobody's."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from business_registration.enterprise_code import check_digit

COURSES: Final = (
    (1, 2, 4, 8, 9),
    (2, 3, 4, 8),
    (2, 5, 6, 8, 9),
    (2, 4, 8, 9),
    (2, 7),
    (2, 4, 10),
    (2, 11),
    (2, 77, 8),
)
"""Statuses a dossier comes to, one after the other; 77 is in nobody's table."""

DOCUMENTS: Final = ("101", "102", "103", "104", "105", "201", "201", "201", "301", "302", "401", "501", "999")
SITES: Final = ("31", "31", "31", "30", "304")
RECEIVED: Final = 2
AMENDED: Final = 6

_OPEN: Final = 400
_VIETNAM: Final = timedelta(hours=7)
_NOT_A_DAY: Final = "2026-02-30"


class Happening(NamedTuple):
    """A dossier came to a status; `received` and `seconds` since the epoch, `plan` a day of the city.

    Some have a plan that no calendar has, or no document: those are to be refused.
    """

    number: str
    document: str | None
    code: str | None
    name: str
    site: str
    status: int
    seconds: int
    received: int | None
    plan: str | None
    is_repeated: bool


@dataclass(slots=True)
class _Dossier:
    number: str
    document: str
    code: str | None
    site: str
    course: tuple[int, ...]
    received: int | None = None
    plan: str | None = None


class Stories:
    """Dossiers, each on its course.

    Args:
        seed: of the draw.
        start: seconds since the epoch, which tell the journal numbers of two runs apart.
        late_seconds: how late the latest news are.
    """

    def __init__(self, seed: int, start: int, late_seconds: int) -> None:
        self.newest = 0
        """The latest instant of which was told so far."""
        self._random = random.Random(seed)
        self._start = start
        self._late_seconds = late_seconds
        self._opened = 0
        self._open: list[_Dossier] = []

    def next(self, now: int) -> Happening:
        """What happens now, or happened a while ago and is told now."""
        draw = self._random
        if len(self._open) < 2 or (len(self._open) < _OPEN and draw.random() < 0.3):
            self._open.append(self._dossier())
        place = draw.randrange(len(self._open))
        dossier = self._open[place]
        seconds = now - (draw.randrange(1, self._late_seconds) if draw.random() < 0.03 else 0)
        told = self._advance(dossier, seconds)
        if not dossier.course:
            self._open[place] = self._open[-1]
            self._open.pop()
        self.newest = max(self.newest, seconds)
        return told

    def _dossier(self) -> _Dossier:
        self._opened += 1
        draw = self._random
        number = f"{_day(self._start)[2:7].replace('-', '')}-{self._start % 100_000:05}-{self._opened:06}"
        document = draw.choice(DOCUMENTS)
        code = "999999999999" if document.startswith("5") else self._code()
        return _Dossier(number, document, code, draw.choice(SITES), draw.choice(COURSES))

    def _advance(self, dossier: _Dossier, seconds: int) -> Happening:
        status, dossier.course = dossier.course[0], dossier.course[1:]
        if status == RECEIVED:
            dossier.received = seconds
        if status in (RECEIVED, AMENDED):
            dossier.plan = _day(seconds + 3 * 86_400)
        is_new = dossier.document.startswith("1") and status != 8 and status != 9
        draw = self._random
        return Happening(
            dossier.number,
            None if draw.random() < 0.005 else dossier.document,
            None if is_new else dossier.code,
            f"Doanh nghiệp ví dụ {self._opened}",
            dossier.site,
            status,
            seconds,
            dossier.received,
            _NOT_A_DAY if draw.random() < 0.01 else dossier.plan,
            draw.random() < 0.02,
        )

    def _code(self) -> str:
        """A code, one of twenty with a wrong check digit, one of ten that of a branch."""
        draw = self._random
        digit: int | None = None
        while digit is None:
            nine = f"99{draw.randrange(10_000_000):07}"
            digit = check_digit(nine)
        if draw.random() < 0.05:
            digit = (digit + 1) % 10
        return f"{nine}{digit}" + (f"-{draw.randrange(1, 40):03}" if draw.random() < 0.1 else "")


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC) + _VIETNAM:%Y-%m-%d}"
