"""Put the built node package where n8n loads it under portable type names: `n8n-nodes-dockline.<node>`."""

import hashlib
import os
import shutil
from pathlib import Path

import orjson

from connector_service.errors import InstallationProblem

PACKAGE = "n8n-nodes-dockline"
SHIPPED = ("package.json", "dist")


def package_folder(user_folder: Path) -> Path:
    """Where an n8n with that user folder looks for the package."""
    return user_folder / ".n8n" / "nodes" / "node_modules" / PACKAGE


def install_package(built: Path, user_folder: Path) -> bool:
    """Copy the built package into the user folder; whether anything changed. n8n loads it when it next starts.

    Raises:
        InstallationProblem: `built` is not a built `n8n-nodes-dockline` package.
    """
    _check_built(built)
    target = package_folder(user_folder)
    if target.is_dir() and content_hash(target) == content_hash(built):
        return False
    fresh = target.with_name(f".{PACKAGE}.{os.getpid()}.fresh")
    former = target.with_name(f".{PACKAGE}.{os.getpid()}.former")
    fresh.mkdir(parents=True)
    shutil.copy2(built / "package.json", fresh)
    shutil.copytree(built / "dist", fresh / "dist")
    if target.exists():
        target.rename(former)
    fresh.rename(target)
    shutil.rmtree(former, ignore_errors=True)
    return True


def content_hash(package: Path) -> str:
    """A SHA-256 over the names and bytes of everything in the package that n8n loads."""
    digest = hashlib.sha256()
    for path in sorted(_shipped_files(package)):
        digest.update(f"{path.relative_to(package).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _shipped_files(package: Path) -> list[Path]:
    places = (package / name for name in SHIPPED)
    return [path for place in places for path in (place, *place.rglob("*")) if path.is_file()]


def _check_built(built: Path) -> None:
    manifest = built / "package.json"
    if not manifest.is_file():
        raise InstallationProblem(f"{built} holds no package.json; it must be the folder of the {PACKAGE} package")
    package = orjson.loads(manifest.read_bytes())
    if package.get("name") != PACKAGE:
        raise InstallationProblem(f"{manifest} is named {package.get('name')!r} and must be named {PACKAGE!r}")
    declared = package.get("n8n", {})
    listed = [*declared.get("nodes", []), *declared.get("credentials", [])]
    missing = [path for path in listed if not (built / path).is_file()]
    if missing or not listed:
        what = f"lacks {', '.join(missing[:3])}" if missing else "lists no nodes under n8n.nodes"
        raise InstallationProblem(f"the node package in {built} is not built: it {what}. Build it: make n8n-package")
