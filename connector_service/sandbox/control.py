"""The control API: load, disturb, and read what happened from the vendors' own point of view."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Query

from connector_service.sandbox.models import (
    Catalog,
    Faults,
    Happening,
    Scenario,
    ScenarioKind,
    Timing,
    Vendor,
    Webhook,
)
from connector_service.sandbox.vendors import Vendors
from connector_service.sandbox.world import ANY_ACCOUNT, Sold, Work, World


def control(world: World, vendors: Vendors) -> APIRouter:
    """The routes under `/control`; each PUT adds to what is there or replaces what has the same key."""
    router = APIRouter(prefix="/control")
    _loading(router, world)
    _disturbing(router, world, vendors)
    _reading(router, world)
    return router


def _loading(router: APIRouter, world: World) -> None:
    @router.put("/catalog")
    async def put_catalog(catalog: Catalog) -> dict[str, int]:
        """Products and stock."""
        world.put_catalog(catalog)
        return {"products": len(world.products), "stock": sum(len(lots) for lots in world.stock.values())}

    @router.put("/webhooks")
    async def put_webhooks(
        webhooks: dict[Vendor, Webhook], account: Annotated[str, Query()] = ANY_ACCOUNT
    ) -> dict[str, int]:
        """Where news goes; `account` is an API key, without it this holds for every key that has none of its own."""
        for vendor, webhook in webhooks.items():
            world.put_webhook(vendor, account, webhook)
        return {"webhooks": len(world.webhooks)}

    @router.put("/timing")
    async def put_timing(timing: Timing) -> Timing:
        """The pace of what is begun from now on; what is not named goes back to its default."""
        world.put_timing(timing)
        return timing


def _disturbing(router: APIRouter, world: World, vendors: Vendors) -> None:
    @router.put("/faults")
    async def put_faults(faults: dict[Vendor, Faults]) -> dict[Vendor, Faults]:
        """How vendors misbehave from now on; `{}` for a vendor heals it."""
        for vendor, each in faults.items():
            unknown = set(each.only) - (calls := vendors.calls(vendor))
            if unknown:
                raise HTTPException(422, f"{vendor} has no call {sorted(unknown)}; it has {sorted(calls)}.")
        for vendor, each in faults.items():
            world.put_faults(vendor, each)
        return faults

    @router.put("/scenarios")
    async def put_scenarios(
        scenarios: Annotated[dict[str, ScenarioKind | Scenario | None], Body()],
    ) -> dict[str, int]:
        """What goes wrong with which order number; null takes it back."""
        for order_number, scenario in scenarios.items():
            whole = Scenario(kind=scenario) if isinstance(scenario, str) else scenario
            world.put_scenario(order_number, whole)
        return {"scenarios": len(world.scenarios)}

    @router.post("/withdraw-tokens")
    async def withdraw_tokens(vendor: Annotated[Vendor | None, Query()] = None) -> dict[str, str]:
        """The tokens of a vendor, or of all, end before their time."""
        vendors.withdraw_tokens(vendor)
        return {"status": "ok"}

    @router.post("/scan")
    async def scan(happening: Happening) -> dict[str, list[str]]:
        """A parcel is scanned now, whatever it was about to do; answers with its scans so far."""
        sold = next(
            filter(None, (world.by_number.get((slug, happening.tracking_number)) for slug in vendors.carriers)), None
        )
        if sold is None:
            raise HTTPException(404, f"No carrier has a parcel {happening.tracking_number}.")
        vendors.carriers[sold.vendor].carrier.scan(sold, happening.kind)
        return {"scans": [each.kind for each in sold.scans]}

    @router.post("/reset")
    async def reset() -> dict[str, str]:
        """Forget everything."""
        await vendors.reset()
        return {"status": "ok"}


def _reading(router: APIRouter, world: World) -> None:
    @router.get("/health")
    async def health() -> dict[str, str]:
        """Answers as soon as the vendors do."""
        return {"status": "ok"}

    @router.get("/ledger")
    async def ledger(order_number: Annotated[str | None, Query()] = None) -> dict[str, Any]:
        """Everything that happened, of one order or of all."""
        works = [_work(each) for each in world.works.values() if order_number in (None, each.order_number)]
        labels = [_label(each) for each in world.sold.values() if order_number in (None, each.order_number)]
        pickups = [each for each in world.pickups.values() if order_number is None]
        calls = {vendor: dict(counter) for vendor, counter in world.calls.items()}
        return {"releases": works, "labels": labels, "pickups": pickups, "calls": calls, "untold": len(world.untold)}


def _work(work: Work) -> dict[str, Any]:
    return {
        "reference": work.reference,
        "warehouse_reference": work.work_id,
        "order_number": work.order_number,
        "location_id": work.facility,
        "status": work.state.lower(),
        "lines": work.lines,
    }


def _label(sold: Sold) -> dict[str, Any]:
    return {
        "vendor": sold.vendor,
        "reference": sold.reference,
        "order_number": sold.order_number,
        "label_id": sold.label_id,
        "tracking_number": sold.tracking_number,
        "pieces": sold.numbers(),
        "service": sold.service,
        "cost_minor": sold.cost_minor,
        "currency": sold.currency,
        "weight_g": sold.weight_g,
        "voided": sold.voided,
        "manifest": sold.manifest,
        "scans": [scan.kind for scan in sold.scans],
    }
