"""Run every benchmark, or those named: `python -m benchmarks connector n8n`."""

from __future__ import annotations

import sys

from benchmarks import carriers, choice, choice_calls, connector, feeds, inventory, n8n, queries, rules

ALL = {
    "carriers": carriers.main,
    "choice": choice.main,
    "choice_calls": choice_calls.main,
    "connector": connector.main,
    "feeds": feeds.main,
    "inventory": inventory.main,
    "n8n": n8n.main,
    "queries": queries.main,
    "rules": rules.main,
}


def main(names: list[str]) -> int:
    """Run them one after the other; 2 for a name that is none."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.stderr.write(f"There is no benchmark {unknown[0]!r}; there are {', '.join(ALL)}.\n")
        return 2
    for name in names or list(ALL):
        ALL[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
