from __future__ import annotations

import json
import shutil
from pathlib import Path

from connector_service.local.home import CHECKOUT
from tests.cli.commands import Dockline


def test_the_shipped_rules_are_right(dockline: Dockline) -> None:
    ran = dockline("rules", "check")
    assert ran.code == 0
    assert "ownership" in ran.out


def test_a_mistake_is_shown_with_file_and_rule(dockline: Dockline, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(CHECKOUT / "rules", folder)
    file = folder / "ownership.json"
    document = json.loads(file.read_text())
    document["rules"][0]["priority"] = "very high"
    file.write_text(json.dumps(document))
    ran = dockline("rules", "check", str(folder))
    assert ran.code == 1
    assert "ownership.json" in ran.err
    assert document["rules"][0]["id"] in ran.err


def test_a_folder_that_is_not_there_is_misuse(dockline: Dockline, tmp_path: Path) -> None:
    assert dockline("rules", "check", str(tmp_path / "nowhere")).code == 2
