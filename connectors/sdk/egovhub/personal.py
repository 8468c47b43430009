"""Identifiers of persons that must not be in a fact, recognised by their form (DESIGN, law 11).

A net under the mapping, which is to leave such fields out: it catches a number typed into a note or the name of a
procedure. A name has no form, so names are the mapping's business alone.
"""

import re
import unicodedata
from typing import Final

from egovhub.errors import RejectedInput
from egovhub.events import Fact

_CITIZEN: Final = re.compile(r"(?<!\d)0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8}(?!\d)", re.ASCII)
"""Personal number: place of birth registration 001-096, century and sex, year of birth, six random digits."""

_PHONE: Final = re.compile(r"(?<![\d.])(?:\+?84|0)[35789]\d{8}(?!\d)", re.ASCII)
_CITIZEN_IN_GROUPS: Final = re.compile(
    r"(?<![\d.])0(?:0[1-9]|[1-8]\d|9[0-6])([ .-])[0-3]\d\d\1\d{3}\1\d{3}(?!\d)", re.ASCII
)
_PHONE_IN_GROUPS: Final = re.compile(
    r"(?<![\d.])(?:\+?84[ .-]?|0)[35789]\d(?:\d[ .-]\d{3}[ .-]\d{3}|[ .-]\d{3}[ .-]\d{4})(?!\d)", re.ASCII
)
_SPACED: Final = re.compile(
    r"(?<!\d)(?:0(?:0[1-9]|[1-8]\d|9[0-6]) [0-3]\d\d \d{3} \d{3}|0[35789]\d\d \d{3} \d{3})(?!\d)", re.ASCII
)
"""Of the groups those that spaces part, which no number of a dossier has."""

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""A SHA-256, in whose digits a number of any form stands by chance."""

_NOT_IN_CASE_IDS: Final = (_PHONE, _PHONE_IN_GROUPS, _CITIZEN_IN_GROUPS)
_TEXTS: Final = ("case_id", "unit", "receiving_unit", "procedure", "source_status")


def check_personal(fact: Fact) -> None:
    """Refuse a fact in which an identifier of a person stands.

    In a case id a mobile number, and groups of digits that no spaces part, are let pass: they cannot be told from a
    journal number, an enterprise code or the parts of a dossier's number.

    Raises:
        RejectedInput: personal-data, naming the field.
    """
    for name in _TEXTS:
        if text := getattr(fact, name):
            _check(text, name)
    for name, value in fact.details.items():
        if isinstance(value, str) and not _is_digest(name, value):
            _check(value, f"details.{name}")


def refuse_personal(text: str, name: str) -> None:
    """Refuse a text of a payload in which an identifier of a person stands, wherever it is to go.

    For codes that become part of a case id, where the net of `check_personal` is wide.

    Raises:
        RejectedInput: personal-data, naming the field.
    """
    _check(text, name)


def _is_digest(name: str, text: str) -> bool:
    """Whether a field that is there for a hash holds one; elsewhere a hash has no business."""
    return name.endswith("_sha256") and _DIGEST.fullmatch(text) is not None


def _check(text: str, name: str) -> None:
    if len(text) < 6:
        return
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if _CITIZEN.search(plain) or ("@" in plain and _EMAIL.search(plain)):
        raise RejectedInput("personal-data", name)
    others = (_SPACED,) if name == "case_id" else _NOT_IN_CASE_IDS
    if any(form.search(plain) for form in others):
        raise RejectedInput("personal-data", name)
