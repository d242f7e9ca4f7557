"""Where a place is, how far it is, what carriage there about costs, and when it ships: offline, pure, integers out."""

from connector_service.geography.carriage import Carriage, CarriageTable, carriage, read_table, standard_table
from connector_service.geography.cut_off import ShipDate, business_days_after, ship_date
from connector_service.geography.distance import distance_km
from connector_service.geography.locations import Dispatch, Schedule, arrival_day, dispatch, next_midnight, place_of
from connector_service.geography.places import Exactness, Place, place

__all__ = [
    "Carriage",
    "CarriageTable",
    "Dispatch",
    "Exactness",
    "Place",
    "Schedule",
    "ShipDate",
    "arrival_day",
    "business_days_after",
    "carriage",
    "dispatch",
    "distance_km",
    "next_midnight",
    "place",
    "place_of",
    "read_table",
    "ship_date",
    "standard_table",
]
