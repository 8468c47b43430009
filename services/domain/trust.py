"""How far figures can be trusted, per source: counters `<indicator>.<part>/<source>` and what is read from them.

The figure is the share of what is in order; the parts say for each source how many were looked at and what was found.
A case is the matter of the source that owns it, a fact that of its own source; sources are connectors, a closed list.
Source: `domain/indicators.md`, 4 ("trust in the figure").

>>> counts = {"trust.cases.seen/onestop": 9, "trust.cases.revised/onestop": 2, "trust.cases.seen/documents": 1}
>>> found = share(counts, CASES, "revised")
>>> found.numerator, found.denominator
(8, 10)
>>> found.parts
{'documents/seen': 1, 'onestop/revised': 2, 'onestop/seen': 9}
"""

from collections.abc import Mapping
from typing import Final

from services.domain.indicator import Figure
from services.domain.view import Book, CaseView

SEEN: Final = "seen"
"""The part of everything that was looked at."""
CASES: Final = "trust.cases"
"""Where every case is seen once, by `trust.duplicates`; others find their parts of the same cases."""


def book_case(view: CaseView, book: Book, part: str) -> None:
    """Count a case in a part of all cases, in the month in which it began to count, under the source that owns it."""
    book.add(f"{CASES}.{part}/{view.facts[0].source}", view.started_at)


def share(counts: Mapping[str, int], indicator: str, *found: str, left_out: str = "") -> Figure:
    """The share of what was seen and is in none of the parts `found`, which exclude each other.

    Args:
        left_out: the part that is in the total alone.
    """
    start = f"{indicator}."
    parts: dict[str, int] = {}
    sums = dict.fromkeys((SEEN, left_out, *found), 0)
    for counter, n in counts.items():
        if counter.startswith(start):
            part, _, source = counter.removeprefix(start).partition("/")
            if part in sums:
                parts[f"{source}/{part}"] = n
                sums[part] += n
    total = sums.pop(SEEN)
    judged = total - sums.pop(left_out)
    return Figure(judged - sum(sums.values()), judged, total, dict(sorted(parts.items())))
