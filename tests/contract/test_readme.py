"""README names every indicator that there is, and none that there is not."""

import re
from pathlib import Path

from services.domain.points import DECISION_766, INDICATORS
from services.rules import discovered

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("## Indicators")[2].partition("\n## ")[0]


def ids_of_the_hub() -> set[str]:
    """The hub's own ids as README writes them: `stage.wait`, `.desk` is stage.desk as well."""
    found: set[str] = set()
    for listed in re.split(r" · |; events give inputs: ", SECTION.partition("PAR INDEX")[2]):
        prefix = ""
        for name in re.findall(r"`([a-z0-9.-]+)`", listed):
            prefix = prefix if name.startswith(".") else name.rpartition(".")[0]
            found.add(prefix + name if name.startswith(".") else name)
    return found


def test_the_table_has_a_row_for_each_indicator_of_the_decision() -> None:
    assert re.findall(r"^\| (\d\.\d\w?) \|", SECTION, re.MULTILINE) == list(INDICATORS[DECISION_766])


def test_the_hubs_own_indicators_are_all_named() -> None:
    own = {indicator.DEFINITION.id for indicator in discovered()} - set(INDICATORS[DECISION_766])
    assert own <= ids_of_the_hub()
    assert {name for name in ids_of_the_hub() if "/" not in name} <= own


def test_the_maxima_are_those_of_the_thresholds() -> None:
    points = [int(n) for n in re.findall(r"^\| \d\.\d\w? \| [^|]+ \| (\d+) \|", SECTION, re.MULTILINE)]
    assert sum(points) == 100
