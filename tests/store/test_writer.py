"""The one writer: group commit, neighbours, full disks, people who leave."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from connector_service.clock import FakeClock
from connector_service.errors import Conflict, NotFound, StoreUnavailable
from connector_service.store import Store, migrations, tenants
from connector_service.store.database import connect
from tests.house import open_store

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Any:
    with open_store(tmp_path / "s.sqlite", clock) as opened:
        yield opened


def note(text: str) -> Any:
    def job(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO tenants (id, name, created_at) VALUES (?, ?, 'now')", (text, "x" * 4_000))
        return text

    return job


def kept(store: Store) -> set[str]:
    return set(tenants.tenant_ids(store.reader)) - {"acme", "other"}


async def test_jobs_that_wait_together_share_few_commits(store: Store) -> None:
    await asyncio.gather(*(store.administer(note(f"t{number}")) for number in range(500)))
    assert len(kept(store)) == 500
    assert store.writer.commits < 50


async def test_a_job_that_fails_keeps_nothing_and_does_not_harm_its_neighbours(store: Store) -> None:
    def failing(connection: sqlite3.Connection) -> None:
        note("half")(connection)
        raise Conflict("no")

    def breaking(connection: sqlite3.Connection) -> None:
        note("half too")(connection)
        connection.execute("INSERT INTO tenants (id, name, created_at) VALUES ('acme', 'x', 'now')")

    jobs = [note("a"), failing, note("b"), breaking, note("c")]
    results = await asyncio.gather(*(store.administer(job) for job in jobs), return_exceptions=True)
    assert [type(each) for each in results] == [str, Conflict, str, sqlite3.IntegrityError, str]
    assert kept(store) == {"a", "b", "c"}


async def test_a_full_disk_is_said_so_acknowledges_nothing_and_heals(tmp_path: Path, clock: FakeClock) -> None:
    with open_store(tmp_path / "s.sqlite", clock) as store:
        pages = store.reader.execute("PRAGMA page_count").fetchone()[0]
        # The limit belongs to a connection: set it on the writer's own.
        await store.administer(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 20}").fetchone())
        answers, refusals = [], []
        for number in range(60):
            try:
                answers.append(await store.administer(note(f"t{number}")))
            except StoreUnavailable as error:
                refusals.append((error.retryable, "free disk space" in error.detail))
        assert 0 < len(answers) < 60
        assert set(refusals) == {(True, True)}
        assert kept(store) == set(answers)
        await store.administer(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 5_000}").fetchone())
        assert await store.administer(note("later")) == "later"
        assert kept(store) == {*answers, "later"}


async def test_whoever_stops_waiting_does_not_stop_the_writer(store: Store) -> None:
    for number in range(20):
        with anyio.move_on_after(0):
            await store.administer(note(f"gone{number}"))
        task = asyncio.create_task(store.administer(note(f"task{number}")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await store.administer(note("after")) == "after"


async def test_a_closed_store_says_so(tmp_path: Path, clock: FakeClock) -> None:
    store = Store(tmp_path / "s.sqlite", clock)
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.administer(note("late"))


def test_migrations_are_applied_once_and_again_without_effect(tmp_path: Path) -> None:
    connection = connect(tmp_path / "m.sqlite")
    migrations.apply(connection)
    before = connection.execute("SELECT sql FROM sqlite_master").fetchall()
    migrations.apply(connection)
    assert connection.execute("SELECT sql FROM sqlite_master").fetchall() == before
    assert connection.execute("PRAGMA user_version").fetchone() == (len(migrations.MIGRATIONS),)
    connection.close()


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    connection = connect(tmp_path / "m.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreUnavailable, match="schema 99"):
        Store(tmp_path / "m.sqlite", clock)


@pytest.mark.parametrize("kind", ["text", "folder"])
def test_what_is_no_database_is_refused_with_its_path(tmp_path: Path, clock: FakeClock, kind: str) -> None:
    path = tmp_path / "no.sqlite"
    path.mkdir() if kind == "folder" else path.write_text("this is no database at all " * 100)
    with pytest.raises(StoreUnavailable, match=r"no\.sqlite"):
        Store(path, clock)


def test_an_api_key_opens_its_tenant_until_it_is_revoked_and_is_nowhere_kept(store: Store, clock: FakeClock) -> None:
    key = tenants.add_api_key(store.reader, "acme", "flows", clock.now())
    assert tenants.tenant_of_key(store.reader, key) == ("acme", "flows")
    dump = "".join(store.reader.iterdump())
    assert key not in dump
    assert key[3:] not in dump
    assert tenants.revoke_api_keys(store.reader, "acme", "flows", clock.now()) == 1
    assert tenants.tenant_of_key(store.reader, key) is None
    with pytest.raises(NotFound):
        tenants.add_api_key(store.reader, "nobody", "flows", clock.now())


WRITES_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from connector_service.clock import SystemClock
from connector_service.store import Store

async def main():
    store = Store(Path(sys.argv[1]), SystemClock())
    async def one(number):
        def job(c):
            c.execute("INSERT INTO tenants (id, name, created_at) VALUES (?, 'x', 'now')", (f"t{number}",))
        await store.administer(job)
        print(f"t{number}", flush=True)
    number = 0
    while True:
        await asyncio.gather(*(one(number + at) for at in range(20)))
        number += 20

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [1, 45, 130])
def test_what_was_acknowledged_survives_a_kill_in_the_middle_of_writing(tmp_path: Path, after: int) -> None:
    path = tmp_path / "killed.sqlite"
    command = [sys.executable, "-c", WRITES_UNTIL_KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(after)]
        process.kill()
        said += process.stdout.read().split("\n")[:-1]
    connection = connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {line.strip() for line in said} <= set(tenants.tenant_ids(connection))
    connection.close()
