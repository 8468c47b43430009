"""What a source marks of a dossier's payment, and what the payment platform had, for tests."""

from egovhub.events import Fact

from tests.unit.indicators.build import dossier, elsewhere

BEGUN = dossier("RECEIVED", "Mon 2026-01-05 08:00")


def mark(value: str, when: str = "Mon 2026-02-02 08:00") -> Fact:
    """The source marks the dossier as paid online, or not."""
    return dossier("STEP", when, details={"online_payment": value})


def payment(when: str = "Mon 2026-03-02 08:00") -> Fact:
    """The platform had a successful payment."""
    return elsewhere("payments", "PAID", when, details={"payment_status": "PAID"})


def told(when: str = "Thu 2026-04-02 08:00") -> Fact:
    """The source tells a payment, and not how."""
    return dossier("PAID", when)
