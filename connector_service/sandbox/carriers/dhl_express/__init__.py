"""The look-alike of DHL Express: MyDHL API, JSON over HTTP Basic, prices in the currency of the shipper's country.

It sells as many shipments as it is asked for, cannot take one back (what is never collected is never billed), and has
no webhooks. A shipment can be found again by the customer reference it was bought with, through tracking.
"""
