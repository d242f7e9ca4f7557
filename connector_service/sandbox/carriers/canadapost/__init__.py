"""The look-alike of Canada Post: XML web services over HTTP Basic, Canadian dollars, kilograms, parcels from Canada.

A shipment is one parcel. It is `created` into a group and voided freely, until the group is transmitted by a manifest;
from then on it is refunded on request. Labels are fetched by a link. What was bought is found again by its
customer-request-id, until it is voided; the same id twice is two shipments. Nothing is told by webhook: callers ask.
"""
