"""Dossiers of units of every level, for the inputs of the PAR INDEX."""

from egovhub.events import Fact

from tests.unit.indicators.build import dossier

ACCEPTED, DUE = "Mon 2026-01-05 08:00", "Mon 2026-01-12 17:00"
EARLY, LATE, NEXT_MONTH = "Mon 2026-01-12 16:00", "Tue 2026-01-13 08:00", "Mon 2026-02-02 08:00"


def case(
    number: int, unit: str, end: str | None, due: str | None = DUE, kind: str = "PROCESSED"
) -> list[Fact]:
    facts = [dossier("ACCEPTED", ACCEPTED, due, case_id=f"onestop:{number}", unit=unit)]
    if end is not None:
        facts.append(dossier(kind, end, case_id=f"onestop:{number}", unit=unit))
    return facts


FACTS = [
    *case(1, "W", EARLY),
    *case(2, "W", LATE),
    *case(3, "W", None),
    *case(4, "V", EARLY),
    *case(5, "V", EARLY, due=None),
    *case(6, "V", NEXT_MONTH),
    *case(7, "D", EARLY),
    *case(8, "X", LATE),
    *case(9, "C", EARLY),
]
