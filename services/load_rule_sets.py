"""Loads the general rules of handling a case, `rule_sets.toml`, and refuses what cannot be meant."""

from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.domain import rule_sets
from services.domain.rule_sets import RuleSet, RuleSets
from services.reference_fields import VERIFIED, known_from, one_of, only, text, whole
from services.reference_files import day_of, read_table

FILE: Final = "rule_sets.toml"
_HOUR_MS: Final = 3_600_000
_FIELDS: Final = (
    *("name", "hand_on_after", "apology_ahead_hours", "new_appointments"),
    *("valid_from", "valid_to", "known_from", "source", "verified"),
)


def load(directory: Path, problems: list[str], zone: ZoneInfo) -> RuleSets:
    """The rows of one folder of reference data; everything wrong with them goes to `problems`.

    Args:
        zone: cuts the day that a `known_from` without a time begins.
    """
    rows = read_table(directory / FILE, "rule_set", lambda row: _rule_set(row, zone), problems)
    problems += [f"{FILE}: {problem}" for problem in rule_sets.problems(rows)]
    return RuleSets(rows)


def _rule_set(row: Mapping[str, Any], zone: ZoneInfo) -> RuleSet:
    only(row, _FIELDS)
    first, end = day_of(row, "valid_from") or date.min, day_of(row, "valid_to")
    if end is not None and end <= first:
        raise ValueError(
            f"valid_to: {end} is not after valid_from; it is the first day on which the row no longer holds"
        )
    hand_on_after = row["hand_on_after"]
    if not isinstance(hand_on_after, time):
        raise ValueError(f"hand_on_after: {hand_on_after!r} is not a time; write 15:00:00 without quotes")
    if (appointments := whole(row, "new_appointments")) > 1:
        raise ValueError(
            f"new_appointments: {appointments}; the law knows 0 or 1, and nothing else is computed"
        )
    return RuleSet(
        text(row, "name"),
        hand_on_after,
        whole(row, "apology_ahead_hours") * _HOUR_MS,
        appointments,
        text(row, "source"),
        one_of(row, "verified", VERIFIED),
        first,
        end,
        known_from(row, zone),
    )
