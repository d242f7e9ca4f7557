from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import httpx
import pytest

from connector_service.adapters import carriers, registry, wms
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import TenantHttp, Transport
from connector_service.clock import SystemClock
from connector_service.errors import InvalidInput
from tests.adapters.mocked import Mocked
from tests.contracts.recorded import ADAPTER_TESTS


@pytest.fixture
def http() -> TenantHttp:
    return Transport(Mocked(lambda _: httpx.Response(200)), SystemClock()).tenant("tenant")


def connection(**changes: Any) -> Connection:
    settings = {"base_url": "http://vendor.example", "api_key": "key", "webhook_secret": "secret", **changes}
    return Connection.model_validate(settings)


@pytest.mark.parametrize(("package", "known"), [(wms, registry.WAREHOUSES), (carriers, registry.CARRIERS)])
def test_a_folder_is_a_slug_is_a_key_of_the_registry(package: ModuleType, known: Mapping[str, Any]) -> None:
    folders = {module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg}
    assert folders == set(known)
    for slug in folders:
        module = __import__(f"{package.__name__}.{slug}", fromlist=["SLUG"])
        assert slug == module.SLUG


@pytest.mark.parametrize("slug", [*registry.WAREHOUSES, *registry.CARRIERS])
def test_every_adapter_has_recorded_payloads_and_a_contract_test(slug: str) -> None:
    assert list((ADAPTER_TESTS / slug / "payloads").glob("*.*"))
    assert (ADAPTER_TESTS / slug / f"test_{slug}_contract.py").exists()


def test_an_unknown_vendor_is_refused_with_the_known_ones(http: TenantHttp) -> None:
    with pytest.raises(InvalidInput, match="known are northdock"):
        registry.warehouse("northdok", connection(), http)
    with pytest.raises(InvalidInput, match=r"known are .*swiftparcel, terrapost"):
        registry.carrier("northdock", connection(), http)


@pytest.mark.parametrize(
    ("changes", "words"), [({"api_key": "no colon"}, "client id"), ({"webhook_secret": "whsec_%"}, "base64")]
)
def test_a_connection_that_lacks_what_the_vendor_needs_is_refused(
    http: TenantHttp, changes: dict[str, str], words: str
) -> None:
    secrets = {"api_key": "id:secret-thing", **changes}
    with pytest.raises(InvalidInput, match=words) as caught:
        registry.carrier("terrapost", connection(**secrets), http)
    assert "secret-thing" not in repr(caught.value)


def test_an_attempt_must_be_shorter_than_the_deadline() -> None:
    with pytest.raises(ValueError, match="shorter"):
        connection(timeout=5, deadline=5)


def test_secrets_of_a_connection_do_not_print() -> None:
    assert "hush" not in repr(connection(api_key="hush", webhook_secret="hush"))
