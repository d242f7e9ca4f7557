"""Read a guide as a person follows it: commands, what they print, and what is changed in which file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(\w*) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"`(my-rules/[\w/.-]+\.json)`")
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Step:
    """One fenced block: `sh` is typed (`fails` when its last command finds something), `text` is what it prints,
    `diff` changes `file`, the one named last before, and whatever else there is makes it."""

    kind: str
    fails: bool
    text: str
    line: int
    file: str

    @property
    def commands(self) -> list[str]:
        return self.text.replace("\\\n", "").splitlines()


def steps(page: str, names: re.Pattern[str] = _NAMED) -> list[Step]:
    """The fenced blocks of a page in order; `names` finds the file that a block is about in the text before it."""
    found = []
    for fence in _FENCE.finditer(page):
        named = [*names.findall(_FENCE.sub("", page[: fence.start()]))]
        line = page.count("\n", 0, fence.start()) + 1
        found.append(Step(fence[1], fence[2] == "fails", fence[3], line, named[-1] if named else ""))
    return found


def inline(page: str) -> list[str]:
    """What stands in backquotes in the text and in tables."""
    return _INLINE.findall(_FENCE.sub("", page))


def rows(page: str, head: str) -> Iterator[list[str]]:
    """The rows of the table whose first line begins with `head`, each as the texts of its cells."""
    lines = iter(page.splitlines())
    for line in lines:
        if line.startswith(head):
            next(lines)
            break
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def edit(folder: Path, step: Step) -> None:
    """Do what a block says: in a `diff` lines after `-` become the lines after `+` that follow them."""
    path = folder / step.file
    if step.kind != "diff":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.text)
        return
    text = path.read_text()
    for old, new in _changes(step.text):
        assert text.count(old) == 1, f"line {step.line}: {step.file} has {text.count(old)} times\n{old}"
        text = text.replace(old, new)
    path.write_text(text)


def _changes(diff: str) -> Iterator[tuple[str, str]]:
    old: list[str] = []
    new: list[str] = []
    for line in [*diff.splitlines(), "-"]:
        if line.startswith("-") and new:
            yield "\n".join(old) + "\n", "\n".join(new) + "\n"
            old, new = [], []
        (old if line.startswith("-") else new).append(line[1:])


def not_printed(expected: str, printed: str) -> str:
    """The first line of `expected` that does not come, in its turn, in what was printed; "..." stands for anything."""
    lines = iter(_plain(line) for line in printed.splitlines())
    for line in expected.splitlines():
        wanted = re.compile(".*".join(re.escape(_plain(part)) for part in line.split("...")))
        if _plain(line) and not any(wanted.search(each) for each in lines):
            return line
    return ""


def _plain(line: str) -> str:
    return " ".join(line.split())
