"""The dated table of owners."""

from services.domain.ownership import OwnerRow, Owners

OWNERS = Owners([OwnerRow("onestop", 200, "new"), OwnerRow("onestop", 100, "old")])


def test_an_unlisted_namespace_is_owned_by_the_source_of_its_name() -> None:
    assert OWNERS.owner("receipt", 0) == "receipt"
    assert OWNERS.sole_owner("receipt") == "receipt"


def test_a_row_holds_from_its_own_instant_to_the_next() -> None:
    assert [OWNERS.owner("onestop", at) for at in (99, 100, 199, 200, 10**15)] == [
        None,
        "old",
        "old",
        "new",
        "new",
    ]


def test_a_listed_namespace_must_be_asked_for_each_instant() -> None:
    assert OWNERS.sole_owner("onestop") is None
