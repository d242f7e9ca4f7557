"""The `dockline` command."""

from connector_service.cli.app import app

__all__ = ["app"]
