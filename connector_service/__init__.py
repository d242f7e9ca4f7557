"""The connector service behind Dockline's n8n nodes."""
