from egovhub.seen import Seen


def test_a_row_that_comes_again_is_passed_over_once_it_is_stored() -> None:
    seen = Seen(("id",), 10)
    assert seen.is_new({"id": 1}, b"a")
    seen.restart()
    assert seen.is_new({"id": 1}, b"a")
    seen.store()
    assert not seen.is_new({"id": 1}, b"a")
    assert seen.is_new({"id": 1}, b"b")


def test_rows_that_cannot_be_read_are_told_apart_by_their_bytes() -> None:
    seen = Seen(("id", "status"), 10)
    rows = [(None, b"{tru}"), (None, b"{fals}"), ({}, b"{}"), ({"id": None}, b'{"id":null}')]
    assert [seen.is_new(*row) for row in rows] == [True] * 4
    seen.store()
    assert [seen.is_new(*row) for row in rows] == [False] * 4
