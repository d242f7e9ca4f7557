"""`dockline credential` and `dockline secrets`: secrets come in unseen and never go out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from connector_service.cli import app
from connector_service.clock import FakeClock
from connector_service.credentials import lifecycle
from connector_service.credentials.trying import NOT_ASKED
from connector_service.local import diagnosis, diagnosis_secrets
from connector_service.local.home import Home
from connector_service.local.tenant_setup import open_database
from connector_service.rules_engine import RuleBook
from connector_service.scheduler import Scheduler
from connector_service.store import Store, sealing, tenants
from connector_service.store.keys import FILE_NAME
from tests.cli.commands import Dockline, Ran
from tests.cli.conftest import Running

SECRETS = {"api_key": "sandbox-id-41c7:sandbox-secret-8d1f", "webhook_secret": "hush-3f1e"}


def piped(home: Home, said: object, *words: str) -> Ran:
    text = said if isinstance(said, str) else json.dumps(said)
    result = CliRunner().invoke(app, ["--home", str(home.folder), *words], input=text, catch_exceptions=False)
    assert not [each for each in SECRETS.values() if each in result.output]
    return Ran(result.exit_code, result.stdout, result.stderr)


def connect(running: Running, *more: str, **changes: str) -> Ran:
    url = running.home.url("sandbox")
    given = ("--setting", f"base_url={url}/ups", "--setting", "account_number=A1B2C3")
    return piped(running.home, {**SECRETS, **changes}, "credential", "set", "ups", *given, *more)


def test_a_credential_is_set_tested_listed_and_rotated(running: Running) -> None:
    made = connect(running)
    assert (made.code, "UPS took the credential" in made.out) == (0, True)
    assert "/v1/webhooks/ups/" in made.out
    assert running.dockline("credential", "test", "ups").code == 0
    next_one = {"api_key": "sandbox-next:sandbox-next"}
    rotated = piped(running.home, next_one, "credential", "rotate", "ups", "--overlap-hours", "24")
    assert (rotated.code, "The old one holds until" in rotated.out) == (0, True)
    listed = {each["slug"]: each for each in running.dockline("credential", "list", "--json").json}
    assert listed["ups"]["verdict"] == "works"
    assert "ups" in running.dockline("credential", "list").out
    assert running.dockline("credential", "rotate", "ups", "--end-old").code == 0


def test_a_refused_credential_is_not_stored_and_this_is_said(running: Running) -> None:
    ran = connect(running, api_key="wrong:wrong")
    assert (ran.code, "It was not stored" in ran.err) == (1, True)


def test_a_secret_is_not_taken_from_the_command_line(running: Running) -> None:
    ran = connect(running, "--setting", "api_key=abc")
    assert (ran.code, "api_key is a secret" in ran.err) == (2, True)


def test_what_was_piped_in_is_not_repeated_when_it_is_no_json(running: Running) -> None:
    ran = piped(running.home, SECRETS["api_key"], "credential", "rotate", "northdock")
    assert ran.code == 2
    assert "one JSON object with api_key, webhook_secret" in ran.err


def test_an_unknown_system_is_named_with_those_there_are(running: Running) -> None:
    ran = piped(running.home, SECRETS, "credential", "set", "nobody")
    assert (ran.code, "known are canadapost" in ran.err) == (2, True)


def test_the_key_is_rotated_while_the_connector_runs(running: Running) -> None:
    connect(running)
    ran = running.dockline("secrets", "rotate-key")
    assert (ran.code, "sealed anew with the key" in ran.out) == (0, True)
    assert running.dockline("credential", "test", "ups").code == 0


def test_a_fresh_key_is_printed_and_is_one(dockline: Dockline, tmp_path: Path) -> None:
    key = dockline("secrets", "new-key").out.strip()
    Store(tmp_path / "keyed.sqlite", FakeClock(), key).close()
    assert dockline("secrets", "new-key").out.strip() != key


def test_the_doctor_names_the_key_file_and_finds_a_missing_key(home: Home) -> None:
    with open_database(home.database) as database:
        source = sealing.keys_of(database).source
    found = {finding.about: finding for finding in diagnosis_secrets.examine(home, datetime.now(UTC))}
    assert found["key of secrets"].well
    assert source == str(home.folder / FILE_NAME)
    assert source in found["key of secrets"].said
    (home.folder / FILE_NAME).unlink()
    missing = {finding.about: finding for finding in diagnosis.examine(home)}["key of secrets"]
    assert (missing.well, "is missing" in missing.said) == (False, True)


@pytest.mark.anyio
async def test_the_doctor_warns_of_an_ageing_credential_and_finds_an_overdue_one_wrong(
    home: Home, shipped_rules: RuleBook
) -> None:
    clock = FakeClock()
    store = Store(home.database, clock)
    settings = {"base_url": "http://ups.example", **SECRETS}
    await store.write("demo", lambda tx: lifecycle.enter(tx, "ups", settings, NOT_ASKED, "ada") and None)
    seen = []
    for days in (0, 75, 15):
        clock.advance(timedelta(days=days))
        await Scheduler(store, shipped_rules).tick()
        found = {finding.about: finding for finding in diagnosis_secrets.examine(home, clock.now())}["credentials"]
        seen.append((found.well, found.said))
    store.close()
    assert seen[1] == (True, "demo/ups must be replaced by 2027-02-07")
    assert seen[2] == (False, "demo/ups should have been replaced; carrier-desk does it by 2027-02-09")


def test_a_row_that_was_changed_in_the_file_shows_in_the_doctor(home: Home) -> None:
    with open_database(home.database) as database:
        shop = tenants.get_connection(database, "demo", "shopify")
        moved = sealing.seal(database, orjson.dumps(shop.settings).decode(), "other", "connection", "shopify")
        database.execute("UPDATE connections SET body = ? WHERE tenant_id = 'demo' AND slug = 'shopify'", (moved,))
    found = {
        finding.about: finding for finding in diagnosis_secrets.examine(home, datetime.now(UTC)) if not finding.well
    }
    assert "demo / connection / shopify does not open" in found["key of secrets"].said


@pytest.mark.anyio
async def test_an_overdue_credential_is_among_the_exceptions_and_says_how_it_ends(
    running: Running, shipped_rules: RuleBook
) -> None:
    connect(running, "--days", "1", "--no-test")
    clock = FakeClock(datetime.now(UTC) + timedelta(days=2))
    store = Store(running.home.database, clock)
    await Scheduler(store, shipped_rules).tick()
    store.close()
    (case,) = running.dockline("exception", "list", "--owner", "carrier-desk", "--json").json
    assert case["code"] == "credential_overdue"
    told = " ".join(running.dockline("exception", "list", "--owner", "carrier-desk").out.split())
    assert "crd_ups" in told
    assert running.dockline("credential", "list").code == 1
