"""What Canada Post answers, in our words; pure. Answers are read natively.

Karrio's parsers leave the tax out of a shipment's price, count it twice in a pickup's, and see no scans when only one
parcel is asked about.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from canonical_models import Address, Label, LabelDocument, TrackingEvent
from connector_service.adapters.amounts import minor, price
from connector_service.adapters.carrier_contract import LabelRequest, PickupConfirmed, Rate
from connector_service.adapters.carriers.canadapost import SLUG, xml
from connector_service.adapters.carriers.canadapost.codes import EASTERN, OTHERWISE_DAYS, USUAL_DAYS, ZONES, meaning
from connector_service.adapters.karrio_words import Site
from connector_service.adapters.shapes import EXCERPT, Unreadable

PIN = re.compile("[0-9]{16}")
S10 = re.compile("[A-Z]{2}([0-9]{8})([0-9])CA")
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
TRACKING_PAGE = "https://www.canadapost-postescanada.ca/track-reperage/en#/details/{}"


def rates(service: str | None, now: datetime, body: bytes) -> tuple[Rate, ...]:
    """The offers; what is due includes fuel and tax."""
    root = xml.read(body)
    found = tuple(_rate(quote, now) for quote in xml.each(root, "price-quote"))
    if xml.name(root) != "price-quotes" or not found:
        raise Unreadable("there is no price", "/price-quotes")
    return tuple(rate for rate in found if service in (None, rate.service))


def _rate(quote: xml.Element, now: datetime) -> Rate:
    service = xml.need(quote, "service-code")
    days = _days(xml.text(quote, "service-standard", "expected-transit-time"))
    return Rate(
        carrier=SLUG,
        service=service,
        cost_minor=price(xml.need(quote, "price-details", "due"), "CAD", "/price-quote/price-details/due"),
        currency="CAD",
        transit_days=USUAL_DAYS.get(service, OTHERWISE_DAYS) if days is None else days,
        quote_id=service,
        quoted_at=now,
        transit_estimated=days is None,
    )


def _days(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,3}", text) else None


@dataclass(frozen=True, slots=True)
class Info:
    """A shipment as it was bought: what is due in cents, grams, and the path of its label."""

    request_id: str
    shipment_id: str
    status: str
    pin: str
    service: str
    due: int
    days: int | None
    weight_g: int | None
    label_path: str


def info(body: bytes) -> Info:
    """A `shipment-info`."""
    root = xml.read(body)
    return Info(
        request_id=xml.text(root, "customer-request-id"),
        shipment_id=xml.need(root, "shipment-id"),
        status=xml.need(root, "shipment-status"),
        pin=xml.need(root, "tracking-pin"),
        service=xml.need(root, "shipment-price", "service-code"),
        due=price(xml.need(root, "shipment-price", "due-amount"), "CAD", "/shipment-price/due-amount"),
        days=_days(xml.text(root, "shipment-price", "service-standard", "expected-transmit-time")),
        weight_g=_grams(xml.text(root, "shipment-price", "rated-weight")),
        label_path=link(root, "label"),
    )


def link(root: xml.Element, rel: str) -> str:
    """The path of a link. Only the path is taken: our credential goes to `base_url` and nowhere else."""
    href = next((found.get("href", "") for found in xml.each(root, "link") if found.get("rel") == rel), "")
    path = re.search("/rs/.*", urlsplit(href).path)
    if path is None:
        raise Unreadable(f"there is no link to {rel}", "/links")
    return path[0]


def links(rel: str, body: bytes) -> tuple[str, ...]:
    """The paths of all links of this kind."""
    found = (urlsplit(each.get("href", "")).path for each in xml.each(xml.read(body), "link") if each.get("rel") == rel)
    return tuple(path[0] for path in (re.search("/rs/.*", each) for each in found) if path)


def path_to(rel: str, body: bytes) -> str:
    """The path of the first link of this kind."""
    return link(xml.read(body), rel)


@dataclass(frozen=True, slots=True)
class Details:
    """What was printed, and the group the shipment waits in."""

    group: str
    weight_g: int | None
    ship_to: Address


def details(body: bytes) -> Details:
    """A `shipment-details`."""
    root = xml.read(body)
    spec = ("shipment-detail", "delivery-spec")
    to, where = (*spec, "destination"), (*spec, "destination", "address-details")
    fields = {
        "name": xml.text(root, *to, "name"),
        "company": xml.text(root, *to, "company"),
        "line1": xml.text(root, *where, "address-line-1"),
        "line2": xml.text(root, *where, "address-line-2"),
        "city": xml.text(root, *where, "city"),
        "region": xml.text(root, *where, "prov-state"),
        "postal_code": xml.text(root, *where, "postal-zip-code"),
        "country": xml.need(root, *where, "country-code"),
        "phone": xml.text(root, *to, "client-voice-number"),
    }
    try:
        ship_to = Address.model_validate(fields)
    except ValidationError:
        raise Unreadable("the destination is no address", "/shipment-detail/delivery-spec/destination") from None
    return Details(
        group=xml.text(root, "shipment-detail", "group-id"),
        weight_g=_grams(xml.text(root, *spec, "parcel-characteristics", "weight")),
        ship_to=ship_to,
    )


def _grams(kilograms: str) -> int | None:
    try:
        return round(Decimal(kilograms) * 1_000)
    except InvalidOperation:
        return None


def like(printed: Address, asked: Address | None) -> Address:
    """The printed address, its postal code in the form that was asked for, and what is never printed."""
    if asked is None:
        return printed
    same = printed.postal_code.replace(" ", "").upper() == asked.postal_code.replace(" ", "").upper()
    code = asked.postal_code if same else printed.postal_code
    phone = printed.phone if asked.phone else ""
    never = {"email": asked.email, "residential": asked.residential, "phone": phone}
    return printed.model_copy(update={**never, "postal_code": code})


def label(
    reference: str, bought: Info, printed: Details, sheet: LabelDocument, asked: Address | None, at: datetime
) -> Label:
    """A label with everything that is known of it; `asked` is the address we gave, when we know it."""
    weight_g = bought.weight_g if printed.weight_g is None else printed.weight_g
    return Label(
        label_id=bought.shipment_id,
        carrier=SLUG,
        service=bought.service,
        tracking_number=bought.pin,
        tracking_url=TRACKING_PAGE.format(bought.pin),
        cost_minor=bought.due,
        currency="CAD",
        transit_days=USUAL_DAYS.get(bought.service, OTHERWISE_DAYS) if bought.days is None else bought.days,
        weight_g=weight_g or 0,
        ship_to=like(printed.ship_to, asked),
        reference=reference,
        document=sheet.content if sheet.format == "zpl" else "",
        bought_at=at,
        documents=[sheet],
    )


def sheet(kind: Literal["label", "return_label", "manifest"], body: bytes) -> LabelDocument:
    """A printed page: PDF, or ZPL as text."""
    if body.startswith(b"%PDF"):
        return LabelDocument(kind=kind, format="pdf", content=base64.b64encode(body).decode())
    if body.lstrip().startswith(b"^XA"):
        return LabelDocument(kind=kind, format="zpl", content=body.decode("utf-8", "replace"))
    raise Unreadable("this is neither PDF nor ZPL", "")


def return_info(body: bytes) -> tuple[str, str]:
    """The tracking PIN of an `authorized-return-info`, and the path of its label."""
    root = xml.read(body)
    return xml.need(root, "tracking-pin"), link(root, "label")


def return_label(req: LabelRequest, site: Site, pin: str, page: LabelDocument, at: datetime) -> Label:
    """A label for the way back to our location; it is billed as the rate said when it is used."""
    ours = req.ship_from
    where = {"city": ours.city, "region": ours.region, "postal_code": ours.postal_code, "country": ours.country}
    who = {"name": site.contact or ours.name, "company": ours.name, "phone": site.phone}
    return Label(
        label_id=pin,
        carrier=SLUG,
        service=req.rate.service,
        tracking_number=pin,
        tracking_url=TRACKING_PAGE.format(pin),
        cost_minor=req.rate.cost_minor,
        currency=req.rate.currency,
        transit_days=req.rate.transit_days,
        weight_g=req.parcels[0].weight_g,
        ship_to=Address.model_validate({**who, **where, "line1": site.line1, "line2": site.line2}),
        reference=req.reference,
        document=page.content if page.format == "zpl" else "",
        bought_at=at,
        documents=[page],
    )


def refund_ticket(body: bytes) -> str:
    """The ticket of a refund that was asked for."""
    return xml.need(xml.read(body), "service-ticket-id")


def manifest_number(body: bytes) -> str:
    """The purchase order number of a `manifest`."""
    return xml.need(xml.read(body), "po-number")


def events(number: str, body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans of one parcel, oldest first. An event without meaning to us is left out."""
    root = xml.read(body)
    if xml.need(root, "pin") != number:
        raise Unreadable("these are the scans of another parcel", "/pin")
    found = [_event(number, each) for each in reversed(list(xml.each(root, "occurrence")))]
    return tuple(sorted((each for each in found if each), key=lambda each: each.occurred_at))


