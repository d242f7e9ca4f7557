"""What is said when pictures of flows cannot be taken."""

from pathlib import Path

import pytest

from connector_service.errors import InstallationProblem
from connector_service.local.pictures import find_browser


def test_a_missing_chromium_is_named_with_the_way_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(InstallationProblem, match="apt-get install chromium"):
        find_browser({"PATH": str(tmp_path)})


def test_the_first_known_browser_on_the_path_is_taken(tmp_path: Path) -> None:
    for name in ("google-chrome", "chromium"):
        (tmp_path / name).touch(mode=0o755)
    assert find_browser({"PATH": str(tmp_path)}) == str(tmp_path / "chromium")
