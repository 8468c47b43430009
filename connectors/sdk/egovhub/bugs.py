"""Errors of the code, told by their place alone: their words may hold what it was given, which may be personal."""

import traceback


class Bug(Exception):
    """An error of the code; says where, and nothing of what it was given, which may be personal."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(where(error))


def where(error: BaseException) -> str:
    """Type and place of an error without its message: file, line and function of each step, outermost first."""
    steps = traceback.extract_tb(error.__traceback__)
    places = [f"{step.filename}:{step.lineno} {step.name}" for step in steps]
    return f"{type(error).__name__} at {' > '.join(places) or 'an unknown place'}"
