"""Holds mutants against the tests, a few children at a time."""

import math
import os
import selectors
import signal
import time
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.mutation.first_runs import CannotMeasure, FirstRuns
from tests.mutation.mutants import Mutant
from tests.mutation.results import BROKEN, KILLED, SURVIVED, TIMEOUT, Verdict
from tests.mutation.standby import Standby, is_for_standby
from tests.mutation.subjects import Subject
from tests.mutation.trial import Answer, fork, parse_once, tests_of, told, trial, warm

SPARE_SECONDS = 2  # to start pytest
QUICK_SECONDS = 0.1
SLACK = 3  # a mutant may take so much longer than the source as it is


class Running(NamedTuple):
    """A child at work on a mutant, to be stopped at an instant of the monotonic clock.

    `standby`: the process whose child it is; None: it is one of this process.
    """

    pid: int
    answer: int
    mutant: Mutant
    stop_at: float
    standby: Standby | None


class Judge:
    """Knows what the tests do on the source as it is, and tells which mutants they notice."""

    def __init__(self, root: Path, subject: Subject, log: Path, runs: FirstRuns | None = None) -> None:
        self.root, self.subject, self.log = root, subject, log
        self.seconds, self.lines, modules = (runs or FirstRuns(root, [subject], log)).of(subject)
        self.kills = Counter[str]()
        self.source = (root / subject.source).read_text()
        self.passing: dict[str, bool] = {}
        self.unfit: set[str] = set()
        parse_once((root / "services" / "reference").glob("*.toml"))
        warm(modules)

    def verdicts(self, mutants: Iterable[Mutant], jobs: int) -> Generator[tuple[Mutant, Verdict], None, None]:
        """Yield each mutant when it is done; children still at work are stopped if the caller goes away."""
        waiting, running = deque(mutants), selectors.DefaultSelector()
        standby = self.standby()
        try:
            while waiting or running.get_map():
                while waiting and len(running.get_map()) < jobs:
                    mutant = waiting.popleft()
                    if tests := tests_of(self.lines, self.seconds, mutant.first, mutant.last):
                        child = self.start(mutant, tests, standby)
                        running.register(child.answer, selectors.EVENT_READ, child)
                    else:
                        yield mutant, Verdict(SURVIVED)
                for child, answer in finished(running):
                    if child.standby is not None and self.is_unfit(child.standby, answer):
                        self.unfit.add(child.mutant.id)
                        waiting.appendleft(child.mutant)
                    else:
                        verdict = verdict_of(child.mutant, answer)
                        self.kills[verdict.by] += verdict.outcome == KILLED
                        yield child.mutant, verdict
        finally:
            for key in list(running.get_map().values()):
                os.kill(key.data.pid, signal.SIGKILL)
                told(key.data.pid, key.data.answer)
            running.close()
            if standby is not None:
                standby.close()

    def standby(self) -> Standby | None:
        """A process for the mutants of functions; None if the tests cannot be collected for it."""
        with self.log.open("ab") as file:
            standby = Standby(self.root, self.subject.source, self.subject.tests, file.fileno())
        if standby.is_ready:
            return standby
        standby.close()
        return None

    def start(self, mutant: Mutant, tests: Sequence[str], standby: Standby | None) -> Running:
        tests = sorted(tests, key=self.promise)
        seconds = self.limit(tests)
        stop_at = time.monotonic() + 10 * seconds
        if standby and mutant.id not in self.unfit and is_for_standby(mutant, self.source, self.lines):
            return Running(*standby.fork(mutant, tests, seconds), mutant, stop_at, standby)
        with self.log.open("wb") as file:
            work = partial(trial, self.root, self.subject.source, mutant.code, tests)
            return Running(*fork(work, seconds, file.fileno()), mutant, stop_at, None)

    def limit(self, tests: Sequence[str]) -> int:
        """CPU seconds for a trial."""
        return math.ceil(SPARE_SECONDS + SLACK * sum(self.seconds[test] for test in tests))

    def is_unfit(self, standby: Standby, answer: Answer | None) -> bool:
        """Whether a child of the standby could not say, or its test fails there on the source as it is too."""
        if answer is None or answer["status"] == 0:
            return False
        test = answer["by"]
        if answer["status"] == 1 and test not in self.passing:
            self.passing[test] = told(*standby.fork(None, [test], self.limit([test]))) == {
                "status": 0,
                "by": "",
            }
        return answer["status"] != 1 or not self.passing[test]

    def promise(self, test: str) -> int:
        """Sort quick tests first that have killed many."""
        return -self.kills[test] if self.seconds[test] < QUICK_SECONDS else 0


def finished(running: selectors.BaseSelector) -> Iterator[tuple[Running, Answer | None]]:
    """Yield the children that have answered or died; stop those that wait for something."""
    for key, _ in running.select(timeout=1) if running.get_map() else ():
        running.unregister(key.fileobj)
        yield key.data, told(key.data.pid, key.data.answer)
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
