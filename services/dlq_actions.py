"""What `dlq replay` and `dlq discard` do with the letters that are meant, a chunk at a time.

Nothing is done about more than one letter unless it is confirmed. After an interruption the same command goes on:
what is recorded is decided, what was appended and not recorded is appended again.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from egovhub.connector import Connector
from egovhub.errors import RetryLater
from egovhub.kafka_publisher import KafkaPublisher
from egovhub.kafka_settings import KafkaSettings
from egovhub.publisher import Publisher
from rich.console import Console
from rich.progress import Progress

from services.clock import parse_clock
from services.connector_letters import CONNECTOR, MappingJudge
from services.dead_letter_decisions import DOOR, FACTS, Desk, Judge, Verdict
from services.dead_letter_reader import chunks, fetch
from services.dead_letters import Letter, Letters
from services.dlq_text import counted_letters, decided, plain, print_object
from services.settings import Settings
from services.topics import topic_named

DONE: Final = 0
DIFFERENT: Final = 1
NOT_DONE: Final = 2


class Answers:
    """Says what became of each letter, and counts it.

    Args:
        zone: for instants.
    """

    def __init__(self, zone: tzinfo, *, is_json: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.zone = zone
        self._is_json = is_json

    def tell(self, letter: Letter, outcome: str, words: str = "", **said: Any) -> None:
        """One letter.

        Args:
            outcome: in one word, for a program.
            words: for a person, beyond that.
            said: for a program, beyond that.
        """
        self.counts[outcome] += 1
        if self._is_json:
            print_object({"key": letter.key, "outcome": outcome, **said})
        else:
            print(plain(f"{letter.key}  {outcome}{words}"))

    def summarise(self) -> None:
        """All of them, for a person."""
        if not self._is_json:
            print(", ".join(f"{n:,} {outcome}" for outcome, n in self.counts.items()) or "no letter is meant")


@dataclass(frozen=True, slots=True)
class Task:
    """Which letters to decide about, and how.

    Args:
        chosen: the letters meant.
        letters: all there are, with their decisions.
        connector: whose letters are mapped again; None leaves letters of connectors alone.
        is_again: decided letters too.
        is_dry: do nothing.
        is_confirmed: do it to more than one letter.
    """

    chosen: Sequence[Letter]
    letters: Letters
    answers: Answers
    by: str
    note: str | None
    connector: Connector | None = None
    is_again: bool = False
    is_dry: bool = False
    is_confirmed: bool = False

    def undecided(self) -> list[Letter]:
        """The letters to decide about; says of the others what was decided."""
        found = []
        for letter in self.chosen:
            decision = self.letters.decisions.get(letter.key)
            if decision is None or self.is_again:
                found.append(letter)
            else:
                words = decided(decision, self.answers.zone)
                self.answers.tell(letter, "decided before", f", {words}; --again decides again")
        return found

    def acts_on(self, letters: Sequence[Letter]) -> bool:
        """Whether to do it, rather than say what would be done."""
        return not self.is_dry and (self.is_confirmed or len(letters) <= 1)

    def end(self, letters: Sequence[Letter], *, is_all: bool = True) -> int:
        """Sum up; the exit code."""
        self.answers.summarise()
        if not self.is_dry and not self.acts_on(letters):
            print(
                f"nothing was done: {counted_letters(len(letters))} are meant; --yes does it to all of them, "
                "--dry-run only looks",
                file=sys.stderr,
            )
            return NOT_DONE
        return DONE if is_all else DIFFERENT


def replay(task: Task, settings: Settings) -> int:
    """Hold what is in each letter against the door, or its connector's mapping; append and record what is admitted.

    Raises:
        RetryLater: Kafka does not answer; says how many are done.
    """
    undecided = task.undecided()
    judges = _judges(task)
    ours = [letter for letter in undecided if letter.at in judges]
    for letter in undecided:
        if letter.at not in judges:
            _tell_elsewhere(task.answers, letter, "is its own to replay; give its folder by --connector")
    acts = task.acts_on(undecided)
    done = 0
    with _desk(task, settings) as desk:
        for part in chunks(ours):
            with working("replaying", done, len(ours)):
                held = asyncio.run(fetch(settings, part))
                verdicts = [judges[letter.at].judge(letter, held[letter.key]) for letter in part]
                if acts:
                    desk.replay(verdicts)
            for verdict in verdicts:
                _tell_verdict(task, verdict, is_done=acts)
            done += len(part)
    counts = task.answers.counts
    return task.end(undecided, is_all=not counts["not replayed"] and not counts["refused again"])


def _judges(task: Task) -> dict[str, Judge | MappingJudge]:
    """By step who can say what is to become of its letters."""
    judges: dict[str, Judge | MappingJudge] = {DOOR: Judge(topic_named(FACTS).partitions, _machine_now)}
    if task.connector is not None:
        judges[CONNECTOR] = MappingJudge(task.connector, _machine_now)
    return judges


def discard(task: Task, settings: Settings) -> int:
    """Record that nothing is to be done about the letters.

    Raises:
        RetryLater: Kafka does not answer; says how many are done.
    """
    undecided = task.undecided()
    acts = task.acts_on(undecided)
    with _desk(task, settings) as desk:
        for part in chunks(undecided):
            if acts:
                desk.discard(part)
            for letter in part:
                task.answers.tell(letter, "discarded" if acts else "would be discarded")
    return task.end(undecided)


def _tell_verdict(task: Task, verdict: Verdict, *, is_done: bool) -> None:
    letter, answers = verdict.letter, task.answers
    if verdict.hindrance:
        _tell_elsewhere(answers, letter, verdict.hindrance)
        return
    if verdict.reason is not None:
        words = f": {verdict.reason}; stays {'open' if task.letters.is_open(letter) else 'as decided'}"
        answers.tell(letter, "refused again", words, reason=verdict.reason)
        return
    outcome = "replayed" if is_done else "would be replayed"
    if verdict.partition is None:
        answers.tell(letter, outcome, f" as facts: {len(verdict.records)}", facts=len(verdict.records))
        return
    onto = "" if verdict.partition == letter.partition else f" onto partition {verdict.partition}"
    answers.tell(letter, outcome, onto, partition=verdict.partition)


def _tell_elsewhere(answers: Answers, letter: Letter, hindrance: str) -> None:
    words = (
        f": the {letter.at}'s input {hindrance}. Or mend its mapping, let it read the source again"
        " (`egovhub run DIR --from-start`; a file: drop it again; nothing counts twice), then discard the letter"
    )
    answers.tell(letter, "not replayed", words, at=letter.at)


@contextmanager
def _desk(task: Task, settings: Settings) -> Iterator[Desk]:
    """Where decisions are carried out; a failure says how far it came."""
    publisher = publisher_of(settings)
    try:
        yield Desk(publisher, task.by, task.note, parse_clock(settings.clock).now)
    except RetryLater as error:
        done = sum(task.answers.counts[outcome] for outcome in ("replayed", "discarded"))
        remedy = "give the command again for the rest"
        raise RetryLater(f"{error}; done so far: {counted_letters(done)}; {remedy}") from error
    finally:
        publisher.close()


def publisher_of(settings: Settings) -> Publisher:
    """A publisher to the cluster of the settings."""
    return KafkaPublisher(
        KafkaSettings.from_environment(
            kafka_bootstrap=settings.kafka_bootstrap, topic_prefix=settings.topic_prefix
        )
    )


@contextmanager
def working(what: str, done: int = 0, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal while the block runs, gone afterwards; moved by calls with what is done, and of how much."""
    with Progress(
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
        redirect_stdout=False,
        redirect_stderr=False,
    ) as progress:
        task = progress.add_task(what, completed=done, total=total)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _machine_now() -> int:
    return time.time_ns() // 1_000_000
