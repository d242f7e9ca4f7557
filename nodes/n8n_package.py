"""Write the generated files of the n8n package from the declared nodes, or check that they and the build are fresh.

`python -m nodes.n8n_package --write` or `--check`.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from connector_service.events import EVENT_TYPES
from nodes import n8n_words as words
from nodes.contract import Node
from nodes.n8n_classes import credential_class, node_class, resource_file, trigger_class
from nodes.n8n_descriptions import NODE_CODEX, TRIGGER_CODEX
from nodes.n8n_properties import resource_properties, resources
from nodes.registry import ALL_NODES
from nodes.typescript import Value

PACKAGE = Path(__file__).parent / "n8n"
NOT_SOURCES = frozenset({"dist", "node_modules"})
FINGERPRINT = "sources.sha256"


def generated_files(nodes: Iterable[Node], event_types: Mapping[str, str]) -> dict[str, str]:
    """The generated files: path inside the package -> text. `event_types` maps each type to what it says happened."""
    grouped = resources(nodes)
    operations = {
        f"nodes/Dockline/resources/{resource}.generated.ts": resource_file(
            resource, resource_properties(resource, members)
        )
        for resource, members in grouped.items()
    }
    return {
        "credentials/DocklineApi.credentials.ts": credential_class(),
        "nodes/Dockline/Dockline.node.ts": node_class(list(grouped)),
        "nodes/Dockline/Dockline.node.json": _json(NODE_CODEX),
        "nodes/DocklineTrigger/DocklineTrigger.node.ts": trigger_class(_event_options(event_types)),
        "nodes/DocklineTrigger/DocklineTrigger.node.json": _json(TRIGGER_CODEX),
        **operations,
    }


def write(package: Path, files: Mapping[str, str]) -> None:
    """Make the generated files of the package these and no others."""
    for path in _generated_paths(package) - files.keys():
        (package / path).unlink()
    for path, text in files.items():
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text(text)


def findings(package: Path, files: Mapping[str, str]) -> list[str]:
    """What is not fresh, in words: generated files that differ, and a build made from other sources."""
    stale = [f"{path} is not what the nodes declare" for path in files if _text(package / path) != files[path]]
    surplus = [f"{path} belongs to no declared node" for path in _generated_paths(package) - files.keys()]
    found = sorted(stale + surplus)
    if _text(package / "dist" / FINGERPRINT).strip() != fingerprint(package):
        found.append("dist was built from other sources")
    return found


def fingerprint(package: Path) -> str:
    """A SHA-256 over the names and bytes of all sources but the texts; a build keeps it as `dist/sources.sha256`."""
    digest = hashlib.sha256()
    for path in sorted(_sources(package)):
        content = (package / path).read_bytes()
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources(package: Path) -> Iterable[str]:
    for entry in package.iterdir():
        if entry.name not in NOT_SOURCES and not entry.name.startswith("."):
            found = [entry, *entry.rglob("*")]
            yield from (
                path.relative_to(package).as_posix() for path in found if path.is_file() and path.suffix != ".md"
            )


def _generated_paths(package: Path) -> set[str]:
    return {path.relative_to(package).as_posix() for path in (package / "nodes").rglob("*.generated.ts")}


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _json(value: Value) -> str:
    return json.dumps(value, indent="\t", ensure_ascii=False) + "\n"


def _event_options(event_types: Mapping[str, str]) -> list[Value]:
    """`dockline.order.allocated.v1` -> `Order Allocated`."""
    return [
        {
            "name": words.title_case(" ".join(event_type.split(".")[1:-1])),
            "value": event_type,
            "description": words.description(said),
        }
        for event_type, said in event_types.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 when all is fresh or written, 1 with the findings on standard error."""
    parser = argparse.ArgumentParser(prog="python -m nodes.n8n_package", description="What n8n reads of a node")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write the generated files")
    mode.add_argument("--check", action="store_true", help="say what is not fresh")
    files = generated_files(ALL_NODES, EVENT_TYPES)
    if parser.parse_args(arguments).write:
        write(PACKAGE, files)
        return 0
    found = findings(PACKAGE, files)
    sys.stderr.write("".join(f"{finding}; run: make n8n-package\n" for finding in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
