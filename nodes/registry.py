"""All nodes, by name."""

from __future__ import annotations

from nodes import batch, carrier, communication, exception, manifest, order, pickup, rule, shipment, tracking
from nodes.contract import Node

ALL_NODES: tuple[Node, ...] = (
    *order.NODES,
    *shipment.NODES,
    *carrier.NODES,
    *tracking.NODES,
    *exception.NODES,
    *manifest.NODES,
    *pickup.NODES,
    *rule.NODES,
    *communication.NODES,
    *batch.NODES,
)
NODES_BY_NAME: dict[str, Node] = {node.name: node for node in ALL_NODES}
