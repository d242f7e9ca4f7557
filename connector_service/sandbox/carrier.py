"""What carriers do: price a consignment, sell a label, collect the parcel, scan it on its way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, get_args

from connector_service.sandbox.check_digits import spoiled
from connector_service.sandbox.gate import Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.models import ScanKind, Timing
from connector_service.sandbox.pricing import Price, Tariff, prices
from connector_service.sandbox.world import Piece, Scan, Sold, World

JOURNEY: tuple[ScanKind, ...] = ("label_created", "picked_up", "in_transit", "delivered")
ASTRAY: dict[str, ScanKind] = {kind: kind for kind in get_args(ScanKind)}
"""Some scans are scenarios too: the parcel of such an order travels until this happens to it."""
ENDS = frozenset({"delivered", "lost", "return_to_sender"})
ELSEWHERE = {"line1": "1 Elsewhere Road", "postal_code": "00000", "city": "Elsewhere"}


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is to be shipped: total grams, both countries, and both ends in the sandbox's own words.

    `receiver` has name, company, line1, line2, city, region, postal_code, country and phone. `pieces` has the grams of
    each parcel where every parcel gets a tracking number of its own; `services` those that are sold there, None all.
    """

    account: str
    reference: str
    order_number: str
    weight_g: int
    from_country: str
    to_country: str
    receiver: dict[str, Any]
    sender: dict[str, Any] = field(default_factory=dict)
    pieces: tuple[int, ...] = ()
    services: frozenset[str] | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class House:
    """A carrier's tariffs, and how it numbers things.

    `digits` makes a serial's digits with the check digit at the end, `number` a tracking number of them.
    """

    vendor: str
    label_prefix: str
    digits: Callable[[int], str]
    number: Callable[[str], str]
    tariffs: tuple[Tariff, ...]


