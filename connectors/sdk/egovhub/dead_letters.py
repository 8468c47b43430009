"""An input that a connector refuses, kept byte for byte in `hub.dead-letters`.

The topic's key is `<topic>/<partition>/<offset>`. An input has no place in Kafka, so it gets one that is the same
however often it is read: `connector:<instance>`, partition 0, and as offset a hash of the instance, of what the source
calls the input, and of its bytes. Reading it again repeats the same letter, and one decision answers it.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from egovhub.codec import encode
from egovhub.connector import Rejection
from egovhub.publisher import Record

TOPIC: Final = "hub.dead-letters"
STEP: Final = "connector"
"""Where the letter was made: the field `at` of the letter, and its label on the metrics."""

LARGEST_BODY: Final = 900_000
"""Most bytes a letter holds; of a larger input it has the hash, and the source keeps the bytes."""

_NO_TIMESTAMP: Final = -1
_FIELD: Final = "field"
_IDENTITY: Final = "identity"
_SIZE: Final = "size"


def letter(
    instance: str, source: str, rejection: Rejection, provenance: Sequence[tuple[str, bytes]] = ()
) -> Record:
    """The record of a refused input.

    Its headers say the field at fault, what the source calls it and its size, what else the mapping was given (see
    `egovhub.given`), and the provenance that the headers of its facts would have had.
    """
    body = rejection.body or b""
    mark = hashlib.sha256(b"\0".join((instance.encode(), rejection.identity.encode(), body))).digest()
    topic, offset = f"{STEP}:{instance}", int.from_bytes(mark[:8], "big") >> 1
    said = {
        _FIELD: rejection.field,
        _IDENTITY: rejection.identity,
        _SIZE: str(len(body)),
        **dict(rejection.said),
    }
    headers = [(name, text.encode("utf-8", "replace")) for name, text in said.items() if text]
    record = {
        "topic": topic,
        "partition": 0,
        "offset": offset,
        "timestamp": _NO_TIMESTAMP,
        "key": None,
        "value": body if rejection.body is not None and len(body) <= LARGEST_BODY else None,
        "headers": [{"name": name, "value": value} for name, value in (*headers, *provenance)],
        "reason": rejection.reason,
        "at": STEP,
        "source": source,
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return Record(TOPIC, f"{topic}/0/{offset}".encode(), encode("dead-letter", record))
