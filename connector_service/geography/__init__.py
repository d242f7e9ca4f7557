"""Where a place is, how far it is, what carriage there about costs, and when it ships: offline, pure, integers out."""

from connector_service.geography.carriage import Carriage, CarriageTable, carriage, read_table, standard_table
from connector_service.geography.cut_off import ShipDate, business_days_after, ship_date
from connector_service.geography.distance import distance_km
from connector_service.geography.places import Exactness, Place, place

__all__ = [
    "Carriage",
    "CarriageTable",
    "Exactness",
    "Place",
    "ShipDate",
    "business_days_after",
    "carriage",
    "distance_km",
    "place",
    "read_table",
    "ship_date",
    "standard_table",
]
