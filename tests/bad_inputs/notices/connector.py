"""A source of XML messages: in a mailbox, and as files."""

from egovhub.connector import Connector
from egovhub.folder import Folder
from egovhub.mailbox import Mailbox

from tests.bad_inputs.notices.mapping import ORIGIN, facts_of

connector = Connector(
    origin=ORIGIN,
    mapping=facts_of,
    feeds={
        "mailbox": Mailbox(first_wait_seconds=0.001, largest_message=4 << 20),
        "xml": Folder(patterns=("*.xml", "*.xml.gz"), largest_document=4 << 20),
    },
    personal=("applicant",),
)
