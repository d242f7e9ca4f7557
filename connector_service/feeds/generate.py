"""The Python of inventory.proto: `python -m connector_service.feeds.generate --write` (or `--check`)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROTO = Path("connector_service/feeds/inventory.proto")


def generated(folder: Path) -> list[Path]:
    """Have the compiler write its files under a folder; their paths in it."""
    words = ["-I.", f"--python_out={folder}", f"--grpc_python_out={folder}", f"--pyi_out={folder}", str(PROTO)]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *words], cwd=ROOT, check=True)
    return sorted(path.relative_to(folder) for path in folder.rglob("inventory_*") if path.is_file())


def stale() -> list[Path]:
    """Files of the repository that are not what the proto says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [path for path in generated(folder) if _text(ROOT / path) != _text(folder / path)]


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def main(words: list[str]) -> int:
    """Write the files, or check them: 1 when one is not up to date."""
    if words == ["--write"]:
        generated(ROOT)
        return 0
    old = stale()
    for path in old:
        sys.stderr.write(f"{path} is not what {PROTO} says. Bring it up to date: make generate\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
