"""Defects for the conformance suite to find: each is a change of a good connector, or a feed that loses something."""

from typing import NamedTuple

from egovhub.mailbox import Mailbox
from egovhub.rest import ByNumber, Cursor, Rest

from tests.unit.sdk.suite_build import FEED


class Defect(NamedTuple):
    """What is planted.

    Args:
        name: of the defect.
        check: that is to find it, and it alone.
        says: words of what it is to say.
        changes: texts of the mapping and what stands there instead.
        body: code beside the connector.
        feed: of the connector.
        protocol: that the feed speaks, if it is none of the kit's.
        is_message: the example is one message, and not an answer with rows.
    """

    name: str
    check: str
    says: str
    changes: tuple[tuple[str, str], ...] = ()
    body: str = ""
    feed: str = FEED
    protocol: Rest | Mailbox | None = None
    is_message: bool = False


def source(read: str) -> str:
    """A feed like the kit's, but for how it reads."""
    return f"""
class Broken(Rest):
    def open(self, context):
        made = super().open(context)
        made.__class__ = BrokenSource
        return made


class BrokenSource(RestSource):
{read}
"""


POLLED = FEED.replace("Rest(", "Broken(")
PROTOCOL = Rest(
    path="/v1/permits", items="data", paging=ByNumber(), cursor=Cursor(parameter="since", field="updated_at")
)
EXCLUSIVE = PROTOCOL.model_copy(
    update={"cursor": Cursor(parameter="since", field="updated_at", inclusive=False)}
)
OFFSETS = Rest(
    path="/v1/permits",
    items="data",
    paging=ByNumber(parameter="offset", first=0, counts="rows"),
    identity=("number",),
)

