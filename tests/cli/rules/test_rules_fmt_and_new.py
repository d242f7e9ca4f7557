"""`dockline rules fmt` and `new`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from connector_service.local.home import CHECKOUT
from connector_service.rules_authoring.formatting import formatted
from connector_service.rules_engine.folder import canonical_hash
from tests.cli.commands import Dockline


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "rules", tmp_path / "rules")
    return tmp_path / "rules"


def test_fmt_writes_one_layout_and_then_has_nothing_to_do(dockline: Dockline, folder: Path) -> None:
    path = folder / "ownership.json"
    before = json.loads(path.read_text())
    path.write_text(json.dumps(before))
    assert dockline("rules", "fmt", str(path)).code == 0
    assert path.read_text() == formatted(before)
    assert canonical_hash(json.loads(path.read_text())) == canonical_hash(before)
    assert dockline("rules", "fmt", str(path), "--check").code == 0


def test_fmt_check_writes_nothing(dockline: Dockline, folder: Path) -> None:
    path = folder / "ownership.json"
    path.write_text(json.dumps(json.loads(path.read_text())))
    before = path.read_bytes()
    assert dockline("rules", "fmt", str(path), "--check").code == 1
    assert path.read_bytes() == before


def test_fmt_lays_out_a_file_with_findings_and_leaves_one_that_is_no_json(dockline: Dockline, folder: Path) -> None:
    wrong, broken = folder / "ownership.json", folder / "broken.json"
    wrong.write_text('{"rules": [{"then": {"owner": "nobody"}, "id": 5}], "colour": "red"}')
    broken.write_text('{"id": ')
    ran = dockline("rules", "fmt", str(wrong), str(broken))
    assert ran.code == 1
    assert "broken.json" in ran.out
    assert wrong.read_text() == formatted({"rules": [{"id": 5, "then": {"owner": "nobody"}}], "colour": "red"})
    assert broken.read_text() == '{"id": '


@pytest.mark.parametrize(
    "words",
    [
        ("--facts", "packing@1", "--hit-policy", "worst"),
        ("--facts", "order@1"),
        ("--facts", "carrier@1", "--hit-policy", "all"),
        ("--facts", "shipment@1", "--hit-policy", "unique"),
        ("--from", "ownership", "OWN-020"),
        ("--from", "escalation", "SLA-010"),
        ("--from", "qa-packing", "QPK-025"),
    ],
)
def test_a_new_file_passes_its_checks_and_covers_itself(
    dockline: Dockline, folder: Path, words: tuple[str, ...]
) -> None:
    made = dockline("rules", "new", "my-gate", *words, "--folder", str(folder))
    assert made.code == 0
    assert "Next:" in made.out
    path = str(folder / "my-gate.json")
    assert dockline("rules", "test", path, "--threshold", "100").code == 0
    assert dockline("rules", "fmt", path, "--check").code == 0
    assert dockline("rules", "check", str(folder)).code == 0


def test_a_file_that_is_there_is_never_overwritten(dockline: Dockline, folder: Path) -> None:
    before = (folder / "ownership.json").read_bytes()
    ran = dockline("rules", "new", "ownership", "--facts", "order@1", "--folder", str(folder))
    assert ran.code == 1
    assert "nothing was written" in ran.err
    assert (folder / "ownership.json").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Packing Gate", "--facts", "order@1"), "is no id"),
        (("gate",), "--facts order@1"),
        (("gate", "--facts", "order@1", "--hit-policy", "frist"), 'Did you mean "first"?'),
    ],
)
def test_what_cannot_be_is_misuse(dockline: Dockline, folder: Path, words: tuple[str, ...], said: str) -> None:
    ran = dockline("rules", "new", *words, "--folder", str(folder))
    assert ran.code == 2
    assert said in ran.err


def test_an_unknown_vocabulary_or_rule_is_named_with_what_was_meant(dockline: Dockline, folder: Path) -> None:
    ran = dockline("rules", "new", "gate", "--facts", "ordr@1", "--folder", str(folder))
    assert 'Did you mean "order@1"?' in ran.err
    ran = dockline("rules", "new", "gate", "--from", "ownership", "OWN-02", "--folder", str(folder))
    assert "OWN-020" in ran.err
