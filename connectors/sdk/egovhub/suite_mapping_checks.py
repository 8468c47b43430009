"""The suite's checks of a mapping: what it makes of inputs that are not quite as the examples have them."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from egovhub.bugs import where
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.examples import check_folder
from egovhub.suite_forms import Form, Place, form_of, name_of
from egovhub.suite_process import Failed
from egovhub.suite_subject import Subject

OTHER_ZONES: Final = ("America/Lima", "Pacific/Auckland")
WRONG: Final[tuple[Any, ...]] = (
    None,
    "",
    "x",
    "zz-unknown",
    "31/02/2026",
    7,
    -1,
    10**30,
    True,
    [],
    ["x"],
    {},
    {"x": 1},
)
WRONG_TEXTS: Final = (
    "",
    "x",
    "zz-unknown",
    "31/02/2026",
    "7",
    "-1",
    "٣٤",
    "²",
    "NaN",
    "2026-W01-1",
    "a\u200bb",
)
UNKNOWN: Final = "zz-unknown"
MOST_EXAMPLES: Final = 6

_A_MOMENT: Final = 0.002

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_CLOCKS: Final = tuple(
    (re.compile(shape, re.ASCII), form)
    for shape, form in (
        (r"\d{14}", "%Y%m%d%H%M%S"),
        (r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", "%d/%m/%Y %H:%M:%S"),
        (r"\d\d/\d\d/\d{4} \d\d:\d\d", "%d/%m/%Y %H:%M"),
        (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "%Y/%m/%d %H:%M:%S"),
        (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", "%Y-%m-%d %H:%M:%S"),
    )
)
_OFFSET: Final = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d:?\d\d)", re.ASCII)


def examples(subject: Subject) -> None:
    """The examples give what is written beside them."""
    if problems := check_folder(subject.folder):
        raise Failed("; ".join(problems[:3]) + ": correct the mapping, or the example if it is wrong")
    if not subject.good:
        raise Failed("no example gives a fact: write one that does, for all other checks are made from it")


def stable_ids(subject: Subject) -> None:
    """The same input gives the same facts, wherever and whenever it is read."""
    for payload in subject.good:
        first = subject.facts(payload)
        time.sleep(_A_MOMENT)
        if first != subject.facts(
            replace(payload, place="elsewhere", ticket="another")
        ) or first != subject.facts(payload):
            raise Failed(
                f"example {payload.identity} gives other facts when it is read again: each reading would count anew. "
                "Make event ids by `origin.fact(..., identity=...)` of what the source says, never of a clock, a "
                "random number, a counter or the place in a page"
            )


def unique_ids(subject: Subject) -> None:
    """Facts that say different things have different ids."""
    known: dict[str, tuple[Fact, str]] = {}
    payloads = [*subject.good, *(row.payload for row in subject.rows(1, 12))]
    for payload in payloads:
        facts = subject.facts(payload)
        if len({fact.event_id for fact in facts}) < len(facts):
            raise Failed(
                f"{payload.identity} gives two facts with one id: one of them would be lost as a revision of the "
                "other. Give them different kinds, or different `name`s"
            )
        for fact in facts:
            before, of = known.setdefault(fact.event_id, (fact, payload.identity))
            if (before.case_id, before.kind) != (fact.case_id, fact.kind):
                raise Failed(
                    f"{of} and {payload.identity} give one id for different facts: the later replaces the earlier. "
                    "Make `identity` of all that tells the source's messages apart"
                )


def wrong_types(subject: Subject) -> None:
    """A value of another type or form is refused; it never crashes the connector."""
    for payload, form in _forms(subject):
        for place in form.places():
            for value in WRONG_TEXTS if form.is_text else WRONG:
                _try(subject, form.with_value(place, value), place, type(value).__name__)
            _try(subject, form.without(place), place, "missing")
        _try(
            subject,
            replace(payload, body=payload.body[: len(payload.body) // 2], value=None),
            ("payload",),
            "half",
        )


def _try(subject: Subject, payload: Any, place: Place, what: str) -> None:
    try:
        subject.facts_or_refusal(payload)
    except RejectedInput:
        return
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        raise Failed(
            f"the mapping crashes if {name_of(place)} is {what} ({where(error)}): the connector stops there and loses "
            "what comes behind. Read values by `origin.read(payload)`, which refuses them by name"
        ) from None


def dropped(subject: Subject) -> None:
    """An input gives facts or is refused; none vanishes."""
    for payload, form in _forms(subject):
        for place in form.places():
            for value in (UNKNOWN, "" if form.is_text else None):
                changed = form.with_value(place, value)
                try:
                    facts = subject.facts_or_refusal(changed)
                except RejectedInput:
                    continue
                except Exception:  # noqa: BLE001, S112 - another check says so
                    continue
                if not facts:
                    raise Failed(
                        f"{payload.identity} gives nothing at all if {name_of(place)} is {value!r}: neither a fact nor "
                        "a refusal, so nobody would miss it. Raise RejectedInput for what cannot be mapped, or publish "
                        "it as a STEP with its `source_status`"
                    )


def time_zone(subject: Subject) -> None:
    """A clock time means the source's zone, an offset means what it says, and the zone of the machine means nothing."""
    with _machine_zone(OTHER_ZONES[0]):
        there = [subject.facts(payload) for payload in subject.good]
    with _machine_zone(OTHER_ZONES[1]):
        if there != [subject.facts(payload) for payload in subject.good]:
            raise Failed(
                "facts change with the time zone of the machine: a server elsewhere would publish other times. Read "
                "times by `origin.instant` or `Fields.instant`, never by datetime without a zone"
            )
    for payload, form in _forms(subject):
        facts = subject.facts(payload)
        instants = {
            instant
            for fact in facts
            for instant in (fact.occurred_at, fact.due_at, fact.recorded_at)
            if instant
        }
        for place in form.places():
            value = form.value(place)
            if isinstance(value, str):
                _check_clock(subject, place, value.strip(), instants)
                _check_offset(subject, form, place, value.strip())


