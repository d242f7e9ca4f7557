"""`dockline up`, `down`, `status`, `install`, `pictures`: the programs on this machine."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_service.cli.group import home_of
from connector_service.cli.output import AsJson, console, say, table, write_json

if TYPE_CHECKING:
    from connector_service.local.stack import Addresses

NAMES = ("connector", "sandbox", "n8n")


def up(
    context: typer.Context,
    without_n8n: Annotated[bool, typer.Option("--without-n8n", help="No flows: orders wait safely.")] = False,
    without_sandbox: Annotated[
        bool, typer.Option("--without-sandbox", help="No look-alike vendors: connect real ones.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start connector, sandbox and n8n with all flows, and print where they are.

    What runs already is left as it is, so this may be called at any time. The first start installs n8n (about five
    minutes, once per user).

    Examples:  dockline up  |  dockline up --without-n8n
    """
    from connector_service.demo.furnish import furnish_if_empty
    from connector_service.local.progress import timed
    from connector_service.local.stack import Stack, Wanted

    home = home_of(context)
    addresses = Stack(home, timed(say)).up(Wanted(n8n=not without_n8n, sandbox=not without_sandbox))
    if addresses.sandbox:
        furnish_if_empty(home, addresses)
    if as_json:
        write_json(asdict(addresses))
    else:
        show_addresses(addresses)


def show_addresses(addresses: Addresses) -> None:
    """Where everything is, and what to do next."""
    shown = table("", "")
    shown.show_header = False
    shown.add_row("connector", f"{addresses.connector}   (what it offers: {addresses.connector}/docs)")
    if addresses.sandbox:
        shown.add_row("sandbox", f"{addresses.sandbox}   (look-alikes of one warehouse and two carriers)")
    if addresses.n8n:
        shown.add_row("n8n editor", f"{addresses.n8n}   ({addresses.flows} flows)")
        shown.add_row("  login", f"{addresses.n8n_email}   {addresses.n8n_password}")
    console().print(shown)


def down(context: typer.Context) -> None:
    """Stop everything that `up` or `demo` started here. Orders stay; `up` goes on where this ends."""
    from connector_service.local.stack import Stack

    stopped = Stack(home_of(context), say).down()
    console().print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """What runs and where. Whether it is well is what `dockline doctor` says."""
    home = home_of(context)
    found = {name: home.processes.find(name) for name in NAMES}
    rows = [
        {"name": name, "running": record is not None, "url": home.url(name), "pid": record.pid if record else None}
        for name, record in found.items()
    ]
    if as_json:
        write_json(rows)
        return
    shown = table("program", "runs", "address", "process", "log")
    for name, record in found.items():
        log = home.processes.log_file(name)
        pid = str(record.pid) if record else ""
        shown.add_row(name, "yes" if record else "no", home.url(name) or "", pid, str(log) if log.exists() else "")
    console().print(shown)


def install() -> None:
    """Install n8n into this user's cache (about five minutes, once); `up` and `demo` do it too."""
    from connector_service.local.n8n_install import ensure_n8n

    ensure_n8n(say)


def pictures(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("docs/flows"),
) -> None:
    """Take a picture of every shipped flow from the n8n editor, which must run. Needs Chromium."""
    from connector_service.errors import InstallationProblem
    from connector_service.local.n8n_install import ensure_n8n
    from connector_service.local.n8n_stack import FLOWS, n8n_server
    from connector_service.local.pictures import take_pictures

    home = home_of(context)
    if not home.url("n8n"):
        raise InstallationProblem("The pictures are taken from a running n8n. Start it: dockline up")
    server = n8n_server(home, ensure_n8n(say))
    for picture in take_pictures(FLOWS, server, out, say):
        console().print(str(picture))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, down, status, install, pictures):
        app.command()(command)
