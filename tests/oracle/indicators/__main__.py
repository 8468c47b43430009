"""Compares the core's figures with those of SQL on many drawn cases: `python -m tests.oracle.indicators --cases 20000`.

Exit status 1 if a figure, its points or an identity differs, if an indicator has no second opinion, or if no case was
counted in a part.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.oracle.indicators.compare import Findings, bench, compare, population
from tests.oracle.indicators.compare_core import ids_of

CHUNK = 1000
"""The figures per procedure of the first so many are compared for every unit, of others for everything alone."""
WITHOUT_OPINION: dict[str, str] = {}
"""Indicators of the core that SQL says nothing of, and why."""

NEVER: dict[tuple[str, str], str] = {
    ("apology", "unsaid"): "the decrees of the reference data leave no day without rules",
    ("check.civil-status", "unsaid"): "a dossier always says whether it is finished",
    ("check.document", "unsaid"): "a document is handled or not",
    ("supplement.once", "unsaid"): "the first policy allows a number",
}
"""Parts that no case can be counted in, and why."""

BY_POLICY = ("2.1", "par.on-time.commune", "par.on-time.department", "par.on-time.district")
"""Their parts are the buckets of all policies, of which each gives some."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.indicators", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--only", help="id of one indicator")
    asked = parser.parse_args()
    found = Findings()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        both = bench(Path(directory))
        last = asked.first + asked.cases
        for first in range(asked.first, last, CHUNK):
            numbers = range(first, min(first + CHUNK, last))
            is_first = first == asked.first
            found.add(compare(population(asked.seed, numbers), both, asked.only, is_drilled=is_first))
            seconds = time.monotonic() - began
            differ = found.differing.total()
            print(
                f"{numbers.stop - asked.first} cases, {differ} differ, {seconds:.0f} s",
                file=sys.stderr,
                flush=True,
            )
        missing = sorted(ids_of(both.rules) - found.opinions - set(WITHOUT_OPINION))
    return report(found, missing, [] if asked.only else unmet(found))


def unmet(found: Findings) -> list[tuple[str, str]]:
    """Parts that figures name and no case was counted in."""
    return sorted(
        part for part in found.named - found.parts if part not in NEVER and part[0] not in BY_POLICY
    )


def report(found: Findings, missing: list[str], unmet_parts: list[tuple[str, str]]) -> int:
    for name, n in sorted(found.compared.items()):
        print(f"{n:8d} figures of {name}, {found.differing[name]} differ")
    for name, lines in found.shown.items():
        print(f"\n{name}: {found.differing[name]} differ", *lines, sep="\n")
    if missing:
        print(f"\nwithout a second opinion: {', '.join(missing)}")
    if unmet_parts:
        print(f"\nno case was counted in: {', '.join(f'{part} of {name}' for name, part in unmet_parts)}")
    print(
        f"\n{found.differing.total()} differ, {len(missing)} without opinion, {len(unmet_parts)} parts unmet"
    )
    return 1 if found.differing or missing or unmet_parts else 0


if __name__ == "__main__":
    sys.exit(main())
