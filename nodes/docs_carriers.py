"""The reference page of carriers: what each can do, what its connection wants to know, and the metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, CarrierConnection
from connector_service.carriers.exposition import Exposition

Table = Callable[[tuple[str, ...], Sequence[tuple[str, ...]]], str]


def carriers_page(table: Table) -> str:
    """The page: capabilities by carrier, settings of connections, metrics."""
    carriers = sorted(registry.CARRIERS.items())
    offered = sorted({each for _, entry in carriers for each in entry.capabilities})
    can = [
        (each.value.replace("_", " "), *("yes" if each in entry.capabilities else "" for _, entry in carriers))
        for each in offered
    ]
    credentials = [
        (f"`{slug}`", entry.name, " ".join((entry.settings.__doc__ or "").split())) for slug, entry in carriers
    ]
    common = [_setting(name, field) for name, field in CarrierConnection.model_fields.items()]
    own = [row for slug, entry in carriers for row in _own_settings(slug, entry)]
    metrics = [(f"`{each.name}`", each.kind, each.help) for each in Exposition().metrics]
    return f"""# Carriers: what they can do, their settings, and the metrics

How to work with them is in [carriers.md](carriers.md); how to add one in [adding-a-carrier.md](adding-a-carrier.md).

{table(("", *(f"`{slug}`" for slug, _ in carriers)), can)}

## Credentials

{table(("carrier", "name", "what its connection needs"), credentials)}

## Settings of every carrier

{table(("setting", "unless given", "what it is"), common)}

## Settings of single carriers

{table(("carrier", "setting", "unless given", "what it is"), own)}

## Metrics

`GET /metrics` with a tenant's API key, in Prometheus' text format.

{table(("metric", "type", "what it says"), metrics)}
"""


def _own_settings(slug: str, entry: registry.Entry[CarrierAdapter]) -> list[tuple[str, ...]]:
    known = CarrierConnection.model_fields
    return [
        (f"`{slug}`", *_setting(name, field))
        for name, field in entry.settings.model_fields.items()
        if name not in known or known[name].is_required() != field.is_required()
    ]


def _setting(name: str, field: FieldInfo) -> tuple[str, str, str]:
    given = field.get_default(call_default_factory=True)
    default = f"`{given}`" if isinstance(given, str | int | float) and given != "" else ""
    words = field.description or ("secret; see its credentials" if field.annotation is SecretStr else "")
    return f"`{name}`", "must be given" if field.is_required() else default, words
