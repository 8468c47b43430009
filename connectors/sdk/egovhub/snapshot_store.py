"""What a connector knows of the cases of its snapshots: kept in the log of positions, at hand in a file that may go.

The log has one record for each case, under the instance's name and a hash of the case id (or of the record's, if its
case may change). When the process starts they
are read into a temporary database, so memory stays bounded whatever the number of cases.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator

from egovhub.connector import Snapshot, State
from egovhub.events import Fact
from egovhub.origin import Origin, digest
from egovhub.snapshots import CaseKnown, take


class SnapshotStore:
    """The knowledge of all cases, with what the running batch changes of it.

    Batches are numbered. The position names the last confirmed one, and those before it that never were and of which
    cases still know: what these published is in doubt until their cases are met again.

    Args:
        origin: who says the snapshots.
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._cases = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._cases.execute("PRAGMA synchronous = OFF")
        self._cases.execute(
            "CREATE TABLE cases (key TEXT PRIMARY KEY, batch INTEGER, text TEXT, digest TEXT) WITHOUT ROWID"
        )
        self._changed: dict[str, CaseKnown] = {}
        self._batch = 0
        self._confirmed = 0
        self._doubtful: set[int] = set()
        self._is_loading = False
        self._is_used = False

    def recall(self, state: State) -> None:
        """Take a state that an earlier run stored; see `Feed.recall`."""
        self._is_used = self._is_used or bool(state.key) or state.digest is not None
        if state.key:
            if not self._is_loading:
                self._cases.execute("BEGIN")
                self._is_loading = True
            self._write(state.key, CaseKnown.from_text(state.text, state.digest or ""))
        elif state.digest is not None:
            mark = json.loads(state.digest)
            self._confirmed = mark["batch"]
            self._doubtful = {batch for first, last in mark["doubt"] for batch in range(first, last + 1)}

    def restart(self) -> None:
        """Begin anew behind the last confirmed batch: whatever later ones changed is in doubt from here on.

        A batch that failed may have stored some of its states or none, so it stays in doubt as long as this process
        lives; the next one sees in the log which cases know of it.
        """
        self._keep()
        if self._is_loading:
            self._cases.execute("COMMIT")
            self._is_loading = False
            found = {batch for (batch,) in self._cases.execute("SELECT DISTINCT batch FROM cases")}
            self._batch = max(found | {self._confirmed})
            self._doubtful &= found
        self._batch = max(self._batch, self._confirmed)
        self._doubtful |= set(range(self._confirmed + 1, self._batch + 1))

    def begin(self) -> None:
        """Start a batch; its number is greater than any before."""
        self._keep()
        self._batch += 1

    def take(self, snapshot: Snapshot) -> list[Fact]:
        """The facts to publish for a snapshot in the running batch."""
        key = digest(list(snapshot.subject))
        known = self._changed.get(key) or self._stored(key)
        taken = take(known, snapshot, self._origin, self._batch, in_doubt=known.batch in self._doubtful)
        if taken is None:
            return []
        self._is_used = True
        self._changed[key], facts = taken
        return facts

    def states(self) -> tuple[State, ...]:
        """What the running batch changed, to be stored before its facts."""
        return tuple(State(key, known.to_text(), known.digest) for key, known in self._changed.items())

    def mark(self) -> str | None:
        """What the position says of the running batch; None as long as there are no snapshots."""
        if not self._is_used:
            return None
        return json.dumps(
            {"batch": self._batch, "doubt": list(_ranges(self._doubtful))}, separators=(",", ":")
        )

    def confirm(self) -> None:
        """The position of the running batch is stored: nothing of it is in doubt."""
        self._confirmed = self._batch

    def close(self) -> None:
        """Let go of the temporary database."""
        self._cases.close()

    def _stored(self, key: str) -> CaseKnown:
        row = self._cases.execute("SELECT text, digest FROM cases WHERE key = ?", (key,)).fetchone()
        return CaseKnown.from_text(*row) if row else CaseKnown()

    def _keep(self) -> None:
        """Put what the last batch changed to the rest, confirmed or not: its number says which."""
        if self._changed:
            self._cases.execute("BEGIN")
            for key, known in self._changed.items():
                self._write(key, known)
            self._cases.execute("COMMIT")
            self._changed.clear()

    def _write(self, key: str, known: CaseKnown) -> None:
        self._cases.execute(
            "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?)",
            (key, known.batch, known.to_text(), known.digest),
        )


def _ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers as ranges, both ends included."""
    first = last = -1
    for number in sorted(numbers):
        if number != last + 1 or first < 0:
            if first >= 0:
                yield first, last
            first = number
        last = number
    if first >= 0:
        yield first, last
