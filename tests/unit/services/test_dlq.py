"""The commands about dead letters, on a Kafka in memory."""

import getpass
import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from egovhub import dead_letters
from egovhub.connector import Rejection
from egovhub.errors import REASONS
from egovhub.publisher import Record

from services.__main__ import main
from tests.bad_inputs.forms import json_row
from tests.unit.services.dlq_build import (
    CUT,
    GOOD,
    KEY,
    NOW,
    RIGHT,
    VALUE,
    WRONG,
    Kafka,
    decision,
    letter,
)

MOVED = f"facts/{WRONG}/7"
BROKEN = f"facts/{RIGHT}/8"
ELSEWHERE = "connector:receipt/0/9"
PAYLOADS = {MOVED: VALUE, BROKEN: CUT, ELSEWHERE: b"a;b"}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    """One record that only its partition was wrong with, one cut off, one that a connector refused."""
    kafka = Kafka(monkeypatch)
    kafka.put(
        letter(WRONG, 7, headers=[("trace", b"1"), ("\x1b[2Jtrace", None)]),
        letter(RIGHT, 8, CUT, reason="malformed-body", timestamp=NOW + 1),
        letter(0, 9, b"a;b", topic="connector:receipt", at="connector", source="receipt", reason="bad-row"),
    )
    return kafka


