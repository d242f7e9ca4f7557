"""How Dockline speaks to other systems: one folder per system, one transport, one registry."""
