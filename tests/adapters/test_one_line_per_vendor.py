"""The registry finds a vendor's class by its name; whether it is an adapter is looked at here, by its methods."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import PROTOCOLS, CarrierAdapter
from connector_service.adapters.contracts import WarehouseAdapter


def methods(protocol: type) -> dict[str, Any]:
    return {name: each for name, each in vars(protocol).items() if inspect.isfunction(each) and name[0] != "_"}


def what_differs(adapter: Any, protocol: type) -> list[str]:
    found = []
    for name, promised in methods(protocol).items():
        made = getattr(adapter, name, None)
        if made is None or inspect.iscoroutinefunction(made) != inspect.iscoroutinefunction(promised):
            found.append(name)
        elif not fits(made, promised):
            found.append(f"{name}{inspect.signature(made)}")
    return found


def fits(made: Any, promised: Any) -> bool:
    """Whether a method takes what is promised; what it takes besides must have a default."""
    wanted = [*inspect.signature(promised).parameters]
    taken = inspect.signature(made).parameters
    more = [*taken.values()][len(wanted) :]
    return [*taken][: len(wanted)] == wanted and all(each.default is not each.empty for each in more)


@pytest.mark.parametrize("slug", registry.CARRIERS)
def test_a_carriers_class_has_the_methods_of_the_contract(slug: str) -> None:
    entry = registry.CARRIERS[slug]
    followed = [kind for capability, kind in PROTOCOLS.items() if capability in entry.capabilities]
    assert [what_differs(entry.make, each) for each in (CarrierAdapter, *followed)] == [[], *([] for _ in followed)]


@pytest.mark.parametrize("slug", registry.WAREHOUSES)
def test_a_warehouses_class_has_the_methods_of_the_contract(slug: str) -> None:
    assert what_differs(registry.WAREHOUSES[slug].make, WarehouseAdapter) == []


def test_a_method_that_is_missing_or_takes_something_else_is_noticed() -> None:
    class Half:
        def rates(self, req: Any) -> None: ...

        async def track(self, number: str) -> None: ...

    found = what_differs(Half, CarrierAdapter)
    assert "rates" in found
    assert "buy_label" in found
    assert "track(self, number: 'str') -> 'None'" in found
