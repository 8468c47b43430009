"""`egovhub check`: the examples of connectors, and their conformance suite."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from egovhub.suite import Result
from egovhub.testing import check_examples, example_inputs, run_suite


def check(chosen: argparse.Namespace) -> int:
    """Run the checks of each folder; 1 if any failed."""
    failed = False
    for folder in chosen.folders:
        problems = check_examples(folder)
        results = [] if chosen.examples else [each for each in run_suite(folder) if each.check != "examples"]
        failed = failed or bool(problems) or any(each.outcome == "failed" for each in results)
        if chosen.json:
            print(json.dumps(_checked(folder, problems, results)))
        else:
            _say_checked(folder, problems, results)
    return 1 if failed else 0


def _checked(folder: Path, problems: Sequence[str], results: Sequence[Result]) -> dict[str, object]:
    checks = [{"check": each.check, "outcome": each.outcome, "text": each.text} for each in results]
    return {"folder": str(folder), "examples": list(problems), "checks": checks}


def _say_checked(folder: Path, problems: Sequence[str], results: Sequence[Result]) -> None:
    if not problems:
        print(f"{folder}: {len(example_inputs(folder))} examples are as written")
    for problem in problems:
        print(problem, file=sys.stderr)
    counted = Counter(each.outcome for each in results)
    if results:
        print(f"{folder}: " + ", ".join(f"{count} {outcome}" for outcome, count in counted.items()))
    for each in results:
        if each.outcome == "failed":
            print(f"{folder}: {each}", file=sys.stderr)
