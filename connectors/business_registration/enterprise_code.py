"""The check digit of enterprise codes: of a code only whether it passes is ever said."""

import re
from typing import Final

WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
"""Of the first nine digits."""

_CODE: Final = re.compile(r"(\d{10})(?:-?\d{3})?", re.ASCII)
_PERSONAL_NUMBER: Final = re.compile(r"\d{12}", re.ASCII)


def check_digit(digits: str) -> int | None:
    """The tenth digit that belongs to nine; None if no code begins with them.

    The digits are multiplied by their weights and added; r is the rest of the sum divided by 11. The digit is 10 - r,
    and there is none if r is 0.

    Source: `domain/systems.md`, 5.
    """
    rest = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11
    return 10 - rest if rest else None


def passes_check_digit(code: str | None) -> bool | None:
    """Whether an enterprise code can be one: ten digits that fit, or those of a branch with three more.

    Twelve digits may be the personal number of who runs a household business. Nothing is said of them, not even whether
    they pass anything.

    Returns: None if there is no code, or none that may be looked at.

    Source: `domain/systems.md`, 5.
    """
    if code is None or _PERSONAL_NUMBER.fullmatch(code):
        return None
    found = _CODE.fullmatch(code)
    return found is not None and check_digit(found[1][:9]) == int(found[1][9])
