"""Pickups on demand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connector_service.sandbox.carriers.canadapost.xml import Asked, Markup, answer, tag
from connector_service.sandbox.gate import Call, Raw, Refusal
from connector_service.sandbox.world import Pickup, World

NAMESPACE = "http://www.canadapost.ca/ws/pickuprequest"
KIND = "pickuprequest"


class Pickups:
    """The handlers of pickup availability and pickup requests."""

    def __init__(self, slug: str, world: World) -> None:
        self._slug = slug
        self._world = world

    def availability(self, call: Call) -> Any:
        """Whether a van comes on demand: everywhere but in the far north."""
        code = call.path["postal_code"]
        return answer(
            tag(
                "pickup-availability",
                tag("postal-code", code),
                tag("on-demand-cutoff", "16:00"),
                tag("on-demand-tour", "false" if code.startswith("X") else "true"),
                tag("prority-world-cutoff", "14:00"),
                tag("scheduled-pickups-available", "true"),
                xmlns="http://www.canadapost.ca/ws/pickup",
            ),
            "pickup",
        )

    def schedule(self, call: Call) -> Any:
        """`POST pickuprequest`."""
        asked = Asked.read(call.body, "pickup-request-details")
        asked.need("contact-info", "contact-name")
        asked.need("pickup-volume")
        pickup = Pickup(self._slug, call.account, f"{self._world.serial():010}", _day(asked), {})
        self._world.keep_pickup(pickup)
        price = tag(
            "pickup-request-price",
            tag("pre-tax-amount", "3.50"),
            tag("gst-amount", "0.00"),
            tag("hst-amount", "0.46"),
            tag("due-amount", "3.96"),
        )
        return answer(tag("pickup-request-info", _header(pickup), price, xmlns=NAMESPACE), KIND)

    def change(self, call: Call) -> Any:
        """`PUT pickuprequest/{number}`, which says nothing back."""
        asked = Asked.read(call.body, "pickup-request-update")
        pickup = self._find(call)
        pickup.day = _day(asked)
        self._world.keep_pickup(pickup)
        return Raw(b"", f"application/vnd.cpc.{KIND}+xml")

    def details(self, call: Call) -> Any:
        """`GET pickuprequest/{number}/details`."""
        return answer(tag("pickup-request-detailed-info", _header(self._find(call)), xmlns=NAMESPACE), KIND)

    def cancel(self, call: Call) -> Any:
        """`DELETE pickuprequest/{number}`, which says nothing back."""
        pickup = self._find(call)
        pickup.cancelled = True
        self._world.keep_pickup(pickup)
        return Raw(b"", f"application/vnd.cpc.{KIND}+xml")

    def _find(self, call: Call) -> Pickup:
        pickup = self._world.pickups.get((self._slug, call.path["number"]))
        if pickup is None or pickup.account != call.account or pickup.cancelled:
            raise Refusal(404, "9173", f"There is no pickup request {call.path['number']}.")
        return pickup


def _day(asked: Asked) -> str:
    times = asked("pickup-times", "on-demand-pickup-time")
    times.need("preferred-time")
    times.need("closing-time")
    return times.need("date")


def _header(pickup: Pickup) -> Markup:
    return tag(
        "pickup-request-header",
        tag("request-id", pickup.number),
        tag("request-status", "Active"),
        tag("pickup-type", "OnDemand"),
        tag("request-date", datetime.now(UTC).date().isoformat()),
        tag("next-pickup-date", pickup.day),
    )
