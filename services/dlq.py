"""`python -m services dlq list|show|replay|discard`: what the hub refused, and what is done about it.

Letters may hold personal data: what is printed says where, when and why, the payload only on demand.
"""

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from zoneinfo import ZoneInfo

from egovhub.errors import REASONS, ConfigurationError

from services import dlq_text as text
from services.clock import instant_of
from services.dead_letter_reader import fetch, read_letters
from services.dead_letters import STATES, Letter, Letters, Selection
from services.dlq_actions import Answers, Task, discard, replay, working
from services.settings import Settings, load_settings
from services.topics import check_topics

_EXAMPLES: Final = """
examples:
  python -m services dlq list
  python -m services dlq list --reason wrong-partition --since 2026-11-01T00:00+07:00 --json
  python -m services dlq list --state all --topic facts --partition 3
  python -m services dlq show facts/3/1048576
  python -m services dlq replay facts/3/1048576 --note "connector mended"
  python -m services dlq replay --reason unknown-schema --by ops-on-duty --yes
  python -m services dlq discard --at worker --reason empty --note "test of the source" --yes

KEY is topic/partition/offset of the refused record, as `list` prints it. More than one letter is decided about
only with --yes; without it the command says what it would do.

Exit code 0: done. 1: some letters were refused again, or are another's to replay. 2: not done, and why.
"""
_WARNING: Final = "the payload may hold personal data: do not keep or pass on what is printed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the letters, and do with them what was asked."""
    given = _parser().parse_args(arguments)
    settings = load_settings()
    with _quiet("kafka"), _quiet("aiokafka"):
        check_topics(settings)
        with working("reading letters") as report:
            letters = asyncio.run(read_letters(settings, report))
        if letters.unreadable:
            first, others = letters.unreadable[0], len(letters.unreadable) - 1
            print(f"{first}: neither letter nor decision; left out, with {others} others", file=sys.stderr)
        run: Callable[[argparse.Namespace, Settings, Letters], int] = given.run
        return run(given, settings, letters)


@contextmanager
def _quiet(client: str) -> Iterator[None]:
    """Keep what a Kafka client logs of each attempt from a terminal; what it comes to is told in one line."""
    logger = logging.getLogger(client)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _list(given: argparse.Namespace, settings: Settings, letters: Letters) -> int:
    chosen, zone = _chosen(given, settings, letters), ZoneInfo(settings.zone)
    if given.json:
        for letter in chosen:
            text.print_object(text.letter_object(letter, letters.decisions.get(letter.key), zone))
    elif chosen:
        print(*text.listed(chosen, letters, zone), sep="\n")
    else:
        print("no letter is meant")
    return 0


def _show(given: argparse.Namespace, settings: Settings, letters: Letters) -> int:
    [letter] = _chosen(given, settings, letters)
    decision, zone = letters.decisions.get(letter.key), ZoneInfo(settings.zone)
    held = None
    if given.payload:
        held = asyncio.run(fetch(settings, [letter]))[letter.key]
        print(_WARNING, file=sys.stderr)
    if given.json:
        text.print_object(
            text.letter_object(letter, decision, zone) | (text.payload_object(held) if held else {})
        )
        return 0
    print(*text.shown(letter, decision, zone), sep="\n")
    if held:
        print(*text.payload(held), sep="\n")
    return 0


def _replay(given: argparse.Namespace, settings: Settings, letters: Letters) -> int:
    return replay(_task(given, settings, letters), settings)


def _discard(given: argparse.Namespace, settings: Settings, letters: Letters) -> int:
    return discard(_task(given, settings, letters), settings)


def _task(given: argparse.Namespace, settings: Settings, letters: Letters) -> Task:
    return Task(
        chosen=_chosen(given, settings, letters),
        letters=letters,
        answers=Answers(ZoneInfo(settings.zone), is_json=given.json),
        by=given.by or _account(),
        note=given.note,
        is_again=given.again,
        is_dry=given.dry_run,
        is_confirmed=given.yes,
    )


def _account() -> str:
    """The name of the account this process runs under.

    Raises:
        ConfigurationError: if it has none.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise ConfigurationError("--by: this account has no name; say who decides") from None


def _chosen(given: argparse.Namespace, settings: Settings, letters: Letters) -> list[Letter]:
    """The letters meant.

    Raises:
        ConfigurationError: naming every key that no letter has.
    """
    selection = _selection(given, settings)
    if unknown := selection.unknown(letters):
        remedy = "see `python -m services dlq list --state all`"
        raise ConfigurationError([f"{text.plain(key)}: no letter has this key; {remedy}" for key in unknown])
    return selection.of(letters)


def _selection(given: argparse.Namespace, settings: Settings) -> Selection:
    if given.run is _show:
        return Selection(keys=(given.key,))
    is_again = getattr(given, "again", False)
    topics = {name for topic in given.topic for name in (topic, settings.topic(topic))}
    return Selection(
        keys=tuple(given.keys),
        state="all" if is_again else getattr(given, "state", "open"),
        reasons=frozenset(given.reason),
        stages=frozenset(given.at),
        sources=frozenset(given.source),
        topics=frozenset(topics),
        partition=given.partition,
        since=given.since,
        until=given.until,
        limit=given.limit,
    )


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m services dlq",
        description="The records the hub refused, as letters: look at them, replay them, discard them.",
        epilog=_EXAMPLES,
        formatter_class=form,
    )
    commands = parser.add_subparsers(required=True, metavar="list|show|replay|discard")

    def command(name: str, run: Callable[..., int], purpose: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, help=purpose, description=purpose, epilog=_EXAMPLES, formatter_class=form
        )
        added.set_defaults(run=run)
        added.add_argument("--json", action="store_true", help="one JSON object a line")
        return added

    listing = command("list", _list, "where, when and why; no payload")
    _add_filters(listing)
    listing.add_argument("--state", choices=STATES, default="open", help="default: open")
    showing = command("show", _show, "one letter; its payload only with --payload")
    showing.add_argument("key", metavar="KEY")
    showing.add_argument("--payload", action="store_true", help="key, value and headers too: personal data!")
    replaying = command("replay", _replay, "append again what today's door admits")
    _add_filters(replaying)
    _add_decision(replaying, is_note_needed=False)
    discarding = command("discard", _discard, "record that nothing is to be done about letters")
    _add_filters(discarding)
    _add_decision(discarding, is_note_needed=True)
    return parser


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
        raise argparse.ArgumentTypeError(f"{text.plain(words[:40])!r} {error}") from None


def _natural(words: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) <= 9):
        raise argparse.ArgumentTypeError(f"{text.plain(words[:40])!r} is not a number from 0")
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
