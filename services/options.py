"""What commands of the hub are told: instants, periods, policies and the zone, each refused with a remedy."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from egovhub.errors import ConfigurationError

from services.clock import instant_of, parse_clock
from services.domain.periods import FIRST_YEAR, LAST_YEAR, Grain, label, month_of_label
from services.domain.policy import Policy
from services.rules import Rules
from services.settings import Settings, load_settings

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MONTH: Final = (LAST_YEAR - FIRST_YEAR) * 12 + 11


def instant(option: str, text: str) -> int:
    """The instant an option names.

    Raises:
        ConfigurationError: if it names none, or one in which the hub does not count.
    """
    try:
        found = instant_of(text)
    except ValueError as error:
        raise ConfigurationError(f"{option}: {text[:40]!r} {error}") from None
    if not FIRST_YEAR <= (_EPOCH + timedelta(milliseconds=found)).year <= LAST_YEAR:
        raise ConfigurationError(
            f"{option}: {text!r} is out of range; the hub counts from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return found


def instant_or_now(option: str, text: str | None, settings: Settings) -> int:
    """The instant an option names; without it the present one by the clock of this process."""
    return parse_clock(settings.clock).now() if text is None else instant(option, text)


def period(option: str, text: str) -> tuple[Grain, int]:
    """Grain and first month of a named period.

    Raises:
        ConfigurationError: if it names none.
    """
    try:
        month = month_of_label(text)
    except ValueError:
        month = -1
    grain = next(
        (grain for grain in Grain if 0 <= month <= _LAST_MONTH and label(month, grain) == text), None
    )
    if grain is None:
        raise ConfigurationError(
            f"{option}: {text[:40]!r} is no period; write it like 2026-11, 2026-Q4 or 2026"
        )
    return grain, month


def policy(option: str, text: str | None, rules: Rules) -> Policy:
    """The policy of a label; without one the first.

    Raises:
        ConfigurationError: if no policy has this label.
    """
    found = [policy for policy in rules.law.policies if text in (None, policy.label)]
    if not found:
        raise ConfigurationError(f"{option}: {text!r} is none of {', '.join(rules.labels)}")
    return found[0]


def settings_in(zone: str | None) -> Settings:
    """The settings of this process, in another zone if one is named.

    Raises:
        ConfigurationError: if it is no zone, or the settings are wrong.
    """
    if zone is None:
        return load_settings()
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigurationError(
            f"--zone: {zone!r} is not a time zone; use an IANA name such as Asia/Ho_Chi_Minh"
        ) from None
    return load_settings(zone=zone)
