"""`dockline secrets`: the key that everything secret in the database is sealed with."""

from __future__ import annotations

from typing import Annotated

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import console

secrets = typer.Typer(no_args_is_help=True, help="The key that secrets in the database are sealed with.")


@secrets.command("rotate-key")
def rotate_key(
    context: typer.Context,
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Throw older keys away; a backup made before cannot be used any more.")
    ] = False,
) -> None:
    """Seal every secret with a new key. The connector may run meanwhile.

    The new key goes into the key file beside the database. When the key comes from DOCKLINE_SECRET_KEY, put the new one
    first there, then the old one after a comma, restart, and run this; afterwards the old one may go.

    Example:  dockline secrets rotate-key
    """
    from connector_service.local.tenant_setup import open_database
    from connector_service.store import sealing

    with open_database(home_of(context).database) as database:
        key, done = sealing.rotate_key(database, forget_old=forget_old)
        source = sealing.keys_of(database).source
    console().print(f"{done} secret{'' if done == 1 else 's'} sealed anew with the key {key} of {source}.")
    if not forget_old:
        console().print("Older keys are kept for backups made before. Throw them away: --forget-old")


@secrets.command("new-key")
def new_key() -> None:
    """Print a fresh key, for DOCKLINE_SECRET_KEY. Nothing is changed.

    Example:  dockline secrets new-key
    """
    from connector_service.store.keys import new_key as fresh

    typer.echo(fresh())


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(secrets, name="secrets")
