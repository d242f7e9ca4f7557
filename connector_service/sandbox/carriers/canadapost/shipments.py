"""Shipments as Canada Post takes, sells and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connector_service.sandbox.carrier import Consignment
from connector_service.sandbox.carriers.canadapost.quotes import Money, cents, grams, postal_code, standard
from connector_service.sandbox.carriers.canadapost.tariffs import NAMES
from connector_service.sandbox.carriers.canadapost.xml import Asked, Markup, answer, tag
from connector_service.sandbox.carriers.printing import label as printed
from connector_service.sandbox.gate import Raw, Refusal
from connector_service.sandbox.world import Sold

NAMESPACE = "http://www.canadapost.ca/ws/shipment-v8"
KIND = "shipment-v8"
MEDIA = f"application/vnd.cpc.{KIND}+xml"
LABEL_MEDIA = {"PDF": "application/pdf", "ZPL": "application/zpl"}


def read(account: str, body: bytes) -> tuple[Consignment, str]:
    """A `shipment` and its service code. Raises `Refusal`."""
    asked = Asked.read(body, "shipment")
    spec = asked("delivery-spec")
    group, transmit = asked.text("group-id"), asked("transmit-shipment")
    if bool(group) == bool(transmit):
        raise Refusal(400, "Server", "Either group-id or transmit-shipment is needed.")
    sender, receiver = _end(spec("sender"), "contact-phone"), _end(spec("destination"), "client-voice-number")
    sender["country"] = sender["country"] or "CA"
    postal_code(sender["postal_code"])
    if receiver["country"] != "CA" and not spec("customs"):
        raise Refusal(400, "Server", "The element customs is needed for a shipment that leaves Canada.")
    form = spec.text("print-preferences", "encoding") or "PDF"
    if form not in LABEL_MEDIA:
        raise Refusal(400, "Server", f"The encoding must be PDF or ZPL, not {form}.")
    consignment = Consignment(
        account=account,
        reference=asked.text("customer-request-id"),
        order_number=spec.text("references", "customer-ref-1"),
        weight_g=grams(spec("parcel-characteristics")),
        from_country="CA",
        to_country=receiver["country"],
        receiver=receiver,
        sender=sender,
        details={"group": group, "form": form},
    )
    return consignment, spec.need("service-code")


def _end(asked: Asked, phone: str) -> dict[str, Any]:
    where = asked("address-details")
    return {
        "name": asked.text("name"),
        "company": asked.text("company"),
        "line1": where.need("address-line-1"),
        "line2": where.text("address-line-2"),
        "city": where.need("city"),
        "region": where.text("prov-state"),
        "postal_code": where.text("postal-zip-code"),
        "country": where.text("country-code"),
        "phone": asked.text(phone),
    }


def status(sold: Sold) -> str:
    """`created` while it can be voided, then `transmitted`."""
    return "transmitted" if sold.manifest or not sold.details["group"] else "created"


def info(sold: Sold, root: str) -> Raw:
    """`shipment-info`, with links below `root` to what else there is to know."""
    return answer(
        tag(
            "shipment-info",
            tag("customer-request-id", sold.reference),
            tag("shipment-id", sold.label_id),
            tag("shipment-status", status(sold)),
            tag("tracking-pin", sold.tracking_number),
            _price(sold),
            tag("links", *_links(sold, root)),
            xmlns=NAMESPACE,
        ),
        KIND,
    )


def _price(sold: Sold) -> Markup:
    money = Money.of(sold.cost_minor, home=sold.receiver["country"] == "CA")
    fuel = tag("adjustment", tag("adjustment-code", "FUELSC"), tag("adjustment-amount", cents(money.fuel)))
    return tag(
        "shipment-price",
        tag("service-code", sold.service),
        tag("base-amount", cents(money.base)),
        tag("priced-options", tag("priced-option", tag("option-code", "DC"), tag("option-price", "0.00"))),
        tag("adjustments", fuel),
        tag("pre-tax-amount", cents(money.base + money.fuel)),
        tag("gst-amount", "0.00"),
        tag("pst-amount", "0.00"),
        tag("hst-amount", cents(money.hst)),
        tag("due-amount", cents(money.due)),
        standard(sold.days, datetime.fromisoformat(sold.created).date(), "expected-transmit-time"),
        tag("rated-weight", f"{sold.weight_g / 1_000:.3f}"),
    )


def _links(sold: Sold, root: str) -> list[Markup]:
    home = f"{root}/shipment/{sold.label_id}"
    artifact = f"{root.rpartition('/rs/')[0]}/rs/artifact/{sold.details['form'].lower()}/{sold.label_id}/0"
    label = tag("link", rel="label", href=artifact, media_type=LABEL_MEDIA[sold.details["form"]], index="0")
    pages = [("self", home), ("details", f"{home}/details"), ("price", f"{home}/price")]
    if status(sold) == "transmitted":
        pages.append(("refund", f"{home}/refund"))
    return [*(tag("link", rel=rel, href=href, media_type=MEDIA) for rel, href in pages), label]


def found(sold: list[Sold], root: str) -> Raw:
    """`shipments`: a link for each."""
    links = (tag("link", rel="shipment", href=f"{root}/shipment/{each.label_id}", media_type=MEDIA) for each in sold)
    return answer(tag("shipments", *links, xmlns=NAMESPACE), KIND)


def details(sold: Sold) -> Raw:
    """`shipment-details`: what was asked for, and the group it is in."""
    to = sold.receiver
    where = tag(
        "address-details",
        tag("address-line-1", to["line1"]),
        tag("address-line-2", to["line2"]),
        tag("city", to["city"]),
        tag("prov-state", to["region"]),
        tag("country-code", to["country"]),
        tag("postal-zip-code", to["postal_code"]),
    )
    destination = tag(
        "destination",
        tag("name", to["name"]),
        tag("company", to["company"]),
        tag("client-voice-number", to["phone"]),
        where,
    )
    spec = tag(
        "delivery-spec",
        tag("service-code", sold.service),
        destination,
        tag("parcel-characteristics", tag("weight", f"{sold.weight_g / 1_000:.3f}")),
        tag("references", tag("customer-ref-1", sold.order_number)),
    )
    return answer(
        tag(
            "shipment-details",
            tag("customer-request-id", sold.reference),
            tag("shipment-status", status(sold)),
            tag("tracking-pin", sold.tracking_number),
            tag("shipment-detail", tag("group-id", sold.details["group"]), spec),
            xmlns=NAMESPACE,
        ),
        KIND,
    )


def price(sold: Sold) -> Raw:
    """`shipment-price`."""
    return answer(_price(sold), KIND)


def label(sold: Sold) -> Raw:
    """The label as it is printed."""
    form = sold.details["form"]
    return Raw(printed(sold, sold.tracking_number, form, "Canada Post", NAMES[sold.service]), LABEL_MEDIA[form])


def refund(ticket: str, day: str) -> Raw:
    """`shipment-refund-request-info`."""
    body = tag("service-ticket-date", day), tag("service-ticket-id", ticket)
    return answer(tag("shipment-refund-request-info", *body, xmlns=NAMESPACE), KIND)
