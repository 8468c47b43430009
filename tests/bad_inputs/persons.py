"""Twelve identifiers of persons, none of them anybody's, and where they may stand: in the bytes of a dead letter."""

from collections.abc import Iterator
from typing import Final

from egovhub.connector import Payload
from egovhub.suite_forms import Form, Place, form_of
from egovhub.suite_subject import Subject

from tests.bad_inputs.doors import Outcome

PERSONS: Final = (
    "031099001234",
    "030199005678",
    "031 300 123 456",
    "0912345678",
    "+84387654321",
    "0905 123 456",
    "lo.thi.my@example.vn",
    "AN+HOSO@HAIPHONG.EXAMPLE.VN",
    "031185004321-001",
    "Lò Thị Mỷ",
    "Nguyễn Văn Ân Tứ",
    "VÀNG A PÁO",
)
"""Numbers of citizens, mobile phones, addresses of mail, the tax code of a household, names."""

NAMES: Final = PERSONS[9:]


def places(subject: Subject) -> Iterator[tuple[Form, Place]]:
    """Every field with a text of the good examples once, by its name."""
    met: set[tuple[str, ...]] = set()
    for payload in subject.good:
        form = form_of(payload)
        for place in form.places() if form else ():
            assert form
            name = tuple(step for step in place if isinstance(step, str))
            if name not in met and isinstance(form.value(place), str):
                met.add(name)
                yield form, place


def planted(subject: Subject) -> Iterator[tuple[Place, str, Payload]]:
    """Each identifier alone, and in the middle of a text, in each field."""
    for form, place in places(subject):
        for person in PERSONS:
            yield place, person, form.with_value(place, person)
            yield place, person, form.with_value(place, f"Hồ sơ của {person}, gửi lại")


def leaks(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Where an identifier came out, and which."""
    letters = "".join(
        str({name: text for name, text in letter.items() if name not in ("value", "headers")})
        for letter in outcome.letters
    )
    looked = {
        "a fact": "".join(map(repr, outcome.facts)),
        "a key": "".join(repr(record.key.decode()) for record in outcome.order),
        "a header": "".join(repr(record.headers) for record in outcome.order),
        "a position": "".join(
            (record.value or b"").decode("utf-8", "replace") for record in outcome.on("hub.positions")
        ),
        "a letter beside its bytes": letters,
        "a log": outcome.logs,
        "a metric": outcome.metrics,
    }
    for where, text in looked.items():
        yield from ((where, person) for person in PERSONS if person in text)
