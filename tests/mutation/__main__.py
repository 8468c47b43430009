"""Change the law in the core a little, thousands of times, and tell which changes no test notices.

Every mutant runs in a forked child with the tests that touch its function, the quickest first. Finished mutants are
kept in build/mutants until their source or its tests change, so a run that was stopped goes on where it was. A source
that is done is written to tests/mutation/results; why a mutant may survive stands in tests/mutation/SURVIVORS.md.
Exit codes: 0 all is well, 1 a source is below the limit or a survivor has no reason (with --check also: a result is
missing or was found on other sources or tests), 2 it could not be measured, 130 stopped by Ctrl-C.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.mutation.first_runs import CannotMeasure, FirstRuns
from tests.mutation.judge import Judge
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.results import Journal, Result, Verdict, read, result_of, without_reason, write
from tests.mutation.subjects import Subject, snapshot, subjects

EXAMPLES = """examples:
  make mutants                          every source of services/domain and services/indicators
  make mutants ONLY="calendar case"     two of them, by the name of the file
  python -m tests.mutation calendar --survivors   only those that survived, after a test was added; writes nothing
  python -m tests.mutation --check      what the committed results say, and whether they are of these sources
"""


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="calendar, or services/domain/calendar.py"
    )
    parser.add_argument("--check", action="store_true", help="run nothing, judge the committed results")
    parser.add_argument("--survivors", action="store_true", help="only what survived the last time")
    parser.add_argument("--jobs", type=int, default=1, help="children at a time (1)")
    parser.add_argument(
        "--at-least", type=int, default=90, metavar="PERCENT", help="killed in each source (90)"
    )
    return parser.parse_args(given)


def chosen(names: Sequence[str]) -> list[Subject]:
    every = list(subjects())
    unknown = [name for name in names if not any(is_called(subject, name) for subject in every)]
    if unknown:
        raise CannotMeasure(
            f"no such source: {', '.join(unknown)}; there are {', '.join(subject.name for subject in every)}"
        )
    return [subject for subject in every if not names or any(is_called(subject, name) for name in names)]


def is_called(subject: Subject, name: str) -> bool:
    return name in (subject.source, subject.name, Path(subject.source).stem)


def run(subject: Subject, runs: FirstRuns, jobs: int, console: Console) -> Result:
    """Judge every mutant that the journal does not know, and write the result."""
    root = runs.root
    digest = subject.digest(root)
    journal = Journal(subject, digest)
    mutants = list(mutants_of((root / subject.source).read_text()))
    left = [mutant for mutant in mutants if mutant.id not in journal.verdicts]
    for mutant, verdict in judged(subject, runs, left, jobs, console):
        journal.add(mutant, verdict)
    result = result_of(subject, digest, mutants, journal.verdicts)
    write(subject, result)
    return result


def run_survivors(subject: Subject, runs: FirstRuns, jobs: int, console: Console) -> Result | None:
    """Judge again what the written result calls survivors, and write nothing."""
    before = read(subject)
    if before is None:
        return None
    mutants = [
        mutant
        for mutant in mutants_of((runs.root / subject.source).read_text())
        if mutant.id in before.survivors
    ]
    verdicts = {mutant.id: verdict for mutant, verdict in judged(subject, runs, mutants, jobs, console)}
    return result_of(subject, {}, mutants, verdicts)


def judged(
    subject: Subject, runs: FirstRuns, mutants: Sequence[Mutant], jobs: int, console: Console
) -> Iterator[tuple[Mutant, Verdict]]:
    """Yield the verdicts while a bar on a terminal tells how far they are."""
    if not mutants:
        return
    columns = (TextColumn(subject.name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # No thread may draw: a child of a process with threads inherits their locks.
    with Progress(
        *columns, console=console, auto_refresh=False, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=len(mutants))
        with closing(Judge(runs.root, subject, runs.log, runs).verdicts(mutants, jobs)) as verdicts:
            for found in verdicts:
                yield found
                progress.advance(task)
                progress.refresh()


def report(result: Result, at_least: int, console: Console) -> bool:
    """Print a line for a result and one for each survivor without a reason; tell whether all is well."""
    rows = without_reason(result)
    console.print(str(result), markup=False, highlight=False, soft_wrap=True)
    for row in rows:
        console.print(row, markup=False, highlight=False, soft_wrap=True)
    return result.reaches(at_least) and not rows


def check(found: Sequence[Subject], at_least: int, console: Console) -> bool:
    """Report the written results; those that are missing or of other sources or tests are not well."""
    well = True
    for subject in found:
        result = read(subject)
        if result is None:
            console.print(f"{subject.source}: not measured", highlight=False)
        else:
            digest = subject.digest()
            stale = [name for name in digest if result.digest.get(name) != digest[name]]
            well &= report(result, at_least, console) and not stale
            if stale:
                console.print(
                    f"{subject.source}: measured on another {' and other '.join(stale)}", highlight=False
                )
        well &= result is not None
    return well


def measure(options: argparse.Namespace, found: Sequence[Subject], console: Console) -> bool:
    """Run the mutants of each source in a copy of the checkout.

    Raises:
        CannotMeasure: when all are done, for all that could not be.
    """
    act = run_survivors if options.survivors else run
    well, unmeasured = True, []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        runs = FirstRuns(snapshot(Path(folder)), found, Path(folder) / "log")
        for subject in found:
            try:
                result = act(subject, runs, options.jobs, console)
            except CannotMeasure as error:
                unmeasured.append(str(error))
            else:
                well &= result is not None and report(result, options.at_least, console)
    if unmeasured:
        raise CannotMeasure("\n\n".join(unmeasured))
    return well


def main(given: Sequence[str] | None = None) -> int:
    options = arguments(given)
    console = Console()
    try:
        found = chosen(options.sources)
        well = check(found, options.at_least, console) if options.check else measure(options, found, console)
    except CannotMeasure as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; what is done is kept, the same command goes on", file=sys.stderr)
        return 130
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
