"""Reads the registry of units and their successions from the reference data.

A bad row is named by file and row, or by file and the id of the unit or edge; every problem of both files is told.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.domain.organisations import KINDS, Organisations, Unit
from services.domain.organisations_problems import problems as registry_problems
from services.domain.succession import KINDS as SUCCESSION_KINDS
from services.domain.succession import Succession
from services.reference_fields import VERIFIED, known_from, one_of, only, text
from services.reference_files import day_of, read_table

UNITS: Final = "organisations.toml"
SUCCESSIONS: Final = "successions.toml"

_UNIT_FIELDS: Final = (
    "code", "name", "kind", "parent", "jurisdiction", "valid_from", "valid_to", "known_from", "source", "verified",
)  # fmt: skip
_SUCCESSION_FIELDS: Final = ("old", "new", "kind", "on", "share", "known_from", "source")


def load(directory: Path, problems: list[str], zone: ZoneInfo) -> Organisations:
    """The registry of a folder of reference data; an empty one if anything is wrong with it.

    Args:
        directory: holds `organisations.toml` and `successions.toml`.
        problems: gets everything that is wrong, a line each.
        zone: cuts the days on which units begin and end.
    """
    found: list[str] = []
    units = read_table(directory / UNITS, "unit", lambda row: _unit(row, zone), found)
    is_whole = not found  # else every edge of an unreadable unit would be a problem of its own
    successions = read_table(directory / SUCCESSIONS, "succession", lambda row: _succession(row, zone), found)
    checked = successions if is_whole else []
    found += [
        f"{SUCCESSIONS if problem.startswith('succession') else UNITS}: {problem}"
        for problem in registry_problems(units, checked)
    ]
    problems += found
    return Organisations((), (), zone) if found else Organisations(units, successions, zone)


def _unit(row: Mapping[str, Any], zone: ZoneInfo) -> Unit:
    only(row, _UNIT_FIELDS)
    return Unit(
        code=text(row, "code"),
        name=text(row, "name"),
        kind=one_of(row, "kind", sorted(KINDS)),
        parent=text(row, "parent") if "parent" in row else None,
        valid_from=day_of(row, "valid_from"),
        source=text(row, "source"),
        valid_to=day_of(row, "valid_to"),
        verified=one_of(row, "verified", VERIFIED) if "verified" in row else "",
        known_from=known_from(row, zone),
        jurisdiction=text(row, "jurisdiction") if "jurisdiction" in row else None,
    )


def _succession(row: Mapping[str, Any], zone: ZoneInfo) -> Succession:
    only(row, _SUCCESSION_FIELDS)
    on = day_of(row, "on")
    if on is None:
        raise KeyError("on")
    share = row.get("share")
    if share is not None and (isinstance(share, bool) or share not in (0, 1)):
        raise ValueError(f"share: {share!r} is not 0 or 1; leave it out if no source gives the population")
    return Succession(
        old=text(row, "old"),
        new=text(row, "new"),
        on=on,
        kind=one_of(row, "kind", sorted(SUCCESSION_KINDS)),
        share=share,
        source=text(row, "source"),
        known_from=known_from(row, zone),
    )
