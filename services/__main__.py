"""`python -m services <command>`: the commands of the hub, each in the module of its name.

Exit codes: 0 done, 1 a check found a difference, 2 the command could not run as asked, 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Final

from egovhub.errors import ConfigurationError, RetryLater

COMMANDS: Final = {
    "topics": "create the topics of the contract on a cluster, and check those that exist",
    "worker": "count the facts of some partitions, live",
    "stage": "publish the indicators of all partitions, live",
    "compute": "the figures of a file of facts, without Kafka",
    "figures": "the table of Decision 766 of one unit and period, and its monthly form",
    "why": "one case explained: facts, course, pauses, due instant, buckets, figures",
    "verify": "recompute what the hub published from its facts and compare every row",
    "dlq": "what the hub refused: look at it, replay it, discard it",
}
_EXAMPLES: Final = """
examples:
  python -m services topics create
  python -m services worker
  python -m services compute --facts facts.ndjson --as-of 2026-07-01T00:00+07:00
  egovhub preview mapping.toml --input log.csv | python -m services compute --facts - --as-of ... --json
  python -m services verify --json

`python -m services <command> --help` says more. Settings are variables HUB_..., see README.md.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(
        prog="python -m services",
        description="\n".join(["commands:", *(f"  {name:8}  {what}" for name, what in COMMANDS.items())]),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command", help="one of the above")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="of the command")
    given = parser.parse_args(arguments)
    return outcome(import_module(f"services.{given.command}").main, given.arguments)


def outcome(command: Callable[[Sequence[str] | None], int], arguments: Sequence[str] | None) -> int:
    """The exit code of a command; what it cannot work with is told in one line per problem.

    Output is UTF-8 whatever the terminal's locale: rows are compared byte by byte.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    try:
        code = command(arguments)
        sys.stdout.flush()
    except ConfigurationError as error:
        print(*error.problems, sep="\n", file=sys.stderr)
    except RetryLater as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    else:
        return code
    return 2


if __name__ == "__main__":
    sys.exit(main())
