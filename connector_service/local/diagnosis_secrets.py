"""Whether secrets are sealed with a key that is safe, and credentials are replaced in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from canonical_models import Credential
from connector_service.errors import DocklineError
from connector_service.exception_record import answers_for
from connector_service.local.finding import Finding
from connector_service.local.home import Home
from connector_service.local.tenant_setup import open_database
from connector_service.store import Connection, Transaction, sealing, tenants

ROTATE = "dockline credential rotate <system>"


def examine(home: Home, now: datetime) -> Iterator[Finding]:
    """The key, and the credentials of all tenants."""
    if not home.database.exists():
        return
    try:
        with open_database(home.database) as database:
            keys = sealing.keys_of(database)
            yield Finding("key of secrets", True, f"{keys.source}; back it up apart from the database")
            yield _credentials(database, now)
    except DocklineError as problem:
        yield Finding("key of secrets", False, problem.detail, "Put the key back; nothing starts without it.")


def _credentials(database: Connection, now: datetime) -> Finding:
    found: list[tuple[Transaction, Credential]] = []
    for tenant_id in tenants.tenant_ids(database):
        # Each is opened, so that one that was changed in the file shows here.
        tenants.connections(database, tenant_id)
        tx = Transaction(database, tenant_id, now)
        found += [(tx, each) for each in tx.find_by(Credential)]
    wrong = [(tx, each) for tx, each in found if each.stage != "fresh" or each.verdict == "refused"]
    if not wrong:
        return Finding("credentials", True, f"{len(found)} are known; none is refused, and none must be replaced soon")
    overdue = any(each.stage == "overdue" or each.verdict == "refused" for _, each in wrong)
    return Finding("credentials", not overdue, "; ".join(_words(*each) for each in wrong), ROTATE)


def _words(tx: Transaction, credential: Credential) -> str:
    name = f"{credential.tenant_id}/{credential.slug}"
    owner, by = answers_for(tx, credential)
    if by is not None:
        return f"{name} should have been replaced; {owner} does it by {by:%Y-%m-%d}"
    if credential.verdict == "refused":
        return f"{name} is refused"
    return f"{name} must be replaced by {credential.rotates_by:%Y-%m-%d}"
