"""Whether a source and the law give the same due instant.

Cases for which both agree / cases for which both are known, by the month in which the case began to count. Both are
kept; each policy says which of them judges. A difference is the source's mistake, a reading of the law of its own, or
an appointment moved for a reason the hub does not know.
Aggregation: sum. Horizon: as of, for the appointment may still move. Source: DESIGN 6; Decree 118/2025/NĐ-CP.

>>> counts = {"due.equal": 6, "due.later": 2, "due.earlier": 1, "due.source_only": 4, "due.none": 3}
>>> figure = measured(counts)
>>> figure.numerator, figure.denominator, figure.total
(6, 9, 16)
>>> figure.parts["later"], figure.parts["computed_only"]
(2, 0)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "due.agreement",
    "Due instants on which source and law agree",
    1,
    "DESIGN 6; Decree 118/2025/NĐ-CP",
    Aggregation.SUM,
    Horizon.AS_OF,
)

BOTH: Final = ("equal", "later", "earlier")
"""How the source's due instant lies to the computed one."""
ALL_PARTS: Final = (*BOTH, "source_only", "computed_only", "none")


def count(view: CaseView, book: Book) -> None:
    """One of the parts, once for each case."""
    book.add(f"due.{_part(view.judged.due_source, view.judged.due_computed)}", view.started_at)


def _part(given: int | None, computed: int | None) -> str:
    if given is None:
        return "none" if computed is None else "computed_only"
    if computed is None:
        return "source_only"
    if given == computed:
        return "equal"
    return "later" if given > computed else "earlier"


def measure(counts: Cell, setting: Setting) -> Figure | None:  # noqa: ARG001 - every indicator is asked alike
    """The share of due instants that agree."""
    return measured(counts)


def measured(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    parts = {part: counts.get(f"due.{part}", 0) for part in ALL_PARTS}
    return Figure(parts["equal"], sum(parts[part] for part in BOTH), sum(parts.values()), parts)
