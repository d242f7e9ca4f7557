"""What the Postal Service makes of an address; pure."""

from __future__ import annotations

from canonical_models import Address
from connector_service.adapters.carrier_contract import AddressCheck
from connector_service.adapters.carriers.usps.mapping import zip5
from connector_service.adapters.shapes import VendorShape


class _Place(VendorShape):
    streetAddress: str = ""
    secondaryAddress: str | None = None
    city: str = ""
    state: str = ""
    ZIPCode: str = ""
    ZIPPlus4: str | None = None


class _Additional(VendorShape):
    DPVConfirmation: str | None = None
    business: str | None = None


class _Remark(VendorShape):
    text: str = ""


class _Checked(VendorShape):
    address: _Place
    additionalInfo: _Additional | None = None
    corrections: tuple[_Remark, ...] | None = None
    matches: tuple[_Remark, ...] | None = None


def address_check(asked: Address, body: bytes) -> AddressCheck:
    """`Y` is confirmed to the door; `S` and `D` lack a flat or house that is known to be there; `N` is not there."""
    shape = _Checked.model_validate_json(body)
    more = shape.additionalInfo or _Additional()
    words = tuple(remark.text for remark in (*(shape.corrections or ()), *(shape.matches or ())) if remark.text)
    residential = {"Y": False, "N": True}.get(more.business or "")
    if more.DPVConfirmation == "N":
        return AddressCheck("invalid", words=words)
    found = _suggested(asked, shape.address)
    if more.DPVConfirmation in ("S", "D"):
        return AddressCheck("ambiguous", (found,), residential, words)
    same = _plain(found) == _plain(asked)
    return AddressCheck("valid" if same else "corrected", (found,), residential, words)


def _suggested(asked: Address, place: _Place) -> Address:
    code = f"{place.ZIPCode}-{place.ZIPPlus4}" if place.ZIPPlus4 else place.ZIPCode
    update = {"line1": place.streetAddress, "line2": place.secondaryAddress or ""}
    where = {"city": place.city, "region": place.state, "postal_code": code}
    return asked.model_copy(update=update | where)


def _plain(address: Address) -> tuple[str, ...]:
    parts = (address.line1, address.line2, address.city, address.region, zip5(address.postal_code))
    return tuple(" ".join(part.casefold().split()) for part in parts)
