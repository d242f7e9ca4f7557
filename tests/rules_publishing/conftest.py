from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules_publishing.press import Press, open_press


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with open_press(tmp_path) as opened:
        yield opened
