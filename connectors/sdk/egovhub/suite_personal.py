"""The suite's check of personal data: identifiers planted into every field, looked for in all that comes out."""

from collections.abc import Iterator
from threading import Event
from typing import Final

from prometheus_client.exposition import generate_latest

from egovhub.bugs import Bug
from egovhub.codec import decode_fact
from egovhub.connector import Payload
from egovhub.dead_letters import TOPIC as LETTERS
from egovhub.examples import Given
from egovhub.mapped import MappedFeed
from egovhub.ndjson import fact_to_json
from egovhub.runner import Runner
from egovhub.runner_metrics import FACTS, ConnectorMetrics
from egovhub.runner_options import Backoff, Options
from egovhub.suite_forms import Place, form_of, name_of
from egovhub.suite_process import INSTANCE, Failed, Overheard, SuitePublisher
from egovhub.suite_subject import Subject, now

CITIZEN: Final = "031099001234"
PHONE: Final = "0912345678"
EMAIL: Final = "nguyen.van.an@example.vn"
NAME: Final = "Nguyễn Thị Bảo Kê"

KNOWN_NAMES: Final = frozenset(
    {
        "ChuHoSo", "DiaChi", "Email", "GhiChu", "HoTen", "HoVaTen", "NgayThangNamSinh", "NguoiXuLy",
        "NguoiYeuCauBoSung", "NoiDungBoSung", "SignerInfo", "SoDienThoai", "SoDinhDanh", "Staff",
        "ThongTinTra", "TrichYeuHoSo", "address", "applicant", "birthdate", "citizen_id", "email", "full_name", "phone",
    }
)  # fmt: skip
"""Names of fields that hold personal data in the systems we know; a connector adds its own by `personal`."""

_MOST_EXAMPLES: Final = 3


def personal(subject: Subject) -> None:
    """No identifier of a person reaches a fact, a key, a position, a log, a metric or the text of a refusal."""
    for payload in subject.good[:_MOST_EXAMPLES]:
        form = form_of(payload)
        for place in form.places() if form else ():
            assert form
            if not isinstance(form.value(place), str):
                continue
            for planted in _planted(subject, place):
                for where in _leaks(subject, form.with_value(place, planted), planted):
                    raise Failed(
                        f"what stands in {name_of(place)} came out in {where}: it is personal data, and the log is "
                        "kept for ever. Leave the field out of facts; name fields and never values in refusals and logs"
                    )


def _planted(subject: Subject, place: Place) -> Iterator[str]:
    yield from (CITIZEN, PHONE, EMAIL) if _is_personal(subject, place) else (CITIZEN, EMAIL)
    if _is_personal(subject, place):
        yield NAME


def _is_personal(subject: Subject, place: Place) -> bool:
    names = {str(step) for step in place if not isinstance(step, int)}
    return bool(names & (KNOWN_NAMES | set(subject.connector.personal)))


def _leaks(subject: Subject, payload: Payload, planted: str) -> Iterator[str]:
    publisher = SuitePublisher()
    metrics = ConnectorMetrics(subject.connector.origin.source, INSTANCE, now)
    feed = MappedFeed(subject.fresh(), Given([payload]), now)
    options = Options(once=True, backoff=Backoff(0.001, 0.002), keep_going=True)
    with Overheard() as heard:
        try:
            Runner(INSTANCE, feed, publisher, metrics, now, Event(), options).run()
        except Exception as error:  # noqa: BLE001 - what a crash says is looked at too
            heard.lines.append(str(Bug(error)))
        finally:
            feed.close()
    for record in publisher.records(FACTS):
        if planted in fact_to_json(decode_fact(record.value or b"")) or planted.encode() in record.key:
            yield "a fact"
    mark = planted.encode()
    for topic in ("hub.positions", LETTERS):
        for record in publisher.records(topic):
            if mark in record.key or (topic != LETTERS and mark in (record.value or b"")):
                yield topic
    if any(planted in line for line in heard.lines):
        yield "a log"
    if mark in generate_latest(metrics.registry):
        yield "a metric"
