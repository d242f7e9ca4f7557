"""A rule book in step with the log: other processes, and evaluations under load."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing.following import Follower
from connector_service.store import rule_versions
from tests.contracts.sandbox_process import until
from tests.rules_engine.rules_workbench import write_folder
from tests.rules_publishing.press import Press, again, answering, layer

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]


async def test_another_process_takes_over_what_was_published(press: Press, tmp_path: Path) -> None:
    with again(tmp_path, press.folder) as other:
        other.follower.interval = 0.01
        following = asyncio.create_task(other.follower.run())
        try:
            for version in ("1.1.0", "1.2.0"):
                press.publish(answering("review", version))

                async def taken_over(wanted: str = version) -> bool | None:
                    return other.ask().version == wanted or None

                assert await until(taken_over)
        finally:
            following.cancel()


async def test_whoever_holds_a_tenants_rules_sees_one_version_to_the_end(press: Press) -> None:
    held = press.book.of("acme")
    press.publish(answering("review"))
    assert held.evaluate("file", {"paid": True}).version == "1.0.0"
    assert press.ask().version == "1.1.0"


async def test_an_evaluation_mixes_no_versions_while_versions_are_published(press: Press) -> None:
    queues = ("intake", "review")
    published = {f"1.{number}.0": queues[number % 2] for number in range(1, 21)} | {"1.0.0": "intake"}
    done = threading.Event()

    def ask(tenant: str) -> int:
        asked = 0
        while not done.is_set() or not asked:
            rules = press.book.of(tenant)
            first, second = (rules.evaluate("file", {"paid": True, "total_minor": asked}) for _ in range(2))
            version, _, of_layer = first.version.partition("+")
            assert not first.failed
            assert first.outcome["queue"] == ("review" if of_layer else published[version])
            assert (first.version, first.content_hash) == (second.version, second.content_hash)
            asked += 1
        return asked

    with ThreadPoolExecutor(4) as pool:
        askers = [pool.submit(ask, tenant) for tenant in ("acme", "acme", "other", "other")]
        press.publish(layer("acme", "review", extends="file@1.0"), "acme")
        for version, queue in published.items():
            if version != "1.0.0":
                press.publish(answering(queue, version))
        for _ in range(5):
            press.roll_back()
        done.set()
        assert all(asker.result() > 0 for asker in askers)
    assert press.ask("other").version == "1.15.0"


async def test_catching_up_twice_at_once_ends_at_the_newest(press: Press, tmp_path: Path) -> None:
    with again(tmp_path, press.folder) as other:
        press.publish(answering("review"))
        await asyncio.gather(*(other.follower.catch_up_soon() for _ in range(5)))
        assert other.follower.position == press.follower.position
        assert other.ask().version == "1.1.0"


async def test_a_rule_book_without_publications_answers_as_the_folder_says(press: Press) -> None:
    book = RuleBook.load(press.folder)
    Follower(book, lambda: press.store.reader).catch_up()
    assert book.of("acme").evaluate("file", {"paid": True}).version == "1.0.0"


KILLED = """
import os, signal, sys
from pathlib import Path
from connector_service.rules_publishing import publishing
from tests.rules_publishing.press import again, answering
with again(Path(sys.argv[1]), Path(sys.argv[1]) / "rules") as press:
    draft = press.draft(answering("review"))
    press.store.reader.execute("BEGIN IMMEDIATE")
    assert publishing.publish(press.store.reader, press.book, draft, press.store.clock.now()).changed
    if sys.argv[2] == "after":
        press.store.reader.execute("COMMIT")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("when", "version"), [("before", "1.0.0"), ("after", "1.1.0")])
async def test_a_process_killed_around_its_commit_published_all_or_nothing(
    press: Press, tmp_path: Path, when: str, version: str
) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), when]
    ran = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, timeout=60, check=False)
    assert ran.returncode == -signal.SIGKILL
    press.follower.catch_up()
    assert press.ask().version == version
    assert len(press.log()) == (when == "after")
    assert press.store.reader.execute("SELECT COUNT(*) FROM rule_documents").fetchone() == (len(press.log()),)


async def test_the_document_of_every_version_that_answered_is_kept(press: Press) -> None:
    follower = Follower(press.book, lambda: press.store.reader, press.store.administer)
    follower.begin()
    answered = [press.ask().content_hash]
    press.publish(layer("acme", "review"), "acme")
    write_folder(press.folder, answering("intake", "1.0.1"))
    assert press.book.reload() == []
    await follower.keep_what_runs()
    answered += [press.ask(tenant).content_hash for tenant in ("acme", "other")]
    versions = [rule_versions.document(press.store.reader, each)["version"] for each in answered]
    assert versions == ["1.0.0", "1.0.1+acme.1.0.0", "1.0.1"]
