"""Published rule files."""

from __future__ import annotations

from sqlite_utils import Database


def rule_versions(db: Database) -> None:
    db.table("rule_documents").create({"hash": str, "body": str}, pk="hash")
    db.table("rule_versions").create(
        {
            "position": int,
            "id": str,
            "scope": str,
            "file_id": str,
            "action": str,
            "version": str,
            "content_hash": str,
            "running_hash": str,
            "base_hash": str,
            "mode": str,
            "percent": int,
            "person": str,
            "via": str,
            "because": str,
            "at": str,
        },
        pk="position",
    )
    db.table("rule_versions").create_index(["scope", "file_id"])
    db.table("rule_versions").create_index(["id"])
    db.table("shadow_decisions").create(
        {
            "position": int,
            "tenant_id": str,
            "file_id": str,
            "shadow_hash": str,
            "decided_at": str,
            "differs": int,
            "live": str,
            "body": str,
        },
        pk="position",
    )
    db.table("shadow_decisions").create_index(["file_id", "shadow_hash"])
    db.table("tenants").add_column("rules_need_approval", int, not_null_default=0)
