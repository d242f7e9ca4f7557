"""A small installation to publish in: a rules folder, a store, a rule book that follows the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector_service.clock import FakeClock
from connector_service.rules_engine import Evaluation, RuleBook
from connector_service.rules_publishing import publishing, rolling_back
from connector_service.rules_publishing.following import Follower
from connector_service.rules_publishing.publishing import Done, How, Wanted, Who
from connector_service.store import Store, rule_versions, tenants
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder

Json = dict[str, Any]
ADA = Who("ada", "key ada", "Ada has her reason.")
BOB = Who("bob", "key bob", "Bob has looked at it.")
LIVE, SHADOW = How(), How("shadow")


def answering(queue: str, version: str = "1.1.0", **more: Any) -> Json:
    """The file `file`, which sends what is paid to a queue."""
    head = {"version": version, "default": {"queue": "intake", "because": "Nothing else was said."}}
    first = rule("TST-010", {"paid": True}, {"queue": queue}, overridable=True)
    return rule_file(first, rule("TST-020", {"status": "closed"}, {"queue": "intake"}), **{**head, **more})


def layer(tenant: str, queue: str, version: str = "1.0.0", extends: str = "file@1.0") -> Json:
    """A tenant's layer over it, which sends what is paid elsewhere."""
    changed = rule("TST-010", {"paid": True}, {"queue": queue})
    return {"extends": extends, "tenant": tenant, "version": version, "replace": {"TST-010": changed}}


@dataclass
class Press:
    """What a test publishes with."""

    folder: Path
    store: Store
    book: RuleBook
    follower: Follower

    def draft(self, document: Json, scope: str = "", how: How = LIVE, who: Who = ADA) -> publishing.Draft:
        wanted = Wanted(scope, document, "new.json", how, who, self.follower.position)
        return publishing.draft(self.book, wanted)

    def commit(self, draft: publishing.Draft) -> Done:
        done = publishing.publish(self.store.reader, self.book, draft, self.store.clock.now())
        self.follower.catch_up()
        return done

    def publish(self, document: Json, scope: str = "", how: How = LIVE, who: Who = ADA) -> Done:
        return self.commit(self.draft(document, scope, how, who))

    def approve(self, proposal_id: str, who: Who) -> Done:
        proposed = rule_versions.proposal(self.store.reader, proposal_id)
        wanted = publishing.proposed_again(self.store.reader, proposed, who, self.follower.position)
        draft = publishing.draft(self.book, wanted)
        done = publishing.approve(self.store.reader, self.book, draft, self.store.clock.now())
        self.follower.catch_up()
        return done

    def roll_back(self, file_id: str = "file", to: str | None = None, scope: str = "") -> Done:
        target = rolling_back.aim(self.store.reader, self.book, scope, file_id, to)
        done = rolling_back.roll_back(self.store.reader, target, ADA, self.store.clock.now())
        self.follower.catch_up()
        return done

    def ask(self, tenant: str = "acme", order: str = "", file_id: str = "file") -> Evaluation:
        return self.book.of(tenant).evaluate(file_id, {"paid": True}, order)

    def queue(self, tenant: str = "acme", order: str = "") -> str:
        return str(self.ask(tenant, order).outcome["queue"])

    def log(self) -> list[tuple[str, str]]:
        return [(entry.action, entry.version) for entry in rule_versions.entries(self.store.reader)]


@contextmanager
def open_press(folder: Path, *documents: Json) -> Iterator[Press]:
    """A press whose folder holds `documents`; `file` 1.0.0, which answers `intake`, when there are none."""
    rules = write_folder(folder / "rules", *(documents or (answering("intake", "1.0.0"),)))
    with again(folder, rules) as press:
        for tenant_id in ("acme", "other"):
            tenants.add_tenant(press.store.reader, tenant_id, tenant_id.title(), press.store.clock.now())
        yield press


@contextmanager
def again(folder: Path, rules: Path) -> Iterator[Press]:
    """The same installation, as another process sees it."""
    clock = FakeClock()
    store = Store(folder / "press.sqlite", clock)
    try:
        book = RuleBook.load(rules, clock)
        follower = Follower(book, lambda: store.reader)
        follower.catch_up()
        yield Press(rules, store, book, follower)
    finally:
        store.close()
