"""Reads the tables of `services/reference/`: TOML rows, each with its source; every problem is told at once.

A problem names file, row, field and remedy. Whoever reads a table gives the function that makes a row of it.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

Row = TypeVar("Row")


def read_table(path: Path, key: str, make: Callable[[dict[str, Any]], Row], problems: list[str]) -> list[Row]:
    """Every good row of one file; what is wrong with the others goes to `problems`."""
    made: list[Row] = []
    for number, row in enumerate(_rows(path, key, problems), 1):
        try:
            if not str(row["source"]).strip():
                raise ValueError("source: is empty; every row says where it comes from")
            made.append(make(row))
        except KeyError as error:
            problems.append(f"{path.name}: row {number}: field {error.args[0]!r} is missing")
        except (TypeError, ValueError) as error:
            problems.append(f"{path.name}: row {number}: {error}")
    return made


def _rows(path: Path, key: str, problems: list[str]) -> list[dict[str, Any]]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get(key)
    except OSError as error:
        problems.append(
            f"{path.name}: cannot be read ({error.strerror}); it belongs beside the other reference files"
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: is not TOML ({error})")
    else:
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
        problems.append(f"{path.name}: has no [[{key}]] rows")
    return []


def day_of(row: Mapping[str, Any], field: str) -> date | None:
    """A calendar day of a row; None if the field is not given.

    Raises:
        ValueError: if it is anything but a TOML date.
    """
    value = row.get(field)
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise ValueError(f"{field}: {value!r} is not a date; write 2026-01-31 without quotes")
    return value
