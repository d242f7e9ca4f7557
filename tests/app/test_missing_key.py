"""A connector process whose key is missing or wrong does not start half-blind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector_service.clock import FakeClock
from connector_service.store import Store, tenants
from connector_service.store.keys import FILE_NAME, new_key
from tests.house import RULES


def start(database: Path, **settings: str) -> tuple[int, str]:
    """Code and standard error of a connector that ends while starting."""
    environment = {**os.environ, "DOCKLINE_DATABASE": str(database), "DOCKLINE_RULES": str(RULES), **settings}
    command = [sys.executable, "-m", "connector_service"]
    ran = subprocess.run(
        command, cwd=RULES.parent, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return ran.returncode, ran.stderr


@pytest.fixture
def database(tmp_path: Path) -> Path:
    store = Store(tmp_path / "keyed.sqlite", FakeClock())
    tenants.put_connection(store.reader, "acme", "northdock", {"api_key": "hush"})
    store.close()
    return store.path


def test_without_the_key_file_it_ends_and_says_which_key_it_needs(database: Path) -> None:
    database.with_name(FILE_NAME).unlink()
    code, said = start(database)
    assert code == 2
    assert f"The key file {database.with_name(FILE_NAME)} is missing" in said
    assert "Put the file back from your backup, or set DOCKLINE_SECRET_KEY" in said


def test_with_another_key_it_ends_and_does_not_print_it(database: Path) -> None:
    key = new_key()
    code, said = start(database, DOCKLINE_SECRET_KEY=key)
    assert (code, "Put that key back" in said) == (2, True)
    assert key not in said


def test_with_something_that_is_no_key_it_ends_and_does_not_print_it(database: Path) -> None:
    code, said = start(database, DOCKLINE_SECRET_KEY="correct-horse")
    assert (code, "Key 1 of DOCKLINE_SECRET_KEY is none" in said) == (2, True)
    assert "correct-horse" not in said
