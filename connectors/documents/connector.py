"""Documents: edXML messages out of a mailbox of the national document axis, or dropped into a folder."""

from egovhub.connector import Connector
from egovhub.folder import Folder
from egovhub.http_auth import ApiKey
from egovhub.mailbox import Mailbox

from documents.mapping import ORIGIN, PERSONAL, facts_of

connector = Connector(
    origin=ORIGIN,
    mapping=facts_of,
    feeds={
        "mailbox": Mailbox(
            processing="processing",
            auth=ApiKey(header="Authorization", secret_env="HUB_DOCUMENTS_KEY"),  # noqa: S106 - a variable's name
        ),
        "folder": Folder(patterns=("*.edxml", "*.xml"), format="whole"),
    },
    personal=PERSONAL,
)
