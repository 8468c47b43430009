"""Calendars for tests, and days and instants written the way a person says them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from services.domain.calendar import Calendar, DayPlan, LimitUnit, Session
from services.domain.calendars import Calendars
from services.load_calendar import load

REFERENCE = Path(__file__).parents[3] / "services" / "reference"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = 3600
FULL = (Session(7 * HOUR, 11 * HOUR + 1800), Session(13 * HOUR + 1800, 17 * HOUR))
MORNING, AFTERNOON = FULL[:1], FULL[1:]
HOURS, WORKING, DAYS, MONTHS = LimitUnit


def on(text: str) -> date:
    """The day of "Fri 2026-01-09", weekday checked."""
    weekday, rest = text.split(" ")
    day = date.fromisoformat(rest)
    assert f"{day:%a}" == weekday, f"{rest} is a {day:%a}"
    return day


def at(text: str, zone: ZoneInfo = ZONE) -> int:
    """Milliseconds since the epoch of "Fri 2026-01-09 08:00 +1ms", weekday checked."""
    text, _, extra = text.partition(" +")
    day, clock = text.rsplit(" ", 1)
    moment = datetime.combine(on(day), datetime.fromisoformat(f"2000-01-01T{clock}").time(), zone)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(milliseconds=1) + int(extra.removesuffix("ms") or 0)


def days_of(first: str, *plans: tuple[Session, ...], zone: ZoneInfo = ZONE) -> Calendar:
    """A calendar of a few days, each with its sessions."""
    days = [DayPlan(plan, f"plan {number}", f"source {number}") for number, plan in enumerate(plans)]
    return Calendar("test", zone, on(first), days)


def released() -> Calendars:
    """The calendars of the release."""
    problems: list[str] = []
    calendars = load(REFERENCE, problems)
    assert problems == []
    return calendars


def national() -> Calendar:
    """The calendar of the release for working on dossiers anywhere in Vietnam."""
    calendar = released().processing("VN")
    assert calendar is not None
    return calendar
