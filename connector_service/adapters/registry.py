"""Which adapters there are: the only module that names vendors' folders. A slug is its folder's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from pydantic import ValidationError

from connector_service.adapters.carrier_contract import CarrierAdapter
from connector_service.adapters.carriers import (
    canadapost,
    dhl_express,
    fedex,
    regional,
    swiftparcel,
    terrapost,
    ups,
    usps,
)
from connector_service.adapters.carriers.canadapost.client import CanadaPost
from connector_service.adapters.carriers.dhl_express.client import DhlExpress
from connector_service.adapters.carriers.fedex.client import Fedex
from connector_service.adapters.carriers.regional.client import Regional
from connector_service.adapters.carriers.swiftparcel.client import Swiftparcel
from connector_service.adapters.carriers.terrapost.client import Terrapost
from connector_service.adapters.carriers.ups.client import Ups
from connector_service.adapters.carriers.usps.client import Usps
from connector_service.adapters.contracts import Capability, Connection, WarehouseAdapter
from connector_service.adapters.http import TenantHttp
from connector_service.adapters.shapes import explain
from connector_service.adapters.wms import northdock
from connector_service.adapters.wms.northdock.client import Northdock
from connector_service.errors import InvalidInput

A = TypeVar("A", covariant=True)


@dataclass(frozen=True, slots=True)
class Entry(Generic[A]):
    """One vendor: its name for people, its settings, what it can do, and how its adapter is made."""

    name: str
    settings: type[Connection]
    capabilities: frozenset[Capability]
    make: Callable[[Connection, TenantHttp], A]


WAREHOUSES = MappingProxyType[str, Entry[WarehouseAdapter]](
    {northdock.SLUG: Entry(northdock.NAME, northdock.Settings, northdock.CAPABILITIES, Northdock)}
)
CARRIERS = MappingProxyType[str, Entry[CarrierAdapter]](
    {
        canadapost.SLUG: Entry(canadapost.NAME, canadapost.Settings, canadapost.CAPABILITIES, CanadaPost),
        dhl_express.SLUG: Entry(dhl_express.NAME, dhl_express.Settings, dhl_express.CAPABILITIES, DhlExpress),
        fedex.SLUG: Entry(fedex.NAME, fedex.Settings, fedex.CAPABILITIES, Fedex),
        regional.SLUG: Entry(regional.NAME, regional.Settings, regional.CAPABILITIES, Regional),
        swiftparcel.SLUG: Entry(swiftparcel.NAME, swiftparcel.Settings, swiftparcel.CAPABILITIES, Swiftparcel),
        terrapost.SLUG: Entry(terrapost.NAME, terrapost.Settings, terrapost.CAPABILITIES, Terrapost),
        ups.SLUG: Entry(ups.NAME, ups.Settings, ups.CAPABILITIES, Ups),
        usps.SLUG: Entry(usps.NAME, usps.Settings, usps.CAPABILITIES, Usps),
    }
)

WITHOUT_API = frozenset({regional.SLUG})
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


def _make(known: MappingProxyType[str, Entry[A]], kind: str, slug: str, connection: Connection, http: TenantHttp) -> A:
    entry = known.get(slug)
    if entry is None:
        raise InvalidInput(f"there is no {kind} {slug!r}; known are {', '.join(sorted(known))}", pointer="/slug")
    try:
        settings = entry.settings.model_validate(connection.model_dump())
    except ValidationError as error:
        pointer, words = explain(error)
        raise InvalidInput(f"the connection to {slug}: {words}", pointer=f"/connection{pointer}") from None
    return entry.make(settings, http)
