"""What the doctor says of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector_service.local.diagnosis import is_slow_build

STATIC = "55d0-55e0 r-xp 00000000 fe:00 1 /usr/bin/python3.11\n7f00-7f10 r-xp 00000000 fe:00 2 /usr/lib/libc.so.6\n"
SHARED = STATIC + "7f20-7f30 r-xp 00000000 fe:00 3 /opt/python/lib/libpython3.11.so.1.0\n"


@pytest.mark.parametrize(("loaded", "slow"), [(STATIC, False), (SHARED, True)], ids=["static", "shared"])
def test_a_python_whose_interpreter_is_a_shared_library_is_called_slow(tmp_path: Path, loaded: str, slow: bool) -> None:
    path = tmp_path / "maps"
    path.write_text(loaded)
    assert is_slow_build(path) is slow


def test_where_the_system_does_not_tell_nothing_is_said(tmp_path: Path) -> None:
    assert not is_slow_build(tmp_path / "maps")
