"""A connector in the place of the real one: the same HTTP interface, with answers that a test chooses by order id."""

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API_KEY = "key-of-the-test-tenant"

Json = dict[str, Any]


@dataclass
class Connector:
    """What the nodes asked for, in order, and the subscriptions they hold. `refusals` whole requests get HTTP 503."""

    url: str
    calls: list[tuple[str, list[Json]]] = field(default_factory=list)
    subscriptions: dict[str, Json] = field(default_factory=dict)
    refusals: int = 0

    def answer(self, method: str, path: str, body: Json) -> tuple[int, Json | None]:
        """The status and body for a request that came with the right key."""
        parts = path.strip("/").split("/")[1:]
        match method, parts:
            case "GET", ["tenant"]:
                return 200, {"tenant_id": "t1", "name": "Test tenant"}
            case "POST", ["nodes", name]:
                return self._run(name, body["items"])
            case "POST", ["subscriptions"]:
                return self._subscribe(body)
            case "GET", ["subscriptions", identity]:
                return (200, {"id": identity}) if identity in self.subscriptions else problem(404, "No subscription")
            case "DELETE", ["subscriptions", identity]:
                return (204, None) if self.subscriptions.pop(identity, None) else problem(404, "No subscription")
        return problem(404, f"Nothing answers {method} {path}")

    def _run(self, name: str, items: list[Json]) -> tuple[int, Json]:
        self.calls.append((name, items))
        if self.refusals:
            self.refusals -= 1
            return problem(503, "The store cannot write")
        return 200, {"results": [result(item) for item in items]}

    def _subscribe(self, body: Json) -> tuple[int, Json]:
        identity = f"sub-{len(self.subscriptions) + 1}-{secrets.token_hex(2)}"
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        self.subscriptions[identity] = {**body, "secret": secret}
        return 201, {"id": identity, "secret": secret}


def result(item: Json) -> Json:
    """`EX-…` ends in an exception, `BAD-…` fails for good, `BUSY-…` fails for now, everything else is done."""
    kind = str(item.get("order_id", "")).partition("-")[0]
    output = {"order_id": item.get("order_id"), "status": "validated"}
    empty = {"output": None, "exception": None, "error": None, "replayed": False}
    if kind == "EX":
        return {**empty, "status": "exception", "output": output, "exception": {"code": "address_invalid"}}
    if kind in ("BAD", "BUSY"):
        error = {"title": "Refused", "detail": f"about {item['order_id']}", "pointer": "/order_id"}
        return {**empty, "status": "failed", "error": {**error, "retryable": kind == "BUSY"}}
    return {**empty, "status": "done", "output": output}


def problem(status: int, title: str) -> tuple[int, Json]:
    """An RFC 9457 problem document."""
    return status, {"type": "about:blank", "title": title, "status": status, "detail": "as the test wanted it"}


@contextmanager
def serving() -> Iterator[Connector]:
    """A connector that listens on a free port of the loopback address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None: ...

        def handle_any(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            permitted = self.headers.get("authorization") == f"Bearer {API_KEY}"
            body = json.loads(content) if content else {}
            status, said = connector.answer(self.command, self.path, body) if permitted else problem(401, "No tenant")
            written = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json" if status < 400 else "application/problem+json")
            self.send_header("content-length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        do_GET = do_POST = do_DELETE = handle_any

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    connector = Connector(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield connector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
