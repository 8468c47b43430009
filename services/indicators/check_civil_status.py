"""Cross-check: civil status records whose dossier is processed or returned, as it should be.

dossier processed or returned / dossiers for which the register has made its record, by the month of the record. A
dossier that is still open, or was refused, withdrawn or stopped, differs until its source says otherwise.
Aggregation: sum. Horizon: as of, for the dossier may be finished later. Source: `domain/systems.md`, "Cross-checks".

>>> figure = QUESTION.figure({"check.civil-status.agrees": 9, "check.civil-status.differs": 1})
>>> figure.numerator, figure.denominator
(9, 10)
"""

from typing import Final

from egovhub.events import Kind

from services.domain.cells import Cell
from services.domain.elsewhere import CIVIL_STATUS, recorded_at, told
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.dossiers import DOSSIERS

DEFINITION: Final = Definition(
    "check.civil-status",
    "Civil status records whose dossier is finished",
    1,
    "domain/systems.md, cross-checks",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "agrees", "differs")

_FINISHED: Final = frozenset({Kind.PROCESSED, Kind.RETURNED})


def count(view: CaseView, book: Book) -> None:
    """A dossier for which there is a record."""
    if not view.others or view.domain != DOSSIERS:
        return
    at = recorded_at(told(view, CIVIL_STATUS))
    if at is not None:
        end = view.state.processing_end
        QUESTION.book(book, at, end is not None and end.kind in _FINISHED)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The records made in the period."""
    return QUESTION.figure(counts)
