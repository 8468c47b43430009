"""What `egovhub` runs: the change feed of the civil status register, each module by itself, day by day."""

from egovhub.connector import Connector
from egovhub.rest import Rest, Windows

from civil_status.mapping import MODULES, ORIGIN, TIMES, entries_of

connector = Connector(
    origin=ORIGIN,
    mapping=entries_of,
    feeds={
        "rest": Rest(
            path="/dsHoSoDangKy",
            method="POST",
            send="json",
            items="data",
            each={"module": tuple(MODULES)},
            windows=Windows(start_parameter="ngayCapNhat", format=TIMES.partition(" ")[0], overlap_days=3),
            identity=("module", "maHoSo", "trangThai", "ngayCapNhat"),
            poll_seconds=60.0,
        )
    },
    personal=("duLieu",),
)
