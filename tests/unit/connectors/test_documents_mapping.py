from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from documents.mapping import facts_of
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind

from services.domain.case import UNKNOWN, CaseState
from services.domain.standing import in_fold_order, without_retracted
from tests.simulators.edxml import Edoc, packed, status

DOCUMENT = Edoc(
    sender="H24.01",
    receivers=("H24.15", "H24.07"),
    number="1542",
    notation="UBND-VX",
    promulgated_on="2026/11/02",
    hops=(("H24.01", "2026/11/02 08:14:05"), ("G22", "2026/11/02 08:14:30")),
)
CASE = "documents:H24.01/2026-11-02/1542/UBND-VX/H24.15"


def read(body: bytes, identity: str = "m1") -> list[Fact]:
    return list(facts_of(Payload(body, identity=identity)))


def said(code: str, at: str = "2026/11/03 08:00:00", by: str = "H24.15", to: str = "H24.01") -> Fact:
    (fact,) = read(status(by, to, code, "2026/11/02", "1542/UBND-VX", at), f"{code} {at}")
    return fact


def kinds(facts: Sequence[Fact]) -> dict[str, Kind]:
    return {fact.case_id.rpartition("/")[2]: fact.kind for fact in facts}


def refusal(body: bytes) -> str:
    with pytest.raises(RejectedInput) as refused:
        read(body)
    return str(refused.value)


