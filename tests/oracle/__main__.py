"""Compares the core with the oracle on many drawn cases: `python -m tests.oracle --cases 20000 --seed 1`.

Exit status 1 if they differ about a case, or if no case exercised a rule.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.oracle.compare import Difference, bench, compare_all
from tests.oracle.rules import EXPECTED

CHUNK = 500


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--show", type=int, default=3, help="differences to print of each sort")
    asked = parser.parse_args()
    rules: Counter[str] = Counter()
    found: list[Difference] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        both = bench(Path(directory))
        last = asked.first + asked.cases
        for first in range(asked.first, last, CHUNK):
            seen, differences = compare_all(asked.seed, range(first, min(first + CHUNK, last)), both)
            rules.update(seen)
            found += differences
            done = min(first + CHUNK, last) - asked.first
            seconds = time.monotonic() - began
            print(f"{done} cases, {len(found)} differ, {seconds:.0f} s", file=sys.stderr, flush=True)
    return report(rules, found, asked.show)


def report(rules: Counter[str], found: list[Difference], show: int) -> int:
    for name in sorted(EXPECTED | set(rules)):
        print(f"{rules[name]:7d}  {name}")
    sorts: dict[tuple[str, ...], list[Difference]] = {}
    for difference in sorted(found, key=lambda difference: len(difference.lines)):
        sorts.setdefault(difference.about, []).append(difference)
    for about, differences in sorted(sorts.items(), key=lambda row: -len(row[1])):
        print(f"\n{len(differences)} cases differ about {', '.join(about)}")
        for difference in differences[:show]:
            print(f" case {difference.number} of seed {difference.seed}", *difference.lines, sep="\n")
    unmet = sorted(EXPECTED - set(rules))
    if unmet:
        print(f"\nno case exercised: {', '.join(unmet)}")
    print(f"\n{len(found)} cases differ, {len(unmet)} rules unmet")
    return 1 if found or unmet else 0


if __name__ == "__main__":
    sys.exit(main())
