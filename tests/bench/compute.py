"""`python -m tests.bench.compute`: time and memory of the batch, from lines of facts to rows.

writing    the generator and its NDJSON
reading    lines to facts, checked as strictly as the encoder checks
judging    every case, and the sums
rows       pooled along the organisation trees of both views, every indicator and period
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from egovhub.ndjson import fact_to_json
from rich.progress import Progress

from services.clock import instant_of
from services.domain.cells import add
from services.domain.sums import Point
from services.fact_lines import BadLines, lines_of, read_cases
from services.recount import evaluations, figures
from services.rules import load_rules
from tests.bench.facts import AS_OF, publications


@contextmanager
def timed(phase: str, things: int) -> Iterator[None]:
    began = time.process_time()
    yield
    seconds = time.process_time() - began
    print(f"{phase:10} {seconds:8.1f} s {seconds / things * 1e6:8.1f} µs each of {things:,}", flush=True)


def measure(events: int, path: Path) -> None:
    rules, as_of = load_rules("Asia/Ho_Chi_Minh"), instant_of(AS_OF)
    with timed("writing", events), path.open("w", encoding="utf-8") as file:
        file.writelines(fact_to_json(fact) + "\n" for _, fact in publications(events))
    bad = BadLines(path.name, is_named=True)
    with timed("reading", events):
        cases = read_cases(lines_of(str(path), Progress(disable=True)), bad)
    points: dict[Point, int] = {}
    with timed("judging", len(cases)):
        for evaluation in evaluations(cases, rules, as_of):
            add(points, evaluation.contributions)
    with timed("rows", len(points)):
        rows = figures(points, rules, as_of)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(rows):,} rows, {bad.reasons.total()} bad lines, peak {peak:,.0f} MB")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.compute", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="facts to write and read (1000000)")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        measure(given.events, Path(folder) / "facts.ndjson")
    return 0


if __name__ == "__main__":
    sys.exit(main())