def local(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+07:00").astimezone(UTC).timestamp() * 1000)


def end_of(facts: Sequence[Fact]) -> Kind | None:
    """How a case ended, of its facts in any order."""
    case = CaseState(CASE)
    for fact in in_fold_order(without_retracted(list(facts))):
        case.apply(fact, lambda _unit, _at: UNKNOWN)
    return None if case.processing_end is None else case.processing_end.kind


def test_a_document_is_a_case_for_each_receiver() -> None:
    facts = read(DOCUMENT.body())
    assert kinds(facts) == {"H24.15": Kind.REGISTERED, "H24.07": Kind.REGISTERED}
    assert facts[0].case_id == CASE


def test_a_document_arrives_with_the_last_hop() -> None:
    assert read(DOCUMENT.body())[0].occurred_at == local("2026-11-02 08:14:30")


def test_a_hop_without_an_instant_is_passed_over() -> None:
    hops = (*DOCUMENT.hops, ("null", ""))
    assert read(replace(DOCUMENT, hops=hops).body())[0].occurred_at == local("2026-11-02 08:14:30")


def test_a_document_without_any_hop_is_refused_by_name() -> None:
    assert (
        refusal(replace(DOCUMENT, hops=()).body()) == "missing-value: TraceHeaderList/TraceHeader/Timestamp"
    )


def test_a_due_date_ends_with_its_day_in_the_city() -> None:
    facts = read(replace(DOCUMENT, due_on="2026/11/30").body())
    assert {fact.due_at for fact in facts} == {local("2026-12-01 00:00:00") - 1}


def test_a_document_without_a_due_date_has_no_due_instant() -> None:
    assert {fact.due_at for fact in read(DOCUMENT.body())} == {None}


@pytest.mark.parametrize("due_on", ["2026/02/30", "30/11/2026", "2026-11-30", "2026/11/30 08:00:00", "null"])
def test_a_due_date_that_is_no_day_refuses_the_document(due_on: str) -> None:
    assert refusal(replace(DOCUMENT, due_on=due_on).body()).endswith(
        ("MessageHeader/DueDate", "MessageHeader/DueDate is no day yyyy/MM/dd")
    )


def test_a_receiver_that_stands_in_both_orders_is_one_case() -> None:
    facts = read(replace(DOCUMENT, receivers=("H24.15", "000.00.15.H24")).body())
    assert [fact.case_id for fact in facts] == [CASE]


def test_details_say_what_the_codes_mean_and_unknown_ones_are_unknown() -> None:
    document = replace(DOCUMENT, priority="4", steering="0", type_name="Công điện", paper="1")
    assert read(document.body())[0].details == {
        "document_type": "Công điện",
        "message_type": "NEW",
        "priority": "EXPRESS_AT_HOUR",
        "steering": "UNKNOWN",
        "sender": "H24.01",
        "receivers": 2,
        "attachments": 0,
        "is_electronic": False,
    }


def test_of_attachments_number_size_and_hash_are_said_to_every_receiver() -> None:
    facts = read(replace(DOCUMENT, attachments=(packed(b"abc"),)).body())
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    said_of_them = [
        {name: value for name, value in fact.details.items() if name.startswith("attachments")}
        for fact in facts
    ]
    assert said_of_them == 2 * [{"attachments": 1, "attachments_bytes": 3, "attachments_sha256": sha256}]


def test_a_document_type_that_is_none_of_the_law_is_left_out() -> None:
    assert "document_type" not in read(replace(DOCUMENT, type_name="Thư của ông A").body())[0].details


def test_an_update_reaches_those_who_have_it_those_added_and_those_removed() -> None:
    update = replace(
        DOCUMENT, form="2", due_on="2026/11/20", changes=(("H24.06", "1"), ("000.00.07.H24", "0"))
    )
    facts = read(update.body())
    assert kinds(facts) == {"H24.15": Kind.STEP, "H24.06": Kind.REGISTERED, "H24.07": Kind.WITHDRAWN}
    assert [fact.due_at is None for fact in facts] == [False, True, False]


def test_a_change_of_receivers_that_is_neither_is_refused() -> None:
    body = replace(DOCUMENT, form="2", changes=(("H24.06", "2"),)).body()
    assert (
        refusal(body) == "unknown-code: Bussiness/BussinessDocumentInfo/ReceiverList/Receiver[1]/ReceiverType"
    )


def test_what_a_document_replaces_is_stopped_where_it_says_so() -> None:
    replacing = replace(
        DOCUMENT, form="3", number="1560", replaces=(("H24.01,2026/11/02,1542/UBND-VX", ("H24.15",)),)
    )
    facts = read(replacing.body())
    assert [(fact.kind, fact.case_id) for fact in facts[2:]] == [(Kind.STOPPED, CASE)]


def test_what_a_document_replaces_is_stopped_at_all_its_receivers_if_it_names_none() -> None:
    replacing = replace(DOCUMENT, form="3", number="1560", replaces=(("H24.01,2026/11/02,1542/UBND-VX", ()),))
    assert kinds(read(replacing.body())[2:]) == {"H24.15": Kind.STOPPED, "H24.07": Kind.STOPPED}


@pytest.mark.parametrize("document_id", ["", "an-opaque-id"])
def test_a_document_that_replaces_itself_stops_nothing(document_id: str) -> None:
    document = replace(DOCUMENT, form="3", document_id=document_id)
    facts = read(replace(document, replaces=((document.own_id, ()),)).body())
    assert {fact.kind for fact in facts} == {Kind.REGISTERED}


def test_a_replaced_document_that_cannot_be_named_refuses_the_message() -> None:
    body = replace(DOCUMENT, form="3", replaces=(("an-opaque-id", ()),)).body()
    assert refusal(body).startswith(
        "bad-value: Bussiness/ReplacementInfoList/ReplacementInfo[1]/DocumentId is not"
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("01", Kind.RECEIVED), ("02", Kind.REFUSED), ("03", Kind.ACCEPTED), ("04", Kind.STEP), ("05", Kind.STEP),
        ("06", Kind.PROCESSED), ("15", Kind.STEP), ("16", Kind.STEP),
    ],
)  # fmt: skip
def test_a_status_is_about_the_case_of_who_says_it(code: str, kind: Kind) -> None:
    fact = said(code)
    assert (fact.kind, fact.case_id, fact.source_status, fact.unit) == (kind, CASE, code, "x31-tp-202507")
    assert fact.occurred_at == local("2026-11-03 08:00:00")


def test_who_asks_for_a_document_is_its_sender() -> None:
    fact = said("13", by="H24.01", to="H24.15")
    assert (fact.kind, fact.case_id, fact.unit) == (Kind.WITHDRAWN, CASE, "x31-tp-202507")


@pytest.mark.parametrize("code", ["00", "07", "12", "14", "17", "1", "٠١"])
def test_a_status_that_does_not_exist_is_refused(code: str) -> None:
    body = status("H24.15", "H24.01", code, "2026/11/02", "1542/UBND-VX", "2026/11/03 08:00:00")
    assert refusal(body) == "unknown-code: StatusCode"


def test_a_repeated_status_is_a_fact_of_its_own_and_the_same_message_is_not() -> None:
    assert said("05", "2026/11/03 08:00:00").event_id != said("05", "2026/11/04 08:00:00").event_id
    assert said("05") == said("05")


