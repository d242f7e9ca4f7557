"""Scalars beside GraphQL's own."""

from __future__ import annotations

from typing import NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from connector_service.store.kinds import Body

Moment = NewType("Moment", str)
Money = NewType("Money", int)


_OLD_ROWS = {"safety_stock": 0, "in_transit": 0, "lot_status": "usable"}
"""What rows written before these fields were there mean by lacking them."""


def _given(body: Body, name: str) -> object:
    return body.get(name, _OLD_ROWS.get(name))


def _same(value: object) -> object:
    return value


CONFIG = StrawberryConfig(
    default_resolver=_given,
    disable_field_suggestions=False,
    scalar_map={
        Moment: strawberry.scalar(
            name="DateTime", description="A moment in UTC, ISO 8601.", serialize=_same, parse_value=str
        ),
        Money: strawberry.scalar(
            name="Money", description="Minor units of the currency beside it.", serialize=_same, parse_value=int
        ),
    },
)
"""Objects are the JSON of their rows."""
