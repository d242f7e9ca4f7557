"""What a carrier has agreed to charge a tenant, as data: zones by postal area, prices by weight, days, fuel surcharge.

A table stands in when the carrier cannot be asked, and is all there is for a carrier without an API.
"""

from __future__ import annotations

from connector_service.rate_tables.csv_reading import read_csv
from connector_service.rate_tables.pricing import Price, prices, valid_on
from connector_service.rate_tables.reading import read_json
from connector_service.rate_tables.table import RateTable

__all__ = ["Price", "RateTable", "prices", "read_csv", "read_json", "valid_on"]
