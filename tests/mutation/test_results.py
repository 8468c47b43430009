"""What is kept of a run, and when it is no longer believed."""

from pathlib import Path

from tests.mutation.mutants import mutants_of
from tests.mutation.results import (
    KILLED,
    SURVIVED,
    TIMEOUT,
    Journal,
    Verdict,
    change,
    read,
    result_of,
    without_reason,
    write,
)
from tests.mutation.subjects import Subject

SUBJECT = Subject("services/domain/tariff.py", ("tests/unit/domain/test_tariff.py",))
MUTANTS = list(mutants_of("def f(a):\n    return a < 1\n"))
DIGEST = {"source": "1", "tests": "2"}


def test_a_journal_goes_on_where_it_was_even_after_half_a_line(tmp_path: Path) -> None:
    journal = Journal(SUBJECT, DIGEST, tmp_path)
    journal.add(MUTANTS[0], Verdict(KILLED, "test_a"))
    with journal.path.open("a") as file:
        file.write('["abc", "kil')
    assert Journal(SUBJECT, DIGEST, tmp_path).verdicts == {MUTANTS[0].id: Verdict(KILLED, "test_a")}


def test_a_line_after_half_a_line_is_read(tmp_path: Path) -> None:
    journal = Journal(SUBJECT, DIGEST, tmp_path)
    with journal.path.open("a") as file:
        file.write('["abc", "kil')
    Journal(SUBJECT, DIGEST, tmp_path).add(MUTANTS[1], Verdict(SURVIVED))
    assert Journal(SUBJECT, DIGEST, tmp_path).verdicts == {MUTANTS[1].id: Verdict(SURVIVED)}


def test_verdicts_on_another_source_or_other_tests_are_dropped(tmp_path: Path) -> None:
    Journal(SUBJECT, DIGEST, tmp_path).add(MUTANTS[0], Verdict(KILLED))
    assert Journal(SUBJECT, {**DIGEST, "tests": "3"}, tmp_path).verdicts == {}


def test_a_result_counts_a_time_limit_as_killed_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    outcomes = [KILLED, TIMEOUT, *[SURVIVED] * (len(MUTANTS) - 2)]
    verdicts = {mutant.id: Verdict(outcome) for mutant, outcome in zip(MUTANTS, outcomes, strict=True)}
    result = result_of(SUBJECT, DIGEST, MUTANTS, verdicts)
    assert (result.killed, result.total) == (2, len(MUTANTS))
    write(SUBJECT, result, tmp_path)
    assert read(SUBJECT, tmp_path) == result


def test_the_limit_itself_is_enough() -> None:
    verdicts = {mutant.id: Verdict(SURVIVED) for mutant in MUTANTS} | {MUTANTS[0].id: Verdict(KILLED)}
    result = result_of(SUBJECT, DIGEST, MUTANTS[:2], verdicts)
    assert result.reaches(50)
    assert not result.reaches(51)


def test_a_survivor_without_a_reason_is_asked_for(tmp_path: Path) -> None:
    result = result_of(SUBJECT, DIGEST, MUTANTS[:1], {MUTANTS[0].id: Verdict(SURVIVED)})
    reasons = tmp_path / "SURVIVORS.md"
    (row,) = without_reason(result, reasons)
    reasons.write_text(row)
    assert without_reason(result, reasons) == []


def test_a_long_line_is_cut_to_what_changed() -> None:
    line = f"{'a' * 50} < b | {'c' * 50}"
    assert (
        change(line, line.replace("<", "<="))
        == f"`{'a' * 28} < b \\| {'c' * 25}` → `{'a' * 28} <= b \\| {'c' * 25}`"
    )


def test_the_tests_of_a_source_stand_for_what_they_import_of_the_tests(tmp_path: Path) -> None:
    folder = tmp_path / "tests/unit/domain"
    folder.mkdir(parents=True)
    (tmp_path / "services/domain").mkdir(parents=True)
    for path, text in {
        tmp_path / SUBJECT.source: "",
        folder / "test_tariff.py": "from tests.unit.domain import build\n",
        folder / "build.py": "import os\nfrom tests.unit.domain.draw import one\n",
        folder / "draw.py": "import tests.unit.domain.build\n",
        folder / "other.py": "",
    }.items():
        path.write_text(text)
    before = SUBJECT.digest(tmp_path)
    (folder / "other.py").write_text("1")
    assert SUBJECT.digest(tmp_path) == before
    (folder / "draw.py").write_text("1")
    assert SUBJECT.digest(tmp_path)["tests"] != before["tests"]
    assert SUBJECT.digest(tmp_path)["source"] == before["source"]
