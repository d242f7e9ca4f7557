"""The look-alike of UPS's APIs (OAuth, Rating, Shipping, Tracking, Pickup, Address Validation, Label Recovery).

An order's scenario is found by its number or our reference in a ReferenceNumber (Code `PO` is the order number) or in
the CustomerContext of the request. UPS sells a label as often as it is asked; one bought before is found by Label
Recovery with its ReferenceNumber.
"""

from connector_service.sandbox.carriers.ups.vendor import Ups

__all__ = ["Ups"]
