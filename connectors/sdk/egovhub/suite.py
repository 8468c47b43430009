"""The conformance suite: runs a connector against a source of which everything is known, without a broker.

A check that presupposes another is not run if that one failed, so what is reported is the cause and no consequence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from egovhub import suite_mapping_checks as mapping
from egovhub import suite_stream_checks as stream
from egovhub.errors import ConfigurationError
from egovhub.folder import Folder
from egovhub.mailbox import Mailbox
from egovhub.rest import Rest
from egovhub.suite_fixtures import fixture
from egovhub.suite_hashes import hash_seed
from egovhub.suite_personal import personal
from egovhub.suite_process import Failed, World
from egovhub.suite_subject import MakeRow, Subject

Outcome = Literal["passed", "failed", "not run", "not applicable"]


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: what is lost and how to mend it, or why it could not be made."""

    check: str
    outcome: Outcome
    text: str = ""

    def __str__(self) -> str:
        return f"{self.outcome}: {self.check}" + (f": {self.text}" if self.text else "")


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the suite.

    Args:
        name: of the check.
        needs: checks without which it says nothing.
        of_mapping: looks at the mapping alone; or
        of_stream: at a feed between a source and the hub.
    """

    name: str
    needs: tuple[str, ...] = ()
    of_mapping: Callable[[Subject], None] | None = None
    of_stream: Callable[[World], None] | None = None


_MAPPED: Final = ("examples", "stable-ids", "other-process-ids", "unique-ids")
_READ: Final = (*_MAPPED, "everything")

CHECKS: Final = (
    Check("examples", (), mapping.examples),
    Check("stable-ids", ("examples",), mapping.stable_ids),
    Check("other-process-ids", ("examples", "stable-ids"), hash_seed),
    Check("unique-ids", ("examples", "stable-ids"), mapping.unique_ids),
    Check("time-zone", ("examples", "stable-ids"), mapping.time_zone),
    Check("wrong-types", ("examples",), mapping.wrong_types),
    Check("dropped", ("examples",), mapping.dropped),
    Check("personal-data", ("examples",), personal),
    Check("everything", _MAPPED, of_stream=stream.everything),
    Check("resume", _READ, of_stream=stream.resume),
    Check("repeats", (*_READ, "resume"), of_stream=stream.repeats),
    Check("position", (*_READ, "resume"), of_stream=stream.position),
    Check("crash", (*_READ, "resume", "position"), of_stream=stream.crash),
    Check("boundary", (*_READ, "resume"), of_stream=stream.boundary),
    Check("exclusive", (*_READ, "resume"), of_stream=stream.exclusive),
    Check("deletes", (*_READ, "resume", "position"), of_stream=stream.deletes),
    Check("volume", _READ, of_stream=stream.volume),
)
"""All checks, those that others need first."""

NAMES: Final = tuple(check.name for check in CHECKS)


@dataclass(frozen=True)
class Suite:
    """The suite of one connector.

    Args:
        folder: of the connector.
        row: makes inputs by number, for a connector whose examples cannot be varied.
        protocol: what the feed speaks, if it is none of the kit's.
        feeds: names of the feeds to try; all of them if there are none.
    """

    folder: Path
    row: MakeRow | None = None
    protocol: Rest | Mailbox | Folder | None = None
    feeds: tuple[str, ...] = ()

    def results(self) -> Iterator[Result]:
        """The result of each check, in order."""
        done: dict[str, Result] = {}
        for check in CHECKS:
            done[check.name] = self._result(check, done)
            yield done[check.name]

    def _result(self, check: Check, done: dict[str, Result]) -> Result:
        if broken := [name for name in check.needs if done[name].outcome in ("failed", "not run")]:
            return Result(check.name, "not run", f"needs {broken[0]}")
        try:
            self._run(check)
        except stream.NotApplicable as reason:
            return Result(check.name, "not applicable", str(reason))
        except (Failed, ConfigurationError) as found:
            return Result(check.name, "failed", str(found))
        return Result(check.name, "passed")

    def _run(self, check: Check) -> None:
        subject = _subject(self.folder, self.row)
        if check.of_mapping:
            check.of_mapping(subject)
            return
        assert check.of_stream
        skipped: stream.NotApplicable | None = None
        tried = 0
        for name in self.feeds or tuple(subject.connector.feeds) or ("",):
            try:
                with fixture(subject, name, self.protocol) as source:
                    check.of_stream(World(subject, source))
            except stream.NotApplicable as reason:
                skipped = reason
            except Failed as found:
                raise Failed(f"feed {name}: {found}" if name else str(found)) from None
            else:
                tried += 1
        if skipped and not tried:
            raise skipped


@cache
def _subject(folder: Path, row: MakeRow | None) -> Subject:
    return Subject(folder, row)


__all__ = ["CHECKS", "NAMES", "Check", "Result", "Suite"]
