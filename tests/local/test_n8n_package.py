"""The built node package on its way into an n8n."""

import json
from pathlib import Path

import pytest

from connector_service.errors import InstallationProblem
from connector_service.local.n8n_package import content_hash, install_package, package_folder

NODE = "dist/nodes/Dockline.node.js"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "dist" / "nodes").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": "n8n-nodes-dockline", "n8n": {"nodes": [NODE]}}))
    (folder / NODE).write_text("module.exports = {}")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "tool.js").write_text("not shipped")
    return folder


def test_the_package_is_copied_without_its_build_tools_and_only_when_it_changed(built: Path, tmp_path: Path) -> None:
    installed = package_folder(tmp_path / "n8n")
    assert install_package(built, tmp_path / "n8n")
    assert (installed / NODE).read_text() == "module.exports = {}"
    assert not (installed / "node_modules").exists()
    assert not install_package(built, tmp_path / "n8n")


def test_a_changed_package_replaces_the_whole_earlier_one(built: Path, tmp_path: Path) -> None:
    (built / "dist" / "former.js").write_text("gone soon")
    install_package(built, tmp_path / "n8n")
    (built / "dist" / "former.js").unlink()
    assert install_package(built, tmp_path / "n8n")
    installed = package_folder(tmp_path / "n8n")
    assert not (installed / "dist" / "former.js").exists()
    assert [path.name for path in installed.parent.iterdir()] == [installed.name]


def test_moving_a_byte_from_one_file_to_the_next_changes_the_hash(built: Path) -> None:
    (built / "dist" / "a.js").write_text("xy")
    (built / "dist" / "b.js").write_text("z")
    before = content_hash(built)
    (built / "dist" / "a.js").write_text("x")
    (built / "dist" / "b.js").write_text("yz")
    assert content_hash(built) != before


def test_a_package_that_is_not_built_is_refused_with_the_way_to_build_it(built: Path, tmp_path: Path) -> None:
    (built / NODE).unlink()
    with pytest.raises(InstallationProblem, match=f"lacks {NODE}. Build it: make n8n-package"):
        install_package(built, tmp_path / "n8n")


def test_another_package_is_refused_by_name(built: Path, tmp_path: Path) -> None:
    (built / "package.json").write_text(json.dumps({"name": "leftpad"}))
    with pytest.raises(InstallationProblem, match="'leftpad' and must be named 'n8n-nodes-dockline'"):
        install_package(built, tmp_path / "n8n")
