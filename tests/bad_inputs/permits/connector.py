"""A source of rows, at every door that takes rows: JSON over HTTP, and files of JSON, NDJSON, CSV and XES."""

from egovhub.connector import Connector
from egovhub.folder import Folder
from egovhub.rest import Rest

from tests.bad_inputs.permits.mapping import ORIGIN, facts_of

connector = Connector(
    origin=ORIGIN,
    mapping=facts_of,
    feeds={
        "rest": Rest(path="/permits", items="data", identity=("id", "status", "at")),
        "json": Folder(patterns=("*.json",), format="json", items="data", largest_document=2 << 20),
        "ndjson": Folder(patterns=("*.ndjson", "*.gz"), format="ndjson", largest_file=8 << 20),
        "csv": Folder(patterns=("*.csv",), format="csv"),
        "xes": Folder(patterns=("*.xes",), format="xes"),
    },
    personal=("applicant",),
)
