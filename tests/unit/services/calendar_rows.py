"""Rows of the calendar's file, to be changed and read."""

from pathlib import Path

from services.domain.calendars import Calendars
from services.load_calendar import FILE, load

NATIONAL = """
[[calendar]]
jurisdiction = "VN"
scope = "VN"
zone = "Asia/Ho_Chi_Minh"
from = 2026-01-01
to = 2026-03-31
sessions = ["07:00-11:30", "13:30-17:00"]
source = "a"
verified = "illustrative"
"""
CITY = """
[[calendar]]
jurisdiction = "VN"
scope = "31"
from = 2026-02-01
to = 2026-03-31
saturday = ["07:00-11:30"]
source = "a"
verified = "illustrative"
"""
DAY = """
[[day]]
scope = "VN"
on = 2026-03-04
state = "off"
why = "why"
source = "a"
verified = "illustrative"
"""


def read(folder: Path, *parts: str) -> tuple[Calendars, list[str]]:
    (folder / FILE).write_text("\n".join(parts), encoding="utf-8")
    problems: list[str] = []
    return load(folder, problems), problems


def refused(folder: Path, *parts: str) -> str:
    """The sole problem of a file."""
    [problem] = read(folder, *parts)[1]
    return problem
