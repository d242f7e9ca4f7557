"""What both carriers do: price a consignment, sell a label, collect the parcel, scan it on its way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from connector_service.sandbox.check_digits import spoiled
from connector_service.sandbox.gate import Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.models import Timing
from connector_service.sandbox.pricing import Price, prices
from connector_service.sandbox.world import Scan, Sold, World

JOURNEY = ("label_created", "picked_up", "in_transit", "delivered")
ELSEWHERE = {"line1": "1 Elsewhere Road", "postal_code": "00000", "city": "Elsewhere"}


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is to be shipped: total grams, both countries, and the receiver in the sandbox's own words."""

    account: str
    reference: str
    order_number: str
    weight_g: int
    from_country: str
    to_country: str
    receiver: dict[str, Any]


@dataclass(frozen=True, slots=True)
class House:
    """How a carrier numbers things: `digits` checks a serial's digits, `number` makes a tracking number of them."""

    vendor: str
    label_prefix: str
    digits: Callable[[int], str]
    number: Callable[[str], str]


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
        number = consignment.order_number
        self.refuse_if_down(number)
        if self._world.plays(number, "carrier_reject"):
            raise Refusal(422, "NOT_SERVED", "This address is not served.")
        abroad = consignment.from_country != consignment.to_country
        slow = self._world.plays(number, "slow_transit")
        offers = prices(self._house.vendor, consignment.weight_g, currency, abroad=abroad, slow=slow)
        return [(self._quote_id(price.service, currency), price) for price in offers]

    def _quote_id(self, service: str, currency: str) -> str:
        # The quote names its service and currency, so that nothing has to be remembered to check it later.
        digest = hashlib.blake2s(f"{self._house.vendor} {service}".encode(), digest_size=6).hexdigest()
        return f"Q-{currency}-{digest}"

    def sell(self, consignment: Consignment, quote_id: str, service: str) -> Sold:
        """Sell a label, billed by its real weight. Raises `Refusal` when the quote is not for this service."""
        currency = quote_id[2:5]
        offers = dict(self.prices(consignment, currency))
        price = offers.get(quote_id)
        if price is None or price.service != service:
            raise Refusal(422, "QUOTE_UNKNOWN", "There is no such quote for this service.")
        serial = self._world.serial()
        digits = self._house.digits(serial)
        bad_digits = self._world.plays(consignment.order_number, "label_bad_checksum")
        bad_address = self._world.plays(consignment.order_number, "label_wrong_address")
        sold = Sold(
            vendor=self._house.vendor,
            account=consignment.account,
            reference=consignment.reference,
            order_number=consignment.order_number,
            label_id=f"{self._house.label_prefix}{serial}",
            tracking_number=self._house.number(spoiled(digits) if bad_digits else digits),
            service=service,
            days=price.days,
            cost_minor=price.cost_minor,
            currency=currency,
            weight_g=consignment.weight_g,
            receiver={**consignment.receiver, **(ELSEWHERE if bad_address else {})},
            created=self._world.now(),
            flawed=bad_digits or bad_address,
        )
        self._scan(sold, "label_created")
        return sold

    def void(self, sold: Sold) -> None:
        """Take a label back. Raises `Refusal` once the parcel was collected."""
        self.refuse_if_down(sold.order_number)
        if sold.voided:
            return
        if len(sold.scans) > 1:
            raise Refusal(409, "ALREADY_COLLECTED", "The parcel was collected.")
        sold.voided = True
        self._world.keep_sold(sold)

    def resume(self) -> None:
        """Go on with the parcels that were on their way when the process ended."""
        for sold in list(self._world.sold.values()):
            if sold.vendor == self._house.vendor:
                self._schedule(sold)

    def _scan(self, sold: Sold, kind: str) -> None:
        if sold.voided:
            return
        scan = Scan(f"{sold.label_id}-{kind}", kind, self._world.now(), "depot")
        sold.scans.append(scan)
        self._world.keep_sold(sold)
        self._tell(sold, scan)
        self._schedule(sold)

    def _schedule(self, sold: Sold) -> None:
        """Nobody collects a parcel whose label the scanner cannot read, or that goes to the wrong place."""
        timing = self._world.timing
        step = len(sold.scans)
        if step <= JOURNEY.index(timing.journey) and not sold.flawed and not sold.voided:
            self._later.after(_delay(timing, step), timing.speed, partial(self._scan, sold, JOURNEY[step]))


def _delay(timing: Timing, step: int) -> float:
    return (0.0, timing.pickup_ms, timing.transit_ms, timing.delivery_ms)[step]


def zpl(sold: Sold) -> str:
    """The label for a thermal printer."""
    receiver = sold.receiver
    # Tilde and caret start printer commands: a name must not be one.
    lines = [
        str(receiver[key]).translate({ord("^"): " ", ord("~"): " "}) for key in ("name", "line1", "postal_code", "city")
    ]
    fields = "".join(f"^FO40,{40 + 40 * at}^FD{text}^FS" for at, text in enumerate([*lines, receiver["country"]]))
    return f"^XA{fields}^FO40,300^BCN,120^FD{sold.tracking_number}^FS^XZ"
