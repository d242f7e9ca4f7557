"""Versions that were published at some time, as they were evaluated."""

from __future__ import annotations

import sqlite3
from typing import Any

from connector_service.errors import NotFound
from connector_service.rules_engine.findings import did_you_mean
from connector_service.store import rule_versions
from connector_service.store.rule_versions import EVERYONE


def kept_document(connection: sqlite3.Connection, tenant_id: str, file_id: str, version: str) -> dict[str, Any]:
    """The file that a version of a tenant's was, its layer merged into its base; the tenant's own before that of all.

    Raises:
        NotFound: no such version was ever published.
    """
    own = rule_versions.entries(connection, tenant_id, file_id) if tenant_id != EVERYONE else []
    found = [*rule_versions.entries(connection, EVERYONE, file_id), *own]
    hashes = {each.version: each.running_hash for each in found if each.running_hash is not None}
    if version not in hashes:
        words = did_you_mean(version, hashes) if hashes else "Nothing was published of it."
        raise NotFound(f"There is no published version {version} of {file_id}. {words}")
    return rule_versions.document(connection, hashes[version])
