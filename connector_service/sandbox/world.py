"""Everything the vendors know, in memory, with each change written to the journal."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connector_service.sandbox.journal import Journal
from connector_service.sandbox.models import (
    Catalog,
    Faults,
    Product,
    Scenario,
    ScenarioKind,
    Stock,
    Timing,
    Webhook,
)

ANY_ACCOUNT = ""
NO_FAULTS = Faults()


@dataclass(slots=True)
class WorkLine:
    """One line of a warehouse order: what was asked, and what was done."""

    line_no: str
    item: str
    qty: int
    batch: str | None
    picked: int = 0
    packed: int = 0
    batch_taken: str | None = None
    barcode: str | None = None


@dataclass(slots=True)
class Work:
    """A warehouse order. `account` is the API key it came with; `carton` has grams and millimetres once packed."""

    account: str
    reference: str
    order_number: str
    facility: str
    work_id: str
    state: str
    since: str
    lines: list[WorkLine]
    asked: dict[str, Any]
    carton: dict[str, Any] | None = None


@dataclass(slots=True)
class Scan:
    """One carrier scan, its kind in the words of the sandbox."""

    scan_id: str
    kind: str
    at: str
    place: str


@dataclass(slots=True)
class Piece:
    """One parcel of a shipment of many."""

    tracking_number: str
    weight_g: int


@dataclass(slots=True)
class Sold:
    """A label as sold: grams, money in minor units, and the receiver as the carrier printed it.

    `pieces` is empty at carriers that give one number to all; `details` is what the vendor itself wants to remember.
    """

    vendor: str
    account: str
    reference: str
    order_number: str
    label_id: str
    tracking_number: str
    service: str
    days: int
    cost_minor: int
    currency: str
    weight_g: int
    receiver: dict[str, Any]
    created: str
    flawed: bool = False
    voided: bool = False
    scans: list[Scan] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    sender: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    manifest: str = ""

    def numbers(self) -> list[str]:
        """The tracking number of each piece, first the one of the whole."""
        return [piece.tracking_number for piece in self.pieces] or [self.tracking_number]


@dataclass(slots=True)
class Pickup:
    """A collection that was ordered: what was `asked` in the vendor's words."""

    vendor: str
    account: str
    number: str
    day: str
    asked: dict[str, Any]
    cancelled: bool = False


@dataclass(slots=True)
class News:
    """A webhook event that its account was not told yet."""

    vendor: str
    account: str
    event_id: str
    payload: dict[str, Any]


