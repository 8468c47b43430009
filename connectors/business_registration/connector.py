"""Business registration: dossiers of the last days, of today, and those that are asked for by number."""

from egovhub.connector import Connector

from business_registration.feeds import REGISTER, STATUS, TODAY
from business_registration.mapping import ORIGIN, facts_of

connector = Connector(
    origin=ORIGIN,
    mapping=facts_of,
    feeds={"register": REGISTER, "today": TODAY, "status": STATUS},
    personal=("NAME", "ENTERPRISE_GDT_CODE"),
)
