"""Payloads that went wrong on the way: every change that a vendor or a wire may make to JSON."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.just("x" * 10_000),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inside for place in places(each, (*path, key)))]


@st.composite
def mangled(draw: st.DrawFn, payload: bytes) -> bytes:
    """The payload with one value replaced or left out, or cut off."""
    if draw(st.booleans()):
        return payload[: draw(st.integers(0, len(payload) - 1))]
    whole = copy.deepcopy(json.loads(payload))
    path = draw(st.sampled_from(places(whole)[1:]))
    parent = whole
    for step in path[:-1]:
        parent = parent[step]
    if draw(st.booleans()):
        parent[path[-1]] = draw(JUNK)
    else:
        del parent[path[-1]]
    return json.dumps(whole).encode()
