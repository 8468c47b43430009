"""What a message to the national portal says: how a dossier stands, or a step of its progress.

Which of the two says `service`, of the message itself or of the envelope around it. A dossier is a state, and a later
one replaces it whole. A step is an event and stays whatever the dossier says later, so both can speak of one case.
"""

from collections.abc import Iterator

from egovhub.connector import Payload, Snapshot
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.fields import Fields

from onestop.dossier import snapshot_of
from onestop.fields import ORIGIN
from onestop.progress import step_of


def facts_of(payload: Payload) -> Iterator[Fact | Snapshot]:
    """The dossier or the step of a message.

    Raises:
        RejectedInput: for what cannot be read, naming the field.
    """
    row, envelope = ORIGIN.read(payload), Fields(payload.context, ORIGIN.zone)
    service = row.optional("service") or envelope.text("service")
    if service == "DongBoHoSoMC":
        yield snapshot_of(row, row.optional_code("madonvi") or envelope.optional_code("madonvi"))
    elif service == "CapNhatTienDoHoSoMC":
        yield step_of(row)
    else:
        raise RejectedInput("unknown-code", "service")
