"""One order of these tests: sent, watched until it is where it should be, its exceptions resolved."""

from dataclasses import dataclass
from typing import Any

from tests.end_to_end.installation import Installation, Json, until

LEFT = ("shipped", "delivered", "closed")


def order_body(number: str, **changes: Any) -> Json:
    """An ordinary order for New York, of two articles that are not kept by lot."""
    address = {"name": "Ada Byron", "line1": "350 5th Ave", "city": "New York", "region": "NY", "postal_code": "10118"}
    lines = [("MUG-STONE-350", 2), ("PEN-BRASS", 1)]
    return {
        "number": number,
        "currency": "USD",
        "payment_state": "captured",
        "ship_to": {**address, "country": "US", "email": f"ada.{number}@example.com"},
        "lines": [{"line_id": sku, "sku": sku, "quantity_ordered": quantity} for sku, quantity in lines],
        "totals": {"total_minor": 5_900},
        **changes,
    }


@dataclass
class Journey:
    """One order on its way."""

    site: Installation
    number: str
    order_id: str

    @property
    def seen(self) -> Json:
        """The order with its shipments and exceptions, as it is now."""
        found: Json = self.site.ask("GET", f"/v1/orders/{self.order_id}")
        return found

    @property
    def status(self) -> str:
        return str(self.seen["order"]["status"])

    @property
    def events(self) -> list[Json]:
        """Its whole audit trail."""
        found: list[Json] = self.site.ask("GET", f"/v1/orders/{self.order_id}/timeline")["events"]
        return found

    @property
    def types(self) -> list[str]:
        """What happened, such as `order.validated`."""
        return [event["type"].removeprefix("dockline.").removesuffix(".v1") for event in self.events]

    def reaches(self, *statuses: str) -> Json:
        """Wait until the order has one of these statuses."""

        def there() -> Json | None:
            seen = self.seen
            return seen if seen["order"]["status"] in statuses else None

        return until(f"order {self.number} {' or '.join(statuses)}", there)

    def ships(self) -> Json:
        """Wait until all of it has left."""
        return self.reaches(*LEFT)

    def falls_into(self, code: str) -> Json:
        """Wait until it is in an exception of that code for which a run in n8n waits; the exception."""

        def waiting() -> Json | None:
            cases = [case for case in self.seen["exceptions"] if case["code"] == code and case["state"] == "open"]
            return next((case for case in cases if case["resume_url"]), None)

        return until(f"order {self.number} in {code}, with a run waiting for its owner", waiting)

    def resolve(self, case: Json, **fields: Any) -> None:
        """Answer as the owner does, every audit step done."""
        given = {"fields": fields, "audit_steps": case["audit_steps"], "person": "grace"}
        answer = self.site.node("exception.resolve", exception_id=case["id"], **given)
        assert answer["status"] == "done", answer


def send_order(site: Installation, number: str, scenario: str | None = None, **changes: Any) -> Journey:
    """Send an order in canonical form; `scenario` is what the sandbox does to it."""
    if scenario:
        site.control("scenarios", {number: scenario})
    view = site.ask("POST", "/v1/orders", json=order_body(number, **changes))
    return Journey(site, number, view["order_id"])
