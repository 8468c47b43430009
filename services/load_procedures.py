"""Loads the table of procedures and of local limits, `procedures.toml`, and refuses what cannot be meant."""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from services.domain import procedures
from services.domain.calendar import Limit, LimitUnit
from services.domain.procedures import AFTER_15H, EXTEND, RESTART, LocalLimit, Procedure, Procedures
from services.reference_files import day_of, read_table

Row = TypeVar("Row")

FILE: Final = "procedures.toml"
SAME_DAY: Final = "same_day"
LEVELS: Final = ("commune", "district", "department", "ministry")
FEES: Final = {"yes": True, "local": None, "no": False}
VERIFIED: Final = ("two-sources", "one-source", "illustrative")
_RESTART_RULE: Final = "restart_after_supplement"

_DATES: Final = frozenset({"valid_from", "valid_to", "known_from"})
_LIMITS: Final = frozenset({"code", "levels", "limit", "unit", "source", "verified"})
_FIELDS: Final = {
    "procedure": _DATES
    | _LIMITS
    | {
        "name",
        "name_en",
        "field",
        "start_rule",
        "fee",
        "document_result",
        "subject_is_person",
        "legal_basis",
    },
    "local_limit": _DATES | _LIMITS | {"scope"},
}
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


def load(directory: Path, problems: list[str]) -> Procedures:
    """The table of one folder of reference data; everything wrong with it goes to `problems`.

    Refused: rules in force together for one level, a limit without a unit or the reverse, an unknown unit, level or
    start rule, a misspelt field, a row without a source.
    """
    path = directory / FILE
    rows = _read(path, "procedure", _procedure, problems)
    local = _read(path, "local_limit", _local_limit, problems) if _has(path, "local_limit") else []
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


def _procedure(row: Mapping[str, Any]) -> Procedure:
    limit, is_same_day = _limit(row)
    tokens = _start_rule(row["start_rule"])
    return Procedure(
        **_shared(row, "procedure"),
        levels=_levels(row["levels"]),
        limit=limit,
        is_same_day=is_same_day,
        after_15h=AFTER_15H in tokens,
        supplement=RESTART if _RESTART_RULE in tokens else EXTEND,
        notes=tuple(token for token in tokens if token not in (AFTER_15H, _RESTART_RULE)),
        name=_text(row["name"], "name"),
        name_en=_text(row["name_en"], "name_en"),
        field=_text(row["field"], "field"),
        legal_basis=_text(row["legal_basis"], "legal_basis"),
        fee=FEES[_one_of(row["fee"], "fee", tuple(FEES))],
        document_result=_flag(row["document_result"], "document_result"),
        subject_is_person=_flag(row.get("subject_is_person"), "subject_is_person"),
    )


def _local_limit(row: Mapping[str, Any]) -> LocalLimit:
    limit, is_same_day = _limit(row)
    if limit is None:
        raise ValueError("limit: is missing; a local row is there to set one")
    levels = _levels(row["levels"]) if "levels" in row else ()
    shared = _shared(row, "local_limit")
    scope = _text(row["scope"], "scope")
    return LocalLimit(**shared, scope=scope, limit=limit, is_same_day=is_same_day, levels=levels)


def _shared(row: Mapping[str, Any], table: str) -> dict[str, Any]:
    """What both tables say: code, dates and how sure the row is."""
    if unknown := sorted(row.keys() - _FIELDS[table]):
        raise ValueError(
            f"{unknown[0]}: is no field of [[{table}]]; there are {', '.join(sorted(_FIELDS[table]))}"
        )
    code = _text(row["code"], "code")
    if not _STEM.fullmatch(code):
        raise ValueError(
            f"code: {code!r} is no stem; write one digit, a dot and six digits, without a suffix"
        )
    dates = {field: day_of(row, field) for field in sorted(_DATES)}
    if dates["valid_from"] and dates["valid_to"] and dates["valid_to"] < dates["valid_from"]:
        raise ValueError(f"valid_to: {dates['valid_to']} lies before valid_from")
    verified = _one_of(row["verified"], "verified", VERIFIED)
    return {"stem": code, "source": _text(row["source"], "source"), "verified": verified, **dates}


def _limit(row: Mapping[str, Any]) -> tuple[Limit | None, bool]:
    """The limit, and whether it is the day of reception."""
    amount, unit = row.get("limit"), row.get("unit")
    if amount is None and unit is None:
        return None, False
    if amount is None or unit is None:
        raise ValueError(
            f"{'limit' if amount is None else 'unit'}: is missing; give limit and unit, or neither"
        )
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError(f"limit: {amount!r} is not a whole number")
    _one_of(unit, "unit", (SAME_DAY, *LimitUnit))
    if unit == SAME_DAY:
        if amount:
            raise ValueError(f"limit: {amount} with unit same_day; write 0, or another unit")
        return Limit(0, LimitUnit.WORKING_DAYS), True
    if amount < 1:
        raise ValueError(f"limit: {amount} {unit}; give 1 or more, or 0 with unit same_day")
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
    if not isinstance(levels, list) or not levels:
        raise ValueError(f"levels: {levels!r} is not a list of {', '.join(LEVELS)}")
    return tuple(_one_of(level, "levels", LEVELS) for level in levels)


def _one_of(value: Any, field: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{field}: {value!r} is unknown; write {', '.join(allowed)}")
    return str(value)


def _flag(value: Any, field: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{field}: {value!r} is neither true nor false")
    return value


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field}: {value!r} is no text")
    return value
