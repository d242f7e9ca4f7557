"""`python -m connector_service.sandbox`: run the sandbox until it is told to stop."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import uvicorn

from connector_service.sandbox.app import create_app
from connector_service.sandbox.journal import Journal
from connector_service.sandbox.world import World


def main() -> None:
    """Serve on one port of this machine."""
    parser = argparse.ArgumentParser(prog="python -m connector_service.sandbox", description="Look-alike vendor APIs.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8643, help="0 takes any free one")
    parser.add_argument("--state", type=Path, help="file that keeps orders and labels over a restart")
    parser.add_argument("--seed", type=int, help="makes ids and faults the same in every run")
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311 - chooses faults and serial numbers, guards nothing
    app = create_app(World(Journal(options.state), rng))
    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,  # an answer that a fault keeps back must not keep the process
    )
    listener = config.bind_socket()
    listener.listen(config.backlog)  # from here on a caller waits instead of being refused
    host, port = listener.getsockname()[:2]
    sys.stdout.write(f"sandbox listening on http://{host}:{port}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
