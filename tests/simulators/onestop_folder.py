"""The system of the one-stop shops, where it drops what it sends to the national portal into a folder.

Files come whole, some of them packed, some twice, some cut off in the middle.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Final, Self

from egovhub.connector import Payload

from tests.simulators.dropper import Dropper
from tests.simulators.onestop_courses import STATE, Message, as_json
from tests.simulators.onestop_lives import Lives
from tests.simulators.simulator import ROOT

FOLDER: Final = ROOT / "connectors" / "onestop"

_ENVELOPE: Final = {"session": "0f6a2c", "madonvi": "H24", "isUpdating": "True"}
_MOST_IN_A_FILE: Final = 50


class OnestopFolder:
    """A system that drops the envelopes it sends into a folder, for the feed `folder`; a `Simulator`.

    Args:
        seed: of all that happens.
        folder: where the connector looks.
        clock: seconds since the epoch.
    """

    def __init__(self, seed: int, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lives = Lives(seed, int(clock()))
        self._dropper = Dropper(folder / "messages")
        self._files: dict[str, list[Payload]] = {}
        self._lock = Lock()

    @property
    def connector(self) -> Path:
        """The folder of its connector."""
        return FOLDER

    @property
    def run_options(self) -> list[str]:
        """See `Simulator`."""
        return ["--feed", "folder", "--input", str(self._dropper.folder)]

    @property
    def environment(self) -> Mapping[str, str]:
        """Nothing: a folder asks for no secret."""
        return {}

    @property
    def said(self) -> Sequence[Payload]:
        """Every message of every file, with the envelope it was in."""
        with self._lock:
            return [payload for payloads in self._files.values() for payload in payloads]

    @property
    def acknowledged(self) -> Sequence[Payload]:
        """The messages of the files that were put away."""
        names = [name for inside in ("done", "rejected") for name in self._dropper.names(inside)]
        with self._lock:
            return [payload for name in names for payload in self._files[name]]

    def produce(self, items: int) -> None:
        """Let some more messages be sent: dropped in files, in the order in which they were written."""
        with self._lock:
            now = int(self._clock())
            messages = [self._lives.next(now) for _ in range(items)]
            for service, bodies in _files(messages):
                for _ in range(1 + (self._lives.draw.random() < 0.02)):
                    self._drop(service, bodies)
            if self._lives.draw.random() < 0.01:
                self._drop_half()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def _drop(self, service: str, bodies: list[bytes]) -> None:
        envelope = {**_ENVELOPE, "service": service}
        body = as_json(envelope).removesuffix(b"}") + b', "data": [' + b", ".join(bodies) + b"]}"
        is_packed = self._lives.draw.random() < 0.1
        name = f"{len(self._files):08}.json" + (".gz" if is_packed else "")
        self._files[name] = [Payload(body, context=envelope) for body in bodies]
        self._dropper.drop(name, body, packed=is_packed)

    def _drop_half(self) -> None:
        """A file that ends in the middle."""
        name, body = f"{len(self._files):08}.json", as_json({**_ENVELOPE, "service": STATE})[:-9]
        self._files[name] = [Payload(body)]
        self._dropper.drop(name, body)


def _files(messages: Sequence[Message]) -> Iterator[tuple[str, list[bytes]]]:
    """Messages in files by service; those of one dossier and one service stay in their order."""
    for service in sorted({message.service for message in messages}):
        bodies = [as_json(message.form) for message in messages if message.service == service]
        for first in range(0, len(bodies), _MOST_IN_A_FILE):
            yield service, bodies[first : first + _MOST_IN_A_FILE]
