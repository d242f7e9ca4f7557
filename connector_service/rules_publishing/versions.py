"""Version numbers: which is higher, and which would be right."""

from __future__ import annotations


def parts(version: str) -> tuple[int, ...]:
    """A version's numbers, to compare by; what stands behind a + (the layer in a merged version) does not count."""
    return tuple(int(part) for part in version.partition("+")[0].split("."))


def next_after(version: str) -> str:
    """The next version that is higher, such as 1.4.3 after 1.4.2."""
    major, minor, patch = parts(version)
    return f"{major}.{minor}.{patch + 1}"
