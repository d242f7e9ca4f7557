"""Event envelope: CloudEvents 1.0 (cloudevents.io), one stream per object."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from canonical_models.base import CanonicalModel, Identifier, UtcDatetime


class Event(CanonicalModel):
    """Something that happened to an object. `subject` is its id and `sequence` its version after the event."""

    specversion: Literal["1.0"] = "1.0"
    id: Identifier
    source: Identifier = Field(examples=["dockline/acme"])
    type: str = Field(pattern=r"^dockline\.[a-z_]+\.[a-z_]+\.v\d+$", examples=["dockline.order.allocated.v1"])
    subject: Identifier
    time: UtcDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str = Field(examples=["/v1/schemas/order_event.v1.json"])
    sequence: int = Field(ge=1)
    data: dict[str, JsonValue]
