"""Where the messages come from. The service that is polled is a proposal: an installation's own is set by settings."""

from typing import Final

from egovhub.folder import Folder
from egovhub.http_auth import ApiKey
from egovhub.rest import ByToken, Cursor, Rest

from onestop.fields import TIME

REST: Final = Rest(
    path="/messages",
    items="data",
    paging=ByToken(),
    cursor=Cursor(parameter="since", field="NgayCapNhat", format=TIME, overlap_seconds=60, is_sorted=True),
    auth=ApiKey(secret_env="HUB_ONESTOP_KEY", header="X-Api-Key"),  # noqa: S106 - the name of a variable
)
"""Messages that wait to be sent, each with the time it was last written: rows may become visible a minute late."""

FOLDER: Final = Folder(patterns=("*.json", "*.json.gz"), format="json", items="data")
"""Envelopes as they are sent: `{session, madonvi, service, isUpdating, data: [...]}`."""
