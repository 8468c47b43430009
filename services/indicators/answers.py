"""Yes, no, or nothing said: how the answers to one question become a figure.

What nobody says is in the total and in no share: no data is not zero. A conjunction is settled by one no. A disjunction
is not settled by one yes: a source that never speaks of the other thing would be judged by its yeses alone, and have
all the points for them.
Source: DESIGN 3, law 5; `domain/indicators.md`, 1.

>>> both(True, None), both(False, None), either(True, None), either(False, None)
(None, False, None, None)
>>> figure = tally([True, True, False, None], "kept", "missed")
>>> figure.numerator, figure.denominator, figure.total, figure.parts["unsaid"]
(2, 3, 4, 1)
>>> figure = conditional([(True, True), (True, False), (None, True), (False, True)], "kept", "missed")
>>> figure.numerator, figure.denominator, figure.total
(1, 2, 3)
"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Figure
from services.domain.view import Book

Answer = bool | None
"""None: nobody says."""

UNSAID: Final = "unsaid"
"""The part of those of whom nobody says."""


def both(one: Answer, other: Answer) -> Answer:
    """Whether both hold."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(one: Answer, other: Answer) -> Answer:
    """Whether at least one holds; None unless both are said."""
    return None if one is None or other is None else one or other


def share(parts: Mapping[str, int], yes: str, no: str) -> Figure:
    """The part `yes` of `yes` and `no`; all other parts are in the total alone."""
    numerator = parts.get(yes, 0)
    return Figure(numerator, numerator + parts.get(no, 0), sum(parts.values()), parts)


def tally(answers: Iterable[Answer], yes: str, no: str) -> Figure:
    """The share of those for whom the answer is yes; the parts are named `yes`, `no` and `unsaid`."""
    names = {True: yes, False: no, None: UNSAID}
    parts = dict.fromkeys(names.values(), 0)
    for answer in answers:
        parts[names[answer]] += 1
    return share(parts, yes, no)


def conditional(pairs: Iterable[tuple[Answer, Answer]], yes: str, no: str) -> Figure:
    """The share of those that a question is about, by whether it is about them and its answer.

    Those that it is not about are nowhere; where nobody says whether it is, the answer does not matter.
    """
    return tally((answer if asked else None for asked, answer in pairs if asked is not False), yes, no)


class Question:
    """A question put to cases, each answer one flow counter: `<indicator>.<yes>`, `.<no>` and `.unsaid`."""

    __slots__ = ("_counters", "_no", "_yes")

    def __init__(self, indicator: str, yes: str, no: str) -> None:
        self._yes, self._no = yes, no
        self._counters: dict[Answer, str] = {
            True: f"{indicator}.{yes}",
            False: f"{indicator}.{no}",
            None: f"{indicator}.{UNSAID}",
        }

    def book(self, book: Book, at: int, answer: Answer) -> None:
        """Count one answer in the month of an instant."""
        book.add(self._counters[answer], at)

    def figure(self, counts: Cell) -> Figure:
        """The share of the answers that a period counted."""
        yes, no, unsaid = (counts.get(self._counters[answer], 0) for answer in (True, False, None))
        return share({self._yes: yes, self._no: no, UNSAID: unsaid}, self._yes, self._no)