def _event(number: str, occurrence: xml.Element) -> TrackingEvent | None:
    code = xml.need(occurrence, "event-identifier")
    kind = meaning(code)
    if kind is None:
        return None
    day, time = xml.need(occurrence, "event-date"), xml.text(occurrence, "event-time") or "00:00:00"
    zone = ZONES.get(xml.text(occurrence, "event-time-zone"), EASTERN)
    try:
        at = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone)
    except ValueError:
        raise Unreadable("an event has no time", "/significant-events/occurrence") from None
    place = filter(None, (xml.text(occurrence, "event-site"), xml.text(occurrence, "event-province")))
    return TrackingEvent(
        event_id=f"{number}-{code}-{day}T{time}"[:128],
        carrier=SLUG,
        tracking_number=number,
        type=kind,
        occurred_at=at.astimezone(UTC),
        place=", ".join(place)[:200],
        raw_code=code[:64],
    )


def van_comes(body: bytes) -> bool:
    """Whether a van comes on demand."""
    return xml.text(xml.read(body), "on-demand-tour") == "true"


def pickup(reference: str, day: date, body: bytes) -> PickupConfirmed:
    """A `pickup-request-info`. What is due includes the tax."""
    root = xml.read(body)
    due = xml.text(root, "pickup-request-price", "due-amount")
    return PickupConfirmed(
        carrier=SLUG,
        reference=reference,
        confirmation=xml.need(root, "pickup-request-header", "request-id"),
        pickup_date=day,
        cost_minor=minor(due, "CAD", "/pickup-request-price/due-amount") if due else None,
        currency="CAD" if due else "",
    )


def refusal(body: bytes) -> str:
    """What Canada Post says when it refuses."""
    try:
        messages = list(xml.each(xml.read(body), "message"))
    except Unreadable:
        messages = []
    told = [f"{xml.text(each, 'description')} ({xml.text(each, 'code')})" for each in messages]
    words = "; ".join(told) or body[:EXCERPT].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in words)[:EXCERPT].strip()


def valid_tracking_number(number: str) -> bool:
    """Sixteen digits, the last weighted 3 and 1 from the right modulo 10; or UPU S10 (S10-12) ending in CA."""
    if PIN.fullmatch(number):
        return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(number))) % 10 == 0
    match = S10.fullmatch(number)
    if match is None:
        return False
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(match[1], S10_WEIGHTS, strict=True)) % 11
    return int(match[2]) == {10: 0, 11: 5}.get(rest, rest)
