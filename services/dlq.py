"""`python -m services dlq list|show|replay|discard`: what the hub refused, and what is done about it.

Letters may hold personal data: what is printed says where, when and why, the payload only on demand.
"""

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from egovhub.connector import Connector
from egovhub.errors import ConfigurationError
from egovhub.starting import find_connector

from services import dlq_text as text
from services.dead_letter_reader import fetch, read_letters
from services.dead_letters import Letter, Letters, Selection
from services.dlq_actions import Answers, Task, discard, replay, working
from services.dlq_options import parser
from services.settings import Settings, load_settings
from services.topics import check_topics

_WARNING: Final = "the payload may hold personal data: do not keep or pass on what is printed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the letters, and do with them what was asked."""
    given = parser().parse_args(arguments)
    settings = load_settings()
    with _quiet("kafka"), _quiet("aiokafka"):
        check_topics(settings)
        with working("reading letters") as report:
            letters = asyncio.run(read_letters(settings, report))
        if letters.unreadable:
            first, others = letters.unreadable[0], len(letters.unreadable) - 1
            print(f"{first}: neither letter nor decision; left out, with {others} others", file=sys.stderr)
        return _COMMANDS[given.command](given, settings, letters)


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
        connector=_connector(given),
        is_again=given.again,
        is_dry=given.dry_run,
        is_confirmed=given.yes,
    )


def _connector(given: argparse.Namespace) -> Connector | None:
    """The connector whose letters are mapped again.

    Raises:
        ConfigurationError: the folder has none that maps inputs one by one.
    """
    folder: Path | None = getattr(given, "connector", None)
    found = None if folder is None else find_connector(folder)
    if found is None or isinstance(found, Connector):
        return found
    raise ConfigurationError(
        f"--connector: {folder} reads whole files; give it its file again with --from-start"
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
    if given.command == "show":
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


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, Settings, Letters], int]]] = {
    "list": _list,
    "show": _show,
    "replay": _replay,
    "discard": _discard,
}
