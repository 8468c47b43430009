"""The writer's side of the hub's door: what would be a dead letter there is refused before it is published."""

import unicodedata
from typing import Final

from egovhub.errors import RejectedInput
from egovhub.events import AHEAD_MS, EARLIEST_MS, Fact, has_control, is_case_id
from egovhub.inert import check_inert
from egovhub.personal import check_personal

LONGEST_TEXT: Final = 512
"""Longest text of a fact outside `details`, in characters."""

LARGEST_FACT: Final = 900_000
"""Largest encoded fact in bytes: with key, frame and headers it stays below Kafka's usual limit of 1 MiB."""


def check_writable(fact: Fact, now_ms: int) -> None:
    """The writer's side of the hub's door: what would be a dead letter is refused before it is published.

    A writer has no append time yet, so its own clock stands for it.

    Args:
        now_ms: the writer's clock, milliseconds since the epoch.

    Raises:
        RejectedInput: empty-field, case-id-form, control-character, lone-surrogate, oversized,
            bad-value, occurred-before-2000, occurred-in-the-future, personal-data.
    """
    if not fact.event_id or not fact.source:
        raise RejectedInput("empty-field", "event_id or source")
    _check_case_id(fact.case_id)
    for name, value in zip(Fact._fields, fact, strict=True):
        if isinstance(value, str):
            check_text(value, name)
    for event_id in fact.retracts:
        check_text(event_id, "retracts")
    for name, value in fact.details.items():
        if isinstance(value, str):
            check_text(value, f"details.{name}")
    if has_control(fact.case_id):
        raise RejectedInput("control-character", "case_id")
    if fact.occurred_at < EARLIEST_MS:
        raise RejectedInput("occurred-before-2000", "occurred_at")
    if fact.occurred_at > now_ms + AHEAD_MS:
        raise RejectedInput("occurred-in-the-future", "occurred_at")
    check_personal(fact)


def _check_case_id(case_id: str) -> None:
    """`<namespace>:<native id>` in one spelling: NFC and NFD of one name would be two cases."""
    if not is_case_id(case_id):
        raise RejectedInput("case-id-form", "case_id is not <namespace>:<native id>")
    if not case_id.isascii() and not unicodedata.is_normalized("NFC", case_id):
        raise RejectedInput("case-id-form", "case_id is not in NFC")


def check_text(text: str, field: str) -> None:
    """Refuse a text that is too long, has a form that programs run, or holds what no reader can see.

    Raises: RejectedInput: oversized, lone-surrogate, control-character, bad-value.
    """
    if len(text) > LONGEST_TEXT:
        raise RejectedInput("oversized", field)
    if not text.isprintable():
        _check_visible(text, field)
    check_inert(text.partition(":")[2] if field == "case_id" else text, field)


def _check_visible(text: str, field: str) -> None:
    """Refuse controls, bidi overrides and zero widths."""
    categories = {unicodedata.category(character) for character in text}
    if "Cs" in categories:
        raise RejectedInput("lone-surrogate", field)
    if categories & {"Cc", "Cf", "Zl", "Zp"} or any(map(_is_no_character, text)):
        raise RejectedInput("control-character", field)


def _is_no_character(sign: str) -> bool:
    """Whether a code point is one of the 66 that Unicode will never give a meaning."""
    return ord(sign) & 0xFFFE == 0xFFFE or "\ufdd0" <= sign <= "\ufdef"
