"""Stops a connector whose source suddenly sends what nobody can read, instead of refusing all of it one by one.

Source: BAD_INPUTS: more than 100 refused in a row, or more than 20 % of the last 1,000.
"""

from collections import deque
from typing import Final

from egovhub.connector import Batch
from egovhub.errors import ContractError

MOST_IN_A_ROW: Final = 100
WINDOW: Final = 1_000
MOST_IN_WINDOW: Final = 200


class Breaker:
    """Counts refused inputs over the last inputs read."""

    def __init__(self) -> None:
        self._batches: deque[tuple[int, int]] = deque()
        self._read = 0
        self._refused = 0
        self._in_a_row = 0

    def check(self, batch: Batch) -> None:
        """Judge a batch before anything of it is stored.

        Raises:
            ContractError: too much of what was read last is refused.
        """
        refused = len(batch.rejected)
        self._in_a_row = self._in_a_row + refused if refused == batch.read else 0
        self._batches.append((batch.read, refused))
        self._read += batch.read
        self._refused += refused
        while self._batches and self._read - self._batches[0][0] >= WINDOW:
            read, old = self._batches.popleft()
            self._read -= read
            self._refused -= old
        most = max(MOST_IN_WINDOW, self._read * MOST_IN_WINDOW // WINDOW)
        if self._in_a_row > MOST_IN_A_ROW or self._refused > most:
            reasons = sorted({rejection.reason for rejection in batch.rejected})
            self.reset()
            raise ContractError(
                f"the source sends what cannot be read ({', '.join(reasons)}): more than {MOST_IN_A_ROW} inputs in "
                f"a row, or {MOST_IN_WINDOW} of the last {WINDOW:,}; nothing of this batch was stored. Mend the "
                "mapping or the source; or run with --keep-going, which refuses them one by one"
            )

    def reset(self) -> None:
        """Forget what was read."""
        self._batches.clear()
        self._read = self._refused = self._in_a_row = 0
