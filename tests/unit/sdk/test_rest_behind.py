import json

from egovhub.rest import Cursor
from egovhub.rest_behind import Behind
from egovhub.rest_cursor import CursorValues

VALUES = CursorValues(Cursor(parameter="since", field="at", overlap_seconds=60, is_sorted=True), "UTC")
BEGUN = 1_800_000_000_000  # 2027-01-15T08:00:00Z


def test_a_query_taken_up_at_its_token_again_and_again_asks_back_to_its_beginning_and_no_farther() -> None:
    position = '{"after":"2027-01-15T08:00:00+00:00"}'
    for number in range(41):
        now = BEGUN + number * 10_000
        behind = Behind(VALUES, "", json.loads(position), now)
        behind.begin(now, goes_on=number > 0)
        behind.meet([], now)
        position = behind.text("token")
    assert behind.since == "2027-01-15T07:52:20+00:00"  # the minute of late rows and the 400 s of the query
    assert json.loads(position)["begun"] == BEGUN