@pytest.fixture
def run(kafka: Kafka, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: exit code, standard output, standard error."""

    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(["dlq", *arguments])
        except SystemExit as leaving:
            code = int(str(leaving.code))
        return code, *capsys.readouterr()

    return command


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def outcomes(out: str) -> dict[str, str]:
    return {said["key"]: said["outcome"] for said in objects(out)}


def test_list_says_where_when_why_and_how_much_but_not_what(run: Run) -> None:
    code, out, err = run("list")
    assert (code, err) == (0, "")
    head, *rows, counted = out.splitlines()
    assert head.split("  ")[0] == "key"
    instant = "2026-11-24T09:00:00+07:00"
    digests = {key: hashlib.sha256(value).hexdigest()[:12] for key, value in PAYLOADS.items()}
    assert [row.split() for row in rows] == [
        [ELSEWHERE, instant, "bad-row", "connector", "3", digests[ELSEWHERE], "open"],
        [MOVED, instant, "wrong-partition", "worker", str(len(VALUE)), digests[MOVED], "open"],
        [BROKEN, instant, "malformed-body", "worker", "20", digests[BROKEN], "open"],
    ]
    assert counted == "3 letters: bad-row 1, malformed-body 1, wrong-partition 1"
    assert KEY.decode() not in out


def test_list_shows_open_letters_unless_told_otherwise(run: Run, kafka: Kafka) -> None:
    kafka.put(decision(MOVED, "REPLAYED", "mended"))
    assert MOVED not in run("list")[1]
    assert "REPLAYED 2026-11-24T09:00:00+07:00 by ops: mended" in run("list", "--state", "decided")[1]
    assert run("list", "--state", "all")[1].splitlines()[-1].startswith("3 letters")
    assert MOVED in run("list", MOVED)[1]


def test_list_as_json_is_one_object_a_line(run: Run, kafka: Kafka) -> None:
    kafka.put(decision(MOVED, "REPLAYED", "mended"))
    [said] = objects(run("list", "--json", "--reason", "wrong-partition", "--state", "all")[1])
    assert said == {
        "key": MOVED,
        "topic": "facts",
        "partition": WRONG,
        "offset": 7,
        "refused_at": "2026-11-24T09:00:00+07:00",
        "reason": "wrong-partition",
        "at": "worker",
        "source": None,
        "bytes": len(VALUE),
        "sha256": said["sha256"],
        "headers": ["trace", "\x1b[2Jtrace"],
        "decision": {
            "action": "REPLAYED",
            "decided_at": "2026-11-24T09:00:00+07:00",
            "decided_by": "ops",
            "note": "mended",
        },
    }
    assert len(said["sha256"]) == 64
    assert run("list", "--json", "--reason", "empty")[:2] == (0, "")


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        (["--reason", "bad-row", "--reason", "malformed-body"], {BROKEN, ELSEWHERE}),
        (["--at", "connector"], {ELSEWHERE}),
        (["--source", "receipt"], {ELSEWHERE}),
        (["--topic", "facts"], {MOVED, BROKEN}),
        (["--partition", str(WRONG)], {MOVED}),
        (["--since", "2026-11-24T09:00:00.001+07:00"], {BROKEN}),
        (["--until", "2026-11-24T02:00:00.001Z"], {MOVED, ELSEWHERE}),
        (["--limit", "1", "--topic", "facts"], {MOVED}),
        ([BROKEN, MOVED], {MOVED, BROKEN}),
    ],
)
def test_filters_choose_letters(run: Run, options: list[str], meant: set[str]) -> None:
    assert {said["key"] for said in objects(run("list", "--json", *options)[1])} == meant


def test_a_topic_may_be_named_as_the_contract_does(
    run: Run, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka.put(letter(1, 1, topic="city.facts"))
    monkeypatch.setenv("HUB_TOPIC_PREFIX", "city.")
    assert "city.facts/1/1" in run("list", "--topic", "facts")[1]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["list", "--reason", "no-such"], "no-such"),
        (["list", "--since", "yesterday"], "'yesterday' is not an instant with offset"),
        (["list", "--until", "2026-02-30T00:00Z"], "is no possible date and time"),
        (["list", "--limit", "0"], "give a number above 0"),
        (["list", "--partition", "-1"], "'-1' is not a number from 0"),
        (["list", "--state", "closed"], "closed"),
        (["show", MOVED + "0"], f"{MOVED}0: no letter has this key; see `python -m services dlq list"),
        (["discard", MOVED], "--note"),
        (["discard", MOVED, "--note", " "], "is empty; say something"),
        (["replay", MOVED, "--by", ""], "is empty; say something"),
        (["replay", MOVED, "--note", "\udcff"], "is not UTF-8 text"),
        ([], "list|show|replay|discard"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_remedy(run: Run, options: list[str], complaint: str) -> None:
    code, out, err = run(*options)
    assert (code, out) == (2, "")
    assert complaint in err


def test_every_unknown_key_is_named_before_anything_is_done(run: Run, kafka: Kafka) -> None:
    code, out, err = run("replay", MOVED, "facts/1/1", "facts/2/2", "--yes")
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err.splitlines()] == ["facts/1/1", "facts/2/2"]
    assert kafka.facts == []


def test_show_names_headers_and_keeps_the_payload(run: Run) -> None:
    code, out, err = run("show", MOVED)
    assert (code, err) == (0, "")
    said = dict(line.split(maxsplit=1) for line in out.splitlines() if not line.startswith("refused at"))
    assert said["headers"] == "trace, \\x1b[2Jtrace"
    assert said["decision"] == "open"
    assert said["bytes"] == str(len(VALUE))
    assert KEY.decode() not in out


def test_show_prints_the_payload_on_demand_with_a_warning(run: Run) -> None:
    code, out, err = run("show", MOVED, "--payload")
    assert code == 0
    assert "may hold personal data" in err
    assert "record key: 25 bytes\n  00000000  6f 6e 65 73" in out
    assert "onestop:H24.1-26" in out
    assert "header \\x1b[2Jtrace: none" in out
    assert "\x1b" not in out


def test_show_as_json_has_the_payload_in_base64(run: Run) -> None:
    [said] = objects(run("show", MOVED, "--json", "--payload")[1])
    assert (b64decode(said["record_key"]), b64decode(said["record_value"])) == (KEY, VALUE)
    assert said["record_headers"] == [
        {"name": "trace", "value": "MQ=="},
        {"name": "\x1b[2Jtrace", "value": None},
    ]
    assert "record_value" not in objects(run("show", MOVED, "--json")[1])[0]


def test_a_replay_appends_what_the_door_admits_and_records_who(run: Run, kafka: Kafka) -> None:
    code, out, err = run("replay", MOVED, "--by", "ops-on-duty", "--note", "partitioner set")
    assert (code, err) == (0, "")
    assert out == f"{MOVED}  replayed onto partition {RIGHT}\n1 replayed\n"
    assert kafka.facts == [GOOD]
    [said] = kafka.decisions
    assert (said["action"], said["decided_by"], said["note"]) == (
        "REPLAYED",
        "ops-on-duty",
        "partitioner set",
    )
    assert MOVED not in run("list")[1]


def test_a_second_replay_changes_nothing_unless_told_to(run: Run, kafka: Kafka) -> None:
    run("replay", MOVED)
    code, out, _ = run("replay", MOVED)
    assert code == 0
    assert "decided before, REPLAYED" in out
    assert (len(kafka.facts), len(kafka.decisions)) == (1, 1)
    assert run("replay", "--topic", "facts", "--reason", "wrong-partition")[1] == "no letter is meant\n"
    assert outcomes(run("replay", MOVED, "--again", "--json")[1]) == {MOVED: "replayed"}
    assert (kafka.facts, len(kafka.decisions)) == ([GOOD, GOOD], 2)


def test_without_a_name_the_account_decides(run: Run, kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "hub-ops")
    run("replay", MOVED)
    assert [(said["decided_by"], said["note"]) for said in kafka.decisions] == [("hub-ops", None)]


def test_an_account_without_a_name_must_say_who_decides(
    run: Run, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert run("replay", MOVED) == (2, "", "--by: this account has no name; say who decides\n")
    assert kafka.facts == []


def test_decisions_are_dated_by_the_clock_of_the_hub(
    run: Run, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_CLOCK", "2011-07-01T00:00Z")
    run("replay", MOVED)
    assert [said["decided_at"] for said in kafka.decisions] == [1_309_478_400_000]


def test_what_is_refused_again_stays_open_and_is_an_exit_code(run: Run, kafka: Kafka) -> None:
    code, out, _ = run("replay", BROKEN)
    assert code == 1
    assert out == f"{BROKEN}  refused again: malformed-body; stays open\n1 refused again\n"
    assert (kafka.facts, kafka.decisions) == ([], [])
    run("discard", BROKEN, "--note", "n")
    assert run("replay", BROKEN, "--again")[1].startswith(
        f"{BROKEN}  refused again: malformed-body; stays as decided"
    )


def test_what_a_connector_refused_is_the_connectors_to_replay(run: Run, kafka: Kafka) -> None:
    code, out, _ = run("replay", ELSEWHERE)
    assert code == 1
    assert f"{ELSEWHERE}  not replayed" in out
    assert "egovhub run" in out
    assert (kafka.facts, kafka.decisions) == ([], [])


PERMITS = Path("tests/bad_inputs/permits")


def permit(body: bytes, name: str) -> Record:
    rejection = Rejection("row", "bad-value", "unit", body, name)
    return dead_letters.letter("log", "permits", rejection)


def test_letters_of_a_connector_are_mapped_again_if_it_is_named(run: Run, kafka: Kafka) -> None:
    good, bad = permit(json_row(), "a"), permit(json_row(fee="-1"), "b")
    kafka.put(good, bad)
    chosen = ("replay", "--at", "connector", "--connector", str(PERMITS), "--yes", "--json")
    code, out, _ = run(*chosen)
    assert code == 1
    wanted = {good.key.decode(): "replayed", bad.key.decode(): "refused again", ELSEWHERE: "not replayed"}
    assert outcomes(out) == wanted
    assert [fact.case_id for fact in kafka.facts] == ["permits:H24-1"]
    assert [said["action"] for said in kafka.decisions] == ["REPLAYED"]
    code, out, _ = run(*chosen)
    assert outcomes(out) == {bad.key.decode(): "refused again", ELSEWHERE: "not replayed"}
    assert len(kafka.facts) == 1
    assert run("replay", good.key.decode(), "--connector", str(PERMITS), "--again")[1].startswith(
        f"{good.key.decode()}  replayed as facts: 1"
    )


def test_a_mapping_that_reads_whole_files_maps_no_letters(run: Run) -> None:
    code, _, err = run("replay", ELSEWHERE, "--connector", "connectors/receipt")
    assert code == 2
    assert "reads whole files" in err


def test_many_letters_are_only_looked_at_unless_confirmed(run: Run, kafka: Kafka) -> None:
    code, out, err = run("replay", "--topic", "facts")
    assert code == 2
    assert f"{MOVED}  would be replayed onto partition {RIGHT}" in out
    assert f"{BROKEN}  refused again: malformed-body" in out
    assert err.startswith("nothing was done: 2 letters are meant; --yes")
    assert (kafka.facts, kafka.decisions) == ([], [])


def test_confirmed_many_letters_are_replayed_each_for_itself(run: Run, kafka: Kafka) -> None:
    code, out, _ = run("replay", "--yes", "--json")
    assert code == 1
    assert outcomes(out) == {MOVED: "replayed", BROKEN: "refused again", ELSEWHERE: "not replayed"}
    assert (kafka.facts, len(kafka.decisions)) == ([GOOD], 1)


@pytest.mark.parametrize(("key", "code"), [(MOVED, 0), (BROKEN, 1)])
def test_a_dry_run_says_what_would_be_and_does_nothing(run: Run, kafka: Kafka, key: str, code: int) -> None:
    assert run("replay", key, "--dry-run", "--yes")[0] == code
    assert run("discard", key, "--dry-run", "--yes", "--note", "n")[0] == 0
    assert (kafka.facts, kafka.decisions) == ([], [])


def test_a_discard_needs_a_note_and_is_recorded(run: Run, kafka: Kafka) -> None:
    code, out, err = run("discard", BROKEN, "--note", "cut off by a test", "--by", "ops")
    assert (code, out, err) == (0, f"{BROKEN}  discarded\n1 discarded\n", "")
    [said] = kafka.decisions
    assert (said["action"], said["note"], said["decided_by"]) == ("DISCARDED", "cut off by a test", "ops")
    assert kafka.facts == []


def test_many_letters_are_discarded_only_if_confirmed(run: Run, kafka: Kafka) -> None:
    code, out, err = run("discard", "--note", "n")
    assert (code, kafka.decisions) == (2, [])
    assert out.endswith("3 would be discarded\n")
    assert "3 letters are meant" in err
    assert run("discard", "--note", "n", "--yes")[0] == 0
    assert len(kafka.decisions) == 3
    assert run("list")[1] == "no letter is meant\n"


def test_a_replay_after_a_discard_is_a_decision_of_its_own(run: Run, kafka: Kafka) -> None:
    run("discard", MOVED, "--note", "n")
    assert run("replay", MOVED)[0] == 0
    assert kafka.facts == []
    run("replay", MOVED, "--again")
    assert kafka.facts == [GOOD]
    assert "REPLAYED" in run("list", MOVED)[1]


def test_an_interrupted_replay_says_how_far_it_came_and_goes_on(
    run: Run, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dead_letter_reader.CHUNK_LETTERS", 1)
    second = f"facts/{WRONG}/70"
    kafka.put(letter(WRONG, 70))
    kafka.publisher.fail_after(3)
    code, out, err = run("replay", "--reason", "wrong-partition", "--yes", "--json")
    assert code == 2
    assert list(outcomes(out).values()) == ["replayed"]
    assert "done so far: 1 letter; give the command again for the rest" in err
    assert (len(kafka.facts), len(kafka.decisions)) == (2, 1)
    code, out, _ = run("replay", "--reason", "wrong-partition", "--yes", "--json")
    assert (code, len(outcomes(out))) == (0, 1)
    assert (len(kafka.facts), len(kafka.decisions)) == (3, 2)
    assert {said["offset"] for said in kafka.decisions} == {7, 70}
    assert second in run("list", "--state", "all")[1]


def test_a_record_that_is_no_letter_is_named_and_left_out(run: Run, kafka: Kafka) -> None:
    kafka.put(letter(0, 0)._replace(key=b"facts/0/0", value=b"no letter"))
    code, out, err = run("list")
    assert code == 0
    assert "facts/0/0" not in out
    assert "neither letter nor decision; left out, with 0 others" in err


def test_help_has_examples_and_names_no_reason_that_is_not_in_the_list(run: Run) -> None:
    for command in (["--help"], ["list", "--help"], ["replay", "--help"], ["discard", "--help"]):
        code, out, _ = run(*command)
        assert code == 0
        assert "python -m services dlq replay facts/3/1048576" in out
    assert {"wrong-partition", "unknown-schema", "empty"} <= REASONS
