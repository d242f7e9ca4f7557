"""Which adapters there are: the only module that names vendors' folders. A slug is its folder's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from connector_service.adapters.carrier_contract import CarrierAdapter
from connector_service.adapters.contracts import Capability, Connection, WarehouseAdapter
from connector_service.adapters.http import TenantHttp
from connector_service.adapters.shapes import explain
from connector_service.errors import InvalidInput

A = TypeVar("A", covariant=True)


@dataclass(frozen=True, slots=True)
class Entry(Generic[A]):
    """One vendor: its name for people, its settings, what it can do, and how its adapter is made. `karrio` is what
    karrio calls it where rates need karrio's tables, else empty."""

    name: str
    settings: type[Connection]
    capabilities: frozenset[Capability]
    make: Callable[[Connection, TenantHttp], A]
    karrio: str = ""


def _entries(kind: str, adapters: Mapping[str, str]) -> MappingProxyType[str, Entry[Any]]:
    """What the folders say of themselves: NAME, Settings, CAPABILITIES and perhaps KARRIO in a folder, the class in its
    `client`."""
    found = {}
    for slug, adapter in adapters.items():
        path = f"connector_service.adapters.{kind}.{slug}"
        vendor, client = import_module(path), import_module(f"{path}.client")
        make, karrio = getattr(client, adapter), getattr(vendor, "KARRIO", "")
        found[slug] = Entry(vendor.NAME, vendor.Settings, vendor.CAPABILITIES, make, karrio)
    return MappingProxyType(found)


WAREHOUSES: Mapping[str, Entry[WarehouseAdapter]] = _entries("wms", {"northdock": "Northdock"})
CARRIERS: Mapping[str, Entry[CarrierAdapter]] = _entries(
    "carriers",
    {
        "canadapost": "CanadaPost",
        "dhl_express": "DhlExpress",
        "fedex": "Fedex",
        "regional": "Regional",
        "swiftparcel": "Swiftparcel",
        "terrapost": "Terrapost",
        "ups": "Ups",
        "usps": "Usps",
    },
)

WITHOUT_API = frozenset({"regional"})
"""Carriers whose labels are made here and whose scans people tell."""


def warehouse(slug: str, connection: Connection, http: TenantHttp) -> WarehouseAdapter:
    """The adapter of a warehouse system. Keep it as long as the connection holds.

    Raises `InvalidInput` for an unknown slug, or a connection that lacks what this vendor needs.
    """
    return _make(WAREHOUSES, "warehouse system", slug, connection, http)


def carrier(slug: str, connection: Connection, http: TenantHttp) -> CarrierAdapter:
    """The adapter of a carrier. Keep it as long as the connection holds: it may hold an access token.

    Raises `InvalidInput` for an unknown slug, or a connection that lacks what this vendor needs.
    """
    return _make(CARRIERS, "carrier", slug, connection, http)


def _make(known: Mapping[str, Entry[A]], kind: str, slug: str, connection: Connection, http: TenantHttp) -> A:
    entry = known.get(slug)
    if entry is None:
        raise InvalidInput(f"there is no {kind} {slug!r}; known are {', '.join(sorted(known))}", pointer="/slug")
    try:
        settings = entry.settings.model_validate(connection.model_dump())
    except ValidationError as error:
        pointer, words = explain(error)
        raise InvalidInput(f"the connection to {slug}: {words}", pointer=f"/connection{pointer}") from None
    return entry.make(settings, http)
