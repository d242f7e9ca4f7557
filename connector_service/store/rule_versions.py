"""Which version of which rule file is in force, for whom, and how it came to be: a log that only grows.

Nothing in it is ever changed. A rollback is a new entry that names an earlier version; an approval is a new entry that
names a proposal. Documents are kept once under the SHA-256 of their content.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any, Literal

import orjson

from connector_service.errors import NotFound

Action = Literal["publish", "propose", "approve", "reject", "withdraw", "roll_back"]
Mode = Literal["live", "shadow", "canary"]
EVERYONE = ""
"""The scope of what is published for all tenants; any other scope is a tenant's id."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log.

    `id` names the publication: an approval or rejection carries the id of its proposal. `version` and `content_hash`
    are those of the document that the author wrote, `running_hash` that of what is evaluated (for a layer: the merged
    file); all three are of the base when `content_hash` is None, which is how a rollback takes everything published
    away. `base_hash` is the file that the publication replaced or extended when it was checked, None when there was
    none. `percent` is the share of a canary. `via` says how `person` came in: the API key's label, or the command line.
    """

    id: str
    scope: str
    file_id: str
    action: Action
    version: str
    content_hash: str | None
    running_hash: str | None
    base_hash: str | None
    mode: Mode
    percent: int
    person: str
    via: str
    because: str
    at: str
    position: int = 0


_COLUMNS = [column.name for column in fields(Entry) if column.name != "position"]
_NAMES = ",".join(_COLUMNS)


def append(connection: sqlite3.Connection, entry: Entry, documents: Mapping[str, Any]) -> int:
    """Add an entry, with the documents that it names by hash; returns its position. The caller has a transaction."""
    keep_documents(connection, documents)
    values = astuple(entry)[: len(_COLUMNS)]
    marks = ",".join("?" * len(_COLUMNS))
    cursor = connection.execute(f"INSERT INTO rule_versions ({_NAMES}) VALUES ({marks})", values)  # noqa: S608
    return cursor.lastrowid or 0


def keep_documents(connection: sqlite3.Connection, documents: Mapping[str, Any]) -> None:
    """Keep documents by the hash of their content, so that a decision's file can be read for as long as there are
    decisions."""
    rows = [(content_hash, orjson.dumps(document).decode()) for content_hash, document in documents.items()]
    connection.executemany("INSERT OR IGNORE INTO rule_documents (hash, body) VALUES (?,?)", rows)


def last_position(connection: sqlite3.Connection) -> int:
    """The position of the newest entry; 0 when there is none."""
    return int(connection.execute("SELECT COALESCE(MAX(position), 0) FROM rule_versions").fetchone()[0])


def entries(connection: sqlite3.Connection, scope: str | None = None, file_id: str | None = None) -> list[Entry]:
    """The log, oldest first; of one scope and of one file when given."""
    rows = connection.execute(
        f"SELECT {_NAMES}, position FROM rule_versions"  # noqa: S608
        " WHERE (? IS NULL OR scope = ?) AND (? IS NULL OR file_id = ?) ORDER BY position",
        (scope, scope, file_id, file_id),
    )
    return [Entry(*row) for row in rows]


def proposal(connection: sqlite3.Connection, proposal_id: str) -> Entry:
    """What was proposed under an id.

    Raises:
        NotFound: nothing was.
    """
    row = connection.execute(
        f"SELECT {_NAMES}, position FROM rule_versions WHERE id = ? AND action = 'propose'",  # noqa: S608
        (proposal_id,),
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no proposal {proposal_id!r}.")
    return Entry(*row)


def document(connection: sqlite3.Connection, content_hash: str) -> dict[str, Any]:
    """The document with a content hash.

    Raises:
        NotFound: none was ever published or in force.
    """
    row = connection.execute("SELECT body FROM rule_documents WHERE hash = ?", (content_hash,)).fetchone()
    if row is None:
        raise NotFound(f"No rule file with the content hash {content_hash} was ever in force.")
    found: dict[str, Any] = orjson.loads(row[0])
    return found
