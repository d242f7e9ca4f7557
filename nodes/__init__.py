"""Dockline's nodes: operations declared once, offered over HTTP, as n8n operations and in the docs table."""
