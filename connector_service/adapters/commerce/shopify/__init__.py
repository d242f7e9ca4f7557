"""Shopify: orders arrive as `orders/create` webhooks in the shape of its Admin REST API, signed with a shared secret.

Capabilities: receives orders. Two pure functions do all of it; nothing here speaks HTTP.
"""

from connector_service.adapters.commerce.shopify.mapping import SLUG, order_from_webhook
from connector_service.adapters.commerce.shopify.signature import sign, verify

__all__ = ["SLUG", "order_from_webhook", "sign", "verify"]
