"""Serve the simulated source systems, each at work, until stopped; print how its connector is run.

One line a system: the command that reads it. With --json FILE the same as data: for each system the connector's folder,
the options and the variables its process needs.
"""

import argparse
import json
import os
import shlex
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from tests.simulators.simulator import CONNECTORS, ROOT, Simulator, feeds_of

_TICK_SECONDS: Final = 0.5
_EXAMPLES: Final = """
examples:
  python -m tests.simulators                      the four systems, two new things a second in each
  python -m tests.simulators onestop --items 500  one of them, with 500 things that have happened already
  python -m tests.simulators documents:folder     another feed of its connector
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 stopped as asked, 2 no such system or feed."""
    given = _parser().parse_args(arguments)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="simulators-")))
        try:
            systems = {name: stack.enter_context(_made(name, given.seed, folder)) for name in given.systems}
        except ValueError as error:
            print(error, file=sys.stderr)
            return 2
        for system in systems.values():
            system.produce(given.items)
        _tell(systems, given.json)
        _work(systems, given.rate, stopping)
    return 0


def _made(name: str, seed: int, folder: Path) -> Simulator:
    """The simulator of `connector` or `connector:feed`."""
    connector, _, feed = name.partition(":")
    if connector not in CONNECTORS:
        raise ValueError(f"{connector}: no such system; there are {', '.join(CONNECTORS)}")
    feeds = feeds_of(connector)
    if feed and feed not in feeds:
        raise ValueError(f"{name}: no such feed; {connector} has {', '.join(feeds)}")
    own = folder / connector
    own.mkdir()
    return feeds[feed or next(iter(feeds))](seed, own)


def _tell(systems: Mapping[str, Simulator], file: Path | None) -> None:
    for name, system in systems.items():
        words = ["egovhub", "run", os.path.relpath(system.connector), *system.run_options]
        variables = "".join(f"{key}={shlex.quote(value)} " for key, value in system.environment.items())
        print(f"{name}: {variables}{shlex.join(words)}", flush=True)
    if file is not None:
        told = {name: _as_data(system) for name, system in systems.items()}
        part = file.with_name(f".{file.name}.part")
        part.write_text(json.dumps(told), encoding="utf-8")
        part.replace(file)


def _as_data(system: Simulator) -> dict[str, Any]:
    return {
        "connector": str(system.connector.relative_to(ROOT)),
        "options": list(system.run_options),
        "environment": dict(system.environment),
    }


def _work(systems: Mapping[str, Simulator], rate: float, stopping: threading.Event) -> None:
    """Let each system go on at a rate, a second's fractions saved up."""
    owed = 0.0
    while not stopping.wait(_TICK_SECONDS):
        owed += rate * _TICK_SECONDS
        for system in systems.values():
            system.produce(int(owed))
        owed -= int(owed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulators",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("systems", nargs="*", default=list(CONNECTORS), metavar="SYSTEM", help="connector, or connector:feed")
    add("--items", type=int, default=0, help="things that have happened before it begins (0)")
    add("--rate", type=float, default=2.0, help="things that happen in each system a second (2)")
    add("--seed", type=int, default=766, help="of everything they say (766)")
    add("--json", type=Path, metavar="FILE", help="write there how the connectors are run, once they can be")
    return parser


if __name__ == "__main__":
    sys.exit(main())
