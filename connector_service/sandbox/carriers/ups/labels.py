"""What UPS answers to Shipping and Label Recovery: the charges, and a printed label for each package."""

from __future__ import annotations

import base64
from typing import Any

from connector_service.sandbox.carriers.paper import LETTER, pdf
from connector_service.sandbox.carriers.printing import label
from connector_service.sandbox.carriers.ups.asked import ShipAsked
from connector_service.sandbox.carriers.ups.rates import charges, money, weight
from connector_service.sandbox.carriers.ups.services import NAMES
from connector_service.sandbox.world import Sold

FORMATS = frozenset({"ZPL", "GIF", "PNG", "PDF"})
INVOICE = "01"


def remembered(asked: ShipAsked) -> dict[str, Any]:
    """What has to be known of the request to print its label again."""
    shipment = asked.Shipment
    return {
        "format": asked.LabelSpecification.LabelImageFormat.Code,
        "unit": shipment.Package[0].PackageWeight.UnitOfMeasurement.Code,
        "negotiated": shipment.negotiated(),
        "return_service": shipment.ReturnService.Code if shipment.ReturnService else None,
        "shipper_number": shipment.Shipper.ShipperNumber or "",
        "invoice": _invoice_lines(asked),
    }


def results(sold: Sold) -> dict[str, Any]:
    """The `ShipmentResults` of a label as sold."""
    details, currency = sold.details, sold.currency
    cost = charges(sold.cost_minor, currency, negotiated=details["negotiated"])
    own = cost.pop("NegotiatedRateCharges", None)
    answer: dict[str, Any] = {
        "ShipmentCharges": cost,
        **({"NegotiatedRateCharges": own} if own else {}),
        "BillingWeight": weight(sold.weight_g, details["unit"]),
        "ShipmentIdentificationNumber": sold.tracking_number,
        "PackageResults": [_package(sold, number) for number in sold.numbers()],
    }
    if details["invoice"]:
        image = {"ImageFormat": {"Code": "PDF", "Description": "PDF"}, "GraphicImage": _invoice(sold)}
        answer["Form"] = {"Code": INVOICE, "Description": "All Requested International Forms", "Image": image}
    return answer


def recovered(sold: Sold, form: str) -> dict[str, Any]:
    """The body of `LabelRecoveryResponse`, after its head."""
    return {
        "ShipmentIdentificationNumber": sold.tracking_number,
        "LabelResults": [
            {
                "TrackingNumber": number,
                "LabelImage": {"LabelImageFormat": {"Code": form}, **_graphic(sold, number, form)},
            }
            for number in sold.numbers()
        ],
    }


def _package(sold: Sold, number: str) -> dict[str, Any]:
    form = sold.details["format"]
    return {
        "TrackingNumber": number,
        "BaseServiceCharge": money(0, sold.currency),
        "ServiceOptionsCharges": money(0, sold.currency),
        "ShippingLabel": {"ImageFormat": {"Code": form, "Description": form}, **_graphic(sold, number, form)},
        "ItemizedCharges": [],
    }


def _graphic(sold: Sold, number: str, form: str) -> dict[str, str]:
    printed = label(sold, number, form, "UPS", NAMES[sold.service])
    return {"GraphicImage": base64.b64encode(printed).decode()}


def _invoice(sold: Sold) -> str:
    return base64.b64encode(pdf([[*sold.details["invoice"], f"Shipment {sold.tracking_number}"]], LETTER)).decode()


def _invoice_lines(asked: ShipAsked) -> list[str]:
    options = asked.Shipment.ShipmentServiceOptions
    forms = options.InternationalForms if options else None
    if forms is None or INVOICE not in forms.FormType:
        return []
    goods = [str(product.get("Description") or "goods") for product in forms.Product]
    return [f"COMMERCIAL INVOICE {forms.InvoiceNumber or ''}", *goods, f"Currency {forms.CurrencyCode or ''}"]
