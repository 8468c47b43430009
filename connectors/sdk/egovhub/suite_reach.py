"""Leading a feed to the suite's own servers and folders."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel

from egovhub.connector import FeedSettings
from egovhub.errors import ConfigurationError
from egovhub.http_auth import OAuth2
from egovhub.loading import changed

TOKEN_PATH: Final = "/suite-token"  # noqa: S105 - a path, no secret


def reaching(settings: FeedSettings, place: str | Path) -> FeedSettings:
    """Settings that lead to the fixture, with short pauses."""
    name = "path" if isinstance(place, Path) else "url"
    wanted: dict[str, Any] = {name: place, "first_wait_seconds": 0.001, "settle_seconds": 0.0, "tls": None}
    auth = getattr(settings, "auth", None)
    if isinstance(auth, OAuth2):
        wanted["auth"] = auth.model_copy(update={"token_url": f"{place}{TOKEN_PATH}"})
    given: Any = settings
    if isinstance(given, BaseModel):
        known: Iterable[str] = type(given).model_fields
        return changed(settings, {key: value for key, value in wanted.items() if key in known})
    if is_dataclass(given) and not isinstance(given, type):
        known = {each.name for each in fields(given)}
        made: Any = replace(given, **{key: value for key, value in wanted.items() if key in known})
        return cast("FeedSettings", made)
    raise ConfigurationError(
        f"a feed of {type(settings).__name__} cannot be led to the suite's server; make it a model or a dataclass"
    )
