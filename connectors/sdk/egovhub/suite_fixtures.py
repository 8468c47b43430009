"""Sources of which the suite knows everything: real servers on the loopback and real files, filled by number.

Each gives its feed a fresh start as often as the suite wants, as a process that was killed and started again has it.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final, Protocol

from egovhub.connector import Connector, Context, Feed, FeedSettings, Payload
from egovhub.errors import ConfigurationError
from egovhub.files import FilesFeed
from egovhub.folder import WORK, Folder
from egovhub.loopback import LoopbackServer
from egovhub.mailbox import Mailbox
from egovhub.mapped import MappedFeed
from egovhub.mapping import Mapping
from egovhub.rest import Rest
from egovhub.suite_files import csv_of, file_of
from egovhub.suite_mailbox import MailboxFixture
from egovhub.suite_reach import reaching
from egovhub.suite_rest import RestAnswers
from egovhub.suite_subject import Row, Subject, now

ROWS_A_FILE: Final = 4


class Fixture(Protocol):
    """A source with known contents."""

    @property
    def protocol(self) -> FeedSettings | None:
        """What the source speaks; None for a file that grows."""

    def put(self, rows: Sequence[Row], *, same_key: bool = False) -> list[Payload]:
        """Let the source have more rows; they come after those it has.

        Args:
            rows: to add.
            same_key: at the very cursor value of the last row it has.

        Returns: the payloads, as a feed will give them.
        """

    def remove(self, number: int) -> None:
        """Let a row be gone, if it was not taken."""

    @property
    def volume(self) -> tuple[int, int]:
        """Rows that are many for it, and the most that may be held before the first is stored."""

    @property
    def handed_out(self) -> int:
        """How many rows were given so far, also those that were given twice."""

    def promised(self) -> set[int]:
        """Numbers of the rows of which the source was told that they are stored."""

    def start(self, connector: Connector, stopping: Event) -> Feed:
        """A new process's feed."""

    def close(self) -> None:
        """Stop serving."""


@contextmanager
def fixture(
    subject: Subject, name: str, protocol: Rest | Mailbox | Folder | None = None
) -> Iterator[Fixture]:
    """The fixture of one feed of a connector.

    Args:
        subject: the connector.
        name: of the feed; "" for a connector that reads a file.
        protocol: what a feed speaks that is no `Rest`, `Mailbox` or `Folder`.

    Raises:
        ConfigurationError: the suite does not know how to serve the feed.
    """
    with tempfile.TemporaryDirectory(prefix="egovhub-suite-") as folder, _secrets(subject.connector):
        made = _fixture(subject, name, protocol, Path(folder))
        try:
            yield made
        finally:
            made.close()


def _fixture(subject: Subject, name: str, protocol: Rest | Mailbox | Folder | None, folder: Path) -> Fixture:
    if subject.file_mapping is not None:
        return FileFixture(subject.file_mapping, folder / "source.csv")
    settings = subject.connector.feeds[name]
    match protocol or settings:
        case Rest() as rest:
            return RestFixture(settings, rest)
        case Mailbox() as mailbox:
            return MailboxFixture(settings, mailbox)
        case Folder() as dropped:
            return FolderFixture(settings, dropped, folder)
        case _:
            raise ConfigurationError(
                f"feed {name!r}: is none of the kit's; say what it speaks by connector_suite(..., protocol=Rest(...))"
            )


class RestFixture:
    """A server for a feed that polls.

    Args:
        settings: of the feed.
        protocol: what it speaks.
    """

    volume = (800, 400)

    def __init__(self, settings: FeedSettings, protocol: Rest) -> None:
        self.protocol = protocol
        self.answers = RestAnswers(protocol)
        self._server = LoopbackServer(self.answers.answer)
        self._server.start()
        self._settings = reaching(settings, self._server.url)

    def put(self, rows: Sequence[Row], *, same_key: bool = False) -> list[Payload]:
        """Add rows; see `Fixture`."""
        return self.answers.put(rows, same_key=same_key)

    def remove(self, number: int) -> None:
        """Take a row away."""
        self.answers.remove(number)

    @property
    def handed_out(self) -> int:
        """How many rows were given."""
        return self.answers.handed_out

    def promised(self) -> set[int]:
        """Nothing: the source is told nothing."""
        return set()

    def start(self, connector: Connector, stopping: Event) -> Feed:
        """A new process's feed."""
        return MappedFeed(connector, self._settings.open(Context(now, stopping, once=True)), now)

    def close(self) -> None:
        """Stop the server."""
        self._server.close()


