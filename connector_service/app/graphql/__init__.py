"""GraphQL over inventory, locations, orders, shipments and exceptions. Only `route` is imported at the start."""
