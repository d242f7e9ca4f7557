"""Run one connector process: `python -m connector_service`, set up by DOCKLINE_* variables (see settings.py)."""

from __future__ import annotations

import gc
import os
import sys

import uvicorn

from connector_service.app import create_app
from connector_service.errors import DocklineError
from connector_service.settings import from_environment

_PACE = (100_000, 50, 100)
"""How rarely cyclic garbage is looked for. Python's own pace (700, 10, 10) walks over all live objects so often that it
takes a seventh of the time of a connector at work; nearly everything here is freed by its count."""


def main() -> int:
    """Serve until told to stop; 2 when it cannot start, with the reason on stderr."""
    try:
        settings = from_environment(os.environ)
        app = create_app(settings)
    except DocklineError as error:
        sys.stderr.write(f"{error.title}.\n{error.detail}\n")
        return 2
    gc.set_threshold(*_PACE)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
