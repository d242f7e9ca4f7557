"""`dockline inventory adjust`, `receive` and `transfer`: tell of one change by hand."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import console

transfer = typer.Typer(no_args_is_help=True, help="Goods on their way from one location to another.")
Sku = Annotated[str, typer.Argument(metavar="SKU")]
Location = Annotated[str, typer.Argument(metavar="LOCATION", help="The location's id.")]
Units = Annotated[int, typer.Argument(metavar="UNITS", min=1)]
Lot = Annotated[str, typer.Option(help="The lot, for a SKU that is kept by lot.")]
TransferId = Annotated[str, typer.Argument(metavar="TRANSFER", help="The name that `transfer send` printed.")]
Reference = Annotated[
    str, typer.Option(help="Your own name for this; told again under it, it happens once. Default: a new one.")
]
AsOf = Annotated[str, typer.Option(help="When it happened, with its zone; default: now.")]


def receive(
    context: typer.Context,
    sku: Sku,
    location: Location,
    units: Units,
    lot: Lot = "",
    expires_on: Annotated[str, typer.Option(help="The lot's last day, such as 2027-03-31.")] = "",
    serial: Annotated[list[str] | None, typer.Option(help="A serial number that came in; may be repeated.")] = None,
    reference: Reference = "",
    as_of: AsOf = "",
) -> None:
    """Goods have come in from a supplier.

    Example:  dockline inventory receive TEE us-east 12 --reference ASN-4711
    """
    said = {"sku": sku, "location_id": location, "quantity": units, "lot": lot, "expires_on": expires_on}
    _tell(context, "receipt", {**said, "serials": serial or None, "reference": reference or _new(), "as_of": as_of})


def adjust(
    context: typer.Context,
    sku: Sku,
    location: Location,
    by: Annotated[int, typer.Option(help="Units: more than 0 when they were found, less when they are gone.")],
    reason: Annotated[
        str, typer.Option(help="damaged, lost, found, stolen, expired, sample, returned, kitted or correction.")
    ],
    lot: Lot = "",
    reference: Reference = "",
    as_of: AsOf = "",
) -> None:
    """Change what is on hand, for a reason.

    Example:  dockline inventory adjust TEE us-east --by -2 --reason damaged
    """
    said = {"sku": sku, "location_id": location, "quantity": by, "reason": reason, "lot": lot}
    _tell(context, "adjustment", {**said, "reference": reference or _new(), "as_of": as_of})


def setting(
    context: typer.Context,
    sku: Sku,
    location: Location,
    safety_stock: Annotated[int | None, typer.Option(min=0, help="Units that are kept back from orders.")] = None,
    lot_status: Annotated[str, typer.Option(help="usable, quarantined, expired or recalled.")] = "",
    lot: Lot = "",
    reference: Reference = "",
    as_of: AsOf = "",
) -> None:
    """Say what is kept back from orders, or what may be done with a lot.

    Example:  dockline inventory set SERUM us-east --lot L1 --lot-status recalled
    """
    said = {"sku": sku, "location_id": location, "safety_stock": safety_stock, "lot_status": lot_status, "lot": lot}
    _tell(context, "setting", {**said, "reference": reference or _new(), "as_of": as_of})


@transfer.command("send")
def send(
    context: typer.Context,
    sku: Sku,
    origin: Annotated[str, typer.Argument(metavar="FROM", help="The location that sends.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The location to which it goes.")],
    units: Units,
    lot: Lot = "",
    name: Annotated[str, typer.Option("--id", help="The transfer's name; default: a new one.")] = "",
    as_of: AsOf = "",
) -> None:
    """Goods leave one location for another.

    Example:  dockline inventory transfer send TEE us-east us-west 5 --id T-1
    """
    said = {"sku": sku, "location_id": origin, "to_location_id": target, "quantity": units, "lot": lot}
    _tell(context, "transfer_sent", {**said, "transfer_id": name or _new(), "as_of": as_of})


@transfer.command("arrive")
def arrive(
    context: typer.Context, transfer_id: TransferId, units: Units, reference: Reference = "", as_of: AsOf = ""
) -> None:
    """Goods of a transfer have arrived.

    Example:  dockline inventory transfer arrive T-1 4
    """
    said = {"transfer_id": transfer_id, "quantity": units, "reference": reference or _new(), "as_of": as_of}
    _tell(context, "transfer_arrived", said)


@transfer.command("lose")
def lose(
    context: typer.Context, transfer_id: TransferId, units: Units, reference: Reference = "", as_of: AsOf = ""
) -> None:
    """Goods of a transfer will not arrive.

    Example:  dockline inventory transfer lose T-1 1
    """
    said = {"transfer_id": transfer_id, "quantity": units, "reference": reference or _new(), "as_of": as_of}
    _tell(context, "transfer_lost", said)


def _new() -> str:
    return f"cli-{secrets.token_hex(6)}"


def _tell(context: typer.Context, kind: str, said: dict[str, Any]) -> None:
    from connector_service.cli.connector import Connector
    from connector_service.clock import SystemClock

    update = {name: value for name, value in said.items() if value not in ("", None)}
    update = {"kind": kind, "source": "cli", "as_of": SystemClock().now().isoformat(), **update}
    with Connector(home_of(context)) as connector:
        answer = connector.post("/v1/inventory/update", update)
    words = {
        "changed": "Taken over",
        "replayed": "Known already, nothing was changed",
        "stale": "Kept; a newer count has it already",
    }
    name = update.get("transfer_id") if kind == "transfer_sent" else update.get("reference")
    out, there = console(), answer["position"]
    out.print(f"{words[answer['outcome']]} ({name}).", markup=False)
    coming = f", {there['in_transit']} in transit" if there["in_transit"] else ""
    out.print(
        f"{there['sku']} at {there['location_id']}: {there['on_hand']} on hand, {there['reserved']} reserved, "
        f"{there['available']} available{coming}.",
        markup=False,
    )


def add_to(inventory: typer.Typer) -> None:
    """Add the commands to `dockline inventory`."""
    inventory.command("receive")(receive)
    inventory.command("adjust")(adjust)
    inventory.command("set")(setting)
    inventory.add_typer(transfer, name="transfer")
