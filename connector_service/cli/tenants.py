"""`dockline tenant add`, `tenant set`, `key add`, `key revoke`: who may use this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import console

tenant = typer.Typer(no_args_is_help=True, help="Tenants of this installation.")
key = typer.Typer(no_args_is_help=True, help="API keys of a tenant.")
TenantId = Annotated[str, typer.Argument(metavar="TENANT", help="The tenant's id, such as acme.")]
Label = Annotated[str, typer.Option(help="What the key is for; the audit trail shows it.")]


@tenant.command("add")
def add_tenant(
    context: typer.Context,
    tenant_id: TenantId,
    name: Annotated[str, typer.Option(help="The name people see; default: the id.")] = "",
) -> None:
    """Add a tenant; it shares nothing with the others.

    Example:  dockline tenant add acme --name "Acme Outdoor" && dockline key add acme
    """
    from connector_service.clock import SystemClock
    from connector_service.errors import InvalidInput
    from connector_service.local.tenant_setup import open_database
    from connector_service.store import tenants

    if not tenant_id.replace("-", "").replace("_", "").isalnum():
        raise InvalidInput(f"A tenant's id has letters, digits, - and _ only, not {tenant_id!r}.")
    with open_database(home_of(context).database) as database:
        tenants.add_tenant(database, tenant_id, name or tenant_id, SystemClock().now())
    console().print(f"Added the tenant {tenant_id}. It needs a key: dockline key add {tenant_id}")


@tenant.command("set")
def set_tenant(
    context: typer.Context,
    tenant_id: TenantId,
    rules_need_approval: Annotated[
        bool | None,
        typer.Option(
            "--rules-need-approval/--rules-need-no-approval",
            help="Whether a second person must approve rules before they are in force for this tenant.",
        ),
    ] = None,
    claim_minutes: Annotated[
        int | None, typer.Option(help="Minutes for which an order that does not move holds stock: 15 to 30.")
    ] = None,
    substitution: Annotated[
        bool | None,
        typer.Option("--substitution/--no-substitution", help="Whether a substitute may be sent for what is short."),
    ] = None,
    recount_hours: Annotated[
        int | None, typer.Option(help="After how many hours warehouses are asked for their own figures; 0: never.")
    ] = None,
    label_format: Annotated[
        str | None,
        typer.Option(help="How labels come: zpl or pdf of 4 by 6 inches, pdf_a4 or pdf_letter on a sheet of paper."),
    ] = None,
) -> None:
    """Change a setting of a tenant, and show all of them.

    Examples:  dockline tenant set acme --rules-need-approval  |  dockline tenant set acme --claim-minutes 30
    """
    from connector_service.local.tenant_setup import open_database
    from connector_service.orders.label_formats import tenant_label_format
    from connector_service.store import tenants

    with open_database(home_of(context).database) as database:
        if rules_need_approval is not None:
            tenants.set_rules_need_approval(database, tenant_id, rules_need_approval)
        said = {"claim_minutes": claim_minutes, "substitution": substitution, "recount_hours": recount_hours}
        changes = {name: value for name, value in said.items() if value is not None}
        stock = tenants.change_stock_settings(database, tenant_id, **changes)
        needed = tenants.rules_need_approval(database, tenant_id)
        labels = tenant_label_format(database, tenant_id, label_format)
    if needed:
        console().print(f"A second person must approve rules for {tenant_id}, and rules for all tenants.")
    else:
        console().print(f"One person may publish rules for {tenant_id}.")
    often = f"every {stock.recount_hours} h" if stock.recount_hours else "never"
    console().print(f"An order that does not move holds stock for {stock.claim_minutes} minutes.")
    console().print(f"Substitutes {'may' if stock.substitution else 'may not'} be sent for what is short.")
    console().print(f"Warehouses are asked for their own figures {often}.")
    console().print(f"Labels come as {labels}, where a location does not say otherwise.")


@key.command("add")
def add_key(context: typer.Context, tenant_id: TenantId, label: Label = "api") -> None:
    """Make an API key and print it. It is kept hashed only, so it cannot be shown again.

    Example:  dockline key add acme --label n8n
    """
    from connector_service.clock import SystemClock
    from connector_service.local.tenant_setup import open_database
    from connector_service.store import tenants

    with open_database(home_of(context).database) as database:
        made = tenants.add_api_key(database, tenant_id, label, SystemClock().now())
    typer.echo(made)


@key.command("revoke")
def revoke_key(context: typer.Context, tenant_id: TenantId, label: Label) -> None:
    """End all keys of a tenant with this label, at once.

    Example:  dockline key revoke acme --label n8n
    """
    from connector_service.clock import SystemClock
    from connector_service.errors import NotFound
    from connector_service.local.tenant_setup import open_database
    from connector_service.store import tenants

    with open_database(home_of(context).database) as database:
        tenants.tenant_name(database, tenant_id)
        ended = tenants.revoke_api_keys(database, tenant_id, label, SystemClock().now())
    if not ended:
        raise NotFound(f"The tenant {tenant_id} has no live key with the label {label!r}.")
    console().print(f"Revoked {ended} key{'' if ended == 1 else 's'}.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(tenant, name="tenant")
    app.add_typer(key, name="key")
