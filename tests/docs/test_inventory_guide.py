"""The guide to stock, followed word by word: everything is typed into one shell, and prints what the guide says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.guide import steps
from tests.docs.one_shell import ROOT, checkout, follow
from tests.feeds.senders import free_port

PAGE = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_of_the_guide_does_what_the_guide_says(tmp_path: Path) -> None:
    with checkout(tmp_path) as folder:
        follow(steps(PAGE.replace("DOCKLINE_GRPC_PORT=50051", f"DOCKLINE_GRPC_PORT={free_port()}")), folder)
