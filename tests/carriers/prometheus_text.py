"""Read Prometheus' text format 0.0.4 strictly, as a scraper does."""

from __future__ import annotations

import re

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
_SAMPLE = re.compile(rf"({_NAME})\{{(.*)\}} (\S+)")
_PLAIN = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def samples(text: str) -> Samples:
    """Every sample by name and labels. Raises AssertionError for what a scraper would not take."""
    assert text.endswith("\n")
    found: Samples = {}
    kinds: dict[str, str] = {}
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            assert re.fullmatch(rf"# HELP {_NAME} [^\n]+", line), line
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds, f"{name} is there twice"
            kinds[name] = kind
        else:
            match = _SAMPLE.fullmatch(line)
            assert match, line
            family = re.sub("_(bucket|sum|count)$", "", match[1])
            assert family in kinds or match[1] in kinds, f"{line} has no type"
            key = match[1], frozenset(_labels(match[2]).items())
            assert key not in found, f"{line} is there twice"
            found[key] = float(match[3])
    return found


def _labels(text: str) -> dict[str, str]:
    found, at = {}, 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        assert pair, text[at:]
        found[pair[1]] = re.sub(r'\\["\\n]', lambda escape: _PLAIN[escape[0]], pair[2])
        at = pair.end()
    return found
