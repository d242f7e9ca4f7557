"""What is wrong with an installation, in words, and what to do: this machine, what is kept, what runs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from connector_service.clock import SystemClock
from connector_service.errors import DocklineError, RulesInvalid
from connector_service.local import diagnosis_running, diagnosis_secrets
from connector_service.local.cache import cache_folder
from connector_service.local.finding import Finding
from connector_service.local.home import CHECKOUT, Home
from connector_service.local.n8n_install import N8N_VERSION, n8n_folder
from connector_service.local.node_runtime import node_runtime
from connector_service.local.processes import PREFERRED_PORTS, is_free
from connector_service.local.tenant_setup import open_database
from connector_service.rules_engine import RuleBook
from connector_service.store import rebuild

OLDEST, NEWEST = (3, 11), (3, 12)
_LOADED = Path("/proc/self/maps")


def examine(home: Home) -> list[Finding]:
    """Every check of an installation; nothing is changed."""
    kept = [*_machine(home), *_kept(home), *diagnosis_secrets.examine(home, SystemClock().now())]
    if any(finding.well is False and finding.about == "key of secrets" for finding in kept):
        return kept  # whatever else is asked reads the same database
    return [*kept, *diagnosis_running.examine(home)]


def _machine(home: Home) -> Iterator[Finding]:
    here = sys.version_info[:2]
    fits = OLDEST <= here <= NEWEST
    advice = "" if fits else "Install Python 3.11 or 3.12, delete .venv, and run: make up"
    yield Finding("python", fits, f"{sys.version.split()[0]} in {sys.prefix}", advice)
    if is_slow_build(_LOADED):
        words = "This Python keeps its interpreter in a shared library; Dockline runs about a tenth slower on it"
        yield Finding("python's build", None, words, "The system's own is often quicker: delete .venv and run: make up")
    try:
        folder = n8n_folder(node_runtime(), cache_folder())
    except DocklineError as problem:
        yield Finding("node", False, problem.detail, "Delete .venv and run: make up")
        return
    installed = folder.is_dir()
    yield _build_tools(installed)
    where = f"{N8N_VERSION} in {folder}" if installed else f"{N8N_VERSION} is not installed in {cache_folder()}"
    to_do = "" if installed else "`dockline up` installs it (about five minutes, once); or: dockline up --without-n8n"
    yield Finding("n8n installation", installed or None, where, to_do)
    yield from _ports(home)


def is_slow_build(loaded: Path) -> bool:
    """Whether the interpreter is in a shared library, by the list of what the process has loaded (Linux has one)."""
    return loaded.exists() and "libpython" in loaded.read_text()


def _build_tools(n8n_installed: bool) -> Finding:
    missing = [tool for tool in ("gcc", "g++", "make") if not shutil.which(tool, path=os.environ.get("PATH"))]
    if not missing:
        return Finding("build tools", True, "gcc, g++ and make are on PATH")
    words = f"{', '.join(missing)} missing on PATH"
    if n8n_installed:
        return Finding("build tools", None, f"{words}; n8n is installed, so they are not needed now")
    return Finding("build tools", False, words, "Install them, such as: apt-get install gcc g++ make")


def _ports(home: Home) -> Iterator[Finding]:
    for name, ports in PREFERRED_PORTS.items():
        if home.processes.is_running(name):
            continue
        taken = [port for port in ports.values() if not is_free(port)]
        if taken:
            words = f"{', '.join(map(str, taken))} is used by another program; {name} will take another one"
            yield Finding("ports", None, words)


def _kept(home: Home) -> Iterator[Finding]:
    try:
        home.access()
    except DocklineError as problem:
        yield Finding("set-up", False, problem.detail, "dockline up")
    yield _database(home)
    yield _rules()


def _database(home: Home) -> Finding:
    if not home.database.exists():
        return Finding("database", False, f"There is none at {home.database}", "dockline up")
    try:
        with open_database(home.database) as database:
            differing = rebuild.differences(database)
    except DocklineError as problem:
        return Finding("database", False, problem.detail, "Mend what it names; orders are only in this file.")
    if differing:
        words = f"{len(differing)} objects in {home.database} are not what their events say"
        return Finding("database", False, words, "See which: dockline rebuild --check. Mend: dockline rebuild")
    return Finding("database", True, f"{home.database}: its schema is current; state and events agree")


def _rules() -> Finding:
    folder = CHECKOUT / "rules"
    try:
        files = RuleBook.load(folder, SystemClock()).files()
    except RulesInvalid as problem:
        return Finding("rules", False, problem.detail, "Mend the files, then look again: dockline rules check")
    return Finding("rules", True, f"{len(files)} files in {folder} are right, and their own tests pass")
