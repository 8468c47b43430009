"""Settings of every service: the environment variables HUB_..., checked together before anything starts."""

import difflib
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from egovhub.errors import ConfigurationError
from pydantic import (
    Field,
    FilePath,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.clock import parse_clock
from services.rules import REFERENCE_DIR

PREFIX: Final = "HUB_"

Port = Annotated[int, Field(ge=0, le=65_535)]
KafkaName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,100}$")]


class Settings(BaseSettings):
    """What differs from one installation, or one process, to the next. Immutable; made by `load_settings`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    kafka_bootstrap: str = "127.0.0.1:9092"
    """Brokers to ask first, `host:port`, separated by commas."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_sasl_username: str = Field(default="", validate_default=True)
    kafka_sasl_password: SecretStr = Field(default=SecretStr(""), validate_default=True)
    kafka_ssl_cafile: FilePath | None = None
    """Certificates of the authorities that sign the brokers'; without it the system's are trusted."""
    kafka_ssl_certfile: FilePath | None = None
    """Certificate by which this process proves who it is, where the cluster asks for one."""
    kafka_ssl_keyfile: FilePath | None = None
    kafka_ssl_key_password: SecretStr = SecretStr("")
    topic_prefix: KafkaName = ""
    """Stands before every topic, group and transactional id, so that several hubs can share a cluster."""

    zone: str = "Asia/Ho_Chi_Minh"
    """The zone that cuts months, quarters and years."""
    clock: str = ""
    reference_dir: Path = REFERENCE_DIR
    state_dir: Path = Path(".state")
    worker_id: KafkaName = ""
    """Static member id in the worker group; empty: a new member at every start."""
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 0
    """Where Prometheus scrapes this process; 0 picks a free port."""
    web_port: Port = 0
    """Faust's own endpoints, on the loopback address; 0 picks a free port."""

    @field_validator("kafka_bootstrap")
    @classmethod
    def _check_bootstrap(cls, text: str) -> str:
        for server in text.split(","):
            host, colon, port = server.strip().rpartition(":")
            if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) <= 65_535):
                raise ValueError("is not a list of host:port separated by commas; write it like kafka-1:9092")
        return text

    @field_validator("kafka_sasl_username", "kafka_sasl_password")
    @classmethod
    def _check_credentials(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not text and info.data.get("kafka_security_protocol", "").startswith("SASL"):
            raise ValueError("is needed by HUB_KAFKA_SECURITY_PROTOCOL; set it")
        return value

    @field_validator("zone")
    @classmethod
    def _check_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not a time zone; use an IANA name such as Asia/Ho_Chi_Minh") from None
        return name

    @field_validator("clock")
    @classmethod
    def _check_clock(cls, text: str) -> str:
        try:
            parse_clock(text)
        except ConfigurationError as error:
            raise ValueError(str(error)) from None
        return text

    @field_validator("reference_dir")
    @classmethod
    def _check_reference_dir(cls, folder: Path) -> Path:
        if not folder.is_dir():
            raise ValueError("is no folder; name the one that holds owners.toml")
        return folder

    @property
    def bootstrap_servers(self) -> list[str]:
        """The brokers to ask first, each `host:port`."""
        return [server.strip() for server in self.kafka_bootstrap.split(",")]

    @property
    def uses_sasl(self) -> bool:
        """Whether this process shows a name and a password."""
        return self.kafka_security_protocol.startswith("SASL")

    def topic(self, name: str) -> str:
        """A topic of the contract as this installation names it."""
        return self.topic_prefix + name

    def group(self, name: str) -> str:
        """A consumer group, or Faust app id, as this installation names it."""
        return self.topic_prefix + name

    def transactional_id(self, name: str) -> str:
        """A transactional id as this installation names it; two hubs with one would fence each other."""
        return self.topic_prefix + name

    def ssl_context(self) -> ssl.SSLContext | None:
        """What TLS rests on, or None where the connection has none.

        Raises: ConfigurationError, if certificate or key cannot be used.
        """
        if not self.kafka_security_protocol.endswith("SSL"):
            return None
        try:
            context = ssl.create_default_context(cafile=self.kafka_ssl_cafile)
            if self.kafka_ssl_certfile:
                context.load_cert_chain(
                    self.kafka_ssl_certfile,
                    self.kafka_ssl_keyfile,
                    self.kafka_ssl_key_password.get_secret_value,
                )
        except (ssl.SSLError, OSError) as error:
            raise ConfigurationError(
                f"HUB_KAFKA_SSL_CAFILE, _CERTFILE, _KEYFILE: cannot be used ({error}); give PEM files"
            ) from None
        return context

    def kafka_options(self) -> dict[str, Any]:
        """Connection arguments for aiokafka and kafka-python, which name them alike."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": self.kafka_security_protocol,
            "ssl_context": self.ssl_context(),
        }
        if self.uses_sasl:
            options |= {
                "sasl_mechanism": self.kafka_sasl_mechanism,
                "sasl_plain_username": self.kafka_sasl_username,
                "sasl_plain_password": self.kafka_sasl_password.get_secret_value(),
            }
        return options

    def librdkafka_options(self) -> dict[str, Any]:
        """Connection properties for confluent-kafka, which leaves out what is not set."""
        properties = {
            "bootstrap.servers": ",".join(self.bootstrap_servers),
            "security.protocol": self.kafka_security_protocol,
            "ssl.ca.location": self.kafka_ssl_cafile,
            "ssl.certificate.location": self.kafka_ssl_certfile,
            "ssl.key.location": self.kafka_ssl_keyfile,
            "ssl.key.password": self.kafka_ssl_key_password.get_secret_value(),
        }
        if self.uses_sasl:
            properties |= {
                "sasl.mechanism": self.kafka_sasl_mechanism,
                "sasl.username": self.kafka_sasl_username,
                "sasl.password": self.kafka_sasl_password.get_secret_value(),
            }
        return {name: str(value) for name, value in properties.items() if value}


def load_settings(**chosen: Any) -> Settings:
    """The settings of this process.

    Args:
        chosen: by field name, instead of the environment's.
    Raises: ConfigurationError, with every problem of every variable.
    """
    problems = _misspelt(os.environ)
    try:
        settings = Settings(**chosen)
    except ValidationError as error:
        raise ConfigurationError(problems + [_problem(detail) for detail in error.errors()]) from None
    if problems:
        raise ConfigurationError(problems)
    return settings


def _problem(detail: ErrorDetails) -> str:
    """One line: variable, value unless it is secret, what is wrong and the remedy."""
    message = detail["msg"].removeprefix("Value error, ")
    if message.startswith(PREFIX):
        return message
    name = PREFIX + str(detail["loc"][0]).upper()
    if name.endswith("PASSWORD") or detail["input"] == "":
        return f"{name}: {message}"
    return f"{name}: {str(detail['input'])!r} {message}"


def _misspelt(environment: Mapping[str, str]) -> list[str]:
    """Variables that are nearly, and therefore not, one of the settings: left unseen they would do harm."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    unknown = [name for name in environment if name.startswith(PREFIX) and name not in known]
    near = {name: difflib.get_close_matches(name, known, n=1, cutoff=0.85) for name in unknown}
    return [f"{name}: no such setting; did you mean {match[0]}?" for name, match in near.items() if match]
