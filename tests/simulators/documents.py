"""The national document axis: the mailbox of a small made-up city, or a system that drops its messages into a folder.

The mailbox gives a message until it is told what became of it; it gives some again although they are done, shows its
list from another place now and then, and says a wrong hash of some. Answers are slow, cut off or fail.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from threading import Lock
from time import time
from types import MappingProxyType
from typing import Final, Self

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.folder import DONE, REJECTED
from egovhub.loopback import Request, Response

from tests.simulators.documents_stories import Stories
from tests.simulators.dropper import Dropper
from tests.simulators.mailbox import MailboxSimulator, Message
from tests.simulators.server import Chaos, PolledSystem, SourceServer
from tests.simulators.simulator import ROOT, Make

CONNECTOR: Final = ROOT / "connectors" / "documents"
KEY: Final = "key-of-the-simulator"
MILD: Final = MappingProxyType({"status": 0.01, "slow": 0.01, "drop": 0.005, "cut": 0.005})
REPEATED_SHARE: Final = 0.02
DAMAGED_SHARE: Final = 0.003
SHIFTED_SHARE: Final = 0.2
PACKED_SHARE: Final = 0.05


class AxisMailbox(MailboxSimulator):
    """A mailbox that gives a message again although it is done, and whose list begins elsewhere now and then.

    Args:
        random: of what goes wrong.
    """

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.repeated: dict[str, Message] = {}
        """Messages to give once more when they are done."""
        self._random = random

    def _list(self, request: Request) -> Response:
        with self._lock:
            if self._messages and self._random.random() < SHIFTED_SHARE:
                for name in list(islice(self._messages, 7)):
                    self._messages[name] = self._messages.pop(name)
            return super()._list(request)

    def _one(self, request: Request) -> Response:
        if request.headers.get("Authorization") != KEY:
            return Response(status=401)
        answer = super()._one(request)
        with self._lock:
            for name in [name for name in self.repeated if name not in self._messages]:
                self.put(self.repeated.pop(name))
        return answer


class DocumentAxis(PolledSystem):
    """The axis as one mailbox shows it; a `Simulator`.

    Args:
        seed: of all that happens and goes wrong.
        rates: what goes wrong with answers; see `Chaos`.
        clock: seconds since the epoch.
    """

    def __init__(
        self, seed: int, *, rates: Mapping[str, float] = MILD, clock: Callable[[], float] = time
    ) -> None:
        self._random = Random(seed)
        self._stories = iter(Stories(seed, clock))
        self.mailbox = AxisMailbox(Random(seed + 1))
        self.server = SourceServer(self.mailbox.services, Chaos(seed, rates))
        self._said: dict[str, Payload] = {}
        self._lock = Lock()

    @property
    def connector(self) -> Path:
        """The folder of its connector."""
        return CONNECTOR

    @property
    def run_options(self) -> list[str]:
        """See `Simulator`."""
        return ["--feed", "mailbox", "--url", self.server.url]

    @property
    def environment(self) -> Mapping[str, str]:
        """The key of its mailbox."""
        return {"HUB_DOCUMENTS_KEY": KEY}

    @property
    def said(self) -> Sequence[Payload]:
        """Every message, once."""
        with self._lock:
            return list(self._said.values())

    @property
    def acknowledged(self) -> Sequence[Payload]:
        """The messages of which it was told that they are done or failed."""
        told = dict.fromkeys(name for name, status in self.mailbox.statuses if status in ("done", "fail"))
        return [self._said[name] for name in told]

    def produce(self, items: int) -> None:
        """Let some messages come."""
        with self._lock:
            for body in islice(self._stories, items):
                self._deliver(f"axis-{len(self._said) + 1:08}", body)

    def _deliver(self, name: str, body: bytes) -> None:
        message = Message(name, body)
        refused = None
        if self._random.random() < DAMAGED_SHARE:
            message.sha256 = "0" * 64
            refused = RejectedInput("hash-mismatch", "message")
        elif self._random.random() < REPEATED_SHARE:
            self.mailbox.repeated[name] = message
        self._said[name] = Payload(body, f"message {name}", name, refused=refused)
        self.mailbox.put(message)


class DocumentFolder:
    """A document-management system that drops each message as a file, some packed, some twice; a `Simulator`.

    Args:
        seed: of all that happens.
        folder: to drop into.
        clock: seconds since the epoch.
    """

    connector = CONNECTOR
    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(self, seed: int, folder: Path, *, clock: Callable[[], float] = time) -> None:
        self._random = Random(seed)
        self._stories = iter(Stories(seed, clock))
        self.dropper = Dropper(folder / "edxml")
        self._said: dict[str, Payload] = {}
        self._files = 0
        self._lock = Lock()

    @property
    def run_options(self) -> list[str]:
        """See `Simulator`."""
        return ["--feed", "folder", "--input", str(self.dropper.folder)]

    @property
    def said(self) -> Sequence[Payload]:
        """Every message, one dropped twice also twice."""
        with self._lock:
            return list(self._said.values())

    @property
    def acknowledged(self) -> Sequence[Payload]:
        """The messages of the files that were put away."""
        names = [name for place in (DONE, REJECTED) for name in self.dropper.names(place)]
        return [self._said[name] for name in names]

    def produce(self, items: int) -> None:
        """Drop some messages."""
        with self._lock:
            for body in islice(self._stories, items):
                for _ in range(1 + (self._random.random() < REPEATED_SHARE)):
                    self._drop(body)

    def _drop(self, body: bytes) -> None:
        self._files += 1
        name = f"{self._files:08}.edxml"
        self._said[name] = Payload(body, name)
        self.dropper.drop(name, body, packed=self._random.random() < PACKED_SHARE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


FEEDS: Final[Mapping[str, Make]] = MappingProxyType(
    {"mailbox": lambda seed, _folder: DocumentAxis(seed), "folder": DocumentFolder}
)
"""By the connector's feed, what it reads."""
