"""What the tests do on the sources as they are, file by file: sources that share tests run them once."""

import sys
from collections import defaultdict
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest

from tests.mutation.subjects import Subject
from tests.mutation.trial import (
    ARGUMENTS,
    IMPORTED,
    OURS,
    SHARED,
    Answer,
    examples_without_search_for_small_ones,
    forget_ours,
    fork,
    told,
)

SECONDS = 600


class CannotMeasure(Exception):
    """The tests say nothing about mutants: they fail on the source as it is, or pytest itself does."""


class FirstRun(NamedTuple):
    """What the tests of a source do.

    Args:
        seconds: of each test.
        lines: by which tests a line is run.
        modules: what is imported besides our own.
    """

    seconds: dict[str, float]
    lines: dict[int, list[str]]
    modules: list[str]


class FirstRuns:
    """The first runs of the tests of some sources, each made when it is first asked for."""

    def __init__(self, root: Path, subjects: Sequence[Subject], log: Path) -> None:
        self.root, self.subjects, self.log = root, subjects, log
        self.answers: dict[str, Answer] = {}

    def of(self, subject: Subject) -> FirstRun:
        """The first run of all tests of a source.

        Raises:
            CannotMeasure: if it has none, or they fail.
        """
        if not subject.tests:
            raise CannotMeasure(
                f"{subject.source}: no test bears its name; see ALSO in tests/mutation/subjects.py"
            )
        seconds: dict[str, float] = {}
        lines: dict[int, list[str]] = {}
        modules: dict[str, None] = {}
        for test in subject.tests:
            if test not in self.answers:
                self.answers[test] = self.run(test, subject)
            answer = self.answers[test]
            seconds |= answer["seconds"]
            modules |= dict.fromkeys(answer["modules"])
            for line, tests in answer["lines"][subject.source].items():
                lines.setdefault(int(line), []).extend(tests)
        return FirstRun(seconds, lines, [*modules])

    def run(self, test: str, asking: Subject) -> Answer:
        sources = [subject.source for subject in self.subjects if test in subject.tests]
        with self.log.open("wb") as file:
            answer = told(*fork(partial(first_run, self.root, sources, [test]), SECONDS, file.fileno()))
        if answer is None or answer["status"]:
            raise CannotMeasure(
                f"{asking.source}: its tests fail before anything is changed:\n" + tail(self.log, 30)
            )
        return answer


class Watched:
    """pytest's plugin of the first run: how long each test takes, and which lines of the source it runs.

    What a fixture of more than one test runs is put down to no test, like what an import runs.
    """

    def __init__(self, coverage_: coverage.Coverage) -> None:
        self.coverage = coverage_
        self.seconds: dict[str, float] = defaultdict(float)
        self.running = IMPORTED

    def pytest_configure(self) -> None:
        examples_without_search_for_small_ones()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.switch(item.nodeid)
        try:
            return (yield)
        finally:
            self.switch(IMPORTED)

    def switch(self, running: str) -> None:
        self.running = running
        self.coverage.switch_context(running)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        if fixturedef.scope == "function":
            return (yield)
        self.coverage.switch_context(SHARED)
        try:
            return (yield)
        finally:
            self.coverage.switch_context(self.running)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration


def first_run(root: Path, sources: Sequence[str], tests: Sequence[str]) -> Answer:
    """Run all tests on the sources as they are.

    Returns: `status` (pytest's), `seconds` by test, `lines`: source -> line -> tests, and `modules`: what it took to
    run them.
    """
    forget_ours(root)
    paths = {source: str(root / source) for source in sources}
    measured = coverage.Coverage(data_file=None, include=[*paths.values()], config_file=False)
    watched = Watched(measured)
    measured.start()
    try:
        status = pytest.main([*ARGUMENTS, *tests], plugins=[watched])
    finally:
        measured.stop()
    found = measured.get_data()
    return {
        "status": int(status),
        "seconds": watched.seconds,
        "lines": {source: found.contexts_by_lineno(path) for source, path in paths.items()},
        "modules": sorted(name for name in sys.modules if name.split(".")[0] not in OURS),
    }


def tail(log: Path, lines: int) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
