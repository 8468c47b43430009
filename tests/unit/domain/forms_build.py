"""Counts of three policies, and the filled columns of a form, for tests."""

from dataclasses import fields, replace

from services.domain.cells import Cell
from services.domain.forms import Form06a, Form07a, form_06a
from services.domain.policy import Policy
from tests.unit.indicators.build import HAND_OVER, PORTAL

BY_DAY = replace(PORTAL, name="by-day", version=3)
POLICIES = (PORTAL, HAND_OVER, BY_DAY)


def row(counts: Cell, before: Cell | None = None, policy: Policy = PORTAL) -> Form06a:
    return form_06a(counts, before or {}, policy, POLICIES)


def filled(form: Form06a | Form07a) -> dict[str, int]:
    """The columns that are neither 0 nor missing, without the policy and the form within the form."""
    columns = {field.name: getattr(form, field.name) for field in fields(form)}
    return {name: n for name, n in columns.items() if isinstance(n, int) and n}