class Carrier:
    """One carrier's business; `tell` sends the news of one scan."""

    def __init__(self, house: House, world: World, later: Later, tell: Callable[[Sold, Scan], None]) -> None:
        self._house = house
        self._world = world
        self._later = later
        self._tell = tell

    def refuse_if_down(self, order_number: str) -> None:
        """Raises 503 for an order whose scenario says so."""
        if self._world.plays(order_number, "carrier_down"):
            raise Refusal(503, "UNAVAILABLE", "Try again later.")

    def prices(self, consignment: Consignment, currency: str) -> list[tuple[str, Price]]:
        """Each service's quote id and price. Raises `Refusal` when the carrier does not want the parcel."""
        faults = self._world.fault(self._house.vendor)
        # A quote holds for every parcel of its kind; which one will be late shows on its label.
        offers = self._offers(consignment, faults.rate_currency or currency, slow=False)
        if faults.zero_rate:
            offers = [replace(price, cost_minor=0) for price in offers]
        return [(_quote_id(self._house.vendor, price.service, price.currency), price) for price in offers]

    def _offers(self, consignment: Consignment, currency: str, *, slow: bool) -> list[Price]:
        number = consignment.order_number
        self.refuse_if_down(number)
        if self._world.plays(number, "carrier_reject"):
            raise Refusal(422, "NOT_SERVED", "This address is not served.")
        abroad = consignment.from_country != consignment.to_country
        sold_there = consignment.services
        tariffs = [each for each in self._house.tariffs if sold_there is None or each.service in sold_there]
        return list(prices(tariffs, consignment.weight_g, currency, abroad=abroad, slow=slow))

    def sell(self, consignment: Consignment, quote_id: str, service: str) -> Sold:
        """Sell a label as it was quoted. Raises `Refusal` when the quote is not for this service."""
        currency = quote_id[2:5]
        if quote_id != _quote_id(self._house.vendor, service, currency):
            raise Refusal(422, "QUOTE_UNKNOWN", "There is no such quote for this service.")
        return self.sell_service(consignment, service, currency)

    def sell_service(self, consignment: Consignment, service: str, currency: str) -> Sold:
        """Sell a label, billed by its real weight. Raises `Refusal` when the service does not go there."""
        slow = self._world.plays(consignment.order_number, "slow_transit")
        offers = self._offers(consignment, currency, slow=slow)
        price = next((each for each in offers if each.service == service), None)
        if price is None:
            raise Refusal(422, "QUOTE_UNKNOWN", f"There is no quote for the service {service}: it does not go there.")
        rise = self._world.fault(self._house.vendor).price_rise
        sold = self._printed(consignment, replace(price, cost_minor=round(price.cost_minor * (1 + rise))))
        self._scan(sold, "label_created")
        return sold

    def _printed(self, consignment: Consignment, price: Price) -> Sold:
        serial = self._world.serial()
        bad_digits = self._world.plays(consignment.order_number, "label_bad_checksum")
        bad_address = self._world.plays(consignment.order_number, "label_wrong_address")
        first = self._number(serial, bad_digits)
        others = [self._number(self._world.serial(), bad_digits) for _ in consignment.pieces[1:]]
        pieces = zip([first, *others], consignment.pieces, strict=False)
        return Sold(
            vendor=self._house.vendor,
            account=consignment.account,
            reference=consignment.reference,
            order_number=consignment.order_number,
            label_id=f"{self._house.label_prefix}{serial}",
            tracking_number=first,
            service=price.service,
            days=price.days,
            cost_minor=price.cost_minor,
            currency=price.currency,
            weight_g=consignment.weight_g,
            receiver={**consignment.receiver, **(ELSEWHERE if bad_address else {})},
            created=self._world.now(),
            flawed=bad_digits or bad_address,
            pieces=[Piece(number, grams) for number, grams in pieces],
            sender=consignment.sender,
            details=consignment.details,
        )

    def _number(self, serial: int, spoil: bool) -> str:
        digits = self._house.digits(serial)
        return self._house.number(spoiled(digits) if spoil else digits)

    def answered(self, sold: Sold) -> Sold:
        """The label a purchase is answered with: by the fault `other_label` it is the one of another parcel."""
        if not self._world.fault(self._house.vendor).other_label:
            return sold
        number = self._number(self._world.serial(), spoil=False)
        receiver = {**sold.receiver, "name": "Somebody Else", **ELSEWHERE}
        pieces = [Piece(number, piece.weight_g) for piece in sold.pieces[:1]]
        return replace(
            sold,
            label_id=f"{sold.label_id}9",
            reference="another-parcel",
            order_number="another-order",
            tracking_number=number,
            receiver=receiver,
            pieces=pieces,
        )

    def find(self, account: str, tracking_number: str) -> Sold | None:
        """The label this account bought with this number on one of its pieces."""
        sold = self._world.by_number.get((self._house.vendor, tracking_number))
        return sold if sold is not None and sold.account == account else None

    def void(self, sold: Sold) -> None:
        """Take a label back. Raises `Refusal` once the parcel was collected."""
        self.refuse_if_down(sold.order_number)
        if sold.voided:
            return
        if len(sold.scans) > 1:
            raise Refusal(409, "ALREADY_COLLECTED", "The parcel was collected.")
        sold.voided = True
        self._world.keep_sold(sold)

    def scan(self, sold: Sold, kind: ScanKind) -> None:
        """Let this happen to the parcel now, whatever it was about to do."""
        self._scan(sold, kind)

    def resume(self) -> None:
        """Go on with the parcels that were on their way when the process ended."""
        for sold in list(self._world.sold.values()):
            if sold.vendor == self._house.vendor:
                self._schedule(sold)

    def _scan(self, sold: Sold, kind: ScanKind) -> None:
        if sold.voided:
            return
        before = sum(scan.kind == kind for scan in sold.scans)
        scan_id = f"{sold.label_id}-{kind}" + (f"-{before + 1}" if before else "")
        scan = Scan(scan_id, kind, self._world.now(), "depot")
        sold.scans.append(scan)
        self._world.keep_sold(sold)
        self._tell(sold, scan)
        self._schedule(sold)

    def _schedule(self, sold: Sold) -> None:
        """Nobody collects a parcel whose label the scanner cannot read, or that goes to the wrong place."""
        kind = None if sold.flawed or sold.voided else self._next(sold)
        if kind is not None:
            timing = self._world.timing
            self._later.after(_delay(timing, kind), timing.speed, partial(self._arrive, sold, kind, len(sold.scans)))

    def _arrive(self, sold: Sold, kind: ScanKind, after: int) -> None:
        if len(sold.scans) == after:  # else something else happened to the parcel meanwhile
            self._scan(sold, kind)

    def _next(self, sold: Sold) -> ScanKind | None:
        """The next step of the way that was not taken yet."""
        seen = {scan.kind for scan in sold.scans}
        if seen & ENDS:
            return None
        ordinary = JOURNEY[: JOURNEY.index(self._world.timing.journey) + 1]
        scenario = self._world.scenarios.get(sold.order_number)
        astray = ASTRAY.get(scenario.kind) if scenario else None
        route = (*JOURNEY[:3], astray, *ordinary[3:]) if astray else ordinary
        return next((kind for kind in route if kind not in seen), None)


@lru_cache(maxsize=1_000)
def _quote_id(vendor: str, service: str, currency: str) -> str:
    # The quote names its service and currency, so that nothing has to be remembered to check it later.
    digest = hashlib.blake2s(f"{vendor} {service}".encode(), digest_size=6).hexdigest()
    return f"Q-{currency}-{digest}"


def _delay(timing: Timing, kind: ScanKind) -> float:
    return {"picked_up": timing.pickup_ms, "in_transit": timing.transit_ms}.get(kind, timing.delivery_ms)


def zpl(sold: Sold) -> str:
    """The label for a thermal printer."""
    receiver = sold.receiver
    # Tilde and caret start printer commands: a name must not be one.
    lines = [
        str(receiver[key]).translate({ord("^"): " ", ord("~"): " "}) for key in ("name", "line1", "postal_code", "city")
    ]
    fields = "".join(f"^FO40,{40 + 40 * at}^FD{text}^FS" for at, text in enumerate([*lines, receiver["country"]]))
    return f"^XA{fields}^FO40,300^BCN,120^FD{sold.tracking_number}^FS^XZ"
