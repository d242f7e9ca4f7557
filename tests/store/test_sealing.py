"""Secrets are sealed at rest: with whose key, bound to what, and what happens when the key is another one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from connector_service.clock import FakeClock
from connector_service.errors import InstallationProblem
from connector_service.store import Store, migrations, outbox, sealing, tenants
from connector_service.store.keys import FILE_NAME, DoesNotOpen, Keys, new_key

SECRET = "hush-8d1f0c2b-hush"
SUBSCRIPTION = outbox.Subscription(
    "sub_1", "acme", "flow", "http://n8n.example", SECRET, ("dockline.order.received.v1",), 1, "on_receipt"
)


def settings(**changes: str) -> dict[str, str]:
    return {"base_url": "http://vendor.example", "api_key": SECRET, "webhook_secret": SECRET, **changes}


def fill(store: Store) -> None:
    for tenant_id in ("acme", "other"):
        tenants.add_tenant(store.reader, tenant_id, tenant_id, store.clock.now())
    tenants.put_connection(store.reader, "acme", "northdock", settings())
    tenants.put_connection(store.reader, "acme", "shopify", settings(shop="acme.example"))
    outbox.subscribe(store.reader, SUBSCRIPTION, store.clock.now())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path, FakeClock())
    fill(opened)
    yield opened
    opened.close()


def kept_bytes(path: Path) -> bytes:
    """Database, journal, and all else that lies beside it."""
    return b"".join(each.read_bytes() for each in path.parent.iterdir() if each.name != FILE_NAME)


def test_no_secret_stands_in_the_file_or_its_journal(store: Store, path: Path) -> None:
    assert SECRET.encode() not in kept_bytes(path)
    assert tenants.get_connection(store.reader, "acme", "northdock").settings == settings()
    assert [each.secret for each in outbox.subscriptions(store.reader)] == [SECRET]


def test_no_secret_prints(store: Store) -> None:
    found = tenants.connections(store.reader, "acme")
    assert SECRET not in f"{found} {outbox.subscriptions(store.reader)} {store.keys!r} {vars(store)!r}"


def test_a_shop_is_still_found_by_its_domain(store: Store) -> None:
    found = tenants.connection_of_shop(store.reader, "shopify", "acme.example")
    assert found is not None
    assert found.tenant_id == "acme"


def test_the_same_secret_sealed_twice_looks_different(store: Store) -> None:
    assert store.keys.seal(SECRET, "acme") != store.keys.seal(SECRET, "acme")


def test_the_key_file_is_the_owners_alone_and_not_in_the_database(store: Store, path: Path) -> None:
    file = path.with_name(FILE_NAME)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().strip() not in kept_bytes(path)


def test_a_row_copied_to_another_tenant_does_not_open(store: Store) -> None:
    store.reader.execute(
        "INSERT INTO connections (tenant_id, slug, hook_id, body)"
        " SELECT 'other', slug, 'abc', body FROM connections WHERE slug = 'northdock'"
    )
    with pytest.raises(DoesNotOpen, match=r"other / connection / northdock.*Enter it again") as refused:
        tenants.connections(store.reader, "other")
    assert SECRET not in repr(refused.value)


def test_a_row_copied_to_another_system_of_the_same_tenant_does_not_open(store: Store) -> None:
    store.reader.execute(
        "UPDATE connections SET body = (SELECT body FROM connections WHERE slug = 'northdock') WHERE slug = 'shopify'"
    )
    with pytest.raises(DoesNotOpen):
        tenants.get_connection(store.reader, "acme", "shopify")


@pytest.mark.parametrize("at", [-1, -8, 30])
def test_a_changed_envelope_does_not_open(store: Store, at: int) -> None:
    sealed = list(store.keys.seal(SECRET, "acme"))
    sealed[at] = "A" if sealed[at] != "A" else "B"
    with pytest.raises(DoesNotOpen):
        store.keys.open("".join(sealed), "acme")


def test_bounds_do_not_run_together(store: Store) -> None:
    with pytest.raises(DoesNotOpen):
        store.keys.open(store.keys.seal(SECRET, "ab", "c"), "a", "bc")


def test_the_connector_does_not_start_without_its_key_file(store: Store, path: Path) -> None:
    path.with_name(FILE_NAME).unlink()
    with pytest.raises(InstallationProblem, match="Put the file back"):
        Store(path, FakeClock())
    assert not path.with_name(FILE_NAME).exists()


def test_the_connector_does_not_start_with_another_key(store: Store, path: Path) -> None:
    with pytest.raises(InstallationProblem, match=f"sealed with the key {store.keys.current}.*Put that key back"):
        Store(path, FakeClock(), new_key())


def test_a_key_that_is_none_is_named(path: Path) -> None:
    with pytest.raises(InstallationProblem, match=r"Key 2 of DOCKLINE_SECRET_KEY is none: a key is 32 bytes"):
        Store(path, FakeClock(), f"{new_key()},abc")


def test_a_key_file_that_others_can_read_is_refused(store: Store, path: Path) -> None:
    path.with_name(FILE_NAME).chmod(0o644)
    with pytest.raises(InstallationProblem, match="chmod 600"):
        Store(path, FakeClock())


def test_a_key_from_the_environment_needs_no_file(path: Path) -> None:
    opened = Store(path, FakeClock(), new_key())
    fill(opened)
    opened.close()
    assert not path.with_name(FILE_NAME).exists()


def test_a_running_connector_reads_and_writes_on_while_the_key_is_rotated(store: Store, path: Path) -> None:
    before = store.keys.current
    other = Store(path, FakeClock())
    after, done = sealing.rotate_key(other.reader)
    other.close()
    assert (done, after != before) == (3, True)
    assert tenants.get_connection(store.reader, "acme", "northdock").settings == settings()
    tenants.put_connection(store.reader, "acme", "northdock", settings(api_key="new"))
    assert sealing.used_keys(store.reader) == {after}


def test_a_key_that_was_thrown_away_opens_nothing_of_a_backup(store: Store) -> None:
    backup = store.keys.seal(SECRET, "acme")
    sealing.rotate_key(store.reader)
    assert store.keys.open(backup, "acme") == SECRET
    sealing.rotate_key(store.reader, forget_old=True)
    with pytest.raises(DoesNotOpen, match="Put that key back"):
        store.keys.open(backup, "acme")


def test_keys_of_the_environment_are_rotated_by_naming_the_new_one_first(path: Path) -> None:
    old, new = new_key(), new_key()
    first = Store(path, FakeClock(), old)
    fill(first)
    with pytest.raises(InstallationProblem, match="Put a new one first"):
        sealing.rotate_key(first.reader)
    first.close()
    second = Store(path, FakeClock(), f"{new},{old}")
    assert sealing.rotate_key(second.reader) == (second.keys.current, 3)
    second.close()
    third = Store(path, FakeClock(), new)
    assert [each.secret for each in outbox.subscriptions(third.reader)] == [SECRET]
    third.close()


def test_a_rotation_that_breaks_off_leaves_everything_readable(store: Store) -> None:
    store.reader.execute("UPDATE connections SET body = 'sealed.v1.00000000.AAAA' WHERE slug = 'shopify'")
    with pytest.raises(DoesNotOpen):
        sealing.rotate_key(store.reader)
    assert not store.reader.in_transaction
    assert tenants.get_connection(store.reader, "acme", "northdock").settings == settings()


def an_older_file(path: Path) -> None:
    """As a Dockline before sealing has left it: secrets in the open, earlier ones in pages that are free now."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    known, migrations.MIGRATIONS[:] = list(migrations.MIGRATIONS), migrations.MIGRATIONS[: _before_sealing()]
    try:
        migrations.apply(database)
    finally:
        migrations.MIGRATIONS[:] = known
    body = orjson.dumps(settings(shop="acme.example", padding="x" * 5_000)).decode()
    for slug in ("gone", "northdock", "shopify"):
        database.execute(
            "INSERT INTO connections (tenant_id, slug, hook_id, body) VALUES ('acme',?,?,?)", (slug, slug, body)
        )
    database.execute("DELETE FROM connections WHERE slug = 'gone'")
    database.execute(
        "INSERT INTO subscriptions (id, tenant_id, name, url, secret, event_types, batch_size, acknowledge, created_at)"
        " VALUES ('sub_1', 'acme', 'flow', 'http://n8n.example', ?, '[]', 1, 'on_receipt', '')",
        (SECRET,),
    )
    database.close()


def _before_sealing() -> int:
    return [each.__name__ for each in migrations.MIGRATIONS].index("credentials")


def test_what_an_older_dockline_kept_in_the_open_is_sealed_at_the_first_start(path: Path) -> None:
    an_older_file(path)
    assert SECRET.encode() in kept_bytes(path)
    opened = Store(path, FakeClock())
    assert SECRET.encode() not in kept_bytes(path)
    assert tenants.get_connection(opened.reader, "acme", "northdock").settings["api_key"] == SECRET
    assert [each.secret for each in outbox.subscriptions(opened.reader)] == [SECRET]
    assert tenants.connection_of_shop(opened.reader, "shopify", "acme.example") is not None
    opened.close()


def test_two_processes_that_start_together_agree_on_one_key(path: Path) -> None:
    first, second = Store(path, FakeClock()), Store(path, FakeClock())
    assert isinstance(first.keys, Keys)
    assert first.keys.current == second.keys.current
    first.close()
    second.close()
