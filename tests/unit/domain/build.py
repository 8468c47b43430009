"""Facts and instants for tests, written the way a person says them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from egovhub.events import OPTIONAL_FIELDS, Fact, Kind

from services.domain.case import CaseState
from services.domain.evaluation import Evaluation, evaluate
from services.domain.law import Law
from services.domain.ownership import Owners
from services.domain.periods import Grain, label
from services.domain.standing import Known
from services.rules import load_rules

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = load_rules(str(ZONE))
LAW = replace(RULES.law, counts=())
"""The project's own reference data; what indicators count is tested with each of them."""
PERIODS = LAW.periods
CASE = "onestop:H24.1-260105-0001"
WARD, CITY, BIRTH = "10507", "31", "1.001193"


def at(text: str) -> int:
    """Milliseconds since the epoch of "Mon 2026-01-05 08:00 +1ms" in the city's zone, weekday checked."""
    text, _, extra = text.partition(" +")
    weekday, rest = text.split(" ", 1)
    moment = datetime.fromisoformat(rest).replace(tzinfo=ZONE)
    assert moment.strftime("%a") == weekday, f"{rest} is a {moment:%a}"
    moment += timedelta(milliseconds=int(extra.removesuffix("ms") or 0))
    return round(moment.timestamp() * 1000)


def day(millis: int | None) -> str | None:
    """The inverse of `at`, to the minute."""
    return None if millis is None else f"{datetime.fromtimestamp(millis / 1000, ZONE):%a %Y-%m-%d %H:%M}"


def fact(kind: str, occurred: str | int, due: str | int | None = None, **fields: Any) -> Fact:
    """A fact of the one-stop shop about `CASE`; the event id is kind and instant unless given."""
    occurred_at = at(occurred) if isinstance(occurred, str) else occurred
    given = {
        "event_id": f"{kind}@{occurred_at}",
        "source": "onestop",
        "case_id": CASE,
        "kind": Kind[kind],
        "occurred_at": occurred_at,
        "due_at": at(due) if isinstance(due, str) else due,
        "details": {},
        **fields,
    }
    return Fact(**{**OPTIONAL_FIELDS, "domain": "onestop", **given})


def judge(
    facts: list[Fact],
    as_of: str | int,
    law: Law = LAW,
    known_at: int | None = None,
    owners: Owners | None = None,
) -> Evaluation:
    """Evaluate facts that were known from the beginning."""
    return evaluate(
        [Known(f, None) for f in facts],
        at(as_of) if isinstance(as_of, str) else as_of,
        law if owners is None else replace(law, owners=owners),
        known_at,
    )


def state(evaluation: Evaluation) -> CaseState:
    """The state of a case that must have one."""
    assert evaluation.state is not None
    return evaluation.state


def counted(evaluation: Evaluation) -> dict[str, int]:
    """Contributions as {"2026-01 <unit> <counter>": n}; the procedure is left out."""
    return {
        f"{label(month, Grain.MONTH)} {unit} {counter}": n
        for (unit, _, month, counter), n in evaluation.contributions.items()
    }
