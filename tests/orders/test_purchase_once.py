"""However a carrier behaves, and wherever a process is killed, a reference never leaves two labels to pay for.

Every purchase here is begun by a process that dies at one of the points where it can (before and after each write, and
each call), and is taken up by others, at once or later. The carriers are models of the three kinds; their real
look-alikes are bought from in the contract tests, and killed beside in `tests/app/test_killed_purchases.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from canonical_models import Address, Label
from connector_service.adapters.carrier_contract import LabelRequest, Rate
from connector_service.adapters.http import Transport, open_client
from connector_service.adapters.http_errors import CircuitOpen, NoAnswer
from connector_service.clock import SystemClock
from connector_service.errors import VendorRejected, VendorUnreachable
from connector_service.orders.purchase_once import PurchaseUnknown, buy_once
from connector_service.orders.systems import AllSystems, Systems
from connector_service.store import purchases, tenants
from connector_service.store.purchases import Began
from tests.contracts.carrier_requests import a_label_request
from tests.contracts.purchases import TENANT, Buyer, open_buyer

pytestmark = pytest.mark.anyio

KINDS = {"swiftparcel": "knows our reference", "terrapost": "finds what it sold", "dhl_express": "can do neither"}
BEHAVIOURS = (
    *("answers", "loses its answer", "fails", "refuses", "is not asked"),
    *("sells late, seen at once", "sells late, after the next look", "sells late, beside the next purchase"),
)
POINTS = range(12)
RATE = Rate("any", "ground", 900, "EUR", 3, "Q-1")


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Kills the process at its `at`-th point; never when that is None."""

    at: int | None = None
    passed: int = 0

    def point(self) -> None:
        if self.passed == self.at:
            raise Killed
        self.passed += 1


@dataclass
class Vendor:
    """What a carrier has sold, as it knows it itself. `behaviour` is that of the first purchase."""

    slug: str
    behaviour: str
    sold: list[Label] = field(default_factory=list)
    voided: set[str] = field(default_factory=set)
    late: LabelRequest | None = None
    calls: int = 0

    def live(self) -> list[Label]:
        return [label for label in self.sold if label.label_id not in self.voided]

    def sell(self, request: LabelRequest) -> Label:
        if self.slug == "swiftparcel" and self.sold:
            return self.sold[0]
        number = f"{request.reference}-L{len(self.sold) + 1}"
        made = Label(
            label_id=number,
            carrier=self.slug,
            service="ground",
            tracking_number=number,
            cost_minor=900,
            currency="EUR",
            transit_days=3,
            weight_g=1_300,
            ship_to=Address(country="FR"),
            reference=request.reference,
            bought_at=datetime(2026, 11, 23, tzinfo=UTC),
        )
        self.sold.append(made)
        return made

    def comes_late(self) -> None:
        if self.late is not None:
            late, self.late = self.late, None
            self.sell(late)


class Carrier:
    """One process's adapter of the vendor."""

    def __init__(self, vendor: Vendor, fate: Fate) -> None:
        self.vendor, self.fate = vendor, fate

    async def buy_label(self, request: LabelRequest) -> Label:
        self.fate.point()
        self.vendor.calls += 1
        label = self._bought(request, self.vendor.behaviour if self.vendor.calls == 1 else "answers")
        self.fate.point()
        return label

    def _bought(self, request: LabelRequest, behaviour: str) -> Label:
        slug = self.vendor.slug
        if behaviour == "refuses":
            raise VendorRejected("no", vendor=slug)
        if behaviour == "is not asked":
            raise CircuitOpen("it failed too often", vendor=slug)
        if behaviour == "fails":
            raise VendorUnreachable("it failed", vendor=slug)
        if behaviour.startswith("sells late"):
            self.vendor.late = request
            raise NoAnswer("nobody answers", vendor=slug)
        self.vendor.comes_late()
        label = self.vendor.sell(request)
        if behaviour == "loses its answer":
            raise VendorUnreachable("what came cannot be read", vendor=slug)
        return label

    async def void_label(self, label: Label) -> None:
        self.fate.point()
        self.vendor.voided.add(label.label_id)
        self.fate.point()


class FindingCarrier(Carrier):
    async def find_label(self, reference: str, bought: LabelRequest | None = None) -> Label | None:
        self.fate.point()
        if self.vendor.behaviour.endswith("seen at once"):
            self.vendor.comes_late()
        found = next(iter(self.vendor.live()), None)
        if self.vendor.behaviour.endswith("the next look"):
            self.vendor.comes_late()
        self.fate.point()
        return found


@dataclass(slots=True)
class Mortal(Systems):
    """A tenant's systems in a process that dies."""

    adapter: Any = field(kw_only=True)
    fate: Fate = field(kw_only=True)

    def carrier(self, slug: str) -> Any:
        return self.adapter

    async def begin_purchase(self, slug: str, reference: str) -> Began:
        self.fate.point()
        began = await Systems.begin_purchase(self, slug, reference)
        self.fate.point()
        return began

    async def end_purchase(self, slug: str, reference: str) -> None:
        self.fate.point()
        await Systems.end_purchase(self, slug, reference)
        self.fate.point()

    async def settle_purchase(self, slug: str, reference: str) -> None:
        self.fate.point()
        await Systems.settle_purchase(self, slug, reference)
        self.fate.point()


