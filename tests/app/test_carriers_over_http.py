"""How carriers are doing, over HTTP: each tenant sees its own, and nobody sees anything without a key."""

from __future__ import annotations

import pytest

from connector_service.adapters import registry
from connector_service.adapters.breaker import ENOUGH
from connector_service.adapters.health import BUCKETS_MS
from connector_service.carriers.exposition import CONTENT_TYPE
from connector_service.errors import VendorUnreachable
from tests.app.conftest import Api
from tests.carriers.prometheus_text import samples
from tests.carriers.questions import a_request

pytestmark = pytest.mark.anyio
NOWHERE = {"base_url": "http://127.0.0.1:9", "api_key": "sandbox-key", "webhook_secret": "hush"}


async def a_failing_carrier(api: Api) -> None:
    """The first tenant's Swiftparcel, at a port where nobody listens."""
    settings = {**NOWHERE, "rate_calls_price_minor": 500}
    answer = await api.mine.put("/v1/connections/swiftparcel?test=false", json={"settings": settings})
    assert answer.status_code == 200, answer.text
    systems = api.services.systems.of("acme")
    for _ in range(ENOUGH):
        with pytest.raises(VendorUnreachable):
            await systems.carrier("swiftparcel").rates(a_request())


async def test_a_tenants_carriers_are_shown_with_their_state_and_capabilities(api: Api) -> None:
    await a_failing_carrier(api)
    said = (await api.mine.get("/v1/carriers")).json()
    assert said["buckets_ms"] == [*BUCKETS_MS]
    (carrier,) = said["carriers"]
    assert (carrier["carrier"], carrier["state"], carrier["opened"] >= 1) == ("swiftparcel", "open", True)
    assert carrier["words"].startswith("left alone, it failed too often; asked again in ")
    rate = carrier["kinds"]["rate"]
    assert rate["outcomes"]["error"] == rate["calls"] == sum(rate["latency"]) >= ENOUGH
    assert rate["error_share"] == 1
    assert carrier["rates"]["cost_minor"] == round(rate["calls"] * 500 / 1_000)
    assert carrier["credential"]["stage"] == "fresh"
    assert carrier["credential"]["days"] == 0
    assert "rate" in carrier["capabilities"]


async def test_the_metrics_say_the_same(api: Api) -> None:
    await a_failing_carrier(api)
    answer = await api.mine.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    found = samples(answer.text)
    assert found["dockline_vendor_breaker_open", frozenset({("tenant", "acme"), ("vendor", "swiftparcel")})] == 1
    assert {dict(of)["tenant"] for _, of in found} == {"acme"}


async def test_another_tenant_sees_nothing_of_it_and_nobody_without_a_key(api: Api) -> None:
    await a_failing_carrier(api)
    assert (await api.other.get("/v1/carriers")).json()["carriers"] == []
    assert "swiftparcel" not in (await api.other.get("/metrics")).text
    for path in ("/v1/carriers", "/v1/carriers/capabilities", "/metrics"):
        assert (await api.nobody.get(path)).status_code == 401


async def test_what_each_carrier_can_do_is_listed_connected_or_not(api: Api) -> None:
    found = (await api.other.get("/v1/carriers/capabilities")).json()["carriers"]
    assert {each["carrier"]: {*each["capabilities"]} for each in found} == {
        slug: {each.value for each in entry.capabilities} for slug, entry in registry.CARRIERS.items()
    }
