"""The reference page of carriers: what each can do, what its connection wants to know, and the metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, CarrierConnection
from connector_service.carriers.exposition import Exposition
from connector_service.carriers.limits import known_carriers, sources_of

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
    sources = [_sources(slug) for slug in sorted(known_carriers())]
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

## What their services take

Weights, sizes and where they go are in `connector_service/carriers/data/limits.json`. What nobody could check against a
public page is common knowledge: settle it with the carrier, under `limits` in `PUT /v1/tenant/carriers`.

{table(("carrier", "checked", "where it was read", "not checked"), sources)}

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


def _sources(slug: str) -> tuple[str, str, str, str]:
    checked, unchecked = sources_of(slug)
    names = "; ".join(_names(each.split()) for each in checked)
    return f"`{slug}`", names, "; ".join(checked.values()), _names(sorted(unchecked))


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _setting(name: str, field: FieldInfo) -> tuple[str, str, str]:
    given = field.get_default(call_default_factory=True)
    default = f"`{given}`" if isinstance(given, str | int | float) and given != "" else ""
    words = field.description or ("secret; see its credentials" if field.annotation is SecretStr else "")
    return f"`{name}`", "must be given" if field.is_required() else default, words
