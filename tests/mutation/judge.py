"""Holds mutants against the tests, a few children at a time."""

import math
import os
import selectors
import signal
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.mutation.mutants import Mutant
from tests.mutation.results import BROKEN, KILLED, SURVIVED, TIMEOUT, Verdict
from tests.mutation.subjects import Subject
from tests.mutation.trial import Answer, first_run, fork, parse_once, tests_of, told, trial, warm

FIRST_RUN_SECONDS = 600
SPARE_SECONDS = 2  # to start pytest
QUICK_SECONDS = 0.1
SLACK = 3  # a mutant may take so much longer than the source as it is


class CannotMeasure(Exception):
    """The tests say nothing about mutants: they fail on the source as it is, or pytest itself does."""


class Running(NamedTuple):
    """A child at work on a mutant, to be stopped at an instant of the monotonic clock."""

    pid: int
    answer: int
    mutant: Mutant
    stop_at: float


class Judge:
    """Knows what the tests do on the source as it is, and tells which mutants they notice."""

    def __init__(self, root: Path, subject: Subject, log: Path) -> None:
        self.root, self.subject, self.log = root, subject, log
        if not subject.tests:
            raise CannotMeasure(
                f"{subject.source}: no test bears its name; see ALSO in tests/mutation/subjects.py"
            )
        with log.open("wb") as file:
            work = partial(first_run, root, subject.source, subject.tests)
            answer = told(*fork(work, FIRST_RUN_SECONDS, file.fileno()))
        if answer is None or answer["status"]:
            raise CannotMeasure(
                f"{subject.source}: its tests fail before anything is changed:\n" + tail(log, 30)
            )
        self.seconds: dict[str, float] = answer["seconds"]
        self.lines: dict[int, list[str]] = {int(line): tests for line, tests in answer["lines"].items()}
        self.kills = Counter[str]()
        parse_once((root / "services" / "reference").glob("*.toml"))
        warm(answer["modules"])

    def verdicts(self, mutants: Iterable[Mutant], jobs: int) -> Generator[tuple[Mutant, Verdict], None, None]:
        """Yield each mutant when it is done; children still at work are stopped if the caller goes away."""
        waiting, running = iter(mutants), selectors.DefaultSelector()
        try:
            while True:
                while len(running.get_map()) < jobs and (mutant := next(waiting, None)):
                    if tests := tests_of(self.lines, self.seconds, mutant.first, mutant.last):
                        child = self.start(mutant, tests)
                        running.register(child.answer, selectors.EVENT_READ, child)
                    else:
                        yield mutant, Verdict(SURVIVED)
                if not running.get_map():
                    return
                for mutant, verdict in finished(running):
                    self.kills[verdict.by] += verdict.outcome == KILLED
                    yield mutant, verdict
        finally:
            for key in list(running.get_map().values()):
                os.kill(key.data.pid, signal.SIGKILL)
                told(key.data.pid, key.data.answer)
            running.close()

    def start(self, mutant: Mutant, tests: Sequence[str]) -> Running:
        tests = sorted(tests, key=self.promise)
        seconds = math.ceil(SPARE_SECONDS + SLACK * sum(self.seconds[test] for test in tests))
        with self.log.open("wb") as file:
            work = partial(trial, self.root, self.subject.source, mutant.code, tests)
            pid, answer = fork(work, seconds, file.fileno())
        return Running(pid, answer, mutant, time.monotonic() + 10 * seconds)

    def promise(self, test: str) -> int:
        """Sort quick tests first that have killed many."""
        return -self.kills[test] if self.seconds[test] < QUICK_SECONDS else 0


def finished(running: selectors.BaseSelector) -> Iterator[tuple[Mutant, Verdict]]:
    """Yield the mutants whose children have answered or died; stop those that wait for something."""
    for key, _ in running.select(timeout=1):
        running.unregister(key.fileobj)
        yield key.data.mutant, verdict_of(key.data.mutant, told(key.data.pid, key.data.answer))
    for key in list(running.get_map().values()):
        if key.data.stop_at < time.monotonic():
            os.kill(key.data.pid, signal.SIGKILL)


def verdict_of(mutant: Mutant, answer: Answer | None) -> Verdict:
    """Tell from pytest's exit status; 2 is a test file that could not even be imported."""
    match answer:
        case None:
            return Verdict(TIMEOUT)
        case {"status": 0}:
            return Verdict(SURVIVED)
        case {"status": 1 | 2, "by": by}:
            return Verdict(KILLED, str(by))
        case {"status": "broken"}:
            return Verdict(BROKEN)
    raise CannotMeasure(f"mutant {mutant.id} ({mutant.before} → {mutant.after}): pytest answered {answer}")


def tail(log: Path, lines: int) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
