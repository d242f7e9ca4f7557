"""The commercial invoice that DHL Express makes of an export declaration."""

from __future__ import annotations

from connector_service.sandbox.carriers.dhl_express.asked import LineItem, Shipment


def invoice_lines(asked: Shipment) -> list[str]:
    """The lines of the sheet, none when nothing is declared."""
    content, declaration = asked.content, asked.content.exportDeclaration
    if declaration is None:
        return []
    currency = content.declaredValueCurrency or ""
    shipper = asked.customerDetails.shipperDetails.contactInformation.companyName
    receiver = asked.customerDetails.receiverDetails.contactInformation.fullName
    return [
        f"COMMERCIAL INVOICE {declaration.invoice.number} of {declaration.invoice.date}",
        f"From {shipper} to {receiver}, terms {content.incoterm or ''}",
        *(_line(item, currency) for item in declaration.lineItems),
        f"Total {sum(item.price * item.quantity.value for item in declaration.lineItems):.2f} {currency}",
    ]


def _line(item: LineItem, currency: str) -> str:
    count = f"{item.quantity.value} {item.quantity.unitOfMeasurement}"
    return f"{item.number}. {item.description}, {count} at {item.price:.2f} {currency}, from {item.manufacturerCountry}"
