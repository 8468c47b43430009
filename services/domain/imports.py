"""Figures the hub imports and never computes: dated, sourced records and their look-ups.

The catalogue of procedures, the national portal's counts, the published PAR INDEX and SIPAS, and the agencies that
are expected to exchange electronic documents. Nothing imported is no data, never zero. Units are ids of the registry.
Source: `domain/indicators.md` 1 and 2; the files are described in `services/reference/README.md`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from services.domain.dated import Dated, in_force, known

LEVELS: Final = ("commune", "district", "department", "ministry")
"""Who executes a procedure."""
FIGURES: Final = ("par-index", "sipas")
"""The published figures."""
TOTAL: Final = "total"
"""The component of a published figure that is the figure itself."""
LINKS: Final = ("province-department", "province-district", "province-commune")
"""Between which levels an agency is expected to exchange electronic documents."""


class OnlineLevel(StrEnum):
    """How much of a procedure can be done online; partial and full both count as offered (indicator 3.1)."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class CatalogueEntry(NamedTuple):
    """One procedure in the catalogue of one unit; None = the import does not say, so it counts nowhere.

    Args:
        procedure: national stem.
        unit: whose catalogue it is; units below it execute it too, if they are of `level`.
        level: one of `LEVELS`.
        announced_on: the unit's decision was announced; compared with `effective_on` in 1.1.
        decision_on: date of that decision, the period key of 1.1 and 1.2.
        effective_on: of the newest legal basis.
        published_on: on the national portal, with all its parts if `is_complete` (1.3).
        valid_to: exclusive.
        known_from: milliseconds since the epoch.
    """

    procedure: str
    unit: str
    level: str
    announced_on: date | None
    decision_on: date | None
    effective_on: date | None
    published_on: date | None
    is_complete: bool | None
    online_level: OnlineLevel | None
    has_fee: bool | None
    is_fee_integrated: bool | None
    has_document_result: bool | None
    is_subject_person: bool | None
    is_population_connected: bool | None
    valid_from: date
    valid_to: date | None
    known_from: int | None
    source: str
    verified: str


class PortalCount(NamedTuple):
    """What the national portal counted of one unit and period at one instant (indicator 1.4).

    Args:
        period: `2026-11`, `2026-Q4` or `2026`.
        synchronised: dossiers that the unit synchronised to the portal.
        known_to_portal: dossiers of the unit that the portal knows of, whoever told it.
        as_of: when the portal counted, milliseconds since the epoch.
    """

    unit: str
    period: str
    synchronised: int
    known_to_portal: int
    as_of: int
    known_from: int | None
    source: str
    verified: str


class PublishedFigure(NamedTuple):
    """A figure that somebody else published about a year.

    Args:
        figure: one of `FIGURES`.
        unit: id of the registry as the unit was in that year; `63-provinces` = the mean of all.
        component: `TOTAL`, or the name of a part.
        value: in hundredths of a per cent: 9180 = 91.80 %.
        rank: among `ranked` units; None if none was published.
    """

    figure: str
    unit: str
    year: int
    component: str
    value: int
    rank: int | None
    ranked: int | None
    known_from: int | None
    source: str
    verified: str
    note: str


class ExpectedAgency(NamedTuple):
    """An agency that is expected to exchange electronic documents over a link; `valid_to` is exclusive."""

    unit: str
    link: str
    valid_from: date
    valid_to: date | None
    known_from: int | None
    source: str
    verified: str


