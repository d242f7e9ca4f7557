"""Settings of a connector process, read from environment variables named DOCKLINE_*."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from connector_service.errors import InvalidInput

PREFIX = "DOCKLINE_"


class Settings(BaseModel):
    """What may be set; every field `x` is the variable `DOCKLINE_X`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: Path = Field(default=Path(".dockline/connector.sqlite"), description="the SQLite file")
    rules: Path = Field(default=Path("rules"), description="the folder of rule files")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8642, ge=1, le=65535, description="port to listen on")
    grpc_port: int | None = Field(default=None, ge=1, le=65535, description="port of the gRPC feed; none, no feed")
    lease_seconds: float = Field(default=30, gt=0, le=3600, description="how long a flow may take to move an order on")
    secret_key: SecretStr | None = Field(
        default=None, description="key that secrets are sealed with (several: the one in use first); none, a key file"
    )
    max_body_bytes: int = Field(default=8_000_000, gt=0, description="the largest request body taken in")


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; a variable of the prefix that is no setting is refused.

    Raises:
        InvalidInput: a variable is unknown or its value does not fit; names the variable.
    """
    given = {name[len(PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    given.pop("cache", None)  # where installations are shared, not a setting of the connector
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        raise InvalidInput(
            f"The environment variable {name}: {first['msg']}. Known are {known}.", pointer=name
        ) from None
