"""The gRPC feed beside the HTTP routes; nothing of it is imported when no port is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector_service.app.inventory.feed_answers import sender_of
from connector_service.app.services import Services
from connector_service.feeds.feed import Sender
from connector_service.store import tenants
from nodes.runner import Caller

if TYPE_CHECKING:
    import grpc

SECONDS_TO_FINISH = 5.0
"""How long streams may go on when the connector stops."""


async def start(services: Services) -> grpc.aio.Server | None:
    """Listen on the settings' port, if there is one.

    Raises:
        InstallationProblem: the port is taken.
    """
    settings = services.settings
    if settings.grpc_port is None:
        return None
    from connector_service.feeds import grpc_server

    def sender(api_key: str) -> Sender | None:
        found = tenants.tenant_of_key(services.store.reader, api_key)
        return sender_of(services, Caller(*found), "gRPC") if found else None

    return await grpc_server.start(sender, settings.host, settings.grpc_port)


async def stop(server: grpc.aio.Server | None) -> None:
    """Let streams finish, then end."""
    if server is not None:
        await server.stop(SECONDS_TO_FINISH)