DEFECTS = (
    Defect(
        "random_ids",
        "stable-ids",
        "Make event ids by",
        changes=(
            (
                ('due_at=row.optional_instant("due_at"),\n    )'),
                ('due_at=row.optional_instant("due_at"),\n    )._replace(event_id=str(uuid.uuid4()))'),
            ),
        ),
    ),
    Defect(
        "ids_of_the_place",
        "stable-ids",
        "the place in a page",
        changes=(('identity=(row.text("number"), row.text("status"))', "identity=(payload.place,)"),),
    ),
    Defect(
        "time_of_reading",
        "stable-ids",
        "never of a clock",
        changes=(
            (
                'identity=(row.text("number"), row.text("status"))',
                "identity=(datetime.now(UTC).isoformat(),)",
            ),
        ),
    ),
    Defect(
        "ids_of_hash",
        "other-process-ids",
        "Never use hash()",
        changes=(('row.text("status")),', 'hash(row.text("status"))),'),),
    ),
    Defect(
        "one_id_for_two_facts",
        "unique-ids",
        "two facts with one id",
        changes=(
            (
                ("    yield ORIGIN.fact(\n        kind,"),
                (
                    "    yield ORIGIN.fact(Kind.STEP, case, 1_700_000_000_000, identity=(1,))\n"
                    "    yield ORIGIN.fact(Kind.STEP, case, 1_700_000_000_001, identity=(1,))\n"
                    "    yield ORIGIN.fact(\n"
                    "        kind,"
                ),
            ),
        ),
    ),
    Defect(
        "the_unit_as_id",
        "unique-ids",
        "one id for different facts",
        changes=(
            (
                ('due_at=row.optional_instant("due_at"),\n    )'),
                ('due_at=row.optional_instant("due_at"),\n    )._replace(event_id=row.text("unit"))'),
            ),
        ),
    ),
    Defect(
        "clock_of_the_machine",
        "time-zone",
        "time zone of the machine",
        changes=(
            (
                'row.instant("changed_at", "%Y-%m-%d %H:%M:%S")',
                'on_the_machine(row.instant("changed_at", "%Y-%m-%d %H:%M:%S"))',
            ),
            (
                "KINDS = {",
                (
                    "def on_the_machine(instant):\n"
                    "    clock = datetime.fromtimestamp(instant / 1000 + 7 * 3600, UTC)\n"
                    "    return int(datetime(*clock.timetuple()[:6]).timestamp() * 1000)\n"
                    "\n"
                    "\n"
                    "KINDS = {"
                ),
            ),
        ),
    ),
    Defect(
        "clock_taken_for_utc",
        "time-zone",
        "taken for UTC",
        changes=(
            (
                'row.instant("changed_at", "%Y-%m-%d %H:%M:%S")',
                'row.instant("changed_at", "%Y-%m-%d %H:%M:%S") + 7 * 3_600_000',
            ),
        ),
    ),
    Defect(
        "offset_thrown_away",
        "time-zone",
        "offset in received_at was thrown away",
        changes=(
            ('row.instant("received_at")', "cut(row)"),
            (
                "KINDS = {",
                (
                    "def cut(row):\n"
                    '    row.instant("received_at")\n'
                    '    return ORIGIN.instant(row.text("received_at")[:19] + "Z", "received_at")\n'
                    "\n"
                    "\n"
                    "KINDS = {"
                ),
            ),
        ),
    ),
    Defect(
        "crash_on_a_text",
        "wrong-types",
        "the mapping crashes if number is",
        changes=(
            (
                'identity=(row.text("number"), row.text("status"))',
                'identity=(int(row.text("number")), row.text("status"))',
            ),
        ),
    ),
    Defect(
        "crash_on_a_type",
        "wrong-types",
        "the mapping crashes if applicant is",
        changes=(("    kind = row", ('    payload.json()["applicant"].strip()\n    kind = row')),),
    ),
    Defect(
        "unknown_status_vanishes",
        "dropped",
        "gives nothing at all if status is",
        changes=(
            (
                '    kind = row.choice("status", KINDS)',
                ('    kind = KINDS.get(row.text("status"))\n    if kind is None:\n        return'),
            ),
        ),
    ),
    Defect(
        "name_in_a_fact",
        "personal-data",
        "applicant came out in a fact",
        changes=(
            (
                'due_at=row.optional_instant("due_at"),',
                'due_at=row.optional_instant("due_at"), source_status=row.optional("applicant"),',
            ),
        ),
    ),
    Defect(
        "payload_in_the_log",
        "personal-data",
        "came out in a log",
        changes=(
            (
                "    row = ORIGIN",
                (
                    "    logging.getLogger(__name__).info('read %s', payload.body.decode('utf-8', 'replace'))\n"
                    "    row = ORIGIN"
                ),
            ),
        ),
    ),
    Defect(
        "value_in_a_refusal",
        "personal-data",
        "status came out in a log",
        changes=(
            (
                'row.choice("status", KINDS)',
                (
                    'KINDS.get(row.text("status"))\n'
                    "    if kind is None:\n"
                    '        raise RejectedInput("unknown-code", row.text("status"))'
                ),
            ),
        ),
    ),
    Defect(
        "first_page_only",
        "everything",
        "only the first part",
        body=source("    def read(self, position):\n        yield next(super().read(position))"),
        feed=POLLED,
        protocol=PROTOCOL,
    ),
    Defect(
        "last_short_page_dropped",
        "everything",
        "only the first part",
        body=source(
            "    def read(self, position):\n"
            "        for page in super().read(position):\n"
            "            yield page if len(page.payloads) in (0, 10, 1, 2, 8) else Page((), page.position)"
        ),
        feed=POLLED,
        protocol=PROTOCOL,
    ),
    Defect(
        "begins_when_it_starts",
        "resume",
        "not at what is newest",
        body=source(
            "    def read(self, position):\n"
            "        now = json.dumps({'after': datetime.now(UTC).isoformat(timespec='seconds')})\n"
            "        return super().read(now if position else None)"
        ),
        feed=POLLED,
        protocol=PROTOCOL,
    ),
    Defect(
        "position_ignored",
        "repeats",
        "the stored position is ignored",
        body=source("    def read(self, position):\n        return super().read(None)"),
        feed=POLLED,
        protocol=PROTOCOL,
    ),
    Defect(
        "position_of_the_next_page",
        "position",
        "lay beyond what it had published",
        body=source(
            "    def read(self, position):\n"
            "        held = None\n"
            "        for page in super().read(position):\n"
            "            if held and page.payloads:\n"
            "                after = max(each.value['updated_at'] for each in page.payloads)\n"
            "                yield held._replace(position=json.dumps({'after': after}))\n"
            "            elif held:\n"
            "                yield held\n"
            "            held = page\n"
            "        if held:\n"
            "            yield held"
        ),
        feed=POLLED,
        protocol=PROTOCOL,
    ),
    Defect(
        "acknowledged_when_read",
        "crash",
        "told of",
        body=(
            "\n"
            "\n"
            "class Hasty(Mailbox):\n"
            "    def open(self, context):\n"
            "        made = super().open(context)\n"
            "        made.__class__ = HastySource\n"
            "        return made\n"
            "\n"
            "\n"
            "class HastySource(MailboxSource):\n"
            "    def read(self, position):\n"
            "        for page in super().read(position):\n"
            "            self.acknowledge(page.position)\n"
            "            yield page\n"
        ),
        feed="Hasty()",
        protocol=Mailbox(),
        is_message=True,
    ),
    Defect(
        "boundary_left_out",
        "boundary",
        "came later",
        body=source(
            "    def read(self, position):\n"
            "        after = json.loads(position or '{}').get('after', '')\n"
            "        for page in super().read(position):\n"
            "            yield page._replace(payloads=tuple(p for p in page.payloads if p.value['updated_at'] > after))"
        ),
        feed=POLLED,
        protocol=PROTOCOL,
    ),
    Defect(
        "exclusive_cursor_not_stepped_back",
        "exclusive",
        "Step the value back",
        feed=FEED.replace('"updated_at"', '"updated_at", inclusive=False, unique=True'),
        protocol=EXCLUSIVE,
    ),
    Defect(
        "rows_counted_for_a_position",
        "deletes",
        "Do not count rows",
        body=source(
            "    def read(self, position):\n"
            "        rows = json.loads(position)['rows'] if position else 0\n"
            "        while found := self._at(rows):\n"
            "            rows += len(found)\n"
            "            yield Page(found, json.dumps({'rows': rows}))\n"
            "\n"
            "    def _at(self, rows):\n"
            "        answer = self._client.call('GET', self._settings.path, {'offset': str(rows)})\n"
            "        return tuple(Payload(each.body, '', '', each.value) for each in elements(answer.body, 'data')[0])"
        ),
        feed='Broken(path="/v1/permits", items="data", identity=("number",))',
        protocol=OFFSETS,
    ),
    Defect(
        "all_in_one_list",
        "volume",
        "held in memory",
        body=source(
            "    def read(self, position):\n"
            "        pages = [*super().read(position)]\n"
            "        if pages:\n"
            "            yield Page(tuple(p for page in pages for p in page.payloads), pages[-1].position)"
        ),
        feed=POLLED,
        protocol=PROTOCOL,
    ),
)