class FolderFixture:
    """A folder into which files are dropped.

    Args:
        settings: of the feed.
        protocol: of the files.
        folder: to use.
    """

    volume = (1_200, 1_100)

    def __init__(self, settings: FeedSettings, protocol: Folder, folder: Path) -> None:
        self.protocol = protocol
        self._folder = folder
        self._settings = reaching(settings, folder)
        self._files: dict[str, list[int]] = {}

    def put(self, rows: Sequence[Row], *, same_key: bool = False) -> list[Payload]:  # noqa: ARG002
        """Drop files; see `Fixture`."""
        size = 1 if self.protocol.format == "whole" else ROWS_A_FILE
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            name = f"{some[0].number:08}{self._suffix()}"
            self._files[name] = [row.number for row in some]
            waiting = self._folder / f".{name}.tmp"
            waiting.write_bytes(file_of(self.protocol, [row.payload for row in some]))
            waiting.rename(self._folder / name)
        return [replace(row.payload, identity="") for row in rows]

    def remove(self, number: int) -> None:
        """Take a file away."""
        for name, numbers in self._files.items():
            if numbers == [number]:
                (self._folder / name).unlink(missing_ok=True)

    @property
    def handed_out(self) -> int:
        """How many rows lie in files that were taken."""
        return sum(
            len(numbers) for name, numbers in self._files.items() if not (self._folder / name).exists()
        )

    def promised(self) -> set[int]:
        """The rows of files that were put away."""
        taken = {file.name.partition("~")[2] for file in (self._folder / WORK).glob("*")}
        return {
            number
            for name, numbers in self._files.items()
            for number in numbers
            if not (self._folder / name).exists() and name not in taken
        }

    def start(self, connector: Connector, stopping: Event) -> Feed:
        """A new process's feed."""
        return MappedFeed(connector, self._settings.open(Context(now, stopping, once=True)), now)

    def close(self) -> None:
        """Nothing: the folder goes with the suite."""

    def _suffix(self) -> str:
        suffixes = [Path(pattern).suffix for pattern in self.protocol.patterns]
        return next(
            (suffix for suffix in suffixes if suffix and "*" not in suffix), f".{self.protocol.format}"
        )


class FileFixture:
    """One CSV file that grows.

    Args:
        mapping: of the file.
        file: to write.
    """

    protocol = None
    volume = (800, 400)

    def __init__(self, mapping: Mapping, file: Path) -> None:
        self._mapping = mapping
        self._file = file
        self._numbers: list[int] = []
        self.handed_out = 0

    def put(self, rows: Sequence[Row], *, same_key: bool = False) -> list[Payload]:  # noqa: ARG002
        """Append rows; see `Fixture`."""
        text = csv_of([row.payload.value for row in rows], self._mapping, header=not self._numbers)
        with self._file.open("ab") as stream:
            stream.write(text)
        self._numbers += [row.number for row in rows]
        return [row.payload for row in rows]

    def remove(self, number: int) -> None:
        """Nothing: a line that goes is another file."""

    def promised(self) -> set[int]:
        """Nothing: a file is told nothing."""
        return set()

    def start(self, connector: Connector, stopping: Event) -> Feed:  # noqa: ARG002
        """A new process's feed."""
        return FilesFeed(self._mapping, self._file, now, batch_rows=10)

    def close(self) -> None:
        """Nothing: the file goes with the suite."""


@contextmanager
def _secrets(connector: Connector) -> Iterator[None]:
    """Give the variables of secrets some value while the suite runs."""
    names = {getattr(getattr(feed, "auth", None), "secret_env", "") for feed in connector.feeds.values()} - {
        ""
    }
    missing = [name for name in names if name not in os.environ]
    os.environ.update(dict.fromkeys(missing, "suite"))
    try:
        yield
    finally:
        for name in missing:
            del os.environ[name]
