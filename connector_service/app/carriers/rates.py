"""What carriers have agreed to charge: rate tables in, and what is in force."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request

from connector_service.adapters import registry
from connector_service.app.problems import read_json
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.carriers.stored import StoredTables
from connector_service.errors import InvalidInput
from connector_service.rate_tables import RateTable, read_csv, valid_on
from connector_service.rate_tables import read_json as read_table
from connector_service.store import rate_tables

router = APIRouter(tags=["carriers"])
PATH = "/v1/carriers/{slug}/rates"


@router.get(PATH, summary="List the rates agreed with a carrier")
async def get_rates(slug: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """All tables agreed with a carrier, the one that begins first first; `in_force` is the one that holds today."""
    kept = rate_tables.of_carrier(services.store.reader, caller.tenant_id, known_carrier(slug))
    tables = StoredTables(services.store).tables(caller.tenant_id, slug)
    in_force = valid_on(tables, services.store.clock.now().date())
    shown = [
        {
            "valid_from": each.valid_from,
            "in_force": table is in_force,
            "hash": each.hash,
            "put_by": each.put_by,
            "put_at": each.put_at.isoformat(),
            "table": orjson.loads(each.body),
        }
        for each, table in zip(kept, tables, strict=True)
    ]
    return {"carrier": slug, "tables": shown}


@router.put(
    PATH,
    summary="Agree rates with a carrier",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {"schema": {"type": "object", "title": "RateTable"}},
                "text/csv": {"schema": {"type": "string"}},
            },
            "required": True,
        }
    },
)
async def put_rates(slug: str, request: Request, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Keep a rate table (JSON, or CSV with that content type) in place of the one that begins on the same day.

    Of tables that overlap the one that began last holds, so that next year's can be sent ahead.
    """
    known_carrier(slug)
    table = _read(request.headers.get("content-type", ""), await request.body())
    kept = await StoredTables(services.store).put(caller.tenant_id, slug, table, caller.label)
    return {
        "carrier": slug,
        "valid_from": kept.valid_from,
        "valid_until": table.valid_until.isoformat() if table.valid_until else None,
        "currency": table.currency,
        "zones": [zone.zone for zone in table.zones],
        "services": [service.service for service in table.services],
        "hash": kept.hash,
    }


def known_carrier(slug: str) -> str:
    """The slug. Raises InvalidInput when there is no such carrier."""
    if slug not in registry.CARRIERS:
        known = ", ".join(sorted(registry.CARRIERS))
        raise InvalidInput(f"There is no carrier {slug!r}; known are {known}.", pointer="/slug")
    return slug


def _read(content_type: str, body: bytes) -> RateTable:
    if content_type.partition(";")[0].strip().lower() != "text/csv":
        # Read twice for the sake of the first reading's words about what is no JSON, and where.
        read_json(body)
        return read_table(body)
    try:
        return read_csv(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise InvalidInput(f"Line {line} is not UTF-8: save the file in that encoding.", pointer=f"/{line}") from None
