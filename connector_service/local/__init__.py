"""The whole stack on one machine: node runtime, n8n install, boot, import, and the processes that run it."""
