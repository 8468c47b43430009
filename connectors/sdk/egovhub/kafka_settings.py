"""How the SDK reaches Kafka: the variables HUB_KAFKA_..., named as the services name them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from egovhub.errors import ConfigurationError

PREFIX: Final = "HUB_"
_PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Connection to one cluster; `topic_prefix` stands before every topic, so that hubs can share it."""

    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_security_protocol: str = "PLAINTEXT"
    kafka_sasl_mechanism: str = "SCRAM-SHA-512"
    kafka_sasl_username: str = ""
    kafka_sasl_password: str = field(default="", repr=False)
    kafka_ssl_cafile: str = ""
    kafka_ssl_certfile: str = ""
    kafka_ssl_keyfile: str = ""
    kafka_ssl_key_password: str = field(default="", repr=False)
    topic_prefix: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **chosen: str) -> Self:
        """The settings of this process.

        Args:
            environment: the variables.
            chosen: by field name, instead of the environment's; an empty text chooses nothing.

        Raises:
            ConfigurationError: with every problem of every variable.
        """
        values = {name: environment.get(PREFIX + name.upper(), "") for name in cls.__slots__}
        values |= {name: value for name, value in chosen.items() if value}
        settings = cls(**{name: value for name, value in values.items() if value})
        if problems := settings.problems():
            raise ConfigurationError(problems)
        return settings

    def problems(self) -> list[str]:
        """What cannot work, one line for each variable, with the remedy; secrets are never shown."""
        found = [
            f"HUB_KAFKA_BOOTSTRAP: {server!r} is not host:port; write it like kafka-1:9092"
            for server in self.servers()
            if not _is_address(server)
        ]
        found += _one_of("HUB_KAFKA_SECURITY_PROTOCOL", self.kafka_security_protocol, _PROTOCOLS)
        found += _one_of("HUB_KAFKA_SASL_MECHANISM", self.kafka_sasl_mechanism, _MECHANISMS)
        if self.uses_sasl and not (self.kafka_sasl_username and self.kafka_sasl_password):
            found.append(
                "HUB_KAFKA_SASL_USERNAME, HUB_KAFKA_SASL_PASSWORD: "
                f"{self.kafka_security_protocol} needs both; set them"
            )
        for name in ("kafka_ssl_cafile", "kafka_ssl_certfile", "kafka_ssl_keyfile"):
            path = getattr(self, name)
            if path and not Path(path).is_file():
                found.append(f"HUB_{name.upper()}: {path!r} is no file; name a PEM file")
        return found

    def servers(self) -> list[str]:
        """The brokers to ask first, each `host:port`."""
        return [server.strip() for server in self.kafka_bootstrap.split(",")]

    @property
    def uses_sasl(self) -> bool:
        """Whether this process shows a name and a password."""
        return self.kafka_security_protocol.startswith("SASL")

    def topic(self, name: str) -> str:
        """A topic of the contract as this installation names it."""
        return self.topic_prefix + name

    def options(self) -> dict[str, Any]:
        """Connection arguments of kafka-python, which also checks the certificates' host names."""
        options = {
            "bootstrap_servers": self.servers(),
            "security_protocol": self.kafka_security_protocol,
            "ssl_cafile": self.kafka_ssl_cafile,
            "ssl_certfile": self.kafka_ssl_certfile,
            "ssl_keyfile": self.kafka_ssl_keyfile,
            "ssl_password": self.kafka_ssl_key_password,
        }
        if self.uses_sasl:
            options |= {
                "sasl_mechanism": self.kafka_sasl_mechanism,
                "sasl_plain_username": self.kafka_sasl_username,
                "sasl_plain_password": self.kafka_sasl_password,
            }
        return {name: value for name, value in options.items() if value}


def _is_address(server: str) -> bool:
    host, colon, port = server.rpartition(":")
    return bool(host and colon and port.isascii() and port.isdigit() and 0 < int(port) <= 65_535)


def _one_of(variable: str, value: str, allowed: tuple[str, ...]) -> list[str]:
    return [] if value in allowed else [f"{variable}: {value!r} is none of {', '.join(allowed)}; choose one"]
