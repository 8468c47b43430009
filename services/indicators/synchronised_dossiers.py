"""Indicator 1.4: the share of dossiers synchronised to the national portal, 6 points.

synchronised / the greater of the dossiers reported, which is what the hub counted, and those known to the portal; by
the month in which they were accepted. What the portal counted is imported, the unit's own row of the period; of
several the newest by `as_of` holds. Without one there is no figure. Should the portal count more as synchronised than
anybody knows of, that number is the denominator.
Aggregation: the dossiers are summed, the portal's counts are not. Horizon: as of.
Source: Decision 766/QD-TTg, indicator 1.4.

>>> figure = of(reported=900, synchronised=880, known_to_portal=950)
>>> figure.numerator, figure.denominator, figure.total
(880, 950, 950)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.periods import label
from services.domain.view import Book, CaseView
from services.indicators.dossiers import accepted_at

DEFINITION: Final = Definition(
    "1.4",
    "Dossiers synchronised to the national portal",
    1,
    "Decision 766/QD-TTg, indicator 1.4",
    Aggregation.IMPORTED,
    Horizon.AS_OF,
)
REPORTED: Final = "1.4.reported"


def count(view: CaseView, book: Book) -> None:
    """Every dossier when it was accepted."""
    at = accepted_at(view)
    if at is not None:
        book.add(REPORTED, at)


def measure(counts: Cell, setting: Setting) -> Figure | None:
    """The share by the portal's newest count; None if none of the period was imported."""
    period = label(setting.month, setting.grain)
    found = setting.imports.portal_counts(setting.unit, period, setting.as_of)
    if found is None:
        return None
    return of(counts.get(REPORTED, 0), found.synchronised, found.known_to_portal)


def of(reported: int, synchronised: int, known_to_portal: int) -> Figure:
    """The figure of the three counts."""
    parts = {"reported": reported, "synchronised": synchronised, "known_to_portal": known_to_portal}
    denominator = max(parts.values())
    return Figure(synchronised, denominator, denominator, parts)
