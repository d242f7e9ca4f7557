"""The only place with SQL: events, projections, idempotency keys, outbox, deadlines, rejected messages."""

from connector_service.store.connection import Connection
from connector_service.store.database import Store
from connector_service.store.transaction import Transaction

__all__ = ["Connection", "Store", "Transaction"]
