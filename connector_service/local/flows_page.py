"""The table of the shipped flows, made from their files: `python -m connector_service.local.flows_page --write`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from connector_service.local.flows import read_workflows
from connector_service.local.n8n_http import Json

FLOWS = Path(__file__).parents[2] / "workflows_export"
OTHER_STARTS = {
    "n8n-nodes-base.webhook": "a call of its webhook",
    "n8n-nodes-base.scheduleTrigger": "the clock",
    "n8n-nodes-base.manualTrigger": "a person in the editor",
    "n8n-nodes-base.errorTrigger": "the failure of another flow",
}


def flows_page(folder: Path = FLOWS) -> str:
    """The README of the folder: every flow with what it does, what starts it and the Dockline steps it takes."""
    flows = read_workflows(folder)
    rows = "\n".join(_row(path, workflow) for path, workflow in flows)
    pictures = "\n\n".join(
        f"## {flow['name']}\n![{flow['name']}](../docs/flows/{path.stem}.png)" for path, flow in flows
    )
    return f"""# The shipped flows

One n8n workflow per file, as n8n exports it, without credentials. `dockline up` loads and publishes them; by hand:
import the files in n8n, give every Dockline node your *Dockline API* credential, and publish *Error workflow* first.

Orders, their state and their deadlines live in the connector; a flow says only what happens next. Events start flows,
every step may be repeated, and the notes in each flow say what you may change and what must stay.

| flow | what it does | starts with | Dockline steps |
| --- | --- | --- | --- |
{rows}

{pictures}
"""


def _row(path: Path, workflow: Json) -> str:
    cells = (
        f"[{workflow['name']}]({path.name})",
        _first_sentence(workflow),
        ", ".join(_starts(workflow["nodes"])),
        ", ".join(_steps(workflow["nodes"])) or "none",
    )
    return f"| {' | '.join(cells)} |"


def _first_sentence(workflow: Json) -> str:
    """Of the note that says what the flow does, below its heading."""
    notes = [node["parameters"]["content"] for node in workflow["nodes"] if node["name"] == "What it does"]
    first_line = notes[0].splitlines()[1]
    return f"{first_line.split('. ')[0].rstrip('.')}."


def _starts(nodes: Iterable[Json]) -> list[str]:
    found: list[str] = []
    for node in nodes:
        if node["type"].endswith(".docklineTrigger"):
            found += [
                f"`{event.removeprefix('dockline.').removesuffix('.v1')}`" for event in node["parameters"]["eventTypes"]
            ]
        elif node["type"] in OTHER_STARTS:
            found.append(OTHER_STARTS[node["type"]])
    return found


def _steps(nodes: Iterable[Json]) -> list[str]:
    """Each operation once, in the order of the file."""
    chosen = [node["parameters"] for node in nodes if node["type"].endswith(".dockline")]
    return list(dict.fromkeys(f"`{step['resource']}.{step['operation']}`" for step in chosen))


def main(arguments: list[str]) -> int:
    """Write the page, or check that it is fresh: then 1 when it is not."""
    page = FLOWS / "README.md"
    if arguments == ["--write"]:
        page.write_text(flows_page())
        return 0
    if arguments == ["--check"]:
        fresh = page.exists() and page.read_text() == flows_page()
        sys.stderr.write(
            "" if fresh else f"{page} is stale; run python -m connector_service.local.flows_page --write\n"
        )
        return 0 if fresh else 1
    sys.stderr.write("Use --write or --check.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
