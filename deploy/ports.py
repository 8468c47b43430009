"""Ports of this machine: a chosen one that must be free, or any free one."""

import random
import socket

from egovhub.errors import ConfigurationError

HOST = "127.0.0.1"
BELOW_EPHEMERAL = range(20_000, 32_000)
"""Where free ports are looked for. Not among those the system gives to outgoing connections: between the stop
and the restart of a server a client's connection could take its port, or even connect to itself."""


def claim_port(port: int) -> int:
    """The port, if nothing listens on it.

    Raises: ConfigurationError, naming port and remedy.
    """
    try:
        _bind(port)
    except OSError as error:
        raise ConfigurationError(
            f"port {port} on {HOST} cannot be used ({error.strerror}); stop the program that has it, "
            "or choose another port (0 = any free one)"
        ) from None
    return port


def free_port() -> int:
    """A port that nothing listens on now."""
    for port in random.sample(BELOW_EPHEMERAL, 100):
        try:
            _bind(port)
        except OSError:
            continue
        return port
    raise ConfigurationError(f"no free port among 100 tried on {HOST} from {BELOW_EPHEMERAL}")


def _bind(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
