"""The Dockline node as a tool that an agent calls, here through n8n's own MCP server."""

import json
import uuid
from typing import Any

import pytest

from connector_service.local.processes import wait_until
from tests.nodes_n8n.connector import Connector
from tests.nodes_n8n.workbench import Workbench, node, with_credential

pytestmark = pytest.mark.end_to_end

ORDER_ID = "={{ $fromAI('order_id', 'The order', 'string') }}"


def publish_tool(workbench: Workbench) -> str:
    """Publish a workflow that offers validating an order as a tool; the address of its MCP server."""
    path = uuid.uuid4().hex
    server = node(
        "Tools", "@n8n/n8n-nodes-langchain.mcpTrigger", {"path": path}, typeVersion=2, webhookId=str(uuid.uuid4())
    )
    chosen = {"resource": "order", "operation": "validate", "order_id": ORDER_ID}
    tool = with_credential(node("Validate order", "n8n-nodes-dockline.docklineTool", chosen))
    connections = {"Validate order": {"ai_tool": [[{"node": "Tools", "type": "ai_tool", "index": 0}]]}}
    workbench.publish_connected("Tools", [server, tool], connections)
    return f"{workbench.server.base_url}/mcp/{path}"


def ask(workbench: Workbench, address: str, session: str | None, method: str, params: dict[str, Any]) -> Any:
    """One JSON-RPC request to the MCP server; the response."""
    headers = {"accept": "application/json, text/event-stream", **({"mcp-session-id": session} if session else {})}
    asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return workbench.http.post(address, json=asked, headers=headers)


@pytest.mark.parametrize(
    ("order_id", "expected"),
    [
        ("A-1", {"order_id": "A-1", "status": "validated"}),
        ("EX-2", {"order_id": "EX-2", "status": "validated", "exception": {"code": "address_invalid"}}),
    ],
)
def test_an_agent_sees_what_is_done_and_exceptions_alike(
    workbench: Workbench, connector: Connector, order_id: str, expected: dict[str, Any]
) -> None:
    address = publish_tool(workbench)
    client = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    assert wait_until(lambda: ask(workbench, address, None, "initialize", client).status_code == 200, 30.0)
    session = ask(workbench, address, None, "initialize", client).headers["mcp-session-id"]
    call = {"name": "Validate_order", "arguments": {"order_id": order_id}}
    answer = ask(workbench, address, session, "tools/call", call).text
    data = next(line.removeprefix("data: ") for line in answer.splitlines() if line.startswith("data: "))
    (said,) = json.loads(data)["result"]["content"]
    assert json.loads(said["text"]) == [expected]
    assert connector.calls == [("order.validate", [{"order_id": order_id}])]
