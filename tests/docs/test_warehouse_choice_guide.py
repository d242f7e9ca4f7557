"""The guide to the choice of a warehouse, followed word by word; and it names every number of the rule file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.docs.guide import steps
from tests.docs.one_shell import ROOT, checkout, follow

PAGE = (ROOT / "docs" / "warehouse-choice.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_of_the_guide_does_what_the_guide_says(tmp_path: Path) -> None:
    with checkout(tmp_path) as folder:
        follow(steps(PAGE), folder)


def test_the_guide_names_every_weight_price_and_limit_of_the_choice() -> None:
    numbers = json.loads((ROOT / "rules" / "warehouse-choice.json").read_text())["numbers"]
    rules_own = {"plenty_days", "scarce_days"}
    assert [name for name in numbers if name not in rules_own and f"`{name}`" not in PAGE] == []
