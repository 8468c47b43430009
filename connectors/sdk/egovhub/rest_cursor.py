"""Values of a cursor: comparing them, and stepping back from one."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from egovhub.errors import RejectedInput
from egovhub.mapping_times import EPOCH_MILLIS, EPOCH_SECONDS, ISO, instants
from egovhub.seen import at

if TYPE_CHECKING:
    from egovhub.rest import Cursor

Key = tuple[int, str]
"""What orders the values of a cursor: a number, or a text."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CursorValues:
    """What the values of one cursor mean.

    Args:
        settings: of the cursor.
        zone: of clock times.
    """

    def __init__(self, settings: "Cursor", zone: str) -> None:
        self._settings = settings
        self._zone = zone

    def text(self, row: Any) -> str | None:
        """The value of a row, as the source writes it; None if it has none that can be compared."""
        value = at(row, self._settings.field)
        if type(value) is int:
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            self.key(value)
        except (RejectedInput, ValueError):
            return None
        return value.strip()

    def key(self, text: str) -> Key:
        """What orders the values."""
        return (0, text) if self._settings.format == "text" else (self._number(text), "")

    @property
    def has_late_rows(self) -> bool:
        """Whether rows may become visible after later ones."""
        return self._settings.overlap_seconds > 0

    def since(self, text: str, lag: int = 0) -> str:
        """What to ask for, so that no row at the value is left out.

        Args:
            text: the value.
            lag: milliseconds to step back besides, for rows that come late.
        """
        form = self._settings.format
        back = self.back + (lag if self.has_late_rows else 0)
        if not back:
            return text
        number = self._number(text) - back
        return str(number) if form == "integer" else written(number, form, self._zone)

    def _number(self, text: str) -> int:
        form = self._settings.format
        if form == "integer":
            return int(text)
        return instants(self._zone, (form,)).read(text.strip(), self._settings.field)

    @property
    def back(self) -> int:
        """How far to step back, in the unit of the keys."""
        settings = self._settings
        back = settings.overlap_seconds * 1000
        if not settings.inclusive and not settings.unique:
            back += (
                1 if settings.format in ("integer", EPOCH_MILLIS, ISO) or "%f" in settings.format else 1000
            )
        return back


def written(instant: int, form: str, zone: str) -> str:
    """An instant as a source takes it.

    Args:
        instant: milliseconds since the epoch.
        form: `iso`, `epoch-seconds`, `epoch-millis` or a pattern.
        zone: of clock times.
    """
    if form == EPOCH_MILLIS:
        return str(instant)
    if form == EPOCH_SECONDS:
        return str(instant // 1000)
    moment = (_EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))
    if form == ISO:
        return moment.isoformat(timespec="milliseconds" if instant % 1000 else "seconds")
    return moment.strftime(form)
