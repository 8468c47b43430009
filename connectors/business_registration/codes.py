"""What the codes of the system mean, and since when.

Illustrative, made up in November 2026: the system's own lists of PROCESS_STATUS and DOCUMENT_TYPE are not public, nor
is its list of offices. The kinds of registration are those of `domain/systems.md`, 5, the stems those of the national
portal (`services/reference/procedures.toml`), the units those of `services/reference/organisations.toml`. Correct a
code when an office tells it; one that changes its meaning gets one more row.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple, TypeVar

from egovhub.events import Kind

T = TypeVar("T")

LAW: Final = date(2021, 1, 1)
"""The Law on Enterprises, 59/2020/QH14, is in force."""


class Registration(NamedTuple):
    """What is registered, and by which procedure."""

    kind: str
    procedure: str


Dated = tuple[tuple[date, T], ...]
"""Meanings of one code, each from a day on, the earliest first."""

STATUSES: Final[Mapping[str, Dated[Kind]]] = {
    "1": ((LAW, Kind.REGISTERED),),
    "2": ((LAW, Kind.RECEIVED),),
    "3": ((LAW, Kind.ACCEPTED),),
    "4": ((LAW, Kind.STEP),),
    "5": ((LAW, Kind.SUPPLEMENT_REQUESTED),),
    "6": ((LAW, Kind.SUPPLEMENTED),),
    "7": ((LAW, Kind.REFUSED),),
    "8": ((LAW, Kind.PROCESSED),),
    "9": ((LAW, Kind.RETURNED),),
    "10": ((LAW, Kind.WITHDRAWN),),
    "11": ((LAW, Kind.STOPPED),),
}
"""PROCESS_STATUS: filed online, received, found valid, in process, amendment asked for, amended, refused, registered,
handed over, withdrawn, stopped."""

DOCUMENTS: Final[Mapping[str, Dated[Registration]]] = {
    "101": ((LAW, Registration("NEW", "2.001610")),),
    "102": ((LAW, Registration("NEW", "2.001583")),),
    "103": ((LAW, Registration("NEW", "2.001199")),),
    "104": ((LAW, Registration("NEW", "2.002043")),),
    "105": ((LAW, Registration("NEW", "2.002069")),),
    "201": ((LAW, Registration("CHANGE", "2.002041")),),
    "301": ((LAW, Registration("SUSPENSION", "2.002029")),),
    "302": ((LAW, Registration("RESUMPTION", "2.002029")),),
    "401": ((LAW, Registration("DISSOLUTION", "2.002023")),),
    "501": ((LAW, Registration("NEW", "1.001612")),),
    "502": ((LAW, Registration("CHANGE", "2.000720")),),
    "503": ((LAW, Registration("SUSPENSION", "1.001570")),),
    "504": ((LAW, Registration("RESUMPTION", "1.001570")),),
    "505": ((LAW, Registration("DISSOLUTION", "1.001266")),),
}
"""DOCUMENT_TYPE: private enterprise, company of one member, of several, joint stock, branch; change; suspension,
resumption; dissolution; from 501 the same of household businesses."""

SITES: Final[Mapping[str, Dated[str]]] = {
    "30": (
        (LAW, "x30-khdt"),
        (date(2025, 2, 20), "x30-tc-202502"),
        (date(2025, 7, 1), "x31-tc-202507"),
    ),
    "31": (
        (LAW, "x31-khdt"),
        (date(2025, 3, 1), "x31-tc-202503"),
        (date(2025, 7, 1), "x31-tc-202507"),
    ),
}
"""SITE_ID: the registration offices of Hai Duong and of Hai Phong, as the department they belong to."""


def meaning(table: Mapping[str, Dated[T]], code: str | None, day: date) -> T | None:
    """What a code meant on a day; None if nobody knows."""
    known = [means for since, means in table.get(code or "", ()) if since <= day]
    return known[-1] if known else None
