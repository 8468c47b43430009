"""How a source writes instants, and what they mean in milliseconds since the epoch."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from egovhub.errors import RejectedInput
from egovhub.json_form import instant_of

Ambiguous = Literal["earlier", "later", "reject"]
"""Which instant a local time means that a clock shows twice, when it is set back."""

ISO: Final = "iso"
EPOCH_SECONDS: Final = "epoch-seconds"
EPOCH_MILLIS: Final = "epoch-millis"
NAMED_FORMATS: Final = (ISO, EPOCH_SECONDS, EPOCH_MILLIS)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_FIRST: Final = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
_LAST: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MILLISECOND
_ISO_SHAPE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)", re.ASCII
)
_SECONDS_SHAPE: Final = re.compile(r"(\d{1,12})(?:[.](\d{1,9}))?", re.ASCII)
_MILLIS_SHAPE: Final = re.compile(r"\d{1,15}", re.ASCII)
_DIRECTIVES: Final = {
    "%Y": r"\d{4}",
    "%y": r"\d\d",
    "%m": r"\d\d?",
    "%d": r"\d\d?",
    "%j": r"\d{1,3}",
    "%H": r"\d\d?",
    "%I": r"\d\d?",
    "%M": r"\d\d?",
    "%S": r"\d\d?",
    "%f": r"\d{1,6}",
    "%p": r"[AaPp][Mm]",
    "%b": r"[A-Za-z]{3}",
    "%B": r"[A-Za-z]{3,9}",
    "%a": r"[A-Za-z]{3}",
    "%A": r"[A-Za-z]{6,9}",
    "%z": r"(?:Z|[+-]\d\d:?\d\d)",
}
_DIRECTIVE: Final = re.compile("(%.?)")
_PROBE: Final = datetime(2001, 2, 3, 16, 5, 6, tzinfo=UTC)


class _Pattern(NamedTuple):
    """A strptime pattern and its shape, which tells an impossible date from a text that is no date."""

    text: str
    shape: re.Pattern[str]


def check_format(text: str) -> str:
    """The format, if it names a full date in a way this module can read.

    Raises:
        ValueError: saying what is wrong and what to write.
    """
    if text in NAMED_FORMATS:
        return text
    if "%" not in text:
        raise ValueError(f"is no format; use {', '.join(NAMED_FORMATS)} or a pattern like %d/%m/%Y %H:%M:%S")
    unknown = [part for part in _DIRECTIVE.findall(text) if part not in _DIRECTIVES]
    if unknown:
        raise ValueError(f"has {unknown[0]!r}; the parts known are {' '.join(_DIRECTIVES)}")
    read = datetime.strptime(_PROBE.strftime(text), text)  # noqa: DTZ007 - a probe of the pattern alone
    if read.date() != _PROBE.date():
        raise ValueError("does not say year, month and day; a pattern is like %d/%m/%Y %H:%M:%S")
    if "%I" in text and "%p" not in text:
        raise ValueError("has %I, hours to twelve, without %p; add %p or write %H")
    return text


class Instants:
    """Reads texts of a source as instants; of the formats the first whose shape fits decides.

    Args:
        formats: `iso` (offset required), `epoch-seconds`, `epoch-millis`, or patterns of strptime.
        zone: of local times, those a pattern without %z gives.
        ambiguous: which of two instants a repeated local time means.
    """

    def __init__(self, formats: Sequence[str], zone: ZoneInfo, ambiguous: Ambiguous) -> None:
        self._formats = [text if text in NAMED_FORMATS else _Pattern(text, _shape(text)) for text in formats]
        self._zone = zone
        self._ambiguous = ambiguous
        self.read = lru_cache(maxsize=1 << 14)(self._read)
        """Milliseconds since the epoch of a text, parts of a millisecond cut off; sources repeat themselves.

        Args: the text, and the name of the field for the error.

        Raises:
            RejectedInput: bad-value for another form, no-such-date, no-such-local-time (a clock set forward
                skips it), instant-out-of-range.
        """

    def _read(self, text: str, field: str) -> int:
        for form in self._formats:
            instant = self._by_form(text, form, field)
            if instant is not None:
                if not _FIRST <= instant <= _LAST:
                    raise RejectedInput("instant-out-of-range", field)
                return instant
        raise RejectedInput("bad-value", f"{field} is not an instant in a format of the mapping")

    def _by_form(self, text: str, form: str | _Pattern, field: str) -> int | None:
        """None if the text does not have the shape of the format."""
        return self._pattern(text, form, field) if isinstance(form, _Pattern) else _named(text, form, field)

    def _pattern(self, text: str, pattern: _Pattern, field: str) -> int | None:
        if not pattern.shape.fullmatch(text):
            return None
        try:
            moment = datetime.strptime(text, pattern.text)  # noqa: DTZ007 - its zone is the mapping's
            return (moment - _EPOCH) // _MILLISECOND if moment.tzinfo else self._local(moment, field)
        except (ValueError, OverflowError):
            raise RejectedInput("no-such-date", field) from None

    def _local(self, moment: datetime, field: str) -> int:
        """A local time of the zone: it may not exist, or twice."""
        first = moment.replace(tzinfo=self._zone, fold=0)
        second = moment.replace(tzinfo=self._zone, fold=1)
        if first.utcoffset() != second.utcoffset():
            if first.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) != moment:
                raise RejectedInput("no-such-local-time", field)
            if self._ambiguous == "reject":
                raise RejectedInput("bad-value", f"{field} is a local time that the clock shows twice")
        return ((second if self._ambiguous == "later" else first) - _EPOCH) // _MILLISECOND


@cache
def instants(zone: str, formats: tuple[str, ...]) -> Instants:
    """The reader of some formats in a zone; a time the clock shows twice is the earlier instant."""
    return Instants(formats, ZoneInfo(zone), "earlier")


def _shape(pattern: str) -> re.Pattern[str]:
    """What texts of a pattern look like; numbers that touch have all their digits, for nothing else parts them."""
    parts = [part for part in _DIRECTIVE.split(pattern) if part]
    shapes = [_DIRECTIVES.get(part) or re.escape(part) for part in parts]
    for place in range(len(parts)):
        neighbours = parts[max(0, place - 1) : place] + parts[place + 1 : place + 2]
        if parts[place] in _DIRECTIVES and any(each in _DIRECTIVES for each in neighbours):
            shapes[place] = shapes[place].replace(r"\d\d?", r"\d\d")
    return re.compile("".join(shapes), re.ASCII)


def _named(text: str, form: str, field: str) -> int | None:
    if form == EPOCH_MILLIS:
        return int(text) if _MILLIS_SHAPE.fullmatch(text) else None
    if form == EPOCH_SECONDS:
        found = _SECONDS_SHAPE.fullmatch(text)
        return int(found[1]) * 1000 + int(((found[2] or "") + "000")[:3]) if found else None
    found = _ISO_SHAPE.fullmatch(text)
    return _iso(found, field) if found else None


def _iso(found: re.Match[str], field: str) -> int:
    day, time, fraction, offset = found.groups()
    if offset != "Z":
        offset = f"{offset[:3]}:{offset[3:].lstrip(':') or '00'}"
    try:
        return instant_of(f"{day}T{time}{'.' + fraction[:6] if fraction else ''}{offset}", field)
    except RejectedInput:
        raise RejectedInput("no-such-date", field) from None
