"""The connector's HTTP interface."""

from connector_service.app.application import create_app

__all__ = ["create_app"]
