"""A bad input: of which class of the catalogue, at which door, and what is to become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

ACCEPTED: Final = "accepted"
"""Published like any other: bad only in what it says of time, order or codes, or harmless by the way it is read."""

APPLICANT: Final = "Lò Thị Mỷ"
"""The name in every input; it may stand in its dead letter and nowhere else."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A bad input at a connector's door.

    Args:
        number: of the class in the table of bad inputs.
        name: of the case, unique within its door.
        door: how it comes in, one of `tests.bad_inputs.doors.DOORS`.
        make: its bytes.
        result: a reason of `egovhub.errors.REASONS`, or `ACCEPTED`.
        is_kept: its bytes stand in its dead letter; those of one too large do not.
        planted: the text that is bad, wherever it stands; "" if it is not one text.
    """

    number: int
    name: str
    door: str
    make: Callable[[], bytes]
    result: str
    is_kept: bool = True
    planted: str = ""

    def __str__(self) -> str:
        return f"{self.number:02d} {self.door} {self.name}"
