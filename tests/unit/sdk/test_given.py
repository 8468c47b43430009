from decimal import Decimal
from typing import Any

import pytest
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.given import payload_of, said_of

ROW = {"id": "1", "unit": "Hải Phòng"}


@pytest.mark.parametrize(
    "payload",
    [
        Payload(b"<a/>"),
        Payload(b"<a/>", identity="m7", context={"from": "H24", "n": 7}),
        Payload(b'1,"H\xe1\xba\xa3i Ph\xc3\xb2ng"', value=ROW),
        Payload(b"{}", context={"page": {"next": None}}),
    ],
)
def test_the_letter_of_an_input_gives_the_mapping_what_it_was_given(payload: Payload) -> None:
    headers = {name: text.encode() for name, text in said_of(payload)}
    assert payload_of(payload.body, headers) == payload


@pytest.mark.parametrize("value", [None, {"id": "1", "fee": Decimal("1.50")}, []])
def test_what_the_bytes_say_themselves_is_not_said_again(value: Any) -> None:
    body = b'{"id": "1", "fee": 1.50}' if value else b"[]"
    assert said_of(Payload(body, value=value)) == ()


def test_a_letter_does_not_hold_all_that_may_stand_around_an_input() -> None:
    said = said_of(Payload(b"{}", identity="m7", context={"more": "x" * 60_000}))
    assert said == (("cut", "1"),)
    assert payload_of(b"{}", {"cut": b"1"}) is None


def test_a_damaged_input_stays_refused() -> None:
    damaged = Payload(b"<a/>", identity="m7", refused=RejectedInput("hash-mismatch", "message"))
    again = payload_of(b"<a/>", {name: text.encode() for name, text in said_of(damaged)})
    assert again
    assert again.refused
    assert again.refused.reason == "hash-mismatch"