class Imports:
    """All imported records, looked up by key; the rows of one key must not contradict each other."""

    def __init__(
        self,
        catalogue: Iterable[CatalogueEntry] = (),
        portal: Iterable[PortalCount] = (),
        published: Iterable[PublishedFigure] = (),
        agencies: Iterable[ExpectedAgency] = (),
    ) -> None:
        self._catalogue: dict[str, dict[tuple[str, str], list[CatalogueEntry]]] = {}
        for entry in catalogue:
            rows = self._catalogue.setdefault(entry.unit, {})
            rows.setdefault((entry.procedure, entry.level), []).append(entry)
        self._portal: dict[tuple[str, str], list[PortalCount]] = {}
        for count in portal:
            self._portal.setdefault((count.unit, count.period), []).append(count)
        self._published: dict[tuple[str, str, int, str], list[PublishedFigure]] = {}
        for row in published:
            self._published.setdefault((row.figure, row.unit, row.year, row.component), []).append(row)
        self._agencies: dict[tuple[str, str], list[ExpectedAgency]] = {}
        for agency in agencies:
            self._agencies.setdefault((agency.unit, agency.link), []).append(agency)

    def at(self, known_at: int | None) -> "Imports":
        """The same, as far as it was known at an instant (milliseconds since the epoch); None = everything."""
        entries = (row for keys in self._catalogue.values() for rows in keys.values() for row in rows)
        return Imports(
            known(entries, known_at),
            known((row for rows in self._portal.values() for row in rows), known_at),
            known((row for rows in self._published.values() for row in rows), known_at),
            known((row for rows in self._agencies.values() for row in rows), known_at),
        )

    def edges(self, day_start: Callable[[date], int]) -> tuple[int, ...]:
        """The instants at which the catalogue or the list of agencies says something else, ascending.

        A row does on the first day on which it holds and after the last, one of the catalogue on each day it names.

        Args:
            day_start: the first instant of a day.
        """
        entries = [row for keys in self._catalogue.values() for rows in keys.values() for row in rows]
        dated: list[Dated] = [*entries, *(row for rows in self._agencies.values() for row in rows)]
        days = {day for row in dated for day in (row.valid_from, row.valid_to)}
        for entry in entries:
            days |= {entry.announced_on, entry.decision_on, entry.effective_on, entry.published_on}
        return tuple(sorted(day_start(day) for day in days if day is not None))

    def counted_by_portal(self) -> tuple[tuple[int, str], ...]:
        """When the portal counted which period, ascending."""
        return tuple(sorted({(row.as_of, row.period) for rows in self._portal.values() for row in rows}))

    @property
    def catalogue_units(self) -> tuple[str, ...]:
        """The units that have a catalogue of their own, in order."""
        return tuple(sorted(self._catalogue))

    def catalogue(
        self, unit_path: Sequence[str], day: date, level: str | None = None, below: Iterable[str] = ()
    ) -> tuple[CatalogueEntry, ...]:
        """The procedures of a unit on a day, each procedure and level once, in that order.

        A unit has the procedures of its own catalogue, and those of the catalogues of the units above it; of two
        entries of one procedure the nearest unit's decides. Pooled figures add the catalogues of the units below,
        and count a procedure once however many units execute it.

        Args:
            unit_path: the unit and those above it, nearest first.
            level: only procedures executed there; what a commune inherits from its city is `commune`.
            below: ids of the units whose figures are pooled into this one.
        """
        found: dict[tuple[str, str], CatalogueEntry] = {}
        for unit in (*unit_path, *below):
            for key, rows in self._catalogue.get(unit, {}).items():
                if key in found or level not in {None, key[1]}:
                    continue
                if (entry := in_force(rows, day)) is not None:
                    found[key] = entry
        return tuple(found[key] for key in sorted(found))

    def portal_counts(self, unit: str, period: str, as_of: int | None = None) -> PortalCount | None:
        """The newest count of a unit and period; None if the portal's counts were not imported.

        A correction is the same `as_of` known later, and wins.

        Args:
            unit: its own row alone: counts of units below are rows of theirs.
            as_of: leaves out what was counted later, milliseconds since the epoch.
        """
        rows = [r for r in self._portal.get((unit, period), ()) if as_of is None or r.as_of <= as_of]
        return max(rows, key=lambda r: (r.as_of, r.known_from is not None, r.known_from or 0), default=None)

    def published(
        self, figure: str, unit: str, year: int, component: str = TOTAL
    ) -> tuple[PublishedFigure, ...]:
        """What is published of a unit and year, one row a source, in the order of the files.

        Sources disagree slightly, so there may be several; none is corrected by another.
        """
        return tuple(self._published.get((figure, unit, year, component), ()))

    def components(self, figure: str, unit: str, year: int) -> tuple[str, ...]:
        """The names under which something is published of a unit and year."""
        return tuple(key[3] for key in self._published if key[:3] == (figure, unit, year))

    def agencies(self, day: date, link: str | None = None) -> tuple[ExpectedAgency, ...]:
        """The agencies expected to exchange electronic documents on a day; empty = nobody said which."""
        links = LINKS if link is None else (link,)
        found = (in_force(self._agencies[key], day) for key in sorted(self._agencies) if key[1] in links)
        return tuple(row for row in found if row is not None)
