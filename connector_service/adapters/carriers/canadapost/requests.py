"""What we send to Canada Post; pure. It begins with what karrio builds, and mends what karrio rounds or leaves out.

Karrio rounds weights to a tenth of a kilogram, leaves empty dimensions, makes a new customer-request-id of every
purchase, and gives `OTH` as the reason of every export. Its pickups are no text, so those are written here.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from zoneinfo import ZoneInfo

from canonical_models import Location, Parcel
from connector_service.adapters.carrier_contract import Customs, LabelRequest, PickupRequest
from connector_service.adapters.carriers.canadapost import SLUG, xml
from connector_service.adapters.carriers.canadapost.codes import EXPORT_REASONS
from connector_service.adapters.karrio_words import Site
from connector_service.errors import VendorRejected

LONGEST_ID = 35
LONGEST_GROUP = 32
LONGEST_COST_CENTRE = 30
HEAVY_G = 23_000
PICKUP_NAMESPACE = "http://www.canadapost.ca/ws/pickuprequest"


def request_id(reference: str) -> str:
    """The customer-request-id of a reference: itself, or its digest when it is long or has odd characters."""
    plain = len(reference) <= LONGEST_ID and reference.isascii() and reference.isprintable()
    return reference if plain else hashlib.blake2s(reference.encode(), digest_size=16).hexdigest()


def group_id(location: Location, day: date) -> str:
    """The group in which a location's shipments of a day wait for their manifest."""
    return f"{day:%Y%m%d}-{re.sub('[^A-Za-z0-9-]', '', location.id)}"[:LONGEST_GROUP]


def _weigh(holder: xml.Element, parcel: Parcel) -> None:
    described = xml.find(holder, "parcel-characteristics")
    if described is not None:
        xml.put(described, "weight", f"{parcel.weight_g / 1_000:.3f}")
        if parcel.dims_mm is None:
            xml.drop(described, "dimensions")


def shipment(body: str, req: LabelRequest, group: str) -> str:
    """A `shipment` that can be found again by its reference."""
    root = xml.read(body)
    xml.put(root, "customer-request-id", request_id(req.reference))
    xml.put(root, "group-id", group)
    spec = xml.find(root, "delivery-spec")
    if spec is not None:
        _weigh(spec, req.parcels[0])
        names = xml.find(spec, "references")
        if names is not None:
            xml.put(names, "cost-centre", req.order_number[:LONGEST_COST_CENTRE])
        declared = xml.find(spec, "customs")
        if declared is not None and req.customs is not None:
            _declare(declared, req.customs)
    return xml.written(root)


def _declare(declared: xml.Element, customs: Customs) -> None:
    reason = EXPORT_REASONS.get(customs.reason, "OTH")
    xml.put(declared, "reason-for-export", reason)
    if reason != "OTH":
        xml.drop(declared, "other-reason")


def check_customs(req: LabelRequest) -> None:
    """Raises `VendorRejected` when the parcel leaves Canada and its goods are not declared in Canadian dollars."""
    if req.ship_to.country == "CA":
        return
    lines = req.customs.lines if req.customs else ()
    if not lines:
        text = f"{SLUG} needs to know what is in a parcel that leaves Canada: give customs with its lines"
        raise VendorRejected(text, vendor=SLUG, pointer="/customs")
    other = sorted({line.currency for line in lines} - {"CAD"})
    if other:
        text = f"{SLUG} needs the value of goods in CAD, not in {', '.join(other)}"
        raise VendorRejected(text, vendor=SLUG, pointer="/customs/lines")


def returned(body: str, req: LabelRequest) -> str:
    """An `authorized-return`."""
    root = xml.read(body)
    _weigh(root, req.parcels[0])
    names = xml.find(root, "references")
    if names is not None:
        xml.put(names, "customer-ref-1", req.reference[:LONGEST_ID])
        xml.add(names, "customer-ref-2", req.order_number[:LONGEST_ID])
    return xml.written(root)


def transmit(body: str, groups: list[str]) -> str:
    """A `transmit-set` of these groups."""
    root = xml.read(body)
    listed = xml.find(root, "group-ids")
    if listed is not None:
        for child in list(listed):
            listed.remove(child)
        for group in groups:
            xml.add(listed, "group-id", group)
    return xml.written(root)


def refund(email: str) -> str:
    """A `shipment-refund-request`."""
    root = xml.read('<shipment-refund-request xmlns="http://www.canadapost.ca/ws/shipment-v8"/>')
    xml.add(root, "email", email)
    return xml.written(root)


def pickup(req: PickupRequest, site: Site, customer: str) -> str:
    """A `pickup-request-details`."""
    root = xml.read(f'<pickup-request-details xmlns="{PICKUP_NAMESPACE}"/>')
    xml.add(root, "customer-request-id", customer)
    xml.add(root, "pickup-type", "OnDemand")
    where = xml.add(root, "pickup-location")
    xml.add(where, "business-address-flag", "true")
    address = xml.add(where, "alternate-address")
    xml.add(address, "company", req.location.name)
    xml.add(address, "address-line-1", site.line1)
    xml.add(address, "city", req.location.city)
    xml.add(address, "province", req.location.region)
    xml.add(address, "postal-code", postal_code(req.location.postal_code))
    _details(root, req, site)
    return xml.written(root)


def pickup_update(req: PickupRequest, site: Site) -> str:
    """A `pickup-request-update`: the place stays."""
    root = xml.read(f'<pickup-request-update xmlns="{PICKUP_NAMESPACE}"/>')
    _details(root, req, site)
    return xml.written(root)


def _details(root: xml.Element, req: PickupRequest, site: Site) -> None:
    contact = xml.add(root, "contact-info")
    xml.add(contact, "contact-name", site.contact or req.location.name)
    xml.add(contact, "email", site.email)
    xml.add(contact, "contact-phone", site.phone)
    xml.add(contact, "receive-email-updates-flag", "true" if site.email else "false")
    if req.instruction:
        xml.add(xml.add(root, "location-details"), "pickup-instructions", req.instruction)
    if req.weight_g > HEAVY_G * req.pieces:
        xml.add(xml.add(root, "items-characteristics"), "heavy-item-flag", "true")
    xml.add(root, "pickup-volume", str(req.pieces))
    zone = ZoneInfo(req.location.timezone)
    ready, close = req.ready_at.astimezone(zone), req.close_at.astimezone(zone)
    times = xml.add(xml.add(root, "pickup-times"), "on-demand-pickup-time")
    xml.add(times, "date", f"{ready:%Y-%m-%d}")
    xml.add(times, "preferred-time", f"{ready:%H:%M}")
    xml.add(times, "closing-time", f"{close:%H:%M}")


def postal_code(code: str) -> str:
    """A Canadian postal code without its space."""
    return code.replace(" ", "").upper()
