"""What the tests do on the sources as they are, file by file: sources that share tests run them once."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.mutation.subjects import Subject
from tests.mutation.trial import Answer, first_run, fork, told

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


def tail(log: Path, lines: int) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
