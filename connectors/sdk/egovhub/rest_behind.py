"""Where a cursor stands: the value that comes next is asked behind, and how far to step back from it for late rows."""

import json
from collections.abc import Sequence
from typing import Any

from egovhub.rest_cursor import CursorValues
from egovhub.strict_json import Element


class Behind:
    """The place of a cursor, through query after query; instants are milliseconds since the epoch.

    Args:
        values: of the cursor.
        first: value to begin with.
        place: what a position says; empty before the first.
        now: when it is taken up.

    Attributes:
        after: the value to ask behind; "" before the first.
    """

    def __init__(self, values: CursorValues, first: str, place: dict[str, Any], now: int) -> None:
        self._values = values
        self.after: str = place.get("after", first)
        self._newest: str = place.get("newest") or self.after
        # A query that was left in its middle lasts until it is taken up again.
        self._lag: int = max(now - place["begun"], 0) if "begun" in place else place.get("lag", 0)
        self._begun = self._asked_back = self._read_at = now
        self._pages = 0
        self._known = self.after

    @property
    def since(self) -> str:
        """What to ask for, so that no row is left out, not even one that came late while the last query lasted."""
        return self._values.since(self.after, self._lag)

    def begin(self, now: int, *, goes_on: bool) -> None:
        """A query begins, or goes on where it was left."""
        self._asked_back = now - self._lag
        self._begun = self._asked_back if goes_on else now
        self._read_at = now
        self._pages = int(goes_on)
        self._known = "" if goes_on else self.after

    def meet(self, rows: Sequence[Element], now: int) -> None:
        """Take the values of the rows of a page."""
        self._pages += 1
        self._read_at = max(now, self._read_at)
        for row in rows:
            text = self._values.text(row.value)
            if text is not None and (
                not self._newest or self._values.key(text) > self._values.key(self._newest)
            ):
                self._newest = text

    def move(self) -> None:
        """Ask behind the newest from here on."""
        self.after = self._newest

    def text(self, token: str) -> str:
        """The position in the middle of a query."""
        return self._text({"begun": self._asked_back} if self._values.has_late_rows else {}, token)

    def end(self) -> str:
        """The position at the end of a query.

        A row that came late while it lasted lies no farther behind what was known when it began than late rows do, and
        behind what it found by its length; a single page is whole as of one instant.
        """
        is_long = self._values.has_late_rows and self._pages > 1 and self.after != self._known
        self._lag = self._read_at - self._begun if is_long else 0
        return self._text({"lag": self._lag} if self._lag else {}, "")

    def _text(self, more: dict[str, int], token: str) -> str:
        form: dict[str, Any] = {"after": self.after}
        if self._newest != self.after:
            form["newest"] = self._newest
        if token:
            form["token"] = token
        return json.dumps(form | more, separators=(",", ":"))
