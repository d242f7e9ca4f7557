"""What the warehouse contract and the carrier contract have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from canonical_models import Address
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import Clock, FakeClock, SystemClock
from connector_service.errors import InvalidInput, Unauthorized
from tests.contracts.recorded import RECORDED_SECRET, recorded_webhook
from tests.contracts.sandbox_process import Receiver, Sandbox

BUYER = Address(
    name="Ana ^Böll",
    company="Böll & Co",
    line1="12 Rue de l'Été",
    line2="2nd floor",
    city="Lyon",
    region="69",
    postal_code="69001",
    country="FR",
    phone="+33 1 23 45 67 89",
)
FAULTS = [{"outage": True}, {"garbage": True}, {"huge": True}, {"truncated": True}, {"error_rate": 1}]
SLOW_FAULTS = [{"latency_ms": 60_000}, {"slow_drip": True}]


class AdapterContract:
    """Subclass with `slug` (and `api_key` when the vendor's keys look otherwise)."""

    slug: ClassVar[str]
    api_key: ClassVar[str] = "sandbox-key"
    signs_webhooks: ClassVar[bool] = True
    """False: a webhook carries a credential, and a changed one cannot be told."""
    dates_webhooks: ClassVar[bool] = True
    """False: what is signed has no time, so an old webhook is told by its events only."""

    @property
    def sends_webhooks(self) -> bool:
        return True

    @pytest.fixture(autouse=True)
    def _asks_for_no_webhooks_where_there_are_none(self, request: pytest.FixtureRequest) -> None:
        if request.function.__name__ in WEBHOOK_TESTS and not self.sends_webhooks:
            pytest.skip(f"{self.slug} sends no webhooks")

    def make(self, connection: Connection, transport: Transport) -> Any:
        raise NotImplementedError

    def settled(self, fields: dict[str, Any]) -> Connection:
        """The connection with what this vendor wants to know besides."""
        return Connection.model_validate(fields)

    def connection(self, sandbox: Sandbox, **changes: Any) -> Connection:
        settings = {
            "base_url": f"{sandbox.url}/{self.slug}",
            "api_key": self.api_key,
            "webhook_secret": RECORDED_SECRET,
            **changes,
        }
        return self.settled(settings)

    @pytest.fixture
    async def transport(self, sandbox: Sandbox) -> AsyncIterator[Transport]:
        sandbox.fresh()
        transport = Transport(open_client(), SystemClock())
        yield transport
        await transport.aclose()

    @pytest.fixture
    async def receiver(self, sandbox: Sandbox, transport: Transport) -> AsyncIterator[Receiver]:
        receiver = Receiver()
        runner = await receiver.serve()
        sandbox.put("webhooks", {self.slug: {"url": f"{receiver.url}/hook", "secret": RECORDED_SECRET}})
        yield receiver
        sandbox.post("reset")
        await runner.cleanup()

    def recorded_adapter(self, clock: Clock) -> Any:
        fields = {"base_url": "http://vendor.example", "api_key": self.api_key, "webhook_secret": RECORDED_SECRET}
        return self.make(self.settled(fields), Transport(open_client(), clock))

    def test_a_recorded_webhook_is_read(self) -> None:
        webhook = recorded_webhook(self.slug, "webhook")
        assert self.recorded_adapter(FakeClock(webhook.received_at)).read_webhook(webhook.headers, webhook.body)

    def test_header_names_may_come_in_any_case(self) -> None:
        webhook = recorded_webhook(self.slug, "webhook")
        loud = {name.upper(): value for name, value in webhook.headers.items()}
        assert self.recorded_adapter(FakeClock(webhook.received_at)).read_webhook(loud, webhook.body)

    def test_a_changed_webhook_is_refused(self) -> None:
        if not self.signs_webhooks:
            return
        webhook = recorded_webhook(self.slug, "webhook")
        adapter = self.recorded_adapter(FakeClock(webhook.received_at))
        with pytest.raises(Unauthorized, match="signature"):
            adapter.read_webhook(webhook.headers, webhook.body.replace(b"202", b"203", 1))

    def test_a_webhook_without_its_headers_is_refused(self) -> None:
        webhook = recorded_webhook(self.slug, "webhook")
        adapter = self.recorded_adapter(FakeClock(webhook.received_at))
        signed = [name for name in webhook.headers if name.lower() != "content-type"]
        for name in signed:
            headers = {key: value for key, value in webhook.headers.items() if key != name}
            with pytest.raises(Unauthorized, match="missing"):
                adapter.read_webhook(headers, webhook.body)

    def test_a_webhook_with_a_scrambled_signature_is_refused(self) -> None:
        webhook = recorded_webhook(self.slug, "webhook")
        adapter = self.recorded_adapter(FakeClock(webhook.received_at))
        for junk in ("", "é", "v1,", "t=1", "t=x,v1=zz", "=,=,="):
            headers = dict.fromkeys(webhook.headers, junk)
            with pytest.raises(Unauthorized):
                adapter.read_webhook(headers, webhook.body)

    @pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
    def test_a_webhook_from_another_time_is_refused(self, off: timedelta) -> None:
        if not self.dates_webhooks:
            return
        webhook = recorded_webhook(self.slug, "webhook")
        with pytest.raises(Unauthorized, match="time"):
            self.recorded_adapter(FakeClock(webhook.received_at + off)).read_webhook(webhook.headers, webhook.body)

    def test_a_webhook_of_the_wrong_shape_is_refused_with_a_pointer(self) -> None:
        webhook = recorded_webhook(self.slug, "webhook_broken")
        adapter = self.recorded_adapter(FakeClock(webhook.received_at))
        with pytest.raises(InvalidInput) as caught:
            adapter.read_webhook(webhook.headers, webhook.body)
        assert caught.value.pointer
        assert caught.value.pointer.startswith("/")


WEBHOOK_TESTS = frozenset(name for name in vars(AdapterContract) if name.startswith("test_"))
"""Everything above is about webhooks."""
