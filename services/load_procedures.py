"""Loads the table of procedures and of local limits, `procedures.toml`, and refuses what cannot be meant."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from services.domain import procedures
from services.domain.calendar import Limit, LimitUnit
from services.domain.procedures import AFTER_15H, EXTEND, RESTART, LocalLimit, Procedure, Procedures
from services.reference_fields import VERIFIED, flag, known_from, one_of, only, text, whole
from services.reference_files import day_of, read_table

Row = TypeVar("Row")

FILE: Final = "procedures.toml"
SAME_DAY: Final = "same_day"
LEVELS: Final = ("commune", "district", "department", "ministry")
FEES: Final = {"yes": True, "local": None, "no": False}
_RESTART_RULE: Final = "restart_after_supplement"

_SHARED: Final = ("code", "limit", "unit", "valid_from", "valid_to", "known_from", "source", "verified")
_PROCEDURE: Final = (
    *("name", "name_en", "field", "levels", "start_rule", "fee"),
    *("document_result", "subject_is_person", "legal_basis", *_SHARED),
)
_LOCAL_LIMIT: Final = ("scope", "levels", *_SHARED)
_STEM: Final = re.compile(r"\d\.\d{6}")
_WORDS: Final = frozenset(
    {
        AFTER_15H,
        _RESTART_RULE,
        "case_completion_same_day_15h",
        "complete_dossier",
        "excluded_times_listed_in_decree",
        "invalid_notice_then_refile",
        "linked_three_agencies",
        "may_extend_by_agreement",
        "received_at_once",
        "transition_keeps_old_rule",
        "verification_wait",
    }
)
"""The start rules without a number; a misspelt one must not become a note."""
_WITH_NUMBER: Final = re.compile(r"[a-z]+(_[a-z]+)*_\d+(_working)?_(day|hour)s?(_[a-z]+)*|stages(_\d+){2,}")


def load(directory: Path, problems: list[str], zone: ZoneInfo) -> Procedures:
    """The table of one folder of reference data; everything wrong with it goes to `problems`.

    Refused: rows in force together for one level, a limit without a unit or the reverse, an unknown unit, level or
    start rule, a misspelt field, a row without a source.

    Args:
        zone: cuts the day that a `known_from` without a time begins.
    """
    path = directory / FILE
    rows = _read(path, "procedure", lambda row: _procedure(row, zone), problems)
    local = (
        _read(path, "local_limit", lambda row: _local_limit(row, zone), problems)
        if _has(path, "local_limit")
        else []
    )
    problems += [f"{FILE}: {problem}" for problem in procedures.problems(rows, local)]
    return Procedures(rows, local)


def _has(path: Path, key: str) -> bool:
    try:
        return key in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False  # told by the table that every file has


def _read(path: Path, key: str, make: Callable[[dict[str, Any]], Row], problems: list[str]) -> list[Row]:
    """The good rows of one of the two tables; its problems name the table."""
    found: list[str] = []
    rows = read_table(path, key, make, found)
    problems += [problem.replace(": row ", f": [[{key}]] row ", 1) for problem in found]
    return rows


def _procedure(row: Mapping[str, Any], zone: ZoneInfo) -> Procedure:
    only(row, _PROCEDURE)
    limit, is_same_day = _limit(row)
    tokens = _start_rule(row["start_rule"])
    document_result = flag(row, "document_result")
    if document_result is None:
        raise KeyError("document_result")
    return Procedure(
        **_shared(row, zone),
        levels=_levels(row["levels"]),
        limit=limit,
        is_same_day=is_same_day,
        after_15h=AFTER_15H in tokens,
        supplement=RESTART if _RESTART_RULE in tokens else EXTEND,
        notes=tuple(token for token in tokens if token not in (AFTER_15H, _RESTART_RULE)),
        name=text(row, "name"),
        name_en=text(row, "name_en"),
        field=text(row, "field"),
        legal_basis=text(row, "legal_basis"),
        fee=FEES[one_of(row, "fee", FEES)],
        document_result=document_result,
        subject_is_person=flag(row, "subject_is_person"),
    )


def _local_limit(row: Mapping[str, Any], zone: ZoneInfo) -> LocalLimit:
    only(row, _LOCAL_LIMIT)
    limit, is_same_day = _limit(row)
    if limit is None:
        raise ValueError("limit: is missing; a local row is there to set one")
    return LocalLimit(
        **_shared(row, zone),
        scope=text(row, "scope"),
        limit=limit,
        is_same_day=is_same_day,
        levels=_levels(row["levels"]) if "levels" in row else (),
    )


def _shared(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """What both tables say: code, dates and how sure the row is."""
    code = text(row, "code")
    if not _STEM.fullmatch(code):
        raise ValueError(
            f"code: {code!r} is no stem; write one digit, a dot and six digits, without a suffix"
        )
    first, end = day_of(row, "valid_from") or date.min, day_of(row, "valid_to")
    if end is not None and end <= first:
        raise ValueError(
            f"valid_to: {end} is not after valid_from; it is the first day on which the row no longer holds"
        )
    return {
        "stem": code,
        "valid_from": first,
        "valid_to": end,
        "known_from": known_from(row, zone),
        "source": text(row, "source"),
        "verified": one_of(row, "verified", VERIFIED),
    }


def _limit(row: Mapping[str, Any]) -> tuple[Limit | None, bool]:
    """The limit, and whether it is the day of reception."""
    if "limit" not in row and "unit" not in row:
        return None, False
    if "limit" not in row or "unit" not in row:
        missing = "unit" if "limit" in row else "limit"
        raise ValueError(f"{missing}: is missing; give limit and unit, or neither if the limit is not known")
    amount, unit = whole(row, "limit"), one_of(row, "unit", (SAME_DAY, *LimitUnit))
    if (amount == 0) != (unit == SAME_DAY):
        raise ValueError(f"limit: {amount} {unit}; 0 goes with the unit {SAME_DAY}, and with no other")
    if unit == SAME_DAY:
        return Limit(0, LimitUnit.WORKING_DAYS), True
    return Limit(amount, LimitUnit(unit)), False


def _start_rule(tokens: Any) -> tuple[str, ...]:
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise ValueError(f"start_rule: {tokens!r} is not a list of texts")
    for token in tokens:
        if token not in _WORDS and not _WITH_NUMBER.fullmatch(token):
            raise ValueError(
                f"start_rule: {token!r} is unknown; write one of {', '.join(sorted(_WORDS))}, "
                "or words with a number of days or hours such as verify_plus_5_working_days"
            )
    return tuple(tokens)


def _levels(levels: Any) -> tuple[str, ...]:
    if not isinstance(levels, list) or not levels or not set(levels) <= set(LEVELS):
        raise ValueError(f"levels: {levels!r} is not a list of {', '.join(LEVELS)}")
    return tuple(levels)
