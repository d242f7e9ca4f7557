"""Makes the places file of connector_service.geography anew: `python -m connector_service.geography.rebuild`."""
