"""What can be said to `python -m services dlq`: filters, the decision, and what they must look like."""

import argparse
from pathlib import Path
from typing import Final

from egovhub.errors import REASONS

from services.clock import instant_of
from services.dead_letters import STATES
from services.dlq_text import plain

_EXAMPLES: Final = """
examples:
  python -m services dlq list
  python -m services dlq list --reason wrong-partition --since 2026-11-01T00:00+07:00 --json
  python -m services dlq list --state all --topic facts --partition 3
  python -m services dlq show facts/3/1048576
  python -m services dlq replay facts/3/1048576 --note "connector mended"
  python -m services dlq replay --reason unknown-schema --by ops-on-duty --yes
  python -m services dlq replay --at connector --source documents --connector connectors/documents --yes
  python -m services dlq discard --at worker --reason empty --note "test of the source" --yes

KEY is topic/partition/offset of the refused record, as `list` prints it. More than one letter is decided about
only with --yes; without it the command says what it would do.

Exit code 0: done. 1: some letters were refused again, or are another's to replay. 2: not done, and why.
"""


def parser() -> argparse.ArgumentParser:
    """The parser of all four commands."""
    form = argparse.RawDescriptionHelpFormatter
    whole = argparse.ArgumentParser(
        prog="python -m services dlq",
        description="The records the hub refused, as letters: look at them, replay them, discard them.",
        epilog=_EXAMPLES,
        formatter_class=form,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="list|show|replay|discard")

    def command(name: str, purpose: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, help=purpose, description=purpose, epilog=_EXAMPLES, formatter_class=form
        )
        added.add_argument("--json", action="store_true", help="one JSON object a line")
        return added

    listing = command("list", "where, when and why; no payload")
    _add_filters(listing)
    listing.add_argument("--state", choices=STATES, default="open", help="default: open")
    showing = command("show", "one letter; its payload only with --payload")
    showing.add_argument("key", metavar="KEY")
    showing.add_argument("--payload", action="store_true", help="key, value and headers too: personal data!")
    replaying = command("replay", "append again what today's door admits")
    _add_filters(replaying)
    _add_decision(replaying, is_note_needed=False)
    replaying.add_argument(
        "--connector", type=Path, metavar="DIR", help="map letters of this connector again; its code is run"
    )
    discarding = command("discard", "record that nothing is to be done about letters")
    _add_filters(discarding)
    _add_decision(discarding, is_note_needed=True)
    return whole


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("keys", nargs="*", metavar="KEY", help="exactly these; default: every open letter")
    wanted = parser.add_argument_group("which letters", "several values of one option are alternatives")
    wanted.add_argument(
        "--reason", action="append", default=[], choices=sorted(REASONS), metavar="R", help="of the refusal"
    )
    wanted.add_argument("--at", action="append", default=[], metavar="STAGE", help="worker, connector, ...")
    wanted.add_argument("--source", action="append", default=[], metavar="S", help="as authenticated")
    wanted.add_argument("--topic", action="append", default=[], metavar="T", help="of the refused record")
    wanted.add_argument("--partition", type=_natural, metavar="N", help="of the refused record")
    wanted.add_argument("--since", type=_instant, metavar="INSTANT", help="refused then or later")
    wanted.add_argument("--until", type=_instant, metavar="INSTANT", help="refused before")
    wanted.add_argument("--limit", type=_positive, metavar="N", help="only the N oldest")


def _add_decision(parser: argparse.ArgumentParser, *, is_note_needed: bool) -> None:
    decision = parser.add_argument_group("the decision")
    decision.add_argument("--by", type=_words, metavar="WHO", help="role or account; default: this account")
    decision.add_argument(
        "--note", type=_words, required=is_note_needed, help="why; no personal data, it is kept for ever"
    )
    decision.add_argument("--yes", action="store_true", help="decide about more than one letter")
    decision.add_argument("--dry-run", action="store_true", help="only say what would be done")
    decision.add_argument("--again", action="store_true", help="also letters that are decided already")


def _instant(words: str) -> int:
    try:
        return instant_of(words)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{plain(words[:40])!r} {error}") from None


def _natural(words: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) <= 9):
        raise argparse.ArgumentTypeError(f"{plain(words[:40])!r} is not a number from 0")
    return int(words)


def _positive(words: str) -> int:
    if (number := _natural(words)) == 0:
        raise argparse.ArgumentTypeError("0 letters are none; give a number above 0")
    return number


def _words(words: str) -> str:
    """A text that can be written: not empty, and in UTF-8."""
    try:
        words.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("is not UTF-8 text; write it again") from None
    if not words.strip():
        raise argparse.ArgumentTypeError("is empty; say something")
    return words.strip()