def test_a_message_without_a_name_is_known_by_its_bytes() -> None:
    assert read(DOCUMENT.body(), "")[0].event_id == read(DOCUMENT.body(), "")[0].event_id
    other = replace(DOCUMENT, priority="1").body()
    assert read(DOCUMENT.body(), "")[0].event_id != read(other, "")[0].event_id


def test_skipped_codes_end_a_case_all_the_same() -> None:
    assert end_of([read(DOCUMENT.body())[0], said("06")]) is Kind.PROCESSED


@pytest.mark.parametrize("asked", ["revoking", "13"])
def test_a_document_taken_back_is_gone_unless_its_receiver_refuses(asked: str) -> None:
    hops = (("H24.01", "2026/11/03 09:00:00"),)
    taken = {
        "revoking": read(replace(DOCUMENT, form="1", hops=hops).body())[0],
        "13": said("13", "2026/11/03 09:00:00", by="H24.01", to="H24.15"),
    }[asked]
    arrived, agreed, refused = read(DOCUMENT.body())[0], said("15"), said("16", "2026/11/03 10:00:00")
    for facts in permutations([arrived, taken, agreed]):
        assert end_of(facts) is Kind.WITHDRAWN
    for facts in permutations([arrived, taken, refused]):
        assert end_of(facts) is None


def test_a_refused_update_revives_nothing_and_takes_nothing() -> None:
    update = read(replace(DOCUMENT, form="2").body())[0]
    assert (
        end_of([read(DOCUMENT.body())[0], update, said("16"), said("06", "2026/11/05 08:00:00")])
        is Kind.PROCESSED
    )


def test_a_code_is_one_however_it_is_spaced_and_whether_it_is_one_text_or_two() -> None:
    spaced = status("H24.15", "H24.01", "01", "2026/11/02", " 1542 / ubnd-vx ", "2026/11/03 08:00:00")
    parts = "<edXML:CodeNumber>1542</edXML:CodeNumber><edXML:CodeNotation>UBND-VX</edXML:CodeNotation>"
    two = spaced.replace(b" 1542 / ubnd-vx </edXML:Code>", parts.encode() + b"</edXML:Code>")
    assert read(spaced)[0].case_id == read(two)[0].case_id == CASE


def test_an_element_that_stands_twice_is_refused() -> None:
    body = DOCUMENT.body().replace(
        b"<edXML:CodeNumber>", b"<edXML:CodeNumber>9</edXML:CodeNumber><edXML:CodeNumber>"
    )
    assert refusal(body) == "bad-value: MessageHeader/Code/CodeNumber stands twice"


def test_elements_where_a_text_should_be_are_refused() -> None:
    body = DOCUMENT.body().replace(b"<edXML:CodeNumber>1542", b"<edXML:CodeNumber>15<edXML:b>4</edXML:b>2")
    assert refusal(body) == "bad-value: MessageHeader/Code/CodeNumber is no text"


def test_a_message_without_receivers_type_or_code_is_refused_by_name() -> None:
    assert refusal(replace(DOCUMENT, receivers=()).body()) == "missing-value: MessageHeader/To"
    assert refusal(replace(DOCUMENT, form="").body()) == "missing-value: Bussiness/BussinessDocType"
    assert refusal(replace(DOCUMENT, form="4").body()) == "unknown-code: Bussiness/BussinessDocType"
    assert refusal(replace(DOCUMENT, number="/", notation="").body()).startswith("missing-value")


def test_more_receivers_than_anybody_has_are_refused() -> None:
    body = replace(DOCUMENT, receivers=("H24.15",) * 2_001).body()
    assert refusal(body) == "oversized: MessageHeader/To[1]"


def test_what_is_no_message_of_the_axis_is_refused() -> None:
    assert refusal(b"<html/>") == "bad-value: neither a document nor a status message"
    assert refusal(b"<edXML><MessageHeader/></edXML>") == "missing-value: Bussiness"


def test_a_status_in_soap_is_a_status() -> None:
    body = status("H24.15", "H24.01", "01", "2026/11/02", "1542/UBND-VX", "2026/11/03 08:00:00")
    inside = body.partition(b"<edXML:MessageHeader>")[2].partition(b"</edXML:MessageHeader>")[0]
    soap = (
        b"<s:Envelope><s:Header><edXML:Status>" + inside + b"</edXML:Status></s:Header><s:Body/></s:Envelope>"
    )
    assert read(soap) == read(body)
