"""`dockline order show`, `order why` and `order list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, moment, table, write_json

if TYPE_CHECKING:
    from connector_service.cli.connector import Connector

orders = typer.Typer(no_args_is_help=True, help="Look at orders.")


@orders.command("show")
def show(
    context: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ID_OR_NUMBER", help="ord_..., or the shop's number such as 10042.")],
    as_json: AsJson = False,
) -> None:
    """One order and its audit trail: when, who, from which status to which, by which rule, and why.

    Examples:  dockline order show 10042  |  dockline order show ord_01k9... --json
    """
    from connector_service.cli.connector import Connector
    from connector_service.cli.timeline import order_head, timeline
    from connector_service.clock import SystemClock

    with Connector(home_of(context)) as connector:
        order_id = find_order(connector, order)
        found = connector.get(f"/v1/orders/{order_id}")
        events = connector.get(f"/v1/orders/{order_id}/timeline")["events"]
    if as_json:
        write_json({**found, "events": events})
        return
    screen = console()
    screen.print(order_head(found, SystemClock().now()))
    screen.print(timeline(events))


@orders.command("why")
def why(
    context: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ID_OR_NUMBER", help="ord_..., or the shop's number such as 10042.")],
    as_json: AsJson = False,
) -> None:
    """Why an order ships from where it does, and with whom: every location and every carrier's offer, its score term by
    term, vetoes, and the reason.

    Examples:  dockline order why 10042  |  dockline order why ord_01k9... --json
    """
    from connector_service.cli.carrier_choice_table import carrier_choice_table, latest_carrier_choices
    from connector_service.cli.choice_table import choice_table, latest_choice
    from connector_service.cli.connector import Connector
    from connector_service.errors import NotFound

    with Connector(home_of(context)) as connector:
        order_id = find_order(connector, order)
        events = connector.get(f"/v1/orders/{order_id}/timeline")["events"]
    event, carriers = latest_choice(events), latest_carrier_choices(events)
    if event is None:
        raise NotFound(f"No warehouse was chosen for the order {order} yet. `dockline order show` says where it is.")
    if as_json:
        chosen = [{"shipment_id": e["subject"], "decided_at": e["time"], **e["data"]["choice"]} for e in carriers]
        write_json({"order_id": order_id, "decided_at": event["time"], **event["data"]["choice"], "carriers": chosen})
        return
    screen = console()
    screen.print(choice_table(event))
    for each in carriers:
        screen.print("")
        screen.print(carrier_choice_table(each))


def find_order(connector: Connector, wanted: str) -> str:
    """The id of the order with this id or shop number.

    Raises:
        NotFound: there is none. InvalidInput: several shops have an order of that number.
    """
    from connector_service.errors import InvalidInput, NotFound

    if wanted.startswith("ord_"):
        return wanted
    found = connector.get("/v1/orders", number=wanted.lstrip("#"))["orders"]
    if not found:
        raise NotFound(f"There is no order with the number {wanted}. `dockline order list` shows what there is.")
    if len(found) > 1:
        ids = ", ".join(f"{each['id']} from {each['source']}" for each in found)
        raise InvalidInput(f"Several orders have the number {wanted}: {ids}. Name the id instead.")
    return str(found[0]["id"])


@orders.command("list")
def list_orders(
    context: typer.Context,
    status: Annotated[str, typer.Option(help="Only orders in this status, such as quarantined.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, oldest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Orders with their owner and deadline.

    Examples:  dockline order list --status quarantined  |  dockline order list --limit 1000 --json
    """
    from canonical_models import OrderStatus
    from connector_service.cli.connector import Connector
    from connector_service.errors import InvalidInput

    known = [each.value for each in OrderStatus]
    if status and status not in known:
        raise InvalidInput(f"There is no status {status!r}; an order is {', '.join(known)}.")
    with Connector(home_of(context)) as connector:
        found = connector.get("/v1/orders", status=status, limit=limit)["orders"]
    if as_json:
        write_json(found)
        return
    shown = table("number", "status", "owner", "act by (UTC)", "to", "lines", "priority", "id")
    for order in found:
        shown.add_row(*_row(order))
    console().print(shown)
    console().print(f"{len(found)} order{'' if len(found) == 1 else 's'}.")


def _row(order: dict[str, Any]) -> tuple[str, ...]:
    return (
        order["number"],
        order["status"],
        order["owner"],
        moment(order["deadline_at"]),
        f"{order['ship_to']['city']} {order['ship_to']['country']}".strip(),
        str(len(order["lines"])),
        order["priority"],
        order["id"],
    )


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(orders, name="order")
