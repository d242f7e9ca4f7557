"""What a tenant sets up and asks about its carriers, one module per question."""

from connector_service.app.carriers import label_formats, own_scans, performance, rates, settings, standing

ROUTERS = (standing.router, rates.router, own_scans.router, performance.router, settings.router, label_formats.router)
