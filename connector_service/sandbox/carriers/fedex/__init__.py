"""The look-alike of FedEx's APIs (OAuth, Rates, Ship, Track, Pickup, Address Validation, Ground End of Day Close).

An order's scenario is found by its number or our reference in a customerReference (`P_O_NUMBER` is the order number),
or in the header `x-customer-transaction-id`, which is the only place for it in a call for rates. FedEx sells a label as
often as it is asked; whether one was bought is found by reference in Track, which gives its tracking number.
"""

from connector_service.sandbox.carriers.fedex.vendor import Fedex

__all__ = ["Fedex"]
