"""A holiday decreed later: the cases it moves, and no others, are published again, with the file that did it."""

import json
import re
from pathlib import Path

from egovhub.codec import decode

from services.rows import MARKER_KEY
from tests.integration.hub import PARTITIONS, Hub
from tests.unit.domain.build import at, fact
from tests.unit.services.partition_build import with_day_off

LIMIT_OF_THREE_DAYS = "1.004873"
"""Working days after the day of reception."""


def moved_and_not() -> dict[str, str]:
    """Cases by the day of their reception; Monday 2026-11-16 becomes a day off."""
    moved = {f"onestop:over-{n}": "Thu 2026-11-12 08:00" for n in range(20)}
    return moved | {f"onestop:before-{n}": "Mon 2026-11-09 08:00" for n in range(20)}


def due_days(hub: Hub) -> dict[str, str]:
    rows = (decode(row)[1] for p in range(PARTITIONS) for row in hub.standing["hub.cases", p].values())
    return {row["case_id"]: row["due_at"] for row in rows}


def stands_on(hub: Hub) -> str:
    """The reference version that the stage's marker names."""
    return str(decode(hub.standing["hub.indicators", 0][MARKER_KEY])[1]["reference"])


def test_a_holiday_decreed_later_moves_exactly_the_cases_that_count_over_it(hub: Hub, tmp_path: Path) -> None:
    hub.step(at("Tue 2026-11-17 12:00"))
    hub.publish(
        fact("ACCEPTED", since, case_id=case_id, unit="10507", procedure=LIMIT_OF_THREE_DAYS)
        for case_id, since in moved_and_not().items()
    )
    worker, stage = hub.worker(), hub.stage()
    hub.await_indicators()
    hub.check()
    before, written, reference = due_days(hub), len(hub.seen), stands_on(hub)
    assert (stage.stop(), worker.stop()) == (0, 0)
    with_day_off(tmp_path / "reference", "2026-11-16")
    hub.variables["HUB_REFERENCE_DIR"] = str(tmp_path / "reference")
    worker = hub.worker()
    hub.until(lambda: worker.words.count("contributions of") == PARTITIONS)
    hub.stage()
    hub.until(lambda: stands_on(hub) != reference)
    hub.verify()
    after = due_days(hub)
    assert {case for case in after if after[case] != before[case]} == {
        case for case in moved_and_not() if "over" in case
    }
    assert "changed since its state: calendar.toml; all its" in worker.words
    told = re.findall(
        r"by the new calendar.toml the contributions of (\d+) of (\d+) cases differ", worker.words
    )
    assert (sum(int(n) for n, _ in told), sum(int(n) for _, n in told)) == (20, 40)
    rows = [r for r in hub.seen[written:] if r.topic == "hub.indicators" and r.key != MARKER_KEY and r.value]
    assert {decode(row.value or b"")[1]["cause"] for row in rows} == {"reference: calendar.toml"}
    assert "2.1" in {json.loads(row.key)[0] for row in rows}
