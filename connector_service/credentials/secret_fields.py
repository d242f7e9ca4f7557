"""Which settings of a connection are secrets; what the systems are, and how they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from canonical_models.credential import SystemKind
from connector_service.adapters import registry

WITHOUT_ADAPTER = {"shopify": "Shopify", "inventory": "The sender of inventory messages"}
"""Systems that only send us signed messages."""


def known_systems() -> list[str]:
    """The slugs of everything a tenant may connect."""
    return sorted([*registry.WAREHOUSES, *registry.CARRIERS, *WITHOUT_ADAPTER])


def name_of(slug: str) -> str:
    """The system's name for people."""
    entry = registry.WAREHOUSES.get(slug) or registry.CARRIERS.get(slug)
    return entry.name if entry else WITHOUT_ADAPTER.get(slug, slug)


def kind_of(slug: str) -> SystemKind:
    """What a system is to its tenant."""
    if slug in registry.CARRIERS:
        return "carrier"
    if slug in registry.WAREHOUSES:
        return "warehouse"
    return "shop" if slug == "shopify" else "feed"


def secret_fields(slug: str) -> list[str]:
    """The settings that are secrets, those that must be given first."""
    entry = registry.WAREHOUSES.get(slug) or registry.CARRIERS.get(slug)
    if entry is None:
        return ["webhook_secret"]
    fields = {name: field for name, field in entry.settings.model_fields.items() if field.annotation is SecretStr}
    return sorted(fields, key=lambda name: not fields[name].is_required())


def same_secrets(slug: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two settings hold the same secrets, so that the one is no newer credential than the other."""
    return all(one.get(name) == other.get(name) for name in secret_fields(slug))
