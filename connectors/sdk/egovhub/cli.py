"""The command `egovhub`: look at what a mapping makes of a file, check its examples, and run it.

Exit codes: 0 done, 1 a check found a difference, 2 the command could not run as asked, 3 a connector's code is wrong.
"""

import argparse
import math
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from egovhub.bugs import Bug
from egovhub.errors import ConfigurationError
from egovhub.files import FilesFeed
from egovhub.loading import is_code, mapping_file
from egovhub.mapping import load_mapping
from egovhub.mapping_words import describe
from egovhub.ndjson import fact_to_json

_EXAMPLES: Final = """
examples:
  egovhub describe connectors/receipt
  egovhub preview connectors/receipt --input receipt.csv
  egovhub check connectors/receipt
  egovhub run connectors/receipt --input receipt.csv --once

MAPPING is a .toml, or a folder that has one; the language is described in the README of the SDK.
Settings are variables: HUB_KAFKA_BOOTSTRAP and the other HUB_KAFKA_..., HUB_METRICS_HOST, HUB_METRICS_PORT.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what a person can put right is one line each and exit code 2."""
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        return command(chosen)
    except ConfigurationError as error:
        for problem in error.problems:
            print(f"egovhub: {problem}", file=sys.stderr)
        return 2
    except Bug as error:
        print(f"egovhub: a bug: {error}", file=sys.stderr)
        return 3
    except BrokenPipeError:
        # The reader of our output has what it wanted. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="egovhub",
        description="Connectors of the integration hub.",
        epilog=_EXAMPLES,
        formatter_class=form,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="publish a source's facts to Kafka, and go on where it stopped")
    _add_run(run)

    preview = commands.add_parser(
        "preview", help="print the facts of a file as lines of JSON; needs no Kafka"
    )
    _add_source(preview)
    preview.add_argument("--limit", type=_positive, metavar="N", help="stop after N facts")
    preview.set_defaults(command=_preview)

    check = commands.add_parser(
        "check", help="run a connector's examples and the conformance suite; no Kafka"
    )
    check.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folder of a connector")
    check.add_argument("--examples", action="store_true", help="the examples alone")
    check.add_argument("--json", action="store_true", help="a line of JSON for each folder")
    check.set_defaults(command=_check)

    fresh = commands.add_parser(
        "new", help="write the folder of a new connector, which passes its suite at once"
    )
    fresh.add_argument("name", metavar="NAME", help="of the source, like civil-status")
    fresh.add_argument("--toml", action="store_true", help="of configuration alone")
    fresh.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="folder to write it into")
    fresh.set_defaults(command=_new)

    words = commands.add_parser("describe", help="say a mapping in words")
    words.add_argument("mapping", type=Path, metavar="MAPPING")
    words.set_defaults(command=_describe)
    return parser


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("mapping", type=Path, metavar="CONNECTOR", help="folder of a connector, or a mapping")
    run.add_argument(
        "--input", type=Path, metavar="PATH", help="CSV file, plain or gzip, - is stdin; or a folder"
    )
    run.add_argument("--url", default="", metavar="URL", help="of the source's system")
    run.add_argument("--feed", default="", metavar="NAME", help="which of the connector's feeds")
    run.add_argument("--settings", type=Path, metavar="FILE", help="settings of this instance, TOML")
    run.add_argument("--name", metavar="INSTANCE", help="key of the position; default: the source")
    run.add_argument("--once", action="store_true", help="end when the source has nothing more")
    run.add_argument(
        "--from-start", action="store_true", help="publish from the beginning; nothing counts twice"
    )
    run.add_argument("--sandbox", action="store_true", help="try: the facts count nowhere")
    run.add_argument(
        "--backfill", type=_run_name, default="", metavar="RUN", help="history, not news; name the run"
    )
    run.add_argument(
        "--poll-seconds", type=_seconds, metavar="N", help="pause before the source is asked again"
    )
    run.add_argument("--pause-file", type=Path, metavar="FILE", help="while it exists nothing is read")
    run.add_argument(
        "--keep-going", action="store_true", help="go on however many inputs in a row are refused"
    )
    run.add_argument("--rate", type=_positive, metavar="N", help="at most N facts a second")
    run.add_argument("--bootstrap", metavar="HOST:PORT", help="instead of HUB_KAFKA_BOOTSTRAP")
    run.add_argument("--metrics-port", metavar="PORT", help="instead of HUB_METRICS_PORT; 0 finds a free one")
    run.add_argument("--json", action="store_true", help="progress and summary as lines of JSON on stdout")
    run.add_argument("--quiet", action="store_true", help="no progress, no summary")
    run.add_argument("--verbose", action="store_true", help="show what the Kafka client logs")
    run.set_defaults(command=_run)


def _run_name(text: str) -> str:
    if text and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a run; use a-z, 0-9, '.', '_' and '-'")
    return text


def _add_source(command: argparse.ArgumentParser) -> None:
    command.add_argument("mapping", type=Path, metavar="MAPPING")
    command.add_argument(
        "--input", type=Path, required=True, metavar="FILE", help="CSV, plain or gzip; - is stdin"
    )


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) == int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def _seconds(text: str) -> float:
    """As the feeds' own `poll_seconds`, in which half a second is possible."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return seconds


def _run(chosen: argparse.Namespace) -> int:
    from egovhub.cli_run import run  # noqa: PLC0415 - the other commands need no Kafka client

    return run(chosen)


def _preview(chosen: argparse.Namespace) -> int:
    if is_code(chosen.mapping):
        return _preview_code(chosen)
    mapping = load_mapping(mapping_file(chosen.mapping))
    zone = ZoneInfo(mapping.zone)
    left: int | None = chosen.limit
    for batch in FilesFeed(mapping, chosen.input, lambda: time.time_ns() // 1_000_000).read(None):
        for rejection in batch.rejected:
            print(f"{chosen.input}:{rejection}", file=sys.stderr)
        lines = [fact_to_json(fact, zone) + "\n" for fact in islice(batch.facts, left)]
        sys.stdout.buffer.write("".join(lines).encode())
        left = None if left is None else left - len(lines)
        if left == 0:
            break
    sys.stdout.flush()
    return 0


def _preview_code(chosen: argparse.Namespace) -> int:
    """The same for a connector in code, whose input is read as its examples are."""
    from egovhub.examples import given  # noqa: PLC0415 - a mapping needs no feeds

    facts, rejected = given(chosen.mapping, chosen.input)
    for rejection in rejected:
        print(f"{chosen.input}:{rejection}", file=sys.stderr)
    lines = [fact_to_json(fact) + "\n" for fact in islice(facts, chosen.limit)]
    sys.stdout.buffer.write("".join(lines).encode())
    sys.stdout.flush()
    return 0


def _check(chosen: argparse.Namespace) -> int:
    from egovhub.cli_check import check  # noqa: PLC0415 - the other commands need no servers and no metrics

    return check(chosen)


def _new(chosen: argparse.Namespace) -> int:
    from egovhub.scaffold import new  # noqa: PLC0415 - as above

    folder = new(chosen.name, chosen.into, toml=chosen.toml)
    print(f"{folder}: written; now `egovhub check {folder}`, and change it until it is yours")
    return 0


def _describe(chosen: argparse.Namespace) -> int:
    for line in describe(load_mapping(mapping_file(chosen.mapping))):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
