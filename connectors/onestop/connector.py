"""One-stop shops: what they send to the national portal, polled where it waits or dropped into a folder."""

from egovhub.connector import Connector

from onestop.feeds import FOLDER, REST
from onestop.fields import ORIGIN, PERSONAL
from onestop.mapping import facts_of

connector = Connector(
    origin=ORIGIN,
    mapping=facts_of,
    feeds={"rest": REST, "folder": FOLDER},
    personal=PERSONAL,
)
