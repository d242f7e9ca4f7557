"""Everything about rules over HTTP, under `/v1/rules`: one module per question."""

from __future__ import annotations

from connector_service.app.rules import check, compare, explain, files, publishing, test

ROUTERS = (check.router, compare.router, explain.router, files.router, publishing.router, test.router)
