"""Indicator 3.3: the share of dossiers filed online, 6 points, full from 50 % on.

filed online, and with an electronic result where a document is due / dossiers accepted in the period. No document is
due if the procedure gives none, or if the dossier was refused, withdrawn or stopped; while a dossier is open its
result is not there yet, and it counts in the denominator alone. If nobody says how it was filed, whether a document is
due, or whether the result of an ended dossier is electronic, it is in the total alone, unless one no settles it.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 3.3.

>>> figure = ASKED.figure({"3.3.online": 3, "3.3.otherwise": 1, "3.3.unsaid": 2})
>>> figure.numerator, figure.denominator, figure.total
(3, 4, 6)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question, both
from services.indicators.dossiers import accepted_at, electronic, is_filed_online, result_of

DEFINITION: Final = Definition(
    "3.3",
    "Dossiers filed online",
    1,
    "Decision 766/QD-TTg, indicator 3.3",
    Aggregation.SUM,
    Horizon.AS_OF,
    has_drill_down=True,
)
ASKED: Final = Question("3.3", "online", "otherwise")


def count(view: CaseView, book: Book) -> None:
    """Every dossier when it was accepted, by whether it went online from end to end."""
    at = accepted_at(view)
    if at is None:
        return
    online = is_filed_online(view)
    ASKED.book(book, at, online is not False and both(online, electronic(result_of(view, at))))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the dossiers accepted in the period."""
    return ASKED.figure(counts)
