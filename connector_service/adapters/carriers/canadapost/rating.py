"""The question for Canada Post's prices, written without karrio: it is asked for every order.

A test holds it against what karrio writes for random shipments. It differs on purpose where karrio rounds the weight to
a tenth of a kilogram and writes a size that nobody measured.
"""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from canonical_models import Address, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.carriers.canadapost import SLUG, Settings
from connector_service.errors import VendorRejected

HOME, SOUTH = "CA", "US"


def rate_body(req: RateRequest, settings: Settings, day: date) -> str:
    """A `mailing-scenario`. Raises `VendorRejected` for a parcel that does not start in Canada."""
    if req.ship_from.country != HOME:
        text = f"{SLUG} would not take this rate: its parcels start in Canada, not in {req.ship_from.country}"
        raise VendorRejected(text, vendor=SLUG, pointer="/ship_from/country")
    contract = _tag("contract-id", settings.contract_id) if settings.contract_id else ""
    return (
        '<mailing-scenario xmlns="http://www.canadapost.ca/ws/ship/rate-v4">'
        f"{_tag('customer-number', settings.account_number)}{contract}"
        f"<expected-mailing-date>{day.isoformat()}</expected-mailing-date>"
        f"<parcel-characteristics>{_parcel(req.parcels[0])}</parcel-characteristics>"
        f"{_tag('origin-postal-code', _compact(req.ship_from.postal_code))}"
        f"<destination>{_destination(req.ship_to)}</destination></mailing-scenario>"
    )


def _parcel(parcel: Parcel) -> str:
    weight, size = f"<weight>{parcel.weight_g / 1_000:.3f}</weight>", parcel.dims_mm
    if size is None:
        return weight
    sides = (("length", size.length_mm), ("width", size.width_mm), ("height", size.height_mm))
    return f"{weight}<dimensions>{''.join(f'<{name}>{side / 10:.1f}</{name}>' for name, side in sides)}</dimensions>"


def _destination(to: Address) -> str:
    if to.country == HOME:
        return f"<domestic>{_tag('postal-code', _compact(to.postal_code))}</domestic>"
    if to.country == SOUTH:
        return f"<united-states>{_tag('zip-code', _compact(to.postal_code))}</united-states>"
    return f"<international><country-code>{to.country}</country-code></international>"


def _compact(postal_code: str) -> str:
    return postal_code.replace(" ", "").upper()


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
