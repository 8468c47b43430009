"""What a mapping was given besides the bytes of an input, so that its dead letter can be mapped again.

A letter's headers `name`, `context` and `row` hold what the source calls the input, what stood around it, and what the
source's reader made of the bytes where JSON would not give the same. Like the bytes they may hold personal data.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.strict_json import loads

NAME: Final = "name"
CONTEXT: Final = "context"
ROW: Final = "row"
CUT: Final = "cut"
"""Header of a letter whose mapping was given more than a letter holds."""
DAMAGED: Final = "damaged"
"""Header of the letter of an input whose bytes are not those its source says: no mapping can know that."""

_DAMAGE: Final = "hash-mismatch"
_LARGEST: Final = 60_000

Said = tuple[tuple[str, str], ...]


def said_of(payload: Payload) -> Said:
    """The headers of the letter of a payload."""
    said = []
    if payload.refused is not None and payload.refused.reason == _DAMAGE:
        said.append((DAMAGED, "1"))
    if payload.identity:
        said.append((NAME, payload.identity))
    if payload.context:
        said.append((CONTEXT, _text(payload.context)))
    if payload.value is not None and not _says_itself(payload):
        said.append((ROW, _text(payload.value)))
    is_small = sum(len(text) for _name, text in said) <= _LARGEST
    return tuple(said) if is_small else ((CUT, "1"),)


def payload_of(body: bytes, headers: Mapping[str, bytes]) -> Payload | None:
    """The payload of a letter; None if the letter does not hold all of it.

    Args:
        body: the value of the letter.
        headers: of the letter.
    """
    if CUT in headers:
        return None
    context, row = headers.get(CONTEXT), headers.get(ROW)
    return Payload(
        body,
        identity=headers.get(NAME, b"").decode(),
        value=None if row is None else loads(row),
        context={} if context is None else loads(context),
        refused=RejectedInput(_DAMAGE, "message") if DAMAGED in headers else None,
    )


def _says_itself(payload: Payload) -> bool:
    """Whether the bytes, read as JSON, give the value."""
    try:
        return bool(loads(payload.body) == payload.value)
    except RejectedInput:
        return False


def _text(value: Any) -> str:
    return json.dumps(value, default=str, separators=(",", ":"))
