"""A folder into which another system drops files: taken by renaming, put away only when their facts are stored.

`DIR/a.csv` becomes `DIR/.work/<stamp>~a.csv` while it is read, then `DIR/done/<stamp>~a.csv`, or `DIR/rejected/...` if
the file as a whole could not be read. Renaming is atomic; a file that is still being written must have another name,
which ends in `.tmp` or begins with a dot. A lock keeps a second connector away. What positions and logs say of a file
is its stamp, not its name, for names of files may be names of persons.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from egovhub.connector import Context, Page, Payload
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.folder_formats import Format, payloads_of
from egovhub.mapping import Csv

fcntl: ModuleType | None = None
with suppress(ImportError):  # Windows has none; there nothing hinders a second connector
    import fcntl

WORK: Final = ".work"
DONE: Final = "done"
REJECTED: Final = "rejected"

_LOCK: Final = ".lock"
_SKIPPED: Final = (".tmp", ".part", ".filepart", ".crdownload")


class Folder(BaseModel):
    """Settings of a folder.

    Args:
        path: where files are dropped.
        patterns: of the names of files to take.
        format: `whole`: a file is a payload; `json`: one, or the elements of its array `items`; `ndjson`, `csv`, `xes`:
            each line, row, event. Any of them may be gzip.
        items: path to the array in a JSON file; "" takes the file itself, if it is an array its elements.
        csv: how rows are written.
        settle_seconds: leave files alone that were written to so short ago, for droppers that do not rename.
        largest_file: in bytes, as it lies there; a larger one is rejected.
        largest_document: in bytes, of a `whole` or `json` file unpacked.
        poll_seconds: pause before the folder is looked at again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path | None = None
    patterns: tuple[str, ...] = ("*",)
    format: Format = "whole"
    items: str = ""
    csv: Csv = Csv()
    settle_seconds: float = 0.0
    largest_file: int = 64 << 20
    largest_document: int = 32 << 20
    batch_payloads: int = 500
    batch_bytes: int = 8 << 20
    poll_seconds: float = 1.0
    kind: Literal["folder"] = "folder"

    def open(self, context: Context) -> "FolderSource":
        """The folder, made ready.

        Raises:
            ConfigurationError: there is no such folder, or it cannot be written to.
        """
        if self.path is None or not self.path.is_dir():
            raise ConfigurationError(f"folder: path: '{self.path or ''}' is no folder; name one with --input")
        try:
            for name in (WORK, DONE, REJECTED):
                (self.path / name).mkdir(exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"folder: path: '{self.path}' cannot be written to ({error.strerror}); files are moved inside it"
            ) from None
        return FolderSource(self, self.path, context)


@dataclass(slots=True)
class _Taken:
    """What the next page holds: payloads, files that end in it, and how far the last one is read."""

    payloads: list[Payload] = field(default_factory=list)
    size: int = 0
    done: list[str] = field(default_factory=list)
    file: str = ""
    inputs: int = 0

    def take(self, payload: Payload, *, is_new: bool) -> None:
        """The next payload of the file."""
        self.inputs += 1
        if is_new:
            self.payloads.append(payload)
            self.size += len(payload.body)

    def finish(self) -> None:
        """The file ends here."""
        self.done.append(self.file)
        self.file, self.inputs = "", 0

    def page(self) -> Page:
        """What was taken so far."""
        position = {"done": self.done, "file": self.file, "inputs": self.inputs}
        page = Page(tuple(self.payloads), json.dumps(position, separators=(",", ":")))
        self.payloads, self.size, self.done = [], 0, []
        return page


class FolderSource:
    """Reads the files of a folder; a `Source`.

    Args:
        settings: of the folder.
        path: the folder.
        context: of the process.
    """

    def __init__(self, settings: Folder, path: Path, context: Context) -> None:
        self._settings = settings
        self._path = path
        self._context = context
        self._claimed = 0
        self._lock: int | None = _locked(path / WORK / _LOCK)

    def read(self, position: str | None) -> Iterator[Page]:
        """The files that were begun, then those that are there; see `Source`."""
        place = json.loads(position) if position else {}
        if position:
            self.acknowledge(position)
        taken = _Taken()
        for file in self._files():
            stamp = _stamp(file)
            taken.file, taken.inputs = stamp, 0
            skipped = place.get("inputs", 0) if place.get("file") == stamp else 0
            for payload in _and_then_none(self._payloads(file, stamp)):
                if payload is None:
                    taken.finish()
                    continue
                if self._is_full(taken):
                    yield taken.page()
                taken.take(payload, is_new=taken.inputs >= skipped)
            if len(taken.done) >= self._settings.batch_payloads:
                yield taken.page()
        if taken.done or taken.payloads:
            yield taken.page()

    def acknowledge(self, position: str) -> None:
        """Put away the files that end before the position."""
        place = json.loads(position)
        refused = set(place.get("refused", ()))
        for stamp in place.get("done", ()):
            for file in (self._path / WORK).glob(f"{stamp}~*"):
                file.rename(self._path / (REJECTED if stamp in refused else DONE) / file.name)

    def close(self) -> None:
        """Let another connector read the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _is_full(self, taken: _Taken) -> bool:
        settings = self._settings
        return len(taken.payloads) >= settings.batch_payloads or taken.size >= settings.batch_bytes

    def _files(self) -> Iterator[Path]:
        yield from sorted(file for file in (self._path / WORK).iterdir() if file.name != _LOCK)
        for name in self._names():
            if self._context.stopping.is_set():
                return
            self._claimed += 1
            stamp = f"{self._context.clock():013d}-{self._claimed:06d}-{secrets.token_hex(3)}"
            claimed = self._path / WORK / f"{stamp}~{name}"
            try:
                (self._path / name).rename(claimed)
            except FileNotFoundError:
                continue
            yield claimed

    def _names(self) -> list[str]:
        found = {file.name: file for pattern in self._settings.patterns for file in self._path.glob(pattern)}
        return sorted(name for name, file in found.items() if self._is_ready(file))

    def _is_ready(self, file: Path) -> bool:
        if file.name.startswith(".") or file.name.endswith(_SKIPPED) or not file.is_file():
            return False
        age = self._context.clock() / 1000 - file.stat().st_mtime
        return age >= self._settings.settle_seconds or not self._settings.settle_seconds

    def _payloads(self, file: Path, stamp: str) -> Iterator[Payload]:
        """The payloads of a file; one that cannot be read as a whole, or not further, ends with a refused payload."""
        try:
            with file.open("rb") as stream:
                if file.stat().st_size > self._settings.largest_file:
                    raise RejectedInput("oversized", "file")
                yield from payloads_of(stream, self._settings, stamp)
        except RejectedInput as error:
            yield Payload(self._begin(file), stamp, refused=error, ticket=stamp)

    def _begin(self, file: Path) -> bytes:
        """The bytes of a file for its dead letter, if it is small enough for one."""
        return file.read_bytes() if file.stat().st_size <= self._settings.batch_bytes else b""


def _locked(file: Path) -> int:
    """The lock of a folder, held until it is closed or the process ends.

    Raises:
        ConfigurationError: another connector holds it.
    """
    lock = os.open(file, os.O_RDWR | os.O_CREAT)
    try:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ConfigurationError(
            f"folder: path: '{file.parent.parent}' is read by another connector; stop it, or name another folder"
        ) from None
    return lock


def _and_then_none(payloads: Iterator[Payload]) -> Iterator[Payload | None]:
    """The payloads of a file, and None for its end."""
    yield from payloads
    yield None


def _stamp(file: Path) -> str:
    return file.name.partition("~")[0]
