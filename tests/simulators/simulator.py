"""What the demo and the fault runner ask of a simulated source system, whatever it speaks.

The module of a system, `tests/simulators/<connector>.py`, has a table `FEEDS`: by the name of the connector's feed what
makes a simulator that it can read, from a seed and an empty folder. The first one is what the demo shows.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, Self

from egovhub.connector import Payload

ROOT: Final = Path(__file__).resolve().parents[2]
CONNECTORS: Final = ("documents", "onestop", "civil_status", "business_registration")


class Simulator(Protocol):
    """A source system of which everything is known; a context manager that serves while it is open.

    Everything it ever says is drawn from the seed it was made with, so that two of one seed say the same. All that it
    says happened lies in the past. Threads may call it while a connector reads.
    """

    @property
    def connector(self) -> Path:
        """The folder of the connector that reads it."""
        ...

    @property
    def run_options(self) -> list[str]:
        """What `egovhub run <connector>` needs besides: `--url http://127.0.0.1:…`, or `--feed folder --input …`."""
        ...

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables the connector's process needs, such as the secret of its access."""
        ...

    def produce(self, items: int) -> None:
        """Let that many more things happen in the system: they can be read from then on."""
        ...

    @property
    def said(self) -> Sequence[Payload]:
        """Every input it ever gave or will give of what was produced, in its order, as the mapping is to get it.

        The body byte for byte, with context and identity if the mapping reads them; an input that is given twice may
        stand here once. It must not depend on how often, or in which pieces, a connector reads. From this the truth is
        made: of what happened each fact under its id, of snapshots what the last one of each case says, and a dead
        letter for each input that the mapping refuses.
        """
        ...

    @property
    def acknowledged(self) -> Sequence[Payload]:
        """The inputs of which the connector has told it that they are stored or refused; empty if it is not told."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


Make = Callable[[int, Path], Simulator]
"""Makes a simulator from a seed and a folder of its own."""


def feeds_of(connector: str) -> Mapping[str, Make]:
    """The simulators of a connector, by the feed that reads them."""
    folder = str(ROOT / "connectors")
    if folder not in sys.path:
        sys.path.append(folder)
    feeds: Mapping[str, Make] = import_module(f"tests.simulators.{connector}").FEEDS
    return feeds