def _check_clock(subject: Subject, place: Place, text: str, instants: set[int]) -> None:
    zone = ZoneInfo(subject.connector.origin.zone)
    for shape, pattern in _CLOCKS:
        if not shape.fullmatch(text):
            continue
        try:
            clock = datetime.strptime(text.replace("T", " "), pattern)  # noqa: DTZ007 - its zone is what is asked
        except ValueError:
            return
        as_utc = (clock.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
        meant = (clock.replace(tzinfo=zone) - _EPOCH) // _MILLISECOND
        if as_utc in instants and as_utc != meant and meant not in instants:
            raise Failed(
                f"the clock time in {name_of(place)} was taken for UTC, but the source's clocks show {zone.key}: every "
                "time is hours off. Read it by `Fields.instant(name, pattern)`, which knows the origin's zone"
            )


def _check_offset(subject: Subject, form: Form, place: Place, text: str) -> None:
    found = _OFFSET.fullmatch(text)
    if not found:
        return
    clock, offset = found.groups()
    an_hour_later = (datetime.fromisoformat(clock) + timedelta(hours=1)).isoformat(sep=clock[10])
    before = subject.facts(form.with_value(place, text))
    later = subject.facts(form.with_value(place, an_hour_later + offset))
    elsewhere = subject.facts(form.with_value(place, clock + ("+03:00" if offset != "+03:00" else "+04:00")))
    if later and elsewhere and before != later and before == elsewhere:
        raise Failed(
            f"the offset in {name_of(place)} was thrown away: the time is hours off. Read it by `Fields.instant(name)`"
        )


@contextmanager
def _machine_zone(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    _tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        _tzset()


def _tzset() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


def _forms(subject: Subject) -> Iterator[tuple[Any, Form]]:
    for payload in subject.good[:MOST_EXAMPLES]:
        form = form_of(payload)
        if form:
            yield payload, form
