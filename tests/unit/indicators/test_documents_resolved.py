"""Documents resolved by their assigned deadline; without one a document is never in time."""

from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import documents_resolved
from services.indicators.documents_resolved import DEFINITION, PARTS
from tests.unit.indicators.build import LAW, PORTAL, dossier, measured
from tests.unit.indicators.more_build import changes_at, document, found

DUE = "Mon 2026-02-02 17:00"
ARRIVED = document("RECEIVED", "Fri 2026-01-30 08:00", due=DUE)


def counted(part: str) -> dict[str, int]:
    return {f"2026-01 W documents.resolved.{part}": 1}


@pytest.mark.parametrize(
    ("resolved", "part"), [("Mon 2026-02-02 17:00", "in_time"), ("Mon 2026-02-02 17:00 +1ms", "late")]
)
@pytest.mark.parametrize("kind", ["PROCESSED", "RETURNED"])
def test_equality_with_the_deadline_is_in_time(kind: str, resolved: str, part: str) -> None:
    assert found(documents_resolved, [ARRIVED, document(kind, resolved)]) == counted(part)


def test_an_open_document_is_pending_and_turns_late_by_time_alone() -> None:
    assert found(documents_resolved, [ARRIVED], DUE) == counted("pending")
    assert found(documents_resolved, [ARRIVED], f"{DUE} +1ms") == counted("late")
    assert changes_at(documents_resolved, [ARRIVED], DUE) is not None


@pytest.mark.parametrize("facts", [[], [document("PROCESSED", "Fri 2026-01-30 09:00")]])
def test_without_a_deadline_a_document_is_in_the_total_alone(facts: list[Fact]) -> None:
    arrived = document("RECEIVED", "Fri 2026-01-30 08:00")
    assert found(documents_resolved, [arrived, *facts]) == counted("no_deadline")


def test_early_is_in_time_and_due_soon_or_paused_is_pending() -> None:
    soon = replace(LAW, policies=(replace(PORTAL, due_soon_ms=3_600_000, waiting=frozenset({"supplement"})),))
    assert found(documents_resolved, [ARRIVED], "Mon 2026-02-02 16:30", soon) == counted("pending")
    asked = document("SUPPLEMENT_REQUESTED", "Fri 2026-01-30 09:00")
    assert found(documents_resolved, [ARRIVED, asked], "Tue 2026-02-03 09:00", soon) == counted("pending")
    assert documents_resolved._PART_OF["early"] == "in_time"


def test_a_deadline_that_cannot_be_computed_is_unknown() -> None:
    arrived = document("RECEIVED", "Wed 2025-12-31 08:00", procedure="1.000001")
    assert found(documents_resolved, [arrived]) == {"2025-12 W documents.resolved.unknown": 1}


@pytest.mark.parametrize("kind", ["REFUSED", "WITHDRAWN", "STOPPED"])
def test_a_document_that_is_gone_is_not_counted(kind: str) -> None:
    assert found(documents_resolved, [ARRIVED, document(kind, "Tue 2026-02-03 08:00")]) == {}


def test_other_cases_are_not_counted() -> None:
    assert found(documents_resolved, [dossier("RECEIVED", "Fri 2026-01-30 08:00", due=DUE)]) == {}


def test_the_share_is_of_those_resolved_or_late() -> None:
    counts = {f"documents.resolved.{part}": 2**n for n, part in enumerate(PARTS)}
    parts = {"in_time": 1, "late": 2, "pending": 4, "no_deadline": 8, "unknown": 16}
    assert documents_resolved.of(counts) == Figure(1, 3, 31, parts)
    late = Figure(0, 1, 1, {**dict.fromkeys(PARTS, 0), "late": 1})
    assert measured(documents_resolved, [ARRIVED]) == late


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "documents.resolved",
        "Documents resolved by their deadline",
        1,
        "Decree 30/2020/NĐ-CP; domain/systems.md, 1",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
