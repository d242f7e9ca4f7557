from __future__ import annotations

from connector_service.local.home import Home
from connector_service.local.tenant_setup import open_database
from connector_service.store import tenants
from tests.cli.commands import Dockline


def tenant_of(home: Home, api_key: str) -> tuple[str, str] | None:
    with open_database(home.database) as database:
        return tenants.tenant_of_key(database, api_key)


def test_a_new_tenant_gets_a_key_that_is_its_own(home: Home, dockline: Dockline) -> None:
    assert dockline("tenant", "add", "acme", "--name", "Acme Outdoor").code == 0
    made = dockline("key", "add", "acme", "--label", "n8n")
    assert made.code == 0
    assert tenant_of(home, made.out.strip()) == ("acme", "n8n")


def test_a_key_is_revoked_by_its_label_and_others_stay(home: Home, dockline: Dockline) -> None:
    ended, kept = (dockline("key", "add", "demo", "--label", label).out.strip() for label in ("old", "new"))
    assert dockline("key", "revoke", "demo", "--label", "old").code == 0
    assert tenant_of(home, ended) is None
    assert tenant_of(home, kept) == ("demo", "new")


def test_a_tenant_is_not_added_twice(dockline: Dockline) -> None:
    ran = dockline("tenant", "add", "demo")
    assert ran.code == 1
    assert "already" in ran.err
    assert "Traceback" not in ran.err


def test_an_id_that_is_no_id_is_misuse(dockline: Dockline) -> None:
    ran = dockline("tenant", "add", "acme & sons")
    assert ran.code == 2
    assert "acme & sons" in ran.err


def test_a_key_for_nobody_names_the_tenant_that_is_missing(dockline: Dockline) -> None:
    ran = dockline("key", "add", "nobody")
    assert ran.code == 1
    assert "nobody" in ran.err
    assert dockline("key", "revoke", "demo", "--label", "never-made").code == 1


def test_how_labels_come_is_set_for_a_tenant_and_stays_when_nothing_is_said(dockline: Dockline) -> None:
    assert "Labels come as zpl" in dockline("tenant", "set", "demo").out
    assert "Labels come as pdf_letter" in dockline("tenant", "set", "demo", "--label-format", "pdf_letter").out
    assert "Labels come as pdf_letter" in dockline("tenant", "set", "demo").out


def test_labels_in_a_format_that_is_none_are_refused_with_those_there_are(dockline: Dockline) -> None:
    refused = dockline("tenant", "set", "demo", "--label-format", "png")
    assert refused.code != 0
    assert "zpl, pdf, pdf_a4, pdf_letter" in " ".join(refused.err.split())
