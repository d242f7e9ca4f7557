"""Whether what should run does, answers, and gets its work done."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import httpx

from connector_service.clock import SystemClock
from connector_service.errors import DocklineError
from connector_service.local import diagnosis_carriers
from connector_service.local.finding import Finding
from connector_service.local.flows import read_workflows
from connector_service.local.home import Home
from connector_service.local.n8n_api import connect
from connector_service.local.n8n_http import loopback_client
from connector_service.local.n8n_install import ensure_n8n
from connector_service.local.n8n_stack import FLOWS, Subscriptions, n8n_server, triggers
from connector_service.local.programs import answers, log_end
from connector_service.local.tenant_setup import open_database
from connector_service.store import deadlines, outbox, tenants

FIRES_WITHIN = timedelta(minutes=1)
"""The scheduler looks every second; a deadline that is due for longer was not looked at."""


def examine(home: Home) -> list[Finding]:
    """Connector, sandbox, n8n with its flows, deliveries and deadlines."""
    with loopback_client() as http:
        return [*_connector(home, http), _sandbox(home, http), *_n8n(home, http), *_work(home)]


def _connector(home: Home, http: httpx.Client) -> Iterator[Finding]:
    url = home.url("connector")
    if url is None:
        yield Finding("connector", False, f"It does not run. {log_end(home, 'connector')}".strip(), "dockline up")
        return
    if not answers(http, f"{url}/health"):
        yield Finding("connector", False, f"It runs, but {url} does not answer", "dockline down, then dockline up")
        return
    yield Finding("connector", True, f"It answers at {url}")
    try:
        key = home.access().api_key
    except DocklineError:
        return  # said by the check of what is kept
    accepted = http.get(f"{url}/v1/tenant", headers={"authorization": f"Bearer {key}"}).is_success
    words = "The connector takes this checkout's key" if accepted else "The connector refuses this checkout's key"
    yield Finding("API key", accepted, words, "" if accepted else "`dockline up` makes a new one")
    if accepted:
        yield from diagnosis_carriers.examine(http, url, key)


def _sandbox(home: Home, http: httpx.Client) -> Finding:
    url = home.url("sandbox")
    if url and answers(http, f"{url}/control/health"):
        return Finding("sandbox", True, f"It answers at {url}")
    if url:
        return Finding("sandbox", False, f"It runs, but {url} does not answer", "dockline down, then dockline up")
    ports = home.processes.last_ports("sandbox")
    used = _accounts_at(home, f"http://127.0.0.1:{ports['http']}/") if ports else []
    if used:
        words = f"It does not run, and the connections {', '.join(used)} lead to it"
        return Finding("sandbox", False, words, "dockline up, or connect the real systems: PUT /v1/connections/<name>")
    return Finding("sandbox", None, "It does not run, and nothing leads to it")


def _accounts_at(home: Home, prefix: str) -> list[str]:
    if not home.database.exists():
        return []
    with open_database(home.database) as database:
        found = [account for each in tenants.tenant_ids(database) for account in tenants.connections(database, each)]
    return sorted({account.slug for account in found if str(account.settings.get("base_url", "")).startswith(prefix)})


def _n8n(home: Home, http: httpx.Client) -> Iterator[Finding]:
    url = home.url("n8n")
    if url is None:
        waiting = _deliveries(home)["pending"]
        words = f"It does not run; {waiting} events wait for its flows"
        yield Finding("n8n", False if waiting else None, words, "dockline up" if waiting else "")
        return
    if not answers(http, f"{url}/healthz/readiness"):
        yield Finding("n8n", False, f"It runs, but {url} is not ready.\n{log_end(home, 'n8n')}", "Wait, or restart it")
        return
    yield Finding("n8n", True, f"It answers at {url}")
    try:
        yield from _flows(home, http)
    except DocklineError as problem:
        yield Finding("flows", False, problem.detail, "dockline up deploys them again")


def _flows(home: Home, http: httpx.Client) -> Iterator[Finding]:
    server = n8n_server(home, ensure_n8n(lambda line: None))
    stored = {workflow["id"]: workflow for workflow in connect(server, http).workflows()}
    connector_url = home.url("connector")
    known = Subscriptions(connector_url, home.access().api_key).urls().values() if connector_url else ()
    for path, workflow in read_workflows(FLOWS):
        present = stored.get(workflow["id"])
        if present is None or not present["active"]:
            words = f"{path.name} is {'not published' if present else 'not'} in n8n"
            yield Finding(f"flow {workflow['name']}", False, words, "dockline up")
            continue
        deaf = [trigger.node for trigger in triggers([present], server.base_url) if trigger.url not in known]
        words = f"published, but nothing reaches its trigger {', '.join(deaf)}" if deaf else "published, and subscribed"
        yield Finding(f"flow {workflow['name']}", not deaf, words, "dockline up subscribes it again" if deaf else "")


def _work(home: Home) -> Iterator[Finding]:
    if not home.database.exists():
        return
    dead = _deliveries(home)["dead"]
    words = f"{dead} events were given up: no flow moved their objects on" if dead else "no event was given up"
    to_do = "Each has an exception flow_stalled with an owner: dockline exception list" if dead else ""
    yield Finding("deliveries", not dead, words, to_do)
    late = SystemClock().now() - FIRES_WITHIN
    with open_database(home.database) as database:
        overdue = deadlines.due(database, late)
    if overdue:
        words = (
            f"{len(overdue)} are past due and were not acted on, the oldest since {overdue[0].due_at:%Y-%m-%d %H:%M}"
        )
        yield Finding("deadlines", False, words, "The connector fires them when it runs: dockline up")
    else:
        yield Finding("deadlines", True, "none is past due without having escalated")


def _deliveries(home: Home) -> Counter[str]:
    """Deliveries of all tenants by state."""
    counts: Counter[str] = Counter()
    if home.database.exists():
        with open_database(home.database) as database:
            counts = _counted(database)
    return counts


def _counted(database: sqlite3.Connection) -> Counter[str]:
    counts: Counter[str] = Counter()
    for tenant_id in tenants.tenant_ids(database):
        counts.update(outbox.counts(database, tenant_id))
    return counts
