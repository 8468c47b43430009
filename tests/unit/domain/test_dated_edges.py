"""What mutants of dated rows showed that no other test held."""

from datetime import date
from typing import NamedTuple

import pytest

from services.domain.dated import in_force

FIRST = date(2026, 1, 1)


class Row(NamedTuple):
    valid_from: date
    valid_to: date | None
    known_from: int | None


@pytest.mark.parametrize(("earlier", "later"), [(5, 7), (0, 1), (-1, 0), (None, -1)])
@pytest.mark.parametrize("last", [FIRST, date(2026, 2, 1)])
def test_the_row_learned_last_decides_in_whatever_order_they_stand(
    earlier: int | None, later: int, last: date
) -> None:
    rows = [Row(FIRST, None, later), Row(last, None, earlier)]
    for some in (rows, rows[::-1]):
        assert in_force(some, date(2026, 3, 1)) == rows[0]