@dataclass
class Shop:
    """Buys, and keeps the label in one commit with crossing the purchase out."""

    buyer: Buyer
    vendor: Vendor
    request: LabelRequest
    kept: Label | None = None

    async def process(self, fate: Fate) -> None:
        buyer, slug = self.buyer, self.vendor.slug
        adapter = (FindingCarrier if slug == "terrapost" else Carrier)(self.vendor, fate)
        connections = {slug: tenants.Connection(TENANT, slug, "hook", {})}
        shop = AllSystems(buyer.store, buyer.transport).shop
        systems = Mortal(TENANT, connections, buyer.transport, {}, shop, buyer.store, adapter=adapter, fate=fate)
        label = await buy_once(systems, slug, self.request)
        fate.point()
        await Systems.settle_purchase(systems, slug, label.reference)
        self.kept = label

    async def first(self, fate: Fate) -> str:
        """How the process ended."""
        try:
            await self.process(fate)
        except Killed:
            return "killed"
        except PurchaseUnknown:
            return "in doubt"
        except VendorRejected:
            return "refused"
        except VendorUnreachable:
            return "unreachable"
        return "kept"

    async def others(self) -> str:
        """Other processes take it up until the label is kept, or a person has to look."""
        for _ in range(4):
            try:
                await self.process(Fate())
            except PurchaseUnknown:
                return "in doubt"
            except VendorRejected:
                continue  # no is an answer; the step asks again later
            except VendorUnreachable:
                self.buyer.wait()
            else:
                return "kept"
        return "never"


@pytest.fixture
async def transport() -> Any:
    transport = Transport(open_client(), SystemClock())
    yield transport
    await transport.aclose()


@pytest.fixture(params=list(KINDS))
def buyer(request: pytest.FixtureRequest, tmp_path: Path, transport: Transport) -> Iterator[Buyer]:
    with open_buyer(tmp_path, transport, request.param) as buyer:
        yield buyer


def a_purchase(buyer: Buyer, behaviour: str, name: str) -> Shop:
    return Shop(buyer, Vendor(buyer.slug, behaviour), replace(a_label_request(RATE), reference=name))


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_process_that_dies_anywhere_leaves_at_most_one_label_to_pay_for(buyer: Buyer, behaviour: str) -> None:
    ends = set()
    for at in POINTS:
        for waits in (False, True):
            shop = a_purchase(buyer, behaviour, f"ref-{at}-{waits}")
            ended = await shop.first(Fate(at))
            if waits:
                buyer.wait()
            end = ended if ended == "kept" else await shop.others()
            live = shop.vendor.live()
            assert len(live) <= 1, (at, waits, end)
            if end == "kept":
                assert [label.label_id for label in live] == [shop.kept.label_id if shop.kept else None]
            ends.add(end)
    assert ends <= ({"kept", "in doubt"} if buyer.slug == "dhl_express" else {"kept"})


@pytest.mark.parametrize("behaviour", ["refuses", "is not asked"])
async def test_where_nothing_was_bought_nothing_stays_in_doubt(buyer: Buyer, behaviour: str) -> None:
    shop = a_purchase(buyer, behaviour, "ref")
    assert await shop.first(Fate()) in ("refused", "unreachable")
    assert purchases.in_doubt(buyer.store.reader, TENANT) == []
    assert await shop.others() == "kept"


async def test_a_carrier_that_can_do_neither_is_asked_to_sell_once(tmp_path: Path, transport: Transport) -> None:
    with open_buyer(tmp_path, transport, "dhl_express") as buyer:
        shop = a_purchase(buyer, "loses its answer", "ref")
        assert await shop.first(Fate()) == "in doubt"
        assert await shop.others() == "in doubt"
        assert shop.vendor.calls == 1
        assert purchases.in_doubt(buyer.store.reader, TENANT) == [("dhl_express", "ref")]


async def test_a_second_label_that_the_carrier_keeps_is_a_persons_to_void(
    tmp_path: Path, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keep(self: Carrier, label: Label) -> None:
        raise VendorRejected("collected already", vendor="terrapost")

    monkeypatch.setattr(Carrier, "void_label", keep)
    with open_buyer(tmp_path, transport, "terrapost") as buyer:
        shop = a_purchase(buyer, "sells late, beside the next purchase", "ref")
        await shop.first(Fate())
        buyer.wait()
        with pytest.raises(PurchaseUnknown, match="ref-L1 and ref-L2 for one parcel, and keeps the second: collected"):
            await shop.process(Fate())


async def test_what_was_sold_is_found_and_not_bought_again(tmp_path: Path, transport: Transport) -> None:
    with open_buyer(tmp_path, transport, "terrapost") as buyer:
        shop = a_purchase(buyer, "loses its answer", "ref")
        assert await shop.first(Fate()) == "unreachable"
        assert await shop.others() == "kept"
        assert (shop.vendor.calls, len(shop.vendor.sold)) == (1, 1)


async def test_while_one_process_is_at_it_no_other_buys(tmp_path: Path, transport: Transport) -> None:
    with open_buyer(tmp_path, transport, "terrapost") as buyer:
        shop = a_purchase(buyer, "answers", "ref")
        # The first process has begun, and its call is under way when it dies or when another process comes.
        assert await shop.first(Fate(at=2)) == "killed"
        with pytest.raises(VendorUnreachable, match="another call"):
            await shop.process(Fate())
        assert shop.vendor.calls == 0
        buyer.wait()
        await shop.process(Fate())
        assert shop.vendor.calls == 1