class World:
    """The state of the sandbox. Numbers start at a random serial, so that two runs never give out the same ids."""

    def __init__(self, journal: Journal, rng: random.Random) -> None:
        self.rng = rng
        self._journal = journal
        self._serial = rng.randrange(10**9, 9 * 10**9)
        self.resets = 0
        self._clear()
        for kind, value in journal.read():
            self._replay(kind, value)
        journal.start(self._changes())

    def _clear(self) -> None:
        self.products: dict[str, Product] = {}
        self.stock: dict[tuple[str, str], dict[str, Stock]] = defaultdict(dict)
        self.scenarios: dict[str, Scenario] = {}
        self.webhooks: dict[tuple[str, str], Webhook] = {}
        self.faults: dict[str, Faults] = {}
        self.timing = Timing()
        self.works: dict[tuple[str, str], Work] = {}
        self.sold: dict[str, Sold] = {}
        self.by_reference: dict[tuple[str, str, str], list[Sold]] = defaultdict(list)
        self.by_number: dict[tuple[str, str], Sold] = {}
        self.pickups: dict[tuple[str, str], Pickup] = {}
        self.untold: dict[str, News] = {}
        self.first_facility: dict[str, str] = {}
        self.calls: dict[str, Counter[str]] = defaultdict(Counter)

    def reset(self) -> None:
        """Forget everything but the running serial; a call that is held up belongs to the world before."""
        self.resets += 1
        self._clear()
        self._journal.start(self._changes())

    def serial(self) -> int:
        """The next number, never given out before."""
        self._serial += 1
        return self._serial

    def now(self) -> str:
        """The present moment as the vendors write it."""
        return datetime.now(UTC).isoformat(timespec="milliseconds")

    def plays(self, order_number: str, kind: ScenarioKind) -> bool:
        """Whether this goes wrong with this order."""
        scenario = self.scenarios.get(order_number)
        return scenario is not None and scenario.kind == kind

    def order_among(self, *names: str) -> str:
        """Which of the names a call came with is the order's: one that has a scenario, else the first."""
        return next((name for name in names if name in self.scenarios), next(filter(None, names), ""))

    def put_catalog(self, catalog: Catalog) -> None:
        """Add products and stock."""
        for product in catalog.products:
            self._keep("product", product.model_dump())
        for stock in catalog.stock:
            self.put_stock(stock)

    def put_stock(self, stock: Stock) -> None:
        """Set what lies on a shelf."""
        self._keep("stock", stock.model_dump())

    def put_webhook(self, vendor: str, account: str, webhook: Webhook) -> None:
        """Register where an account (or any account) wants a vendor's news."""
        self._keep("webhook", [vendor, account, webhook.model_dump()])

    def put_scenario(self, order_number: str, scenario: Scenario | None) -> None:
        """Let something go wrong with an order, or nothing any more."""
        self._keep("scenario", [order_number, scenario and scenario.model_dump()])

    def fault(self, vendor: str) -> Faults:
        """How the vendor misbehaves now."""
        return self.faults.get(vendor, NO_FAULTS)

    def put_faults(self, vendor: str, faults: Faults) -> None:
        """Let a vendor misbehave; ends with this process."""
        self.faults[vendor] = faults

    def put_timing(self, timing: Timing) -> None:
        """Set the pace of what is begun from now on."""
        self._keep("timing", timing.model_dump())

    def keep_work(self, work: Work) -> None:
        """Remember a warehouse order as it is now."""
        self._note_work(work)
        self._journal.append("work", work)

    def keep_sold(self, sold: Sold) -> None:
        """Remember a label as it is now."""
        self._note_sold(sold)
        self._journal.append("sold", sold)

    def keep_pickup(self, pickup: Pickup) -> None:
        """Remember a pickup as it is now."""
        self.pickups[pickup.vendor, pickup.number] = pickup
        self._journal.append("pickup", pickup)

    def tell(self, news: News) -> bool:
        """Remember news that has to be sent; False when nobody asked for it."""
        if self.webhook(news.vendor, news.account) is None:
            return False
        self.untold[news.event_id] = news
        self._journal.append("news", news)
        return True

    def told(self, event_ids: list[str]) -> None:
        """Forget news that was received."""
        self._keep("told", event_ids)

    def webhook(self, vendor: str, account: str) -> Webhook | None:
        """Where this account wants the vendor's news, if anywhere."""
        return self.webhooks.get((vendor, account)) or self.webhooks.get((vendor, ANY_ACCOUNT))

    def _keep(self, kind: str, value: Any) -> None:
        self._replay(kind, value)
        self._journal.append(kind, value)

    def _replay(self, kind: str, value: Any) -> None:
        match kind:
            case "serial":
                self._serial = value
            case "product":
                product = Product.model_validate(value)
                self.products[product.sku] = product
            case "stock":
                stock = Stock.model_validate(value)
                self.stock[stock.location_id, stock.sku][stock.lot] = stock
            case "webhook":
                self.webhooks[value[0], value[1]] = Webhook.model_validate(value[2])
            case "scenario":
                self._note_scenario(value[0], value[1])
            case "timing":
                self.timing = Timing.model_validate(value)
            case "work":
                self._note_work(Work(**{**value, "lines": [WorkLine(**line) for line in value["lines"]]}))
            case "sold":
                scans = [Scan(**scan) for scan in value["scans"]]
                pieces = [Piece(**piece) for piece in value.get("pieces", ())]
                self._note_sold(Sold(**{**value, "scans": scans, "pieces": pieces}))
            case "pickup":
                self.pickups[value["vendor"], value["number"]] = Pickup(**value)
            case "news":
                self.untold[value["event_id"]] = News(**value)
            case "told":
                for event_id in value:
                    self.untold.pop(event_id, None)

    def _note_scenario(self, order_number: str, value: dict[str, Any] | None) -> None:
        if value is None:
            self.scenarios.pop(order_number, None)
        else:
            self.scenarios[order_number] = Scenario.model_validate(value)

    def _note_work(self, work: Work) -> None:
        self.works[work.account, work.reference] = work
        self.first_facility.setdefault(work.order_number, work.facility)

    def _note_sold(self, sold: Sold) -> None:
        shelf = self.by_reference[sold.vendor, sold.account, sold.reference]
        shelf[:] = [other for other in shelf if other.label_id != sold.label_id] + [sold]
        self.sold[sold.label_id] = sold
        for number in sold.numbers():
            self.by_number[sold.vendor, number] = sold

    def _changes(self) -> Iterator[tuple[str, Any]]:
        """The present state as the fewest changes that lead to it."""
        # Numbers given out since this line was written are skipped by a wide step at the next start.
        yield "serial", self._serial + 1_000_000
        yield "timing", self.timing.model_dump()
        for product in self.products.values():
            yield "product", product.model_dump()
        for lots in self.stock.values():
            for stock in lots.values():
                yield "stock", stock.model_dump()
        for (vendor, account), webhook in self.webhooks.items():
            yield "webhook", [vendor, account, webhook.model_dump()]
        for order_number, scenario in self.scenarios.items():
            yield "scenario", [order_number, scenario.model_dump()]
        for work in self.works.values():
            yield "work", work
        for sold in self.sold.values():
            yield "sold", sold
        for pickup in self.pickups.values():
            yield "pickup", pickup
        for news in self.untold.values():
            yield "news", news
