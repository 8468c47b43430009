"""Ports: a taken one is refused by name, a free one is one nobody listens on."""

import socket

import pytest
from egovhub.errors import ConfigurationError

from deploy.ports import BELOW_EPHEMERAL, HOST, claim_port, free_port


def test_a_taken_port_is_refused_with_the_remedy() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"port {port} .*choose another port"):
            claim_port(port)
    assert claim_port(port) == port


def test_a_free_port_is_outside_those_given_to_outgoing_connections() -> None:
    port = free_port()
    assert port in BELOW_EPHEMERAL
    socket.create_server((HOST, port)).close()
