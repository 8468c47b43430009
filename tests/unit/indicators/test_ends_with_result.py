"""How cases ended."""

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import ends_with_result
from services.indicators.ends_with_result import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

BEGUN = dossier("RECEIVED", "Fri 2026-01-30 08:00")
ENDED = "Mon 2026-02-02 08:00"


@pytest.mark.parametrize("kind", ["PROCESSED", "RETURNED", "REFUSED", "WITHDRAWN", "STOPPED"])
def test_an_end_counts_in_its_own_month_by_its_kind(kind: str) -> None:
    facts = [BEGUN, dossier(kind, ENDED)]
    assert found(ends_with_result, facts) == {f"2026-02 W ends.{kind.lower()}": 1}
    figure = measured(ends_with_result, facts, period="2026-02")
    assert figure is not None
    assert (figure.numerator, figure.denominator) == (int(kind in {"PROCESSED", "RETURNED"}), 1)


def test_the_end_that_stands_counts() -> None:
    facts = [BEGUN, dossier("WITHDRAWN", "Fri 2026-01-30 09:00"), dossier("PROCESSED", ENDED)]
    assert found(ends_with_result, facts) == {"2026-02 W ends.processed": 1}
    assert found(ends_with_result, facts, "Sat 2026-01-31 09:00") == {"2026-01 W ends.withdrawn": 1}


def test_neither_an_open_case_nor_a_document_has_an_end() -> None:
    assert found(ends_with_result, [BEGUN]) == {}
    assert found(ends_with_result, [document("RECEIVED", ENDED), document("PROCESSED", ENDED)]) == {}


def test_the_share_is_of_all_that_ended() -> None:
    parts = {"processed": 1, "returned": 2, "refused": 4, "withdrawn": 8, "stopped": 16}
    assert ends_with_result.of({f"ends.{part}": n for part, n in parts.items()}) == Figure(3, 31, 31, parts)
    assert ends_with_result.of({}) == Figure(0, 0, 0, dict.fromkeys(parts, 0))


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "ends",
        "Ended cases with a result",
        1,
        "domain/systems.md, 2; domain/indicators.md, 3",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
