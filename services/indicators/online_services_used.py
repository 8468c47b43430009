"""Indicator 3.2: the share of online services that had dossiers, 4 points.

services with at least one dossier that was filed online and accepted in the period / services, which are the
procedures with partial or full online service at any level in the catalogue of the reporting day. A procedure of which
the catalogue does not say so is in the total alone; online dossiers of other procedures count nowhere.
Aggregation: distinct procedures, so the children do not add up to the parent. Horizon: as of.
Source: Decision 766/QD-TTg, indicator 3.2.

>>> figure = of({"a": True, "b": True, "c": False, "d": None}, {"a": 12, "c": 1})
>>> figure.numerator, figure.denominator, figure.total
(1, 2, 3)
"""

from collections.abc import Mapping
from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Answer, conditional
from services.indicators.catalogue import by_procedure, entries
from services.indicators.dossiers import accepted_at, is_filed_online
from services.indicators.online_procedures import is_offered

DEFINITION: Final = Definition(
    "3.2",
    "Online services with dossiers",
    1,
    "Decision 766/QD-TTg, indicator 3.2",
    Aggregation.DISTINCT_PROCEDURES,
    Horizon.AS_OF,
)
ONLINE: Final = "3.2.online"


def count(view: CaseView, book: Book) -> None:
    """A dossier that was filed online, when it was accepted."""
    at = accepted_at(view)
    if at is not None and is_filed_online(view):
        book.add(ONLINE, at)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the services of the unit; None if it has no catalogue."""
    found = entries(setting)
    if not found:
        return None
    return of(by_procedure(found, lambda entry: is_offered(entry.online_level)), setting.by_procedure(ONLINE))


def of(services: Mapping[str, Answer], dossiers: Mapping[str, int]) -> Figure:
    """The figure of procedures by whether they are services, and their online dossiers."""
    return conditional(((service, stem in dossiers) for stem, service in services.items()), "used", "unused")
