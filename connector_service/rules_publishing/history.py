"""What the log of versions says is in force for one file of one scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from connector_service.store.rule_versions import EVERYONE, Entry

State = Literal["in_force", "proposed", "superseded", "rejected", "withdrawn"]
Key = tuple[str, str]
"""Scope and file id."""


@dataclass(slots=True)
class FileHistory:
    """One file of one scope: the log folded.

    `live` is the entry whose version answers, None while nothing is published (the base answers); `trial` the one in
    shadow or canary; `proposal` the one that waits for approval. `were_live` are all that ever were, oldest first.
    `states` gives the state of each publication by position, `notes` the later entries about it.
    """

    entries: list[Entry] = field(default_factory=list)
    live: Entry | None = None
    trial: Entry | None = None
    proposal: Entry | None = None
    were_live: list[Entry] = field(default_factory=list)
    states: dict[int, State] = field(default_factory=dict)
    notes: dict[int, list[Entry]] = field(default_factory=dict)

    def before(self) -> Entry | None:
        """What a rollback goes back to: the version that was live before this one was published. None is the base.

        A rollback takes away what was published since the version it names, so that a second one goes further back.
        """
        stack: list[Entry] = []
        for entry in self.were_live:
            if entry.action == "roll_back":
                while stack and stack[-1].content_hash != entry.content_hash:
                    stack.pop()
            if entry.content_hash is not None and (not stack or stack[-1].content_hash != entry.content_hash):
                stack.append(entry)
        return stack[-2] if len(stack) > 1 else None

    @property
    def position(self) -> int:
        """Where the log of this file ends; 0 when there is none."""
        return self.entries[-1].position if self.entries else 0

    def hash_of(self, version: str) -> str | None:
        """The content that a version number stands for, once it was in force or tried; None when it is free."""
        used = [e.content_hash for e in self.entries if e.version == version and e.action in ("publish", "approve")]
        return used[-1] if used else None

    def add(self, entry: Entry) -> None:
        """Fold the next entry of the log."""
        self.entries.append(entry)
        if entry.action in ("approve", "reject") and self.proposal is not None:
            self.states[self.proposal.position] = "superseded" if entry.action == "approve" else "rejected"
            self._note(self.proposal, entry)
            self.proposal = None
        if entry.action == "propose":
            self._end(self.proposal, "superseded")
            self.proposal = entry
            self.states[entry.position] = "proposed"
        elif entry.action == "withdraw":
            if self.trial is not None:
                self._note(self.trial, entry)
            self._end(self.trial, "withdrawn")
            self.trial = None
        elif entry.action in ("publish", "approve", "roll_back"):
            self._put_in_force(entry)

    def _put_in_force(self, entry: Entry) -> None:
        """What is live ends whatever was tried; a trial only ends the one before it."""
        self._end(self.trial, "superseded")
        self.trial = None
        if entry.mode != "live":
            self.trial = entry
        else:
            self._end(self.live, "superseded")
            self.live = entry if entry.content_hash is not None else None
            self.were_live.append(entry)
        self.states[entry.position] = "in_force"

    def _end(self, entry: Entry | None, state: State) -> None:
        if entry is not None:
            self.states[entry.position] = state

    def _note(self, about: Entry, entry: Entry) -> None:
        self.notes.setdefault(about.position, []).append(entry)


def fold(entries: Iterable[Entry]) -> dict[Key, FileHistory]:
    """Every file's history by scope and file id."""
    files: dict[Key, FileHistory] = {}
    for entry in entries:
        files.setdefault((entry.scope, entry.file_id), FileHistory()).add(entry)
    return files


def whose(scope: str) -> str:
    """A scope in words."""
    return "all tenants" if scope == EVERYONE else f"the tenant {scope}"
