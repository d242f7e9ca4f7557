"""`dockline rules check` tells what is wrong, where, and how to mend it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from connector_service.cli.rules import watching
from connector_service.local.home import CHECKOUT
from tests.cli.commands import Dockline

OWNERSHIP = CHECKOUT / "rules" / "ownership.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The words of the shipped rules, and one file."""
    place = tmp_path / "rules"
    shutil.copytree(CHECKOUT / "rules" / "vocabularies", place / "vocabularies")
    for name in ("organisation.json", "ownership.json"):
        shutil.copy(CHECKOUT / "rules" / name, place / name)
    return place


def change(folder: Path, old: str, new: str) -> str:
    """The text of the ownership file with a change, written to the folder."""
    text = OWNERSHIP.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    (folder / "ownership.json").write_text(changed, encoding="utf-8")
    return changed


def test_the_shipped_rules_are_right(dockline: Dockline) -> None:
    ran = dockline("rules", "check")
    assert (ran.code, ran.err) == (0, "")
    assert "all right" in ran.out


def test_one_file_is_checked_by_its_id(dockline: Dockline) -> None:
    ran = dockline("rules", "check", "ownership")
    assert ran.code == 0
    assert ran.out.startswith("1 file, ")


def test_a_mistake_is_shown_with_file_rule_line_and_fix(dockline: Dockline, folder: Path) -> None:
    text = change(folder, '"when": {"hold": "legal"}', '"when": {"hold": "legall"}')
    ran = dockline("rules", "check", str(folder))
    assert ran.code == 1
    line = text[: text.index('"legall"')].count("\n") + 1
    assert f"error OWN-010, line {line}, /rules/2/when/hold" in ran.out
    assert 'Fix: Did you mean "legal"?' in ran.out
    shown = ran.out.splitlines()
    source = next(index for index, each in enumerate(shown) if f"{line} | " in each)
    assert shown[source][shown[source + 1].index("^") :].startswith('"hold": "legall"')


def test_a_text_that_is_no_json_names_the_line(dockline: Dockline, folder: Path) -> None:
    text = change(folder, '"hit_policy": "first",', '"hit_policy": "first"')
    ran = dockline("rules", "check", str(folder))
    line = text[: text.index('"hit_policy"')].count("\n") + 1
    assert ran.code == 1
    assert f"line {line}" in ran.out


def test_findings_are_there_for_other_programs(dockline: Dockline, folder: Path) -> None:
    change(folder, '"lists": {', '"lists": {"spare": ["US"], ')
    ran = dockline("rules", "check", str(folder), "--json")
    assert ran.code == 1
    assert not ran.json["right"]
    (finding,) = ran.json["files"][0]["findings"]
    assert (finding["severity"], finding["pointer"]) == ("warning", "/lists/spare")
    assert finding["line"] > 1


def test_notes_are_told_on_demand_and_fail_nothing(dockline: Dockline) -> None:
    ran = dockline("rules", "check", "ownership", "--notes")
    assert ran.code == 0
    assert "Both it and" in ran.out


def test_a_rule_id_of_another_file_is_a_warning(dockline: Dockline, folder: Path) -> None:
    copy = OWNERSHIP.read_text(encoding="utf-8").replace('"id": "ownership"', '"id": "ownership-too"', 1)
    (folder / "ownership-too.json").write_text(copy, encoding="utf-8")
    ran = dockline("rules", "check", str(folder))
    assert ran.code == 1
    assert "has a rule OWN-010, too" in ran.out


def test_a_mistake_in_the_organisation_is_shown_there(dockline: Dockline, folder: Path) -> None:
    place = folder / "organisation.json"
    place.write_text(place.read_text(encoding="utf-8").replace('"deputy": "finance"', '"deputy": "finanze"', 1))
    ran = dockline("rules", "check", str(folder))
    assert ran.code == 1
    assert "organisation.json" in ran.out
    assert 'Did you mean "finance"?' in ran.out


def test_a_folder_that_is_not_there_is_misuse(dockline: Dockline, tmp_path: Path) -> None:
    assert dockline("rules", "check", str(tmp_path / "nowhere")).code == 2


def test_watching_checks_again_when_a_file_or_its_vocabulary_is_saved(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "ownership.json"
    touched = [file, folder / "vocabularies" / "order@1.json"]
    done: list[int] = []

    def saved(_: float) -> None:
        if not touched:
            raise KeyboardInterrupt
        os.utime(touched.pop(), (1, 1))

    monkeypatch.setattr(watching, "sleep", saved)
    watching.watch(lambda: [file], lambda: done.append(1))
    assert len(done) == 3
